"""Releases of linked datasets, and the extracts made from them. A job is a row: the broker is only a hint."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from extracts.lifecycle import EXTRACT, REQUESTED, WAITING, ExtractState
from governance.agreements.models import Agreement
from governance.people.roles import Role
from governance.projects.models import Project


class Release(models.Model):
    """One published version of a linked dataset. Its files never change; it can only be withdrawn."""

    code = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    tables = models.JSONField()
    loaded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("code", "-loaded_at", "-pk")
        constraints = [models.UniqueConstraint(name="one_release_a_version", fields=["code", "version"])]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def rows(self) -> int:
        return sum(table["rows"] for table in self.tables.values())


class Extract(models.Model):
    """The rows and columns that an agreement allows, built for one project."""

    LIFECYCLE = EXTRACT
    WAITING = WAITING
    STATES = ExtractState
    VISIBLE_TO = frozenset(Role) - {Role.PANEL}

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="extracts")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="extracts")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="extracts")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="extracts")
    specification = models.JSONField()
    key_version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=20, choices=ExtractState.choices(), default=REQUESTED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    # The job: who works on it is whoever raised the attempt last, until the lease runs out.
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    table_now = models.CharField(max_length=60, blank=True, editable=False)
    tables_done = models.PositiveIntegerField(default=0, editable=False)
    tables_total = models.PositiveIntegerField(default=0, editable=False)
    rows_done = models.PositiveBigIntegerField(default=0, editable=False)
    rows_expected = models.PositiveBigIntegerField(default=0, editable=False)

    reason = models.CharField(max_length=300, blank=True, editable=False)
    folder = models.CharField(max_length=100, blank=True, editable=False)
    manifest = models.JSONField(null=True, editable=False)
    delivered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="delivered_extracts_have_a_folder",
                condition=Q(state="delivered", delivered_at__isnull=False) & ~Q(folder="")
                | ~Q(state="delivered") & Q(delivered_at__isnull=True, folder=""),
            )
        ]

    def __str__(self) -> str:
        return f"Extract {self.pk} of {self.project.reference}"

    def get_absolute_url(self) -> str:
        return reverse("extract", args=[self.pk])

    @property
    def percent(self) -> int:
        """How far the build is, 0 to 100: tables done, and the share of the rows of the table in work."""
        if not self.tables_total:
            return 0
        share = min(1.0, self.rows_done / self.rows_expected) if self.rows_expected else 0.0
        return min(100, round(100 * (self.tables_done + share) / self.tables_total))

    @property
    def files(self) -> list[dict[str, Any]]:
        return self.manifest["files"] if self.manifest else []
