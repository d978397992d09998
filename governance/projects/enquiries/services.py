"""What people do with an enquiry."""

from __future__ import annotations

from datetime import datetime

from governance.act import act, begin
from governance.catalogue.catalogue import Catalogue
from governance.people.models import User
from governance.projects.enquiries.lifecycle import FEASIBLE, NOT_FEASIBLE, REDIRECTED, EnquiryState
from governance.projects.enquiries.models import Enquiry
from governance.workflow import Refused

ACTIONS = {FEASIBLE: "find feasible", NOT_FEASIBLE: "find not feasible", REDIRECTED: "redirect"}


def ask(*, title: str, question: str, catalogue: Catalogue, by: User, at: datetime) -> Enquiry:
    """Ask research support whether a dataset can answer a question. Members of an organisation may."""
    if by.organisation_id is None:
        raise Refused("You belong to no organisation on record: ask research support to record it.")
    if not question.strip():
        raise Refused("Please say what you want to find out.")
    enquiry = Enquiry(person=by, dataset=catalogue.dataset.code, title=title, question=question.strip())
    return begin(enquiry, "ask", by=by, at=at)


def answer(enquiry: Enquiry, finding: EnquiryState, *, reasons: str, by: User, at: datetime) -> Enquiry:
    """Research support finds it feasible, not feasible, or better placed elsewhere, and says why."""
    if not reasons.strip():
        raise Refused("Please give reasons: whoever asked needs them.")
    return act(enquiry, ACTIONS[finding], by=by, at=at, note=reasons.strip(), answer=reasons.strip())


def withdraw(enquiry: Enquiry, *, by: User, at: datetime) -> Enquiry:
    """Take an enquiry back before it is answered."""
    return act(enquiry, "withdraw", by=by, at=at)
