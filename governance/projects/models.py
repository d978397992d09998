"""Projects, their teams, and the decisions on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from governance.people.grants import owner_code
from governance.people.models import User
from governance.people.roles import LABELS as ROLE_LABELS
from governance.people.roles import ON_PROJECTS, TEAM_ROLES, Role
from governance.projects.applying import Applying, newest_version
from governance.projects.boards import Verdict
from governance.projects.enquiries.models import Enquiry
from governance.projects.lifecycle import DRAFT, PROJECT, WAITING, ProjectState
from governance.projects.papers import Attachment, Comment, Submission

__all__ = ["Attachment", "Comment", "Decision", "Enquiry", "Member", "Project", "Stage", "Submission", "verdicts"]


class Project(Applying, models.Model):
    """One application for data, and the project that it becomes."""

    LIFECYCLE = PROJECT
    WAITING = WAITING
    STATES = ProjectState
    VISIBLE_TO = ON_PROJECTS

    reference = models.CharField(max_length=20, unique=True, editable=False)
    lead = models.ForeignKey(User, on_delete=models.PROTECT, related_name="projects_led")
    title = models.CharField(max_length=200)
    lay_summary = models.TextField(blank=True)
    public_benefit = models.TextField(blank=True)
    dataset = models.SlugField(max_length=60)
    period_from = models.DateField(null=True, blank=True)
    period_to = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    requested = models.JSONField(default=dict, blank=True)
    form_version = models.CharField(max_length=20, default=newest_version, editable=False)
    answers = models.JSONField(default=dict, blank=True)
    owners = models.JSONField(default=list, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0, editable=False)
    state = models.CharField(max_length=20, choices=ProjectState.choices(), default=DRAFT)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        permissions = [(role.value, ROLE_LABELS[role]) for role in sorted(TEAM_ROLES)]
        constraints = [
            models.CheckConstraint(
                name="project_period_in_order",
                condition=Q(period_from__isnull=True)
                | Q(period_to__isnull=True)
                | Q(period_to__gte=models.F("period_from")),
            ),
            models.CheckConstraint(
                name="only_submitted_projects_are_decided",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.pk])

    @property
    def project(self) -> Project:
        return self

    def why_not_accredited(self, person: User, at: datetime) -> str | None:
        return person.why_not_accredited(at)

    def has_member(self, person: User) -> bool:
        return self.members.filter(person=person).exists()

    def organisations(self) -> set[int | None]:
        """The organisations of everybody on the team."""
        return {member.person.organisation_id for member in self.members.all()}

    def has_decided(self, person: User) -> bool:
        """Whether the person's organisation has decided as an owner in this round."""
        return self.decisions.filter(round=self.round, stage=Stage.OWNER, owner=owner_code(person)).exists()


class ProjectUserObjectPermission(UserObjectPermissionBase):
    """Direct foreign keys: guardian's generic table is many times slower (docs/decisions/0003)."""

    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)


class ProjectGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)


class WithPerson(models.Manager["Member"]):
    """Members come with the person: nobody asks for one without the other."""

    def get_queryset(self) -> models.QuerySet[Member]:
        return super().get_queryset().select_related("person")


class Member(models.Model):
    """One person on the team of a project. The guardian grant is made from this row, never apart from it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, ROLE_LABELS[role]) for role in sorted(TEAM_ROLES)])
    since = models.DateTimeField()

    objects = WithPerson()

    class Meta:
        ordering = ("since", "pk")
        constraints = [models.UniqueConstraint(name="one_role_a_person_a_project", fields=["project", "person"])]

    def __str__(self) -> str:
        return f"{self.person} on {self.project.reference}"

    @property
    def role_label(self) -> str:
        return Role(self.role).label


class Stage(models.TextChoices):
    TRIAGE = "triage", "Triage"
    OWNER = "owner", "Data owner"
    PANEL = "panel", "Panel"


class Decision(models.Model):
    """What one board decided in one round, with reasons. Rounds never carry over."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10, choices=Stage.choices)
    owner = models.SlugField(max_length=40, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=[(v.value, v.value) for v in Verdict])
    reasons = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("decided_at", "pk")
        constraints = [
            models.UniqueConstraint(name="one_decision_a_board_a_round", fields=["project", "round", "stage", "owner"]),
            models.CheckConstraint(name="decisions_carry_reasons", condition=~Q(reasons="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.verdict}, round {self.round}"


def verdicts(project: Any) -> dict[str, Verdict]:
    """The owners' decisions of the present round: owner -> verdict."""
    rows = project.decisions.filter(round=project.round, stage=Stage.OWNER).values_list("owner", "verdict")
    return {owner: Verdict(verdict) for owner, verdict in rows}
