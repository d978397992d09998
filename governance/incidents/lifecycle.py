"""The life of an incident: reported, assessed, contained, closed; and opened again when more comes to light."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class IncidentState(State):
    REPORTED = "reported"
    ASSESSED = "assessed"
    CONTAINED = "contained"
    CLOSED = "closed"


REPORTED, ASSESSED, CONTAINED, CLOSED = IncidentState


def named_in_it(incident: Any, person: Any, at: datetime) -> str | None:
    return "You are named in it, so others follow it up." if incident.names(person) else None


def regulator_waits(incident: Any, person: Any, at: datetime) -> str | None:
    if incident.regulator_waits:
        return "The regulator has to be told first, or it is assessed anew that this is not needed."
    return None


def institution_waits(incident: Any, person: Any, at: datetime) -> str | None:
    if incident.is_serious and incident.institution_told_on is None:
        return "From level 2 on the institution is informed before it is closed: record when it was."
    return None


def nothing_learned(incident: Any, person: Any, at: datetime) -> str | None:
    if not (incident.actions.strip() and incident.lessons.strip()):
        return "Record the actions taken and the lessons first."
    return None


def about_own_project(incident: Any, person: Any, at: datetime) -> str | None:
    if incident.is_about_project_of(person):
        return "It is about a project that you belong to, so others follow it up."
    return None


OTHERS = (named_in_it, about_own_project)

INCIDENT = (
    # action           from         to          by            unless
    T("assess",         {REPORTED},  ASSESSED,   Role.SUPPORT, OTHERS),
    T("assess",         {ASSESSED},  ASSESSED,   Role.SUPPORT, OTHERS),
    T("assess",         {CONTAINED}, CONTAINED,  Role.SUPPORT, OTHERS),
    T("record",         {REPORTED},  REPORTED,   Role.SUPPORT, OTHERS),
    T("record",         {ASSESSED},  ASSESSED,   Role.SUPPORT, OTHERS),
    T("record",         {CONTAINED}, CONTAINED,  Role.SUPPORT, OTHERS),
    T("tell regulator", {ASSESSED},  ASSESSED,   Role.SUPPORT, OTHERS),
    T("tell regulator", {CONTAINED}, CONTAINED,  Role.SUPPORT, OTHERS),
    T("contain",        {ASSESSED},  CONTAINED,  Role.SUPPORT, OTHERS),
    T("close",          {CONTAINED}, CLOSED,     Role.SUPPORT,
      (*OTHERS, regulator_waits, institution_waits, nothing_learned)),
    T("reopen",         {CLOSED},    ASSESSED,   Role.SUPPORT, OTHERS),
)  # fmt: skip

WAITING = {
    REPORTED: Waiting("research support", "Assess its level, and whether the regulator has to be told."),
    ASSESSED: Waiting("research support", "Contain it, so that nothing more can come of it."),
    CONTAINED: Waiting("research support", "Record actions and lessons, and close it."),
    CLOSED: Waiting("nobody", "It has ended. It can be opened again."),
}
