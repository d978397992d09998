"""Output requests, their files, the machine's reports and the checkers' decisions."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.agreements.services import in_force
from governance.agreements.use import why_not_use, why_suspended
from governance.outputs.lifecycle import (
    CHECKED_ONCE,
    CHECKERS_TURN,
    DRAFT,
    OUTPUT_REQUEST,
    RELEASED,
    WAITING,
    OutputState,
)
from governance.people.models import User
from governance.people.roles import NO_DATA, ON_PROJECTS, Role
from governance.projects.models import Project
from governance.workflow import Refused


class Clearance(models.TextChoices):
    """Who will read it (codelist output_clearance)."""

    PRE_PUBLICATION = "PRE", "Pre-publication: the team and named commissioners only"
    PUBLICATION = "PUB", "Publication: open to everyone"


class OutputRequest(models.Model):
    """Files that a project asks to take out of the environment."""

    LIFECYCLE = OUTPUT_REQUEST
    WAITING = WAITING
    STATES = OutputState
    # Data owners and the panel see releases in the register, not the workspace's drafts.
    VISIBLE_TO = ON_PROJECTS - NO_DATA - {Role.OWNER}

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="output_requests")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="output_requests")
    title = models.CharField(max_length=200)
    context = models.TextField()
    clearance = models.CharField(max_length=3, choices=Clearance.choices)
    round = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=20, choices=OutputState.choices(), default=DRAFT)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    package = models.CharField(max_length=200, blank=True, editable=False)
    package_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                name="released_requests_have_a_date_and_a_package",
                condition=Q(state="released", released_at__isnull=False) & ~Q(package_sha256="")
                | ~Q(state="released") & Q(released_at__isnull=True, package_sha256=""),
            )
        ]

    def __str__(self) -> str:
        return f"Output {self.pk} of {self.project.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("output", args=[self.pk])

    @classmethod
    def published(cls) -> models.QuerySet[OutputRequest]:
        """Those that were released and cleared for publication: anyone may know of them."""
        return cls.objects.filter(state=RELEASED, clearance=Clearance.PUBLICATION)

    def released_files(self) -> models.QuerySet[OutputFile]:
        """The files that would leave; evidence for the checkers stays."""
        return self.files.filter(role=FileRole.OUTPUT)

    def why_not_use(self, person: User, at: datetime) -> str | None:
        """Why the person may not use the project's data at this moment, or None."""
        return why_not_use(self.project, person, at)

    def why_no_agreement(self, at: datetime) -> str | None:
        """Why the project may have no outputs at this moment, or None: an agreement is in force, and no suspension."""
        if reason := why_suspended(self.project):
            return reason
        try:
            in_force(self.project, at)
        except Refused as refusal:
            return str(refusal)
        return None

    def checks_now(self) -> models.QuerySet[Check]:
        """The checks of the present round."""
        return self.checks.filter(round=self.round)

    def checked_by(self, person: User) -> bool:
        """Whether this person has checked it in the present round."""
        return self.checks_now().filter(checker=person).exists()

    def checks_visible_to(self, person: User) -> models.QuerySet[Check]:
        """Earlier rounds, and of this one only the person's own until both have decided: checks are blind."""
        if self.state in CHECKERS_TURN:
            return self.checks.filter(Q(round__lt=self.round) | Q(checker=person))
        return self.checks.all()

    @property
    def is_blind(self) -> bool:
        return self.state == CHECKED_ONCE

    def report_now(self) -> Report | None:
        """The machine's report of the present round, if there is one yet."""
        return self.reports.filter(round=self.round).first()


class FileRole(models.TextChoices):
    OUTPUT = "output", "To be taken out"
    EVIDENCE = "evidence", "Counts behind a file, for the checkers only"


def storage_name(file: OutputFile, name: str) -> str:
    """Where a file's bytes lie: never under the name that somebody typed."""
    return f"{file.request.project.reference}/{secrets.token_hex(16)}"


class OutputFile(models.Model):
    """One file of a request, as uploaded. Its bytes never change; a new upload is a new row."""

    request = models.ForeignKey(OutputRequest, on_delete=models.PROTECT, related_name="files")
    role = models.CharField(max_length=10, choices=FileRole.choices, default=FileRole.OUTPUT)
    name = models.CharField(max_length=120)
    content = models.FileField(upload_to=storage_name, max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    text = models.TextField("what is in it", blank=True)
    description = models.JSONField(default=dict, blank=True)
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ("role", "name")
        constraints = [models.UniqueConstraint(name="one_file_of_a_name", fields=["request", "name"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_described(self) -> bool:
        return bool(self.text.strip() and self.description)


class Report(models.Model):
    """What the disclosure rules found in one round, with the policy and engine that found it."""

    request = models.ForeignKey(OutputRequest, on_delete=models.PROTECT, related_name="reports")
    round = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=10)
    content = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-round",)
        constraints = [models.UniqueConstraint(name="one_report_a_round", fields=["request", "round"])]

    def __str__(self) -> str:
        return f"{self.verdict}, round {self.round}"


class CheckVerdict(models.TextChoices):
    APPROVE = "approve", "Approve"
    RETURN = "return", "Return for changes"


class Check(models.Model):
    """One checker's decision in one round."""

    request = models.ForeignKey(OutputRequest, on_delete=models.PROTECT, related_name="checks")
    round = models.PositiveSmallIntegerField()
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="checks")
    verdict = models.CharField(max_length=10, choices=CheckVerdict.choices)
    reasons = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("decided_at", "pk")
        constraints = [
            models.UniqueConstraint(name="one_check_a_checker_a_round", fields=["request", "round", "checker"]),
            models.CheckConstraint(name="checks_carry_reasons", condition=~Q(reasons="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}, round {self.round}"


def verdicts_of(output: OutputRequest) -> list[Any]:
    """The verdicts of the present round, in the order in which they were given."""
    return list(output.checks_now().values_list("verdict", flat=True))
