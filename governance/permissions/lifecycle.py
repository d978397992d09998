"""The life of a review of access: opened when it is due, confirmed by whoever answers for the grants that it lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.people.lifecycle import own_record
from governance.people.roles import Role
from governance.projects.lifecycle import REFUSED, REVOKED, WITHDRAWN
from governance.workflow import State, Waiting
from governance.workflow import Transition as T


class ReviewState(State):
    OPEN = "open"
    CONFIRMED = "confirmed"


OPEN, CONFIRMED = ReviewState
ENDED = (REFUSED, REVOKED, WITHDRAWN)


def not_the_lead(review: Any, person: Any, at: datetime) -> str | None:
    return None if review.project.lead_id == person.pk else "The lead of the project reviews its team."


def on_the_team(review: Any, person: Any, at: datetime) -> str | None:
    return "You belong to this project's team, so others decide." if review.project.has_member(person) else None


def not_late(review: Any, person: Any, at: datetime) -> str | None:
    if review.is_late(at):
        return None
    return f"The lead of the project reviews its team; from {review.suspends_on:%-d %B %Y} on, research support can."


def project_over(review: Any, person: Any, at: datetime) -> str | None:
    return "The project has ended: nothing is left to review." if review.project.state in ENDED else None


TEAM_REVIEW = (
    # action     from    to         by               unless
    T("confirm", {OPEN}, CONFIRMED, Role.RESEARCHER, (not_the_lead, project_over)),
    T("confirm", {OPEN}, CONFIRMED, Role.SUPPORT,    (on_the_team, not_late, project_over)),
)  # fmt: skip

TEAM_REVIEW_WAITING = {
    OPEN: Waiting(
        "the project's lead", "Say of each person whether they still need the project. Unanswered, all stop."
    ),
    CONFIRMED: Waiting("nobody", "The next review is opened after 180 days."),
}

ROLE_REVIEW = (
    # action     from    to         by            unless
    T("confirm", {OPEN}, CONFIRMED, Role.AUDITOR, (own_record,)),
)  # fmt: skip

ROLE_REVIEW_WAITING = {
    OPEN: Waiting("the auditor", "Say of each role whether it is still needed. Unanswered, all of them stop."),
    CONFIRMED: Waiting("nobody", "The next review is opened after 180 days."),
}
