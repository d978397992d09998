"""Amendments and the votes on them. The project is changed by an agreed amendment alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.agreements.lifecycle import IN_FORCE
from governance.amendments.delta import LABELS, Kind
from governance.amendments.lifecycle import AMENDMENT, DRAFT, WAITING, AmendmentState
from governance.people.grants import owner_code
from governance.people.models import User
from governance.people.roles import ON_PROJECTS, Role
from governance.people.standins import has_used_vote
from governance.projects.boards import Verdict, Vote, has_settled
from governance.projects.lifecycle import APPROVED
from governance.projects.models import Project

# In which role one votes on an amendment, by its state.
VOTES_AS = {"triage": Role.SUPPORT, "owners": Role.OWNER, "panel": Role.PANEL}


class Amendment(models.Model):
    """One wish to change an approved project.

    delta  what it changes, by kind: {"person", "role"}; {"ends_on"}; {"added": {table: {"reason", "variables"}}};
           {"lay_summary", "public_benefit"}
    """

    LIFECYCLE = AMENDMENT
    WAITING = WAITING
    STATES = AmendmentState
    VISIBLE_TO = ON_PROJECTS - {Role.CHECKER}

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=[(kind.value, LABELS[kind]) for kind in Kind])
    reason = models.TextField(blank=True)
    delta = models.JSONField(default=dict, blank=True)
    quorums = models.JSONField(default=dict, blank=True, editable=False)
    panel_quorum = models.PositiveSmallIntegerField(null=True, editable=False)
    round = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=20, choices=AmendmentState.choices(), default=DRAFT)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(name="one_number_an_amendment", fields=["project", "number"]),
            models.CheckConstraint(
                name="an_amendments_panel_has_somebody", condition=Q(panel_quorum__isnull=True) | Q(panel_quorum__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"Amendment {self.number} of {self.project.reference}"

    def get_absolute_url(self) -> str:
        return reverse("amendment", args=[self.pk])

    @property
    def is_light(self) -> bool:
        return Kind(self.kind).is_light

    @property
    def added(self) -> dict[str, Any]:
        """The data that it adds: table -> {"reason", "variables"}; {} for another kind."""
        added: dict[str, Any] = self.delta.get("added", {})
        return added

    @property
    def new_end(self) -> date | None:
        """The last day that it asks for, or None for another kind."""
        return date.fromisoformat(self.delta["ends_on"]) if self.delta.get("ends_on") else None

    def missing(self) -> list[str]:
        """What it lacks before it can be submitted, as short phrases."""
        lacking = [] if self.reason.strip() else ["why it is needed"]
        kind = Kind(self.kind)
        if kind is Kind.PERSON and not self.delta.get("person"):
            lacking.append("the person")
        if kind is Kind.END and not self.delta.get("ends_on"):
            lacking.append("the new last day")
        if kind is Kind.DATA and not self.added:
            lacking.append("at least one variable")
        if kind is Kind.PURPOSE and not (self.delta.get("lay_summary") or self.delta.get("public_benefit")):
            lacking.append("the new words")
        return lacking

    def why_not_running(self, at: datetime) -> str | None:
        """Why the project cannot be amended at this moment, or None."""
        state = Project.objects.values_list("state", flat=True).get(pk=self.project_id)
        if state != APPROVED or not self.project.agreements.filter(state=IN_FORCE).exists():
            return "Only an approved project with an agreement in force is amended."
        return None

    def concerns(self, person: User) -> bool:
        """Whether the person's organisation has to decide on it."""
        return owner_code(person) in self.quorums

    def has_voted(self, person: User, at: datetime) -> bool:
        """Whether the person's vote of this round is used, where the amendment is now.

        A stand-in and the person they stand in for have one vote together.
        """
        votes = self.votes.filter(round=self.round, stage=self.state)
        return self.state in VOTES_AS and has_used_vote(votes, person, VOTES_AS[self.state], at)

    def has_settled(self, person: User) -> bool:
        """Whether the person's organisation has decided in this round."""
        owner = owner_code(person)
        verdicts = [vote.verdict for vote in self.votes_of_owners() if vote.board == owner]
        return has_settled(owner, verdicts, self.quorums)

    def votes_of_owners(self) -> list[Vote]:
        """The owners' votes of this round, in order."""
        rows = self.votes.filter(round=self.round, stage="owners").order_by("decided_at", "pk")
        return [
            Vote(owner, Verdict(verdict), frozenset(refused))
            for owner, verdict, refused in rows.values_list("owner", "verdict", "refused")
        ]


class AmendmentVote(models.Model):
    """One person's vote on an amendment in one round, with reasons."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="votes")
    round = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10)
    owner = models.SlugField(max_length=40, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="amendment_votes")
    verdict = models.CharField(max_length=10, choices=[(v.value, v.value) for v in Verdict])
    reasons = models.TextField()
    refused = models.JSONField(default=list, blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("decided_at", "pk")
        constraints = [
            models.UniqueConstraint(
                name="one_vote_a_person_an_amendment_a_round", fields=["amendment", "round", "stage", "person"]
            ),
            models.CheckConstraint(name="amendment_votes_carry_reasons", condition=~Q(reasons="")),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.verdict}, round {self.round}"
