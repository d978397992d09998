"""The lives of an accreditation, a sanction, a role, an invitation and a reset. Each also ends by itself in time."""

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


class InvitationState(State):
    UNCONFIRMED = "unconfirmed"
    SENT = "sent"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


UNCONFIRMED, SENT, ACCEPTED, UNINVITED = InvitationState


class FactorResetState(State):
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RUN_OUT = "run_out"


RESET_ASKED, RESET_DONE, RESET_REFUSED, RESET_WITHDRAWN, RESET_RUN_OUT = FactorResetState


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


def stand_in_unfit(grant: Any, person: Any, at: datetime) -> str | None:
    reason: str | None = grant.why_not_standing_in(at)
    return reason


def no_stand_in(grant: Any, person: Any, at: datetime) -> str | None:
    """Either of the two ends a stand-in; what somebody holds themselves is for others to take back."""
    return None if grant.stands_in_for_id else "Research support or the auditor takes a role back: ask them."


ROLE_GRANT = (
    # action       from         to               by            unless
    T("confirm",   {PROPOSED}, GIVEN,           Role.AUDITOR, (own_record, own_proposal, roles_apart, stand_in_unfit)),
    T("refuse",    {PROPOSED}, GRANT_REFUSED,   Role.AUDITOR, (own_record, own_proposal)),
    T("withdraw",  {PROPOSED}, GRANT_WITHDRAWN, Role.SUPPORT),
    T("withdraw",  {PROPOSED}, GRANT_WITHDRAWN, Role.SELF,    (no_stand_in,)),
    T("take back", {GIVEN},    TAKEN_BACK,      Role.SUPPORT),
    T("take back", {GIVEN},    TAKEN_BACK,      Role.AUDITOR),
    T("take back", {GIVEN},    TAKEN_BACK,      Role.SELF,    (no_stand_in,)),
)  # fmt: skip

ROLE_GRANT_WAITING = {
    PROPOSED: Waiting("the auditor", "The auditor confirms or refuses it: a role takes two people."),
    GIVEN: Waiting("nobody", "It counts until its last day, or until it is taken back."),
    GRANT_REFUSED: Waiting("nobody", "It has ended. It never counted."),
    GRANT_WITHDRAWN: Waiting("nobody", "It has ended. It never counted."),
    TAKEN_BACK: Waiting("nobody", "It has ended and counts for nothing."),
}


def expired(invitation: Any, person: Any, at: datetime) -> str | None:
    over = "The link has run out: ask whoever invited you, or research support, to send it again."
    return over if invitation.has_expired(at) else None


def strange_domain(invitation: Any, person: Any, at: datetime) -> str | None:
    known = invitation.organisation.owns(invitation.email)
    return (
        None if known else "The address is of no verified domain of the organisation: its vouching contact confirms it."
    )


OPEN = {UNCONFIRMED, SENT}
INVITATION = (
    # action     from           to          by            unless
    T("confirm",  {UNCONFIRMED}, SENT,       Role.CONTACT),
    T("confirm",  {UNCONFIRMED}, SENT,       Role.SUPPORT, (strange_domain,)),
    T("resend",   {SENT},        SENT,       Role.SUPPORT),
    T("resend",   {SENT},        SENT,       Role.CONTACT),
    T("withdraw", OPEN,          UNINVITED, Role.SUPPORT),
    T("withdraw", OPEN,          UNINVITED, Role.CONTACT),
    T("accept",   {SENT},        ACCEPTED,   Role.SELF,    (expired,)),
)  # fmt: skip

INVITATION_WAITING = {
    UNCONFIRMED: Waiting("the vouching contact", "The address is of no verified domain: the contact confirms it."),
    SENT: Waiting("the person invited", "They follow the link within seven days, or it is sent again."),
    ACCEPTED: Waiting("nobody", "The account is made."),
    UNINVITED: Waiting("nobody", "It was taken back, and its link does not work any more."),
}


def own_request(reset: Any, person: Any, at: datetime) -> str | None:
    return "You asked for it, so a second person decides." if reset.asked_by_id == person.pk else None


def too_late(reset: Any, person: Any, at: datetime) -> str | None:
    return "Nobody confirmed it within seven days: it has to be asked for again." if reset.is_over(at) else None


def has_left(reset: Any, person: Any, at: datetime) -> str | None:
    return None if reset.person.is_active else f"{reset.person} has left: the account is closed."


def still_good(reset: Any, person: Any, at: datetime) -> str | None:
    return None if reset.is_over(at) else "It can still be confirmed."


A_SECOND = (own_record, own_request)
FACTOR_RESET = (
    # action     from           to               by             unless
    T("confirm",  {RESET_ASKED}, RESET_DONE,      Role.SUPPORT,  (*A_SECOND, too_late, has_left)),
    T("confirm",  {RESET_ASKED}, RESET_DONE,      Role.OPERATOR, (*A_SECOND, too_late, has_left)),
    T("refuse",   {RESET_ASKED}, RESET_REFUSED,   Role.SUPPORT,  A_SECOND),
    T("refuse",   {RESET_ASKED}, RESET_REFUSED,   Role.OPERATOR, A_SECOND),
    T("stop",     {RESET_ASKED}, RESET_REFUSED,   Role.SELF),
    T("withdraw", {RESET_ASKED}, RESET_WITHDRAWN, Role.SUPPORT,  (own_record,)),
    T("run out",  {RESET_ASKED}, RESET_RUN_OUT,   Role.WORKER,   (still_good,)),
)  # fmt: skip

FACTOR_RESET_WAITING = {
    RESET_ASKED: Waiting("a second person", "Another one of research support, or an operator, confirms within a week."),
    RESET_DONE: Waiting("the person", "They sign in with their password and set up a new second factor."),
    RESET_REFUSED: Waiting("nobody", "It has ended. Nothing was removed."),
    RESET_WITHDRAWN: Waiting("nobody", "It has ended. Nothing was removed."),
    RESET_RUN_OUT: Waiting("nobody", "Nobody confirmed it in time. Nothing was removed."),
}
