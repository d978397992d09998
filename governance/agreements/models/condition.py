"""Conditions that owners set with their approval, tracked until they are discharged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse

from governance.agreements.lifecycle import CONDITION, CONDITION_WAITING, DISCHARGED, OPEN, ConditionState
from governance.agreements.models.agreement import Agreement
from governance.people.grants import owner_code
from governance.people.models import User
from governance.people.roles import ON_PROJECTS, Role
from governance.projects import conditions
from governance.projects.models import Project


class Condition(models.Model):
    """One condition of one owner, set when the agreement was drawn up. It goes on into later agreements."""

    LIFECYCLE = CONDITION
    WAITING = CONDITION_WAITING
    STATES = ConditionState
    VISIBLE_TO = ON_PROJECTS - {Role.CHECKER}

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="conditions")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="conditions_set")
    owner = models.SlugField(max_length=40)
    kind = models.CharField(max_length=20, choices=[(kind.code, kind.label) for kind in conditions.kinds().values()])
    about = models.CharField(max_length=130, blank=True, help_text='A variable ("table.variable"), a table, or "".')
    level = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    how_met = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=ConditionState.choices(), default=OPEN)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Condition {self.pk} of {self.project.reference}"

    def get_absolute_url(self) -> str:
        return reverse("condition", args=[self.pk])

    @property
    def described(self) -> conditions.Kind:
        return conditions.kinds()[self.kind]

    @property
    def stops_use(self) -> bool:
        """Whether nobody may use the data for it at present."""
        return self.described.blocks_use and self.state != DISCHARGED

    def is_of_the_owner(self, person: User) -> bool:
        """Whether the person belongs to the data owner that set it."""
        return owner_code(person) == self.owner

    def has_member(self, person: User) -> bool:
        return self.project.has_member(person)

    def to_json(self) -> dict[str, Any]:
        """As an agreement's terms tell it."""
        return {"owner": self.owner, "kind": self.kind, "about": self.about, "level": self.level, "text": self.text}


def stopping(project: Project, at: datetime) -> list[Condition]:
    """The conditions of the project that must be discharged before anybody uses its data."""
    return [one for one in project.conditions.exclude(state=DISCHARGED) if one.stops_use]
