"""The life of an agreement: drawn up by the panel's approval, signed by two people, in force until its last day."""

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
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return LABELS[self]


DRAWN_UP, SIGNED, IN_FORCE, REVOKED = AgreementState
LABELS = {
    DRAWN_UP: "Waiting for the project's signature",
    SIGNED: "Waiting for the service's signature",
    IN_FORCE: "In force",
    REVOKED: "Revoked",
}


def not_the_lead(agreement: Any, person: Any, at: datetime) -> str | None:
    return None if person.pk == agreement.project.lead_id else "The project's lead researcher signs for the project."


def on_the_team(agreement: Any, person: Any, at: datetime) -> str | None:
    return "You belong to this project's team." if agreement.project.has_member(person) else None


def own_organisation(agreement: Any, person: Any, at: datetime) -> str | None:
    return projects.own_organisation(agreement.project, person, at)


def ended(agreement: Any, person: Any, at: datetime) -> str | None:
    reason: str | None = agreement.why_ended(at)
    return reason


AGREEMENT = (
    # action         from                            to        by               unless
    T("sign",        {DRAWN_UP},                     SIGNED,   Role.RESEARCHER, (not_the_lead, ended)),
    T("countersign", {SIGNED},                       IN_FORCE, Role.SUPPORT,    (on_the_team, own_organisation, ended)),
    T("revoke",      {DRAWN_UP, SIGNED, IN_FORCE},   REVOKED,  Role.SUPPORT,    (on_the_team,)),
)  # fmt: skip

WAITING = {
    DRAWN_UP: Waiting("the lead researcher", "The lead researcher reads the scope and signs."),
    SIGNED: Waiting("research support", "Research support signs for the service, and the agreement takes effect."),
    IN_FORCE: Waiting("the project", "Researchers can request extracts inside this scope."),
    REVOKED: Waiting("nobody", "Nothing can be extracted under this agreement any more."),
}
