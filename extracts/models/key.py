"""The versions of projects' keys as they are told of. No row holds a key: those are in the key ring."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from extracts.lifecycle.key import CURRENT, PROJECT_KEY, WAITING, KeyState
from governance.people.roles import NO_DATA, ON_PROJECTS
from governance.projects.models import Project


class ProjectKey(models.Model):
    """One version of a project's keys: since when, by whom and why it took the place of the one before.

    fingerprint  of the key ring's, written by the worker that first used it; "" until then
    """

    LIFECYCLE = PROJECT_KEY
    WAITING = WAITING
    STATES = KeyState
    VISIBLE_TO = ON_PROJECTS - NO_DATA

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="key_versions")
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=KeyState.choices(), default=CURRENT)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "key version"
        ordering = ("-version", "pk")
        constraints = [
            models.UniqueConstraint(name="key_versions_are_numbered", fields=["project", "version"]),
            models.UniqueConstraint(name="one_key_in_use_a_project", fields=["project"], condition=Q(state="current")),
            models.CheckConstraint(
                name="rotations_have_reasons", condition=Q(version=1) | Q(version__gt=1) & ~Q(reasons="")
            ),
        ]

    def __str__(self) -> str:
        return f"Key version {self.version} of {self.project.reference}"

    def get_absolute_url(self) -> str:
        return reverse("project_keys", args=[self.project_id])

    def is_used(self) -> bool:
        """Whether an extract was asked for under it, or a worker has made it."""
        return bool(self.fingerprint) or self.project.extracts.filter(key_version=self.version).exists()
