"""What sets off what: (record, action) -> task. The only receiver of `moved`."""

from __future__ import annotations

from typing import Any

from celery import Task
from django.dispatch import receiver

from extracts import tasks
from extracts.models import Extract
from governance.act import moved
from governance.outputs.models import OutputRequest

REACTIONS: dict[tuple[type, str], Task[[int], None]] = {
    (Extract, "request"): tasks.generate_extract,
    (Extract, "retry"): tasks.generate_extract,
    (OutputRequest, "submit"): tasks.check_outputs,
    (OutputRequest, "release"): tasks.pack_release,
}


@receiver(moved)
def react(sender: type, record: Any, action: str, **kwargs: Any) -> None:
    """Queue the task that follows from this action, if one does. A lost message is made good by the sweep."""
    if task := REACTIONS.get((sender, action)):
        task.delay(record.pk)
