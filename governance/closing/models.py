"""Closures of projects, and what was answered in their checklists."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.closing import checklist
from governance.closing.lifecycle import CLOSURE, ENDS_USE, OPEN, WAITING, WITHDRAWN, ClosureState
from governance.people.roles import NO_DATA, ON_PROJECTS
from governance.projects.models import Project

PERSON = settings.AUTH_USER_MODEL


class Closure(models.Model):
    """That a project ends.

    inventory    what was there before anything was destroyed
    certificate  what was destroyed, as it was signed; `signature` is Ed25519 of its canonical JSON, in base64
    """

    LIFECYCLE = CLOSURE
    WAITING = WAITING
    STATES = ClosureState
    VISIBLE_TO = ON_PROJECTS - NO_DATA

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="closures")
    why = models.TextField()
    opened_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", null=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    inventory = models.JSONField(null=True, editable=False)
    certificate = models.JSONField(null=True, editable=False)
    signature = models.CharField(max_length=100, blank=True, editable=False)
    state = models.CharField(max_length=12, choices=ClosureState.choices(), default=OPEN)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                name="one_closure_a_project", fields=["project"], condition=~Q(state=WITHDRAWN.value)
            ),
            models.CheckConstraint(
                name="what_was_destroyed_has_a_certificate",
                condition=Q(state="destroyed", certificate__isnull=False) & ~Q(signature="")
                | ~Q(state="destroyed") & Q(certificate__isnull=True, signature=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Closure of {self.project.reference}"

    def get_absolute_url(self) -> str:
        return reverse("closure", args=[self.pk])

    def team(self) -> dict[int, str]:
        """Number -> name of everybody on the team, in the order in which they joined."""
        return {member.person_id: member.person.name for member in self.project.members.all()}

    def answered(self) -> set[tuple[str, int]]:
        return set(self.answers.values_list("key", "person"))

    def left(self) -> list[str]:
        """What of the checklist people have still to answer, a sentence for each."""
        return checklist.left(self.answered(), self.team())

    @classmethod
    def ending_use(cls, project: Project) -> Closure | None:
        """The closure by which the project's use has ended, if one has."""
        return cls.objects.filter(project=project, state__in=[state.value for state in ENDS_USE]).first()


class Answer(models.Model):
    """One line of a checklist, answered by a person for themselves; or excused by research support, with the reason."""

    closure = models.ForeignKey(Closure, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=20)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    says = models.TextField(blank=True)
    excused_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ("answered_at", "pk")
        constraints = [
            models.UniqueConstraint(name="one_answer_a_person_a_line", fields=["closure", "key", "person"]),
            models.CheckConstraint(name="excuses_carry_a_reason", condition=Q(excused_by__isnull=True) | ~Q(says="")),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.person}"
