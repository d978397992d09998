"""The life of an agreement, and of a condition that an approval carries.

An agreement is drawn up from the decisions, signed by each member and the institution, countersigned for the service,
and in force until its last day, or until a newer one takes its place.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.projects import lifecycle as projects
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class AgreementState(State):
    DRAWN_UP = "drawn_up"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return LABELS[self]


DRAWN_UP, SIGNED, IN_FORCE, SUPERSEDED, REVOKED = AgreementState
LABELS = {
    DRAWN_UP: "Waiting for signatures",
    SIGNED: "Waiting for the service's signature",
    IN_FORCE: "In force",
    SUPERSEDED: "Replaced by a newer one",
    REVOKED: "Revoked",
}


def signed_already(agreement: Any, person: Any, at: datetime) -> str | None:
    return "You have signed this agreement." if agreement.signed_by(person) else None


def institution_signed(agreement: Any, person: Any, at: datetime) -> str | None:
    return "Your institution has signed this agreement." if agreement.institution_signed() else None


def on_the_team(agreement: Any, person: Any, at: datetime) -> str | None:
    return "You belong to this project's team." if agreement.project.has_member(person) else None


def own_organisation(agreement: Any, person: Any, at: datetime) -> str | None:
    return projects.own_organisation(agreement.project, person, at)


def ended(agreement: Any, person: Any, at: datetime) -> str | None:
    reason: str | None = agreement.why_ended(at)
    return reason


MEMBER = (signed_already, ended)
INSTITUTION = (on_the_team, institution_signed, ended)
FOR_THE_SERVICE = (on_the_team, own_organisation, ended)

AGREEMENT = (
    # action         from                            to          by                unless
    T("sign",        {DRAWN_UP},                     DRAWN_UP,   Role.RESEARCHER,  MEMBER),
    T("sign",        {DRAWN_UP},                     DRAWN_UP,   Role.COORDINATOR, MEMBER),
    T("sign",        {DRAWN_UP},                     DRAWN_UP,   Role.SIGNATORY,   INSTITUTION),
    T("complete",    {DRAWN_UP},                     SIGNED,     Role.WORKER),
    T("countersign", {SIGNED},                       IN_FORCE,   Role.SUPPORT,     FOR_THE_SERVICE),
    T("sign",        {IN_FORCE},                     IN_FORCE,   Role.RESEARCHER,  MEMBER),
    T("sign",        {IN_FORCE},                     IN_FORCE,   Role.COORDINATOR, MEMBER),
    T("supersede",   {DRAWN_UP, SIGNED, IN_FORCE},   SUPERSEDED, Role.WORKER),
    T("revoke",      {DRAWN_UP, SIGNED, IN_FORCE},   REVOKED,    Role.SUPPORT,     (on_the_team,)),
)  # fmt: skip

WAITING = {
    DRAWN_UP: Waiting("the team and its institution", "Every member, and the institution, reads the scope and signs."),
    SIGNED: Waiting("research support", "Research support signs for the service, and the agreement takes effect."),
    IN_FORCE: Waiting("the project", "Researchers who signed can request extracts inside this scope."),
    SUPERSEDED: Waiting("nobody", "A newer agreement of the project took its place."),
    REVOKED: Waiting("nobody", "Nothing can be extracted under this agreement any more."),
}


class ConditionState(State):
    OPEN = "open"
    REPORTED = "reported"
    DISCHARGED = "discharged"

    @property
    def label(self) -> str:
        return self.value.capitalize()


OPEN, REPORTED, DISCHARGED = ConditionState


def another_owners(condition: Any, person: Any, at: datetime) -> str | None:
    if condition.is_of_the_owner(person):
        return None
    return "Another owner set this condition and looks after it."


SETTER = (another_owners, on_the_team, own_organisation)
CONDITION = (
    # action       from                to          by               unless
    T("report",    {OPEN},             REPORTED,   Role.RESEARCHER),
    T("discharge", {OPEN, REPORTED},   DISCHARGED, Role.OWNER,      SETTER),
    T("reopen",    {REPORTED, DISCHARGED}, OPEN,   Role.OWNER,      SETTER),
)  # fmt: skip

CONDITION_WAITING = {
    OPEN: Waiting("the project's researchers", "The researchers say how it is met."),
    REPORTED: Waiting("the data owner", "The owner who set it looks whether it is met."),
    DISCHARGED: Waiting("nobody", "It is met. Its owner can open it again."),
}
