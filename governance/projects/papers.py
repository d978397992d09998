"""What belongs to an application beside its answers: submissions as they were, attachments, comments."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q


class Submission(models.Model):
    """An application as it was handed in, round by round. Never changed afterwards."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="submissions")
    round = models.PositiveSmallIntegerField()
    form_version = models.CharField(max_length=20)
    answers = models.JSONField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ("round",)
        constraints = [models.UniqueConstraint(name="one_submission_a_round", fields=["project", "round"])]

    def __str__(self) -> str:
        return f"Round {self.round}"


class Scan(models.TextChoices):
    """What the malware scanner said. Only what it found clean can be opened."""

    WAITING = "waiting", "Not scanned"
    CLEAN = "clean", "Scanned"
    INFECTED = "infected", "Malware found"


def storage_name(attachment: Attachment, name: str) -> str:
    """Where the bytes lie: never under the name that somebody typed."""
    return f"attachments/{attachment.project.reference}/{secrets.token_hex(16)}"


class Attachment(models.Model):
    """A file that answers a question, as uploaded. Its bytes never change."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="attachments")
    question = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=100)
    content = models.FileField(upload_to=storage_name, max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.WAITING)
    scan_note = models.CharField(max_length=200, blank=True)
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("uploaded_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="scanned_attachments_have_a_date",
                condition=Q(scan="waiting", scanned_at__isnull=True) | ~Q(scan="waiting") & Q(scanned_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_be_opened(self) -> bool:
        return self.scan == Scan.CLEAN


class Audience(models.TextChoices):
    """Who reads a comment. Chosen, and shown, before it is saved."""

    TEAM = "team", "The project's team only"
    EVERYBODY = "everybody", "The project's team and those who decide"
    STAFF = "staff", "Research support, data owners and panel only"


class Comment(models.Model):
    """What somebody wrote about a question or a section of an application."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="comments")
    about = models.SlugField(max_length=60)
    audience = models.CharField(max_length=10, choices=Audience.choices)
    text = models.TextField()
    round = models.PositiveSmallIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    of_team = models.BooleanField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("written_at", "pk")
        constraints = [models.CheckConstraint(name="comments_say_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"Comment on {self.about}, {self.get_audience_display().lower()}"
