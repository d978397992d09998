"""Deliveries of the providers, and the linkage runs over them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from extracts.lifecycle import delivery as deliveries
from extracts.lifecycle import linkage as runs
from extracts.lifecycle.linkage import Stage
from extracts.models.job import Job
from governance.people.roles import Role

OF_LINKAGE = frozenset({Role.LINKER, Role.STEWARD, Role.AUDITOR, Role.WORKER})


class Delivery(models.Model):
    """What one provider sent at one time, in two streams: identities and payload.

    counts    records by file, e.g. {"identity/pol_victim": 61, "payload/pol_crime": 40}
    findings  of a refused one: file, row and reason of each; never a value
    sha256    of the folder as it was received; "" for one of before this was kept
    """

    LIFECYCLE = deliveries.DELIVERY
    WAITING = deliveries.WAITING
    STATES = deliveries.DeliveryState
    OF_THE_SERVICE = True
    VISIBLE_TO = OF_LINKAGE

    dataset = models.SlugField(max_length=60)
    provider = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    counts = models.JSONField(default=dict, editable=False)
    findings = models.JSONField(default=list, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    state = models.CharField(max_length=20, choices=deliveries.DeliveryState.choices(), default=deliveries.RECEIVED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "provider")
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(name="one_delivery_a_name", fields=["dataset", "provider", "name"]),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.name}"

    def get_absolute_url(self) -> str:
        return f"{reverse('linkage')}#delivery-{self.pk}"

    @property
    def title(self) -> str:
        return str(self)

    @property
    def records(self) -> dict[str, int]:
        """How many records each of the two streams holds."""
        streams = {"identity": 0, "payload": 0}
        for file, number in self.counts.items():
            stream = file.partition("/")[0]
            if stream in streams:
                streams[stream] += number
        return streams


class LinkageRun(Job):
    """One linkage over some deliveries, from their acceptance to a release that waits for publication.

    report   what each stage wrote when it was done: stage -> JSON object
    charts   data of Splink's charts, without values of records
    """

    LIFECYCLE = runs.LINKAGE_RUN
    WAITING = runs.WAITING
    STATES = runs.RunState
    OF_THE_SERVICE = True
    VISIBLE_TO = OF_LINKAGE
    QUEUED, WORKING, AFRESH = runs.REQUESTED, runs.RUNNING, {"what": ""}
    ALONG = ("requested_by",)
    HAND_OVERS = 2  # linkage to release build, and back to the scanner

    dataset = models.SlugField(max_length=60)
    name = models.CharField(max_length=20, help_text="The version of the release that it builds.")
    deliveries = models.ManyToManyField(Delivery, related_name="runs")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="linkage_runs")
    seed = models.PositiveBigIntegerField(default=1)
    state = models.CharField(max_length=20, choices=runs.RunState.choices(), default=runs.REQUESTED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    stage = models.CharField(max_length=20, choices=Stage.choices(), blank=True, editable=False)
    what = models.CharField(max_length=120, blank=True, editable=False)
    share = models.FloatField(default=0, editable=False)
    model_name = models.CharField(max_length=60, blank=True, editable=False)
    model_version = models.CharField(max_length=40, blank=True, editable=False)
    report = models.JSONField(default=dict, editable=False)
    charts = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                name="one_run_a_release_name", fields=["dataset", "name"], condition=~Q(state="cancelled")
            ),
            models.UniqueConstraint(
                name="one_run_at_a_time", fields=["dataset"], condition=Q(state__in=["requested", "running"])
            ),
        ]

    def __str__(self) -> str:
        return f"Linkage {self.name} of {self.dataset}"

    def get_absolute_url(self) -> str:
        return reverse("linkage_run", args=[self.pk])

    @property
    def title(self) -> str:
        return str(self)

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100: each stage counts alike."""
        if self.stage not in set(Stage):
            return 0
        done = list(Stage).index(Stage(self.stage))
        return min(100, int(100 * (done + min(max(self.share, 0.0), 1.0)) / len(Stage)))

    def part(self, stage: str) -> dict[str, Any]:
        """What a stage wrote, or {} while it is not done."""
        part: dict[str, Any] = self.report.get(stage, {})
        return part
