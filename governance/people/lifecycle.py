"""The lives of an accreditation and of a sanction. Both also end by themselves, on their last day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class AccreditationState(State):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


REQUESTED, GRANTED, REFUSED, WITHDRAWN, REVOKED = AccreditationState


class SanctionState(State):
    IN_FORCE = "in_force"
    LIFTED = "lifted"


IN_FORCE, LIFTED = SanctionState


def own_record(record: Any, person: Any, at: datetime) -> str | None:
    return "It is about yourself, so others decide." if record.person_id == person.pk else None


def supervisor_of_it(accreditation: Any, person: Any, at: datetime) -> str | None:
    return "You are named as its supervisor, so others decide." if accreditation.supervisor_id == person.pk else None


def lacks_evidence(accreditation: Any, person: Any, at: datetime) -> str | None:
    reason: str | None = accreditation.why_not_grantable(at)
    return reason


ACCREDITATION = (
    # action     from         to         by            unless
    T("grant",    {REQUESTED}, GRANTED,   Role.SUPPORT, (own_record, supervisor_of_it, lacks_evidence)),
    T("refuse",   {REQUESTED}, REFUSED,   Role.SUPPORT, (own_record, supervisor_of_it)),
    T("withdraw", {REQUESTED}, WITHDRAWN, Role.SELF),
    T("revoke",   {GRANTED},   REVOKED,   Role.SUPPORT, (own_record,)),
)  # fmt: skip

ACCREDITATION_WAITING = {
    REQUESTED: Waiting("research support", "Research support looks at the evidence and decides."),
    GRANTED: Waiting("nobody", "It holds until its last day; a renewal can be asked for before."),
    REFUSED: Waiting("nobody", "It has ended. A new request can be made."),
    WITHDRAWN: Waiting("nobody", "It has ended. A new request can be made."),
    REVOKED: Waiting("nobody", "It was taken away, and nothing can be used on it."),
}

SANCTION = (
    # action  from        to      by
    T("lift", {IN_FORCE}, LIFTED, Role.SUPPORT, (own_record,)),
)

SANCTION_WAITING = {
    IN_FORCE: Waiting("research support", "It holds until its last day, or until it is lifted after an appeal."),
    LIFTED: Waiting("nobody", "It was lifted and stops nothing any more."),
}
