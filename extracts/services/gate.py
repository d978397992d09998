"""Does the approval of an extract still hold? Worked out before it is built and again before it is delivered.

The same look in every mode, resumed or not. It refuses and never warns: each thing that can fail is a state of the
extract's lifecycle, with a sentence that says what fails and who can cure it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from extracts.lifecycle.extract import (
    AMENDED,
    COHORT_CHANGED,
    KEY_ROTATED,
    LAPSED,
    RECORDS_WITHHELD,
    RELEASE_WITHDRAWN,
    REVOKED,
    SANCTIONED,
    SPECIFICATION_CHANGED,
    STOPPED,
    SUSPENDED,
    ExtractState,
)
from extracts.lifecycle.release import WITHDRAWN
from extracts.models import Extract
from extracts.services.keys import current_key_version
from extracts.services.withholding import withheld_version
from extracts.specification import BadSpecification, ExtractSpec, compile_specification, within
from governance.agreements.lifecycle import AgreementState
from governance.agreements.models import Agreement
from governance.agreements.terms import sha256_of
from governance.agreements.use import conditions_of_use
from governance.catalogue.catalogue import Catalogue
from governance.projects.lifecycle import REVOKED as PROJECT_REVOKED
from governance.projects.models import Project


@dataclass(frozen=True)
class Failing:
    """What no longer holds: the state that the extract goes to, and the sentence that its people read."""

    state: ExtractState
    reason: str


# The state that a failing condition of use leads to; any other stops the extract without a name of its own.
CONDITIONS = {
    "No sanction": SANCTIONED,
    "Not suspended": SUSPENDED,
    "Accreditation": LAPSED,
    "Supervisor": LAPSED,
    "Safe researcher training": LAPSED,
    "Ethics decision": LAPSED,
    "Agreement": LAPSED,
    "Not closed": LAPSED,
}
# Of several that fail at once the extract is named after the first of these.
GRAVEST = (SANCTIONED, SUSPENDED, LAPSED, STOPPED)

Look = Callable[[Extract, Catalogue | None, datetime], Failing | None]


def failing(extract: Extract, *, catalogue: Catalogue | None, at: datetime) -> Failing | None:
    """The first thing on which the approval rests that no longer holds, or None. Reads the database afresh.

    catalogue  that of the extract's release; None where it cannot be read, and what needs it is not looked at then
    """
    extract = Extract.objects.select_related("project", "agreement", "release", "requested_by").get(pk=extract.pk)
    return next(_found(extract, catalogue, at), None)


def _found(extract: Extract, catalogue: Catalogue | None, at: datetime) -> Iterator[Failing]:
    for look in LOOKS:
        if found := look(extract, catalogue, at):
            yield found


def _revoked(extract: Extract, catalogue: Catalogue | None, at: datetime) -> Failing | None:
    if extract.project.state == PROJECT_REVOKED:
        return Failing(REVOKED, "The project's approval was revoked: its lead reads why on the project's page.")
    if extract.agreement.state == AgreementState.REVOKED:
        return Failing(REVOKED, f"{extract.agreement} was revoked: research support can say why.")
    return None


def _amended(extract: Extract, catalogue: Catalogue | None, at: datetime) -> Failing | None:
    if extract.agreement.state == AgreementState.SUPERSEDED:
        return Failing(AMENDED, f"{extract.agreement} was replaced by a newer one: ask for an extract under that.")
    return None


def _conditions(extract: Extract, catalogue: Catalogue | None, at: datetime) -> Failing | None:
    """The conditions under which whoever asked for it may use the project."""
    found = conditions_of_use(Project.objects.get(pk=extract.project_id), extract.requested_by, at)
    failing = [one for one in found if not one.holds]
    if not failing:
        return None
    kinds = {CONDITIONS.get(one.name, STOPPED) for one in failing}
    state = next(kind for kind in GRAVEST if kind in kinds)
    return Failing(state, f"{extract.requested_by}: " + " ".join(one.sentence for one in failing))


def _release(extract: Extract, catalogue: Catalogue | None, at: datetime) -> Failing | None:
    if extract.release.state == WITHDRAWN:
        return Failing(RELEASE_WITHDRAWN, f"Release {extract.release} was withdrawn.")
    return None


def _specification(extract: Extract, catalogue: Catalogue | None, at: datetime) -> Failing | None:
    """It is word for word what the signed agreement compiles to, and the agreement is what was signed."""
    agreement = extract.agreement
    if catalogue is None:
        return None
    if reason := _not_as_signed(agreement):
        return Failing(SPECIFICATION_CHANGED, reason)
    try:
        stored = ExtractSpec.from_json(extract.specification)
        agreed = compile_specification(
            agreement.scope,
            catalogue,
            extract.release.version,
            formats=stored.formats,
            pseudonyms=stored.pseudonyms,
            withheld=stored.withheld,
        )
    except BadSpecification as problem:
        return Failing(SPECIFICATION_CHANGED, str(problem))
    if stored.cohort != agreed.cohort:
        return Failing(COHORT_CHANGED, f"The cohort of the specification is not that of {agreement}.")
    if stored != agreed:
        reasons = within(stored, agreement.scope, catalogue) or ["it is not all that was agreed."]
        return Failing(SPECIFICATION_CHANGED, "The specification is not what was agreed: " + " ".join(reasons))
    return None


def _not_as_signed(agreement: Agreement) -> str | None:
    if sha256_of(agreement.terms) != agreement.sha256:
        return f"The stored terms of {agreement} are not those that were signed."
    if agreement.terms["scope"] != agreement.scope_json:
        return f"The stored scope of {agreement} is not the one that was signed."
    return None


def _withheld(extract: Extract, catalogue: Catalogue | None, at: datetime) -> Failing | None:
    """The list of withheld records is the one that the specification names."""
    now = withheld_version(extract.release.code)
    if extract.specification.get("withheld", 0) != now:
        return Failing(RECORDS_WITHHELD, f"The list of withheld records has changed: version {now} counts now.")
    return None


def _key(extract: Extract, catalogue: Catalogue | None, at: datetime) -> Failing | None:
    now = current_key_version(extract.project)
    if extract.key_version == now:
        return None
    return Failing(KEY_ROTATED, f"The project's key was changed: version {now} is in use, not {extract.key_version}.")


LOOKS: tuple[Look, ...] = (_revoked, _amended, _conditions, _release, _specification, _key, _withheld)
