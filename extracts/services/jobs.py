"""A job's row, kept true: taken up, kept, ended. Whoever raised the attempt last has it, until the lease runs out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import DatabaseError, connection
from django.db.models import F, Q

from extracts.models import Job
from governance.act import act
from governance.people.grants import worker

log = logging.getLogger("gatehouse.jobs")

MOST_ATTEMPTS = 5
LONGEST_BEAT_SECONDS = 5.0  # so that a cancelled job ends within seconds
J = TypeVar("J", bound=Job)


class Superseded(Exception):
    """The job is another attempt's now, or has ended: stop and leave everything alone."""


def claim(model: type[J], pk: int, *, at: datetime, lease: timedelta) -> J | None:
    """Take the job, or None when it has ended or another worker holds it. Call it inside a transaction.

    One conditional UPDATE decides, so that of two workers only one gets it.
    """
    rows: Any = model.objects  # type: ignore[attr-defined]
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    mine = rows.filter(free, pk=pk, state__in=[model.QUEUED, model.WORKING])
    if not mine.update(attempt=F("attempt") + 1, lease_until=at + lease, **model.AFRESH):
        return None
    job: J = rows.select_related(*model.ALONG).get(pk=pk)
    if job.attempt > MOST_ATTEMPTS + model.HAND_OVERS:
        end(job, "fail", reason=f"It was tried {MOST_ATTEMPTS} times and did not finish.", at=at)
        return None
    action = "start" if job.state == model.QUEUED else "resume"
    act(job, action, by=worker(), at=at, note=f"Attempt {job.attempt}.")
    job.state = model.WORKING.value
    return job


def keep(job: Job, *, at: datetime, lease: timedelta, **progress: float | str | datetime) -> None:
    """Renew the lease and note progress. Raises Superseded when the job is no longer this attempt's."""
    rows: Any = type(job).objects  # type: ignore[attr-defined]
    mine = rows.filter(pk=job.pk, attempt=job.attempt, state=job.WORKING)
    if not mine.update(lease_until=at + lease, **progress):
        raise Superseded


@contextmanager
def kept_alive(job: Job, *, clock: Callable[[], datetime], lease: timedelta) -> Iterator[Callable[[], bool]]:
    """Renew the lease while this process lives, also during work that reports no progress.

    Yields whether the job has been lost meanwhile: cancelled, taken up by another worker, or not renewed in time.
    """
    ended, lost = threading.Event(), threading.Event()

    def beat() -> None:
        until = clock() + lease
        while not lost.is_set() and not ended.wait(min(lease.total_seconds() / 3, LONGEST_BEAT_SECONDS)):
            try:
                keep(job, at=clock(), lease=lease)
                until = clock() + lease
            except Superseded:
                lost.set()
            except DatabaseError as problem:  # a busy or restarting database: the lease may still hold
                log.warning("the lease of %s was not renewed: %s", job.pk, type(problem).__name__)
                connection.close()
                if clock() >= until:
                    lost.set()
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield lost.is_set
    finally:
        ended.set()
        thread.join()


def hand_over(job: Job) -> None:
    """Give the job up in good order, so that a worker of another queue takes it at once. Raises Superseded."""
    rows: Any = type(job).objects  # type: ignore[attr-defined]
    if not rows.filter(pk=job.pk, attempt=job.attempt, state=job.WORKING).update(lease_until=None):
        raise Superseded


def lock_as_mine(job: Job) -> None:
    """Lock the row until the transaction ends. Raises Superseded when the job is no longer this attempt's."""
    rows: Any = type(job).objects  # type: ignore[attr-defined]
    if not rows.select_for_update().filter(pk=job.pk, attempt=job.attempt, state=job.WORKING).exists():
        raise Superseded


def end(job: J, action: str, *, reason: str, at: datetime) -> J:
    """End the job as the worker, with the reason on its page. The reason holds no value from a record."""
    return act(job, action, by=worker(), at=at, note=reason, reason=reason[:300], lease_until=None)


def again(job: J, *, by: Any, at: datetime, **fields: Any) -> J:
    """Queue a failed job again. `fields` are what else begins anew."""
    return act(job, "retry", by=by, at=at, attempt=0, lease_until=None, reason="", **fields)
