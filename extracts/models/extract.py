"""The extracts that are made from releases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from extracts.lifecycle import BUILDING, EXTRACT, REQUESTED, WAITING, ExtractState
from extracts.lifecycle.extract import WAS_DELIVERED
from extracts.models.job import Job
from extracts.models.release import Release
from governance.agreements.models import Agreement
from governance.people.roles import NO_DATA, ON_PROJECTS
from governance.projects.models import Project

REPLACED_DAYS = 30  # how long a replaced extract stays, so that work can be moved to the newer one
DELIVERED_ONCE = sorted(state.value for state in WAS_DELIVERED)


class Extract(Job):
    """The rows and columns that an agreement allows, built for one project."""

    LIFECYCLE = EXTRACT
    WAITING = WAITING
    STATES = ExtractState
    VISIBLE_TO = ON_PROJECTS - NO_DATA
    QUEUED, WORKING, AFRESH = REQUESTED, BUILDING, {"rows_done": 0, "tables_done": 0, "all_done": 0, "all_kept": 0}
    ALONG = ("project", "agreement", "release", "requested_by", "replaces")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="extracts")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="extracts")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="extracts")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="extracts")
    specification = models.JSONField()
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by", editable=False
    )
    key_version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=30, choices=ExtractState.choices(), default=REQUESTED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    table_now = models.CharField(max_length=60, blank=True, editable=False)
    tables_done = models.PositiveIntegerField(default=0, editable=False)
    tables_total = models.PositiveIntegerField(default=0, editable=False)
    rows_done = models.PositiveBigIntegerField(default=0, editable=False)
    rows_expected = models.PositiveBigIntegerField(default=0, editable=False)
    # Of all tables together; `all_kept` were there from an earlier attempt.
    all_done = models.PositiveBigIntegerField(default=0, editable=False)
    all_expected = models.PositiveBigIntegerField(default=0, editable=False)
    all_kept = models.PositiveBigIntegerField(default=0, editable=False)
    work_began = models.DateTimeField(null=True, editable=False)

    folder = models.CharField(max_length=100, blank=True, editable=False)
    manifest = models.JSONField(null=True, editable=False)
    # Against the extract that this one takes the place of: counts that are rounded, and sentences.
    difference = models.JSONField(default=dict, editable=False)
    delivered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="delivered_extracts_have_a_folder",
                condition=Q(state__in=DELIVERED_ONCE, delivered_at__isnull=False) & ~Q(folder="")
                | ~Q(state__in=DELIVERED_ONCE) & Q(delivered_at__isnull=True, folder=""),
            )
        ]

    def __str__(self) -> str:
        return f"Extract {self.pk} of {self.project.reference}"

    def get_absolute_url(self) -> str:
        return reverse("extract", args=[self.pk])

    @property
    def percent(self) -> int:
        """How far the build is, 0 to 100: rows that are written, of all tables."""
        return min(100, round(100 * self.all_done / self.all_expected)) if self.all_expected else 0

    def time_left(self, at: datetime) -> timedelta | None:
        """How long the rest will take at the pace of this attempt so far; None while that cannot be told."""
        written = self.all_done - self.all_kept
        if self.work_began is None or written <= 0 or at <= self.work_began:
            return None
        return (at - self.work_began) * ((self.all_expected - self.all_done) / written)

    @property
    def files(self) -> list[dict[str, Any]]:
        return self.manifest["files"] if self.manifest else []
