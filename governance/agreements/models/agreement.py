"""Agreements and their signatures. A scope is written once, when the agreement is drawn up."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse

from governance.agreements.lifecycle import AGREEMENT, DRAWN_UP, IN_FORCE, WAITING, AgreementState
from governance.agreements.scope import Scope
from governance.people.grants import team_at
from governance.people.models import User, local_day
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
    # All that is signed: parties, scope, conditions, dates, the declaration; and the hash of exactly that.
    terms = models.JSONField(default=dict, editable=False)
    sha256 = models.CharField(max_length=64, default="", editable=False)
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

    def signed_by(self, person: User) -> bool:
        """Whether the person has signed these terms, for whichever side."""
        return self.signatures.filter(person=person).exists()

    def institution_signed(self) -> bool:
        return self.signatures.filter(side=Side.INSTITUTION).exists()

    def unsigned(self, at: datetime) -> list[str]:
        """Who has still to sign before the service does: names of the team, and the institution's signatory.

        That is the lead, and everybody who was on the team when it was drawn up and is so at this moment. Who joined
        later signs before using anything, and is waited for by the next agreement.
        """
        signed, lead = self._signatories(), self.project.lead
        asked = [lead, *team_at(self.project, at, joined_by=self.created_at)]
        names = [str(person) for person in dict.fromkeys(asked) if person.pk not in signed]
        if not self.institution_signed():
            names.append(f"{lead.organisation} (its signatory)")
        return names

    def left_unsigned(self, at: datetime) -> list[str]:
        """The names of parties who left the team before they had signed: nobody waits for them."""
        here = {self.project.lead_id, *(person.pk for person in team_at(self.project, at))} | self._signatories()
        named = {party["name"] for party in self.terms["parties"]}
        granted = User.objects.filter(pk__in=self.project.grants.values("user")).exclude(pk__in=here)
        return [str(person) for person in granted if str(person) in named]

    def _signatories(self) -> set[int]:
        return set(self.signatures.values_list("person_id", flat=True))

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


class Side(models.TextChoices):
    PROJECT = "project", "For the project"
    INSTITUTION = "institution", "For the institution"
    SERVICE = "service", "For the service"


class Signature(models.Model):
    """One person's signature under the terms with this hash: for themselves, their institution, or the service."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=12, choices=Side)
    sha256 = models.CharField(max_length=64, default="")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ("signed_at",)
        constraints = [
            models.UniqueConstraint(name="one_signature_a_person", fields=["agreement", "person"]),
            models.UniqueConstraint(
                name="institution_and_service_sign_once",
                fields=["agreement", "side"],
                condition=models.Q(side__in=["institution", "service"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_side_display().lower()}"
