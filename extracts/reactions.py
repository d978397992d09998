"""What sets off what: (record, action) -> task. The only receiver of `moved`, but for the demonstration's."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from extracts import closing_tasks, ingress_tasks, tasks
from extracts.models import Extract, LinkageRun, Release
from governance.act import moved
from governance.closing.models import Closure
from governance.ingress.models import Ingress
from governance.outputs.models import OutputRequest

log = logging.getLogger("gatehouse.tasks")

REACTIONS: dict[tuple[type, str], Task[[int], None]] = {
    (Extract, "request"): tasks.generate_extract,
    (Extract, "retry"): tasks.generate_extract,
    (Extract, "let through"): tasks.generate_extract,
    (Extract, "recall"): tasks.remove_recalled,
    (LinkageRun, "request"): tasks.link_deliveries,
    (LinkageRun, "cancel"): tasks.clear_run,
    (Release, "withdraw"): tasks.lock_release,
    (OutputRequest, "submit"): tasks.check_outputs,
    (OutputRequest, "release"): tasks.pack_release,
    (Ingress, "approve"): ingress_tasks.bring_in,
    (Ingress, "try again"): ingress_tasks.bring_in,
    (Ingress, "remove"): ingress_tasks.take_out,
    (Closure, "confirm"): closing_tasks.destroy_project,
}


@receiver(moved)
def react(sender: type, record: Any, action: str, **kwargs: Any) -> None:
    """Queue the task that follows from this action, if one does. A lost message is made good by the sweep."""
    task = REACTIONS.get((sender, action))
    if (sender, action) == (LinkageRun, "retry"):
        task = tasks.next_task(record)
    if task is None:
        return
    try:
        task.delay(record.pk)
    except OperationalError:
        log.warning("no broker: %s %s waits for the sweep", task.name, record.pk)
