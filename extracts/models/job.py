"""Work that a worker takes up. A job is a row: the broker is only a hint."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from governance.workflow import State


class Job(models.Model):
    """Who works on it is whoever raised the attempt last, until the lease runs out.

    queued   the state in which it waits for a worker
    working  the state in which a worker has it
    afresh   what a new attempt begins with: the progress of the one before does not count
    along    what is fetched along with it
    hand_overs  how often it goes from one queue's worker to another's when all is well
    """

    QUEUED: ClassVar[State]
    WORKING: ClassVar[State]
    AFRESH: ClassVar[dict[str, int | str]]
    ALONG: ClassVar[tuple[str, ...]] = ()
    HAND_OVERS: ClassVar[int] = 0

    state: models.CharField[str, str]
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_unfinished(self) -> bool:
        return self.state in {self.QUEUED, self.WORKING}
