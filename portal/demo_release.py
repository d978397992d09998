"""The demonstration's first release is published as soon as it is built, so that there is something to try.

Later ones wait for Rae, as all do outside of the demonstration.
"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from extracts.models import Release
from extracts.services import releases
from governance.act import moved
from governance.people.models import User

REASONS = "The demonstration published this by itself, in Rae's name: its first release, of made-up records."


@receiver(moved, sender=Release)
def publish_the_first(sender: type, record: Release, action: str, **kwargs: Any) -> None:
    """Publish a release that was just built, if its dataset has never had another."""
    if action == "build":
        publish_if_first(record)


def publish_if_first(record: Release) -> None:
    """Publish it, unless its dataset has another release."""
    manager = User.objects.filter(username="rae").first()
    if manager and not record.others().exists():
        releases.publish(record, reasons=REASONS, by=manager, at=timezone.now())
