"""Add to the list of records that later extracts leave out: people who opted out, records that a court sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from extracts.models import Withholding
from governance.audit import trail
from governance.catalogue.catalogue import Catalogue
from governance.people.grants import roles_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.workflow import Refused


@dataclass(frozen=True)
class ListWritten:
    """A list that was written: how many keys were new, how many it holds, and the hash of its file."""

    added: int
    total: int
    sha256: str


def withheld_version(dataset: str) -> int:
    """The version of the list that an extract of the dataset must leave out today; 0 where there is none."""
    newest = Withholding.objects.filter(dataset=dataset).first()
    return newest.version if newest else 0


@transaction.atomic
def withhold(
    catalogue: Catalogue,
    *,
    kind: str,
    domain: str,
    write: Callable[[int], ListWritten],
    reasons: str,
    by: User,
    at: datetime,
) -> Withholding:
    """Add keys of one domain to the list of a dataset, as its next version.

    write  writes the list of the version that it is given, and says what is in it
    Only the release manager adds to it. Raises Refused; nothing is recorded then.
    """
    if Role.STEWARD not in roles_everywhere(by, at):
        raise Refused("Only a release manager adds to the list of withheld records.")
    if not reasons.strip():
        raise Refused("Say why the records are withheld, without naming anybody.")
    code = catalogue.dataset.code
    if domain not in catalogue.dataset.keys:
        raise Refused(f"{code} has no keys of the kind {domain}: {', '.join(sorted(catalogue.dataset.keys))}.")
    trail.lock()  # one at a time, so that versions have no gap
    version = withheld_version(code) + 1
    written = write(version)
    if not written.added:
        raise Refused("All of these keys are on the list already: nothing was changed.")
    made = Withholding.objects.create(
        dataset=code, version=version, kind=kind, domain=domain, added=written.added, total=written.total,
        sha256=written.sha256, reasons=reasons.strip(), made_by=by, created_at=at,
    )  # fmt: skip
    details = {"version": version, "kind": kind, "domain": domain, "added": written.added, "sha256": written.sha256}
    trail.append(actor=by, action="withhold", subject=made, note=reasons.strip(), details=details, at=at)
    return made
