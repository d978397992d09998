"""What boards say on an application: declared interests first, then votes. Rounds never carry over."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.projects.boards import Verdict, Vote
from governance.projects.models.project import Project


class Stage(models.TextChoices):
    TRIAGE = "triage", "Triage"
    ETHICS = "ethics", "Ethical review"
    OWNER = "owner", "Data owner"
    PANEL = "panel", "Panel"


class Decision(models.Model):
    """One person's vote for a board in one round, with reasons. What the board decided is worked out from its votes.

    refused     variables ("table.variable") that an owner's approval leaves out
    conditions  what an approval depends on: [{"kind", "about", "level", "text"}] (conditions.csv)
    questions   what a return asks to change: key of a question -> what
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10, choices=Stage.choices)
    owner = models.SlugField(max_length=40, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=[(v.value, v.value) for v in Verdict])
    reasons = models.TextField()
    refused = models.JSONField(default=list, blank=True)
    conditions = models.JSONField(default=list, blank=True)
    questions = models.JSONField(default=dict, blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("decided_at", "pk")
        constraints = [
            models.UniqueConstraint(
                name="one_vote_a_person_a_board_a_round", fields=["project", "round", "stage", "person"]
            ),
            models.CheckConstraint(name="decisions_carry_reasons", condition=~Q(reasons="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.verdict}, round {self.round}"


class Interest(models.Model):
    """What a decider declared on one application before the first vote: a conflict of interest, or none.

    A declared conflict stays: who has said so once decides nothing on this application.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="interests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="interests")
    conflict = models.BooleanField()
    details = models.TextField(blank=True)
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ("declared_at", "pk")
        constraints = [
            models.UniqueConstraint(name="declared_once_each_way", fields=["project", "person", "conflict"]),
            models.CheckConstraint(name="conflicts_are_explained", condition=Q(conflict=False) | ~Q(details="")),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.project.reference}: {'a conflict' if self.conflict else 'no conflict'}"


def votes_on(project: Any, stage: Stage) -> list[Vote]:
    """The votes of the present round at one stage, in the order in which they were given."""
    rows = project.decisions.filter(round=project.round, stage=stage).order_by("decided_at", "pk")
    return [
        Vote(owner, Verdict(verdict), frozenset(refused))
        for owner, verdict, refused in rows.values_list("owner", "verdict", "refused")
    ]
