"""What projects bring in, its files, and what checkers decided of it."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.agreements.use import why_not_use
from governance.ingress.file_rules import why_not_of_kind
from governance.ingress.lifecycle import DRAFT, INGRESS, WAITING, IngressState
from governance.people.models import User
from governance.people.roles import NO_DATA, ON_PROJECTS, Role
from governance.projects.models import Project
from governance.projects.papers import Scan

PERSON = settings.AUTH_USER_MODEL
NOT_THIS_WAY = (
    "Data about people cannot be brought in this way. Ask research support whether the data owners can add them to the "
    "linked data, or amend the project: then they decide, and the data are linked and pseudonymised as all others."
)


class Kind(models.TextChoices):
    DATA = "data", "Reference data"
    CODE = "code", "Code"


class Personal(models.TextChoices):
    """Whether it holds personal data, or anybody could be identified by it."""

    NO = "no", "No: nothing in it is about a person"
    YES = "yes", "Yes"
    UNSURE = "unsure", "I am not sure"


class Ingress(models.Model):
    """Files that a project asks to bring into its workspace.

    submitted_by  whose use of the project's data it rests on: who submitted it last, or tried it again
    reason        why the worker stopped or returned it, or why it was taken out; "" otherwise
    folder        its name in the workspace, once it was there
    """

    LIFECYCLE = INGRESS
    WAITING = WAITING
    STATES = IngressState
    VISIBLE_TO = ON_PROJECTS - NO_DATA - {Role.OWNER}

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ingresses")
    author = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", null=True, editable=False)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    title = models.CharField(max_length=200)
    purpose = models.TextField()
    source = models.TextField()
    licence = models.TextField()
    personal = models.CharField(max_length=6, choices=Personal.choices)
    round = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    reason = models.TextField(blank=True, editable=False)
    folder = models.CharField(max_length=60, blank=True, editable=False)
    brought_in_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=12, choices=IngressState.choices(), default=DRAFT)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "ingress"
        verbose_name_plural = "ingresses"
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="what_was_brought_in_has_a_folder",
                condition=Q(state__in=["brought_in", "removing", "removed"], brought_in_at__isnull=False)
                & ~Q(folder="")
                | ~Q(state__in=["brought_in", "removing", "removed"]) & Q(brought_in_at__isnull=True, folder=""),
            )
        ]

    def __str__(self) -> str:
        return f"Ingress {self.pk} of {self.project.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("ingress", args=[self.pk])

    def why_personal(self) -> str | None:
        """Why its content cannot come in by this way, or None."""
        return None if self.personal == Personal.NO else NOT_THIS_WAY

    def why_files_unfit(self) -> str | None:
        """Why its files cannot be handed in as they are, or None."""
        files = list(self.files.all())
        if not files:
            return "Add at least one file."
        if closed := [file.name for file in files if not file.can_be_opened]:
            return (
                f"The malware scanner has not found {', '.join(closed)} clean, so nobody can look at it: scan it again."
            )
        return why_not_of_kind([file.name for file in files], self.kind)

    def why_not_use(self, person: User, at: datetime) -> str | None:
        """Why the person may not use the project's data at this moment, or None."""
        return why_not_use(self.project, person, at)

    def why_not_brought_in(self, at: datetime) -> str | None:
        """Why nothing may be brought into the project's workspace at this moment, or None."""
        if self.submitted_by is None:
            return "Nobody has submitted it."
        return self.why_personal() or self.why_not_use(self.submitted_by, at)

    def review_now(self) -> Review | None:
        """What was decided in the present round, if anything was."""
        return self.reviews.filter(round=self.round).first()


def storage_name(file: IngressFile, name: str) -> str:
    """Where a file's bytes lie: never under the name that somebody typed."""
    return f"ingress/{file.ingress.project.reference}/{secrets.token_hex(16)}"


class IngressFile(models.Model):
    """One file, as uploaded. Its bytes never change; a new upload is a new row.

    hints  what rules say to look at (governance.ingress.hints): rules and lines, never what stands there
    """

    ingress = models.ForeignKey(Ingress, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    content = models.FileField(upload_to=storage_name, max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    lines = models.PositiveIntegerField()
    hints = models.JSONField(default=list)
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.WAITING)
    scan_note = models.CharField(max_length=200, blank=True)
    scanned_at = models.DateTimeField(null=True)
    uploaded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(name="one_ingress_file_of_a_name", fields=["ingress", "name"]),
            models.CheckConstraint(
                name="scanned_ingress_files_have_a_date",
                condition=Q(scan="waiting", scanned_at__isnull=True) | ~Q(scan="waiting") & Q(scanned_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_be_opened(self) -> bool:
        return self.scan == Scan.CLEAN


class Verdict(models.TextChoices):
    APPROVE = "approve", "Approve"
    RETURN = "return", "Return for changes"
    REFUSE = "refuse", "Refuse"


class Review(models.Model):
    """One checker's decision in one round."""

    ingress = models.ForeignKey(Ingress, on_delete=models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    checker = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reasons = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("-round",)
        constraints = [
            models.UniqueConstraint(name="one_review_a_round", fields=["ingress", "round"]),
            models.CheckConstraint(name="reviews_carry_reasons", condition=~Q(reasons="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}, round {self.round}"
