"""Releases of linked datasets."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse

from extracts.lifecycle.release import BUILT, PUBLISHED, RELEASE, WAITING, WAS_PUBLISHED, ReleaseState
from extracts.models.linkage import LinkageRun
from governance.people.models import User
from governance.people.roles import Role


class Release(models.Model):
    """One version of a linked dataset. Its files never change; people decide how long it is used.

    quality     the quality statement that travels with it, as `measure` wrote it; {} for one that was only loaded
    difference  against the release before, as the build wrote it
    scan        the scanner's report: `clean`, and counts
    """

    LIFECYCLE = RELEASE
    WAITING = WAITING
    STATES = ReleaseState
    OF_THE_SERVICE = True
    # What is published anyone may read of; before that, only those who build, decide and audit.
    VISIBLE_TO = frozenset({Role.LINKER, Role.STEWARD, Role.AUDITOR, Role.WORKER})

    code = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    tables = models.JSONField()
    run = models.OneToOneField(LinkageRun, null=True, on_delete=models.PROTECT, related_name="release", editable=False)
    manifest_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    quality = models.JSONField(default=dict, editable=False)
    difference = models.JSONField(default=dict, editable=False)
    scan = models.JSONField(default=dict, editable=False)
    state = models.CharField(max_length=20, choices=ReleaseState.choices(), default=BUILT)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_because = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ("code", "-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(name="one_release_a_version", fields=["code", "version"]),
            models.UniqueConstraint(
                name="one_published_release_a_dataset", fields=["code"], condition=Q(state="published")
            ),
            models.CheckConstraint(
                name="withdrawn_releases_have_a_date_and_a_reason",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_because="")
                | ~Q(state="withdrawn") & Q(withdrawn_at__isnull=True, withdrawn_because=""),
            ),
            models.CheckConstraint(
                name="published_releases_have_a_date",
                condition=~Q(state__in=["published", "superseded"]) | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("release", args=[self.pk])

    @property
    def rows(self) -> int:
        return sum(table["rows"] for table in self.tables.values())

    @property
    def is_public(self) -> bool:
        """Whether anyone may read of it: it was published, and what became of it since is public too."""
        return self.published_at is not None

    @property
    def is_scanned_clean(self) -> bool:
        return self.scan.get("clean") is True

    def built_by(self, person: User) -> bool:
        """Whether the person asked for the linkage that built it."""
        return self.run is not None and self.run.requested_by_id == person.pk

    def others(self) -> models.QuerySet[Release]:
        """The other releases of the dataset."""
        return Release.objects.filter(code=self.code).exclude(pk=self.pk)

    def has_newer_out(self) -> bool:
        """Whether one that was built later has been published already."""
        return self.others().filter(state__in=WAS_PUBLISHED, created_at__gt=self.created_at).exists()

    def published_instead(self) -> Release | None:
        return self.others().filter(state=PUBLISHED).first()

    def before(self, at: datetime | None = None) -> Release | None:
        """The release of the dataset that was built before this one."""
        return self.others().filter(created_at__lt=at or self.created_at).order_by("-created_at", "-pk").first()
