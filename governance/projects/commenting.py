"""Comments on questions and sections of an application, each for an audience that was chosen before it was saved."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from governance.audit import trail
from governance.people.grants import roles_on
from governance.people.models import User
from governance.people.roles import TEAM_ROLES, Role
from governance.projects.form.rights import audiences_of, readable_by, reads_comments_to
from governance.projects.models import Comment, Project
from governance.workflow import Refused


@transaction.atomic
def comment(project: Project, about: str, *, audience: str, text: str, by: User, at: datetime) -> Comment:
    """Write a comment about a question or a section. On the trail stands that one was written, not what it says."""
    roles = roles_on(project, by, at)
    if not may_comment(project, about, roles):
        raise Refused("There is nothing here that you can comment on.")
    if audience not in audiences_of(roles):
        raise Refused("You cannot write to these readers.")
    if not text.strip():
        raise Refused("Please write the comment.")
    made = Comment.objects.create(
        project=project,
        about=about,
        audience=audience,
        text=text.strip(),
        round=project.round,
        author=by,
        of_team=bool(roles & TEAM_ROLES),
        written_at=at,
    )
    trail.append(actor=by, action="comment", subject=made, details={"about": about, "audience": audience}, at=at)
    return made


def may_comment(project: Project, about: str, roles: Collection[Role]) -> bool:
    """Whether there is such a question or section, which they may read, and an audience they may write to."""
    return _readable(project, about, roles) and bool(audiences_of(roles))


def _readable(project: Project, about: str, roles: Collection[Role]) -> bool:
    if about in project.form:
        return readable_by(project.form[about], roles)
    section = project.form.section(about)
    return section is not None and any(readable_by(question, roles) for question in section.questions)


def comments_for(project: Project, roles: Collection[Role]) -> list[Comment]:
    """The comments that somebody with these roles may read, oldest first, with their authors."""
    return [
        one
        for one in project.comments.select_related("author")
        if reads_comments_to(one.audience, roles) and _readable(project, one.about, roles)
    ]
