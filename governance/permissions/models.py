"""Reviews of access: of a project's team, and of the roles that one person holds in the service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from governance.people.lifecycle import GIVEN
from governance.people.models import RoleGrant, local_day
from governance.people.roles import Role
from governance.permissions.lifecycle import (
    OPEN,
    ROLE_REVIEW,
    ROLE_REVIEW_WAITING,
    TEAM_REVIEW,
    TEAM_REVIEW_WAITING,
    ReviewState,
)
from governance.projects.models import Project, ProjectUserObjectPermission


class AccessReview(models.Model):
    """Who still needs what they were granted? While it is open, the grants that it lists carry `suspended_from`.

    suspends_on  the day from which they count for nothing, unless it is confirmed before
    """

    STATES = ReviewState

    suspends_on = models.DateField()
    state = models.CharField(max_length=12, choices=ReviewState.choices(), default=OPEN)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ("-created_at", "-pk")

    def is_late(self, at: datetime) -> bool:
        """Whether the grants that it lists are suspended at this moment."""
        return local_day(at) >= self.suspends_on


class TeamReview(AccessReview):
    """Of everybody's grant on one project."""

    LIFECYCLE = TEAM_REVIEW
    WAITING = TEAM_REVIEW_WAITING
    VISIBLE_TO = frozenset({Role.RESEARCHER, Role.COORDINATOR, Role.SUPPORT, Role.AUDITOR})

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="team_reviews")

    class Meta(AccessReview.Meta):
        verbose_name = "review of a team"
        verbose_name_plural = "reviews of teams"
        constraints = [
            models.UniqueConstraint(
                name="one_open_review_a_team", fields=["project"], condition=models.Q(state=OPEN.value)
            )
        ]

    def __str__(self) -> str:
        return f"Review of access to {self.project.reference}"

    def get_absolute_url(self) -> str:
        return reverse("team_review", args=[self.pk])

    def listed(self) -> models.QuerySet[ProjectUserObjectPermission]:
        """The grants that it is about and that have not ended."""
        grants = self.project.grants.filter(ended_at__isnull=True, suspended_from__isnull=False)
        return grants.select_related("user__organisation", "permission").order_by("granted_at", "pk")


class RoleReview(AccessReview):
    """Of the roles that one person holds in the service."""

    LIFECYCLE = ROLE_REVIEW
    WAITING = ROLE_REVIEW_WAITING
    VISIBLE_TO = frozenset({Role.SELF, Role.SUPPORT, Role.AUDITOR})
    OF_THE_SERVICE = ABOUT_A_PERSON = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_reviews")

    class Meta(AccessReview.Meta):
        verbose_name = "review of roles"
        verbose_name_plural = "reviews of roles"
        constraints = [
            models.UniqueConstraint(
                name="one_open_review_of_a_persons_roles", fields=["person"], condition=models.Q(state=OPEN.value)
            )
        ]

    def __str__(self) -> str:
        return f"Review of the roles of {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("role_review", args=[self.pk])

    def listed(self) -> models.QuerySet[Any]:
        """The roles that it is about and that have not ended."""
        return RoleGrant.objects.filter(person=self.person_id, state=GIVEN, suspended_from__isnull=False).order_by("pk")
