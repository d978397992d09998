"""Giving the key of a workspace to whoever sets up the analysis environment. The key itself is in the key ring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from extracts.services.keys import current_key_version
from governance.agreements.use import why_not_open
from governance.audit import trail
from governance.people.grants import roles_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.models import Project
from governance.workflow import Refused


def versions(project: Project) -> tuple[int, ...]:
    """The key versions under which files may lie in the project's workspace: those delivered, and the one in use."""
    delivered = project.extracts.exclude(folder="").values_list("key_version", flat=True)
    return tuple(sorted({*delivered, current_key_version(project)}))


@transaction.atomic
def note_key_given(project: Project, ids: Mapping[int, str], *, by: User, at: datetime) -> None:
    """An operator is given the workspace keys with these ids, by version. The trail tells the ids, which are no keys.

    Raises Refused for anybody else, and with the failing condition while the project's data may not be used.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if Role.OPERATOR not in roles_everywhere(by, at):
        raise Refused("Only operators are given the key of a workspace.")
    if reason := why_not_open(project, at):
        raise Refused(reason)
    details = {"keys": {str(version): key_id for version, key_id in ids.items()}}
    trail.append(actor=by, action="give workspace key", subject=project, details=details, at=at)
