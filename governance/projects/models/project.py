"""Projects and their teams."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.catalogue.cohort import Cohort
from governance.people.grants import owner_code
from governance.people.lifecycle import GRANTED
from governance.people.models import Accreditation, User
from governance.people.roles import LABELS as ROLE_LABELS
from governance.people.roles import ON_PROJECTS, TEAM_ROLES, Role
from governance.people.standins import has_used_vote
from governance.projects.applying import Applying, newest_version
from governance.projects.boards import Verdict, has_settled
from governance.projects.lifecycle import (
    DRAFT,
    HANDOVER,
    HANDOVER_WAITING,
    PROJECT,
    PROPOSED,
    WAITING,
    HandoverState,
    ProjectState,
)


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
    form_version = models.CharField(max_length=20, default=newest_version, editable=False)
    answers = models.JSONField(default=dict, blank=True)
    requested = models.JSONField(default=dict, blank=True)
    cohort = models.JSONField(default=dict, blank=True)
    owners = models.JSONField(default=list, blank=True)
    # As they stood when the application was submitted: owner -> how many of its people must agree; the panel's.
    quorums = models.JSONField(default=dict, blank=True, editable=False)
    panel_quorum = models.PositiveSmallIntegerField(null=True, editable=False)
    known_design = models.BooleanField(default=False, editable=False, help_text="As research support found in triage.")
    paused_at = models.DateTimeField(null=True, editable=False)
    taken_up_at = models.DateTimeField(null=True, editable=False)
    ethics_until = models.DateField(null=True, editable=False, help_text="The last day of the ethics decision, if any.")
    round = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0, editable=False)
    state = models.CharField(max_length=20, choices=ProjectState.choices(), default=DRAFT)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        permissions = [(role.value, ROLE_LABELS[role]) for role in sorted(TEAM_ROLES)]
        indexes = [
            models.Index(
                name="submitted_projects", fields=["-state_since", "-id"], condition=Q(submitted_at__isnull=False)
            )
        ]
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
            models.CheckConstraint(
                name="a_panel_of_nobody_decides_nothing",
                condition=Q(panel_quorum__isnull=True) | Q(panel_quorum__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.pk])

    @property
    def project(self) -> Project:
        return self

    @property
    def chosen_cohort(self) -> Cohort:
        """Whose records it asks for. Raises BadCohort for what nobody can read."""
        return Cohort.from_json(self.cohort)

    def why_not_accredited(self, person: User, at: datetime) -> str | None:
        return person.why_not_accredited(at)

    def has_member(self, person: User) -> bool:
        return self.members.filter(person=person).exists()

    def organisations(self) -> set[int | None]:
        """The organisations of everybody on the team."""
        return {member.person.organisation_id for member in self.members.all()}

    def has_voted(self, person: User, at: datetime) -> bool:
        """Whether the person's vote of this round is used at the stage that the project is in.

        A stand-in and the person they stand in for have one vote together.
        """
        stage = STAGE_OF.get(self.state, "")
        votes = self.decisions.filter(round=self.round, stage=stage)
        return stage in VOTES_AS and has_used_vote(votes, person, VOTES_AS[stage], at)

    @property
    def boards_of_owners(self) -> dict[str, int]:
        """Owner -> its quorum of this round, in the catalogue's order, which a JSON object does not keep everywhere."""
        return {owner: self.quorums[owner] for owner in self.owners if owner in self.quorums}

    def has_settled(self, person: User) -> bool:
        """Whether the person's organisation has decided as an owner in this round."""
        owner = owner_code(person)
        given = self.decisions.filter(round=self.round, stage="owner", owner=owner).values_list("verdict", flat=True)
        return has_settled(owner, map(Verdict, given.order_by("decided_at", "pk")), self.quorums)

    def is_fully_accredited(self, at: datetime) -> bool:
        """Whether everybody who will use the data is in good standing and accredited in full."""
        researchers = [one.person for one in self.members.all() if one.role == Role.RESEARCHER]
        return not any(one.why_not_accredited(at) or one.is_provisional(at) for one in researchers)

    def interest_of(self, person: User) -> bool | None:
        """Whether the person declared a conflict of interest in this application; None while nothing is declared."""
        declared = set(self.interests.filter(person=person).values_list("conflict", flat=True))
        return (True in declared) if declared else None

    def tie_of(self, person: User) -> str | None:
        """A tie between the person and the team that the records show, as a reason why others decide, or None."""
        team = self.members.values("person")
        for one in Accreditation.objects.filter(state=GRANTED).filter(
            Q(person=person, supervisor__in=team) | Q(supervisor=person, person__in=team)
        ):
            who = one.supervisor if one.person_id == person.pk else one.person
            return f"{who}, who is on the team, is tied to you by supervision, so others decide."
        shared = Member.objects.filter(person=person, project__members__person__in=team).exclude(project=self).first()
        if shared:
            return "You work with somebody on the team on another project, so others decide."
        return None


# The stage at which a board votes, by the state that the project is in.
STAGE_OF = {"triage": "triage", "ethics": "ethics", "owners": "owner", "panel": "panel"}
# In which role one votes at a stage.
VOTES_AS = {"triage": Role.SUPPORT, "ethics": Role.ETHICS, "owner": Role.OWNER, "panel": Role.PANEL}


class WithPerson(models.Manager["Member"]):
    """Members come with the person: nobody asks for one without the other."""

    def get_queryset(self) -> models.QuerySet[Member]:
        return super().get_queryset().select_related("person")


class Member(models.Model):
    """One person on the team of a project. The grant is made from this row, never apart from it."""

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


class Handover(models.Model):
    """That the lead of a project passes to somebody of its team: proposed, and then accepted by them."""

    LIFECYCLE = HANDOVER
    WAITING = HANDOVER_WAITING
    STATES = HandoverState
    VISIBLE_TO = frozenset({Role.RESEARCHER, Role.COORDINATOR, Role.SUPPORT, Role.AUDITOR})

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="handovers")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=HandoverState.choices(), default=PROPOSED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                name="one_open_handover_a_project", fields=["project"], condition=Q(state=PROPOSED.value)
            )
        ]

    def __str__(self) -> str:
        return f"Lead of {self.project.reference} to {self.successor}"

    def get_absolute_url(self) -> str:
        return reverse("handover", args=[self.pk])
