"""The lives of an accreditation, a sanction and a role. Each also ends by itself, on its last day."""

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


class RoleGrantState(State):
    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"


PROPOSED, GIVEN, GRANT_REFUSED, GRANT_WITHDRAWN, TAKEN_BACK = RoleGrantState


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


def own_proposal(grant: Any, person: Any, at: datetime) -> str | None:
    return "You proposed it, so somebody else decides." if grant.proposed_by_id == person.pk else None


def roles_apart(grant: Any, person: Any, at: datetime) -> str | None:
    reason: str | None = grant.why_not_together(at)
    return reason


ROLE_GRANT = (
    # action       from         to               by            unless
    T("confirm",   {PROPOSED}, GIVEN,           Role.AUDITOR, (own_record, own_proposal, roles_apart)),
    T("refuse",    {PROPOSED}, GRANT_REFUSED,   Role.AUDITOR, (own_record, own_proposal)),
    T("withdraw",  {PROPOSED}, GRANT_WITHDRAWN, Role.SUPPORT),
    T("take back", {GIVEN},    TAKEN_BACK,      Role.SUPPORT),
    T("take back", {GIVEN},    TAKEN_BACK,      Role.AUDITOR),
)  # fmt: skip

ROLE_GRANT_WAITING = {
    PROPOSED: Waiting("the auditor", "The auditor confirms or refuses it: a role takes two people."),
    GIVEN: Waiting("nobody", "It counts until its last day, or until it is taken back."),
    GRANT_REFUSED: Waiting("nobody", "It has ended. It never counted."),
    GRANT_WITHDRAWN: Waiting("nobody", "It has ended. It never counted."),
    TAKEN_BACK: Waiting("nobody", "It has ended and counts for nothing."),
}
