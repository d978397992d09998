"""The trail as stored. Names are copied, not linked, so that nothing can cascade into it."""

from __future__ import annotations

from typing import Any

from django.db import models


class Entry(models.Model):
    """One thing that someone did. Written once; the database refuses to change or remove it."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    subject = models.CharField(max_length=250)
    project = models.CharField(max_length=40, blank=True)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("seq",)
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "seq"], name="entry_by_subject"),
            models.Index(fields=["project", "seq"], name="entry_by_project"),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.actor} {self.action} {self.subject}"

    def as_hashed(self) -> dict[str, Any]:
        """The entry as `chain` hashes and exports it: plain JSON values, the time in UTC."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(timespec="microseconds"),
            "actor": self.actor,
            "actor_name": self.actor_name,
            "action": self.action,
            "subject_type": self.subject_type,
            "subject_id": self.subject_id,
            "subject": self.subject,
            "project": self.project,
            "before": self.before,
            "after": self.after,
            "note": self.note,
            "details": self.details,
            "previous": self.previous,
        }


class Head(models.Model):
    """The one row that says how long the chain is. Locked by whoever appends; it can only go up by one."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(name="one_head_of_the_trail", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"{self.seq} {self.digest}"
