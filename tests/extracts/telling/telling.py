"""What the tests of telling share: pass everything on, and read what came of it."""

from __future__ import annotations

from datetime import datetime

from extracts.telling import sending, spreading
from governance.notices.models import Notice
from tests.builders import now

SITE, SENDER = "https://gatehouse.example", "gatehouse@gatehouse.example"


def spread(at: datetime | None = None) -> int:
    """Tell of everything that waits."""
    return spreading.spread_all(at=at or now(), site=SITE)


def send_all(at: datetime | None = None) -> int:
    """Send everything that is due."""
    at = at or now()
    return sum(sending.send(pk, at=at, sender=SENDER) for pk in sending.due(at))


def told(username: str) -> list[str]:
    """What somebody was told, the oldest first."""
    return list(Notice.objects.filter(person__username=username).order_by("pk").values_list("says", flat=True))
