"""{% status_line record %} and {% history record person %}: the same on every record's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.text import capfirst

from extracts.lifecycle.extract import STOPS
from governance.people.models import User
from portal.records import history_of, status_of
from portal.turns import Turn, turn_of

register = template.Library()


@register.inclusion_tag("records/status_line.html")
def status_line(record: Any) -> dict[str, Any]:
    """Who has it, since when, what is missing, what next, and by when."""
    return {
        "state": capfirst(record.STATES(record.state).label),
        "colour": COLOURS.get(record.state, "blue"),
        "since": record.state_since,
        "waiting": status_of(record),
        "turn": turn_of(record, timezone.now()),
    }


@register.inclusion_tag("records/whose_turn.html")
def whose_turn(record: Any, turns: Mapping[int, Turn]) -> dict[str, Any]:
    """The same in a list, from turns that were worked out for all of its rows together."""
    return {"since": record.state_since, "waiting": status_of(record), "turn": turns.get(record.pk)}


@register.inclusion_tag("records/history.html")
def history(record: Any, person: User) -> dict[str, Any]:
    """What happened to the record, newest first, as this person may see it."""
    return {"entries": history_of(record, person)}


COLOURS = {
    "draft": "grey",
    "withdrawn": "grey",
    "cancelled": "grey",
    "returned": "yellow",
    "refused": "red",
    "revoked": "red",
    "failed": "red",
    "held": "yellow",
    "recalled": "red",
    "superseded": "grey",
    "received": "grey",
    "unconfirmed": "yellow",
    "sent": "blue",
    "accepted": "green",
    "published": "green",
    "proposed": "blue",
    "taken_back": "grey",
    "settled": "green",
    "disagreed": "yellow",
    "feasible": "green",
    "not_feasible": "red",
    "redirected": "yellow",
    "approved": "green",
    "in_force": "green",
    "delivered": "green",
    "released": "green",
    "cleared": "green",
    "brought_in": "green",
    "reported": "yellow",
    "contained": "blue",
    "closed": "green",
    "removing": "grey",
    "removed": "grey",
    "listed": "green",
    "hidden": "red",
    "done": "green",
    "run_out": "grey",
    "replaced": "grey",
    "destroyed": "grey",
    **{state.value: "red" for state in STOPS},
}


@register.simple_tag
def state_tag(record: Any) -> str:
    """The state as a coloured tag, for lists."""
    from portal.govuk_components import component

    return component(
        "tag",
        {
            "text": capfirst(record.STATES(record.state).label),
            "classes": f"govuk-tag--{COLOURS.get(record.state, 'blue')}",
        },
    )
