"""The life of an enquiry: asked, then answered once by research support."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.roles import Role
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class EnquiryState(State):
    ASKED = "asked"
    FEASIBLE = "feasible"
    NOT_FEASIBLE = "not_feasible"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"


ASKED, FEASIBLE, NOT_FEASIBLE, REDIRECTED, WITHDRAWN = EnquiryState


def own_enquiry(enquiry: Any, person: Any, at: datetime) -> str | None:
    return "You asked it yourself, so others answer." if enquiry.person_id == person.pk else None


ENQUIRY = (
    # action               from     to            by            unless
    T("find feasible",     {ASKED}, FEASIBLE,     Role.SUPPORT, (own_enquiry,)),
    T("find not feasible", {ASKED}, NOT_FEASIBLE, Role.SUPPORT, (own_enquiry,)),
    T("redirect",          {ASKED}, REDIRECTED,   Role.SUPPORT, (own_enquiry,)),
    T("withdraw",          {ASKED}, WITHDRAWN,    Role.SELF),
)  # fmt: skip

WAITING = {
    ASKED: Waiting("research support", "Research support says whether the data can answer it."),
    FEASIBLE: Waiting("nobody", "The data can answer it: an application can be written."),
    NOT_FEASIBLE: Waiting("nobody", "The data cannot answer it. The reasons say why."),
    REDIRECTED: Waiting("nobody", "Another service or route is better suited. The reasons say which."),
    WITHDRAWN: Waiting("nobody", "It was withdrawn before it was answered."),
}
