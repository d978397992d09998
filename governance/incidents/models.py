"""Incidents, and the projects and people that they are linked to."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse

from governance.incidents.breach_levels import BreachLevel, breach_levels
from governance.incidents.clock import due_at
from governance.incidents.lifecycle import ASSESSED, INCIDENT, REPORTED, WAITING, IncidentState
from governance.people.accreditation import STOPS_USE
from governance.people.models import Sanction, User
from governance.people.models.standing import Level
from governance.people.roles import Role
from governance.projects.models import Project

PERSON = settings.AUTH_USER_MODEL


class Kind(models.TextChoices):
    """What happened, as whoever noticed it would say."""

    DISCLOSURE = "disclosure", "Somebody could be identified, or was"
    WRONG_RECIPIENT = "wrong_recipient", "Something went to the wrong person"
    WRONG_DATA = "wrong_data", "The wrong data were delivered"
    TAKEN_OUT = "taken_out", "Data or results were taken out, or nearly, without being cleared"
    SHARED_ACCOUNT = "shared_account", "An account, code or password was shared or lost"
    DEVICE = "device", "A device was lost or stolen, or a screen left open"
    MISUSE = "misuse", "Data were used for something that was not approved"
    PROCEDURE = "procedure", "A procedure was not followed"
    INTRUSION = "intrusion", "Somebody broke in, or tried to"
    NEAR_MISS = "near_miss", "Nearly something: it was noticed in time"
    OTHER = "other", "Something else"


class Regulator(models.TextChoices):
    """Whether the regulator has to be told, once that was assessed."""

    NEEDED = "needed", "The regulator has to be told, within 72 hours of when it was noticed"
    NOT_NEEDED = "not_needed", "The regulator does not have to be told"


class Incident(models.Model):
    """Something that went wrong, or nearly.

    person     who reported it
    text       what happened; about: who and what is involved, as the reporter typed it
    because    why it has its level, and why the regulator is told or is not
    """

    LIFECYCLE = INCIDENT
    WAITING = WAITING
    STATES = IncidentState
    OF_THE_SERVICE = ABOUT_A_PERSON = True
    VISIBLE_TO = frozenset({Role.SELF, Role.SUPPORT, Role.AUDITOR})

    reference = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="reported_incidents")
    noticed_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField()
    about = models.TextField(blank=True)
    level = models.PositiveSmallIntegerField(choices=Level, null=True, editable=False)
    because = models.TextField(blank=True, editable=False)
    regulator = models.CharField(max_length=10, choices=Regulator.choices, blank=True, editable=False)
    regulator_told_at = models.DateTimeField(null=True, editable=False)
    regulator_note = models.TextField(blank=True, editable=False)
    institution_told_on = models.DateField(null=True, editable=False)
    contained_at = models.DateTimeField(null=True, editable=False)
    contained_how = models.TextField(blank=True, editable=False)
    actions = models.TextField(blank=True, editable=False)
    lessons = models.TextField(blank=True, editable=False)
    state = models.CharField(max_length=10, choices=IncidentState.choices(), default=REPORTED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(name="incidents_say_what_happened", condition=~Q(text="")),
            models.CheckConstraint(
                name="assessed_incidents_have_a_level_and_reasons",
                condition=Q(state="reported") | Q(level__isnull=False) & ~Q(because="") & ~Q(regulator=""),
            ),
            models.CheckConstraint(
                name="contained_incidents_say_since_when",
                condition=~Q(state__in=["contained", "closed"]) | Q(contained_at__isnull=False),
            ),
            models.CheckConstraint(
                name="closed_incidents_have_told_whom_they_must",
                condition=~Q(state="closed") | Q(regulator="not_needed") | Q(regulator_told_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Incident {self.reference}"

    def get_absolute_url(self) -> str:
        return reverse("incident", args=[self.pk])

    @property
    def title(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_serious(self) -> bool:
        """Whether its level stops use at once (governance.people.accreditation)."""
        return self.level is not None and self.level >= STOPS_USE

    @property
    def what_level(self) -> BreachLevel | None:
        return None if self.level is None else breach_levels()[self.level]

    @property
    def regulator_waits(self) -> bool:
        """Whether the regulator has to be told and was not."""
        return self.regulator == Regulator.NEEDED and self.regulator_told_at is None

    @property
    def clock_runs(self) -> bool:
        """Whether the regulator's clock runs: until it is known that it need not be told, or it was."""
        return self.regulator_waits or self.state == REPORTED

    @property
    def regulator_due_at(self) -> datetime:
        return due_at(self.noticed_at)

    @property
    def suspends(self) -> bool:
        """Whether nobody may use the data of the projects that it is about: a serious one, until it is contained."""
        return self.is_serious and self.state == ASSESSED

    @classmethod
    def those_suspending(cls) -> QuerySet[Incident]:
        """Those for which `suspends` holds."""
        return cls.objects.filter(level__gte=STOPS_USE, state=ASSESSED)

    @classmethod
    def suspending(cls, project: Project) -> Incident | None:
        """One that suspends a project, if any does."""
        return cls.those_suspending().filter(projects__project=project).first()

    def names(self, person: User) -> bool:
        """Whether the person is linked to it."""
        return self.people.filter(person=person).exists()

    def is_about_project_of(self, person: User) -> bool:
        """Whether the person is on the team of a project that it is about."""
        return self.projects.filter(project__members__person=person).exists()

    def is_hidden_from(self, person: User) -> bool:
        """Whoever is named in it reads nothing of it by their role; who reported it reads their report."""
        return person.pk != self.person_id and self.names(person)

    @classmethod
    def for_staff(cls, person: User) -> QuerySet[Incident]:
        """Those that a person of the service may read of: all in which they are not named."""
        return cls.objects.exclude(pk__in=IncidentPerson.objects.filter(person=person).values("incident"))

    @classmethod
    def for_lead(cls, project: Project, person: User) -> QuerySet[Incident]:
        """Those of a project of which its lead is told, once they were assessed."""
        if person.pk != project.lead_id:
            return cls.objects.none()
        return cls.for_staff(person).filter(projects__project=project).exclude(state=REPORTED)


class IncidentProject(models.Model):
    """That an incident is about a project."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="projects")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="incidents")

    class Meta:
        ordering = ("project__reference",)
        constraints = [models.UniqueConstraint(name="a_project_is_linked_once", fields=["incident", "project"])]

    def __str__(self) -> str:
        return f"{self.incident}, {self.project.reference}"


class IncidentPerson(models.Model):
    """That a person had a part in an incident, and the sanction that followed, if one did."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="incidents")
    part = models.CharField(max_length=300)
    sanction = models.OneToOneField(Sanction, on_delete=models.PROTECT, null=True, related_name="incident_link")

    class Meta:
        ordering = ("person__name", "pk")
        constraints = [models.UniqueConstraint(name="a_person_is_linked_once", fields=["incident", "person"])]

    def __str__(self) -> str:
        return f"{self.incident}, {self.person}"
