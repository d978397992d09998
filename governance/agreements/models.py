"""Agreements and their signatures. A scope is written once, when the agreement is drawn up."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse

from governance.agreements.lifecycle import AGREEMENT, DRAWN_UP, IN_FORCE, WAITING, AgreementState
from governance.agreements.scope import Scope
from governance.people.models import local_day
from governance.people.roles import ON_PROJECTS, Role
from governance.projects.models import Project


class Agreement(models.Model):
    """What a project may have, signed, until a date."""

    LIFECYCLE = AGREEMENT
    WAITING = WAITING
    STATES = AgreementState
    VISIBLE_TO = ON_PROJECTS - {Role.CHECKER}

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    scope_json = models.JSONField()
    ends_on = models.DateField()
    state = models.CharField(max_length=20, choices=AgreementState.choices(), default=DRAWN_UP)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-version",)
        constraints = [
            models.UniqueConstraint(name="one_agreement_a_version", fields=["project", "version"]),
            models.UniqueConstraint(
                name="one_agreement_in_force", fields=["project"], condition=models.Q(state=IN_FORCE.value)
            ),
        ]

    def __str__(self) -> str:
        return f"Agreement {self.version} of {self.project.reference}"

    def get_absolute_url(self) -> str:
        return reverse("agreement", args=[self.pk])

    @property
    def scope(self) -> Scope:
        return Scope.from_json(self.scope_json)

    def why_ended(self, at: datetime) -> str | None:
        """Why its time is over, or None. The last day is still inside."""
        if local_day(at) > self.ends_on:
            return f"The agreement ended on {self.ends_on:%-d %B %Y}: apply to extend the project."
        return None

    def why_not_in_force(self, at: datetime) -> str | None:
        """Why nothing may be done under it at this moment, or None. Looked at whenever it is used."""
        if self.state != IN_FORCE:
            return f"The agreement is not in force: {AgreementState(self.state).label.lower()}."
        return self.why_ended(at)


class Signature(models.Model):
    """One person's signature, for the project or for the service."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=[("project", "For the project"), ("service", "For the service")])
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ("signed_at",)
        constraints = [models.UniqueConstraint(name="one_signature_a_side", fields=["agreement", "side"])]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_side_display().lower()}"
