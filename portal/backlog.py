"""What waits for the machine, in numbers: changes to tell of, messages to send, jobs. A fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from extracts.lifecycle import FAILED, UNFINISHED
from extracts.lifecycle import linkage as runs
from extracts.models import Extract, LinkageRun
from governance.notices.models import Event, Message
from governance.outputs.lifecycle import CHECKING, RELEASING
from governance.outputs.models import OutputRequest


@dataclass(frozen=True)
class Line:
    """How many wait, since when the oldest does; `troubled` of them have failed before, or need a person."""

    what: str
    number: int
    oldest: datetime | None
    troubled: int = 0


def outbox() -> list[Line]:
    """Changes of which nobody was told yet, and messages on their way."""
    events = Event.objects.filter(told_at__isnull=True)
    waiting = Message.objects.filter(state=Message.State.WAITING)
    return [
        _line("Changes to tell of", events, "at", events.filter(attempts__gt=0)),
        _line("Messages to send", waiting, "made_at", waiting.filter(attempts__gt=0)),
    ]


def jobs() -> list[Line]:
    """Jobs that wait or are in hand, and those that failed."""
    extracts, linkage = Extract.objects.all(), LinkageRun.objects.all()
    return [
        _line("Extracts", extracts.filter(state__in=UNFINISHED), "state_since", extracts.filter(state=FAILED)),
        _line("Linkages", linkage.filter(state__in=runs.UNFINISHED), "state_since", linkage.filter(state=runs.FAILED)),
        _line("Output checks by the machine", OutputRequest.objects.filter(state=CHECKING), "state_since"),
        _line("Packages of outputs", OutputRequest.objects.filter(state=RELEASING), "state_since"),
    ]


def _line(what: str, waiting: QuerySet[Any], since: str, troubled: QuerySet[Any] | None = None) -> Line:
    found = waiting.order_by().aggregate(number=Count("pk"), oldest=Min(since))
    return Line(what, found["number"], found["oldest"], troubled.count() if troubled is not None else 0)
