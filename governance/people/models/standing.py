"""What a person's standing as a researcher rests on: accreditation, training, declaration, sanctions."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.people.accreditation import conditions
from governance.people.lifecycle import (
    ACCREDITATION,
    ACCREDITATION_WAITING,
    GRANTED,
    IN_FORCE,
    REQUESTED,
    REVOKED,
    SANCTION,
    SANCTION_WAITING,
    AccreditationState,
    SanctionState,
)
from governance.people.models.people import local_day
from governance.people.public_list import agree
from governance.people.roles import Role

PERSON = settings.AUTH_USER_MODEL
SEEN_BY = frozenset({Role.SELF, Role.SUPPORT, Role.AUDITOR})


class Kind(models.TextChoices):
    """Codelist accreditation_criteria: researcher_full, researcher_provisional."""

    FULL = "full", "Full"
    PROVISIONAL = "provisional", "Provisional, under a supervisor"


class Route(models.TextChoices):
    """How the criteria RF1 and RP1 are met."""

    DEGREE = "degree", "A degree with a significant share of mathematics or statistics (2:2 or above)"
    EXPERIENCE = "experience", "Three years of quantitative research"
    SUPERVISED = "supervised", "Neither: I work under a fully accredited researcher"


# Conditions that must hold before an accreditation is granted, and what is said where one does not.
BEFORE_GRANTING = {
    "Safe researcher training": "no safe researcher training that holds is on record",
    "Declaration": "the researcher's declaration is not signed in its present words",
    "No sanction": "a sanction is in force",
}


class Accreditation(models.Model):
    """A person's accreditation as a researcher: asked for, decided, and held until its last day."""

    LIFECYCLE = ACCREDITATION
    WAITING = ACCREDITATION_WAITING
    STATES = AccreditationState
    VISIBLE_TO = SEEN_BY
    OF_THE_SERVICE = ABOUT_A_PERSON = True

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="accreditations")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.FULL)
    route = models.CharField(max_length=12, choices=Route, default=Route.DEGREE)
    evidence = models.TextField(blank=True)
    supervisor = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="supervised_accreditations"
    )
    on_the_register = models.BooleanField(default=True)
    public_number = models.CharField(max_length=30, blank=True)
    number = models.CharField(max_length=20, unique=True, null=True, editable=False)
    accredited_from = models.DateField(null=True, editable=False)
    accredited_until = models.DateField(null=True, editable=False)
    state = models.CharField(max_length=12, choices=AccreditationState.choices(), default=REQUESTED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="accreditation_ends_after_it_begins", condition=Q(accredited_until__gte=F("accredited_from"))
            ),
            models.CheckConstraint(
                name="what_was_granted_has_number_and_days",
                condition=~Q(state__in=[GRANTED, REVOKED])
                | Q(number__isnull=False, accredited_from__isnull=False, accredited_until__isnull=False),
            ),
            models.CheckConstraint(
                name="provisional_means_supervised",
                condition=Q(kind="full", supervisor__isnull=True) | Q(kind="provisional", supervisor__isnull=False),
            ),
            models.CheckConstraint(name="nobody_supervises_themselves", condition=~Q(supervisor=F("person"))),
            models.UniqueConstraint(name="one_request_a_person", fields=["person"], condition=Q(state=REQUESTED.value)),
        ]

    def __str__(self) -> str:
        return f"Accreditation {self.number or 'requested'} of {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("accreditation", args=[self.pk])

    @property
    def is_full(self) -> bool:
        return self.kind == Kind.FULL

    def on_the_public_list(self, at: datetime) -> tuple[str, bool]:
        """What the public list says under the number that was given, in a sentence, and whether it is this person.

        ("", False) when no number was given.
        """
        if not self.public_number:
            return "", False
        listed = ListedResearcher.objects.filter(number=self.public_number).first()
        if listed is None:
            return f"The public list has no number {self.public_number}.", False
        told = f"The public list has under {listed.number}: {listed.name}, {listed.organisation}, {listed.kind}"
        told += f", until {listed.valid_until:%-d %B %Y}."
        differs = [
            name
            for name, here, there in (
                ("name", self.person.name, listed.name),
                ("organisation", str(self.person.organisation or ""), listed.organisation),
            )
            if not agree(here, there)
        ]
        if listed.kind != self.kind:
            differs.append("kind")
        if differs:
            told += f" Not as on the request: {', '.join(differs)}."
        if over := listed.valid_until < local_day(at):
            told += " It has ended."
        return told, not differs and not over

    def why_not_grantable(self, at: datetime) -> str | None:
        """What is missing before it can be granted: training, the declaration, a supervisor in good standing."""
        day = local_day(at)
        found = {one.name: one for one in conditions(self.person.standing_on(day), on=day)}
        reasons = [why for name, why in BEFORE_GRANTING.items() if not found[name].holds]
        if self.supervisor is not None:
            above = self.supervisor.standing_on(day)
            if above.provisional or any(not one.holds for one in conditions(above, on=day)):
                reasons.append(f"{self.supervisor} is no fully accredited researcher in good standing")
        return "It cannot be granted yet: " + "; ".join(reasons) + "." if reasons else None


class ListedResearcher(models.Model):
    """One line of the public list of accredited researchers, as it was imported last."""

    number = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200)
    organisation = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    valid_until = models.DateField()
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Training(models.Model):
    """One safe researcher training that a person attended and passed."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="trainings")
    certificate = models.CharField(max_length=60)
    passed_on = models.DateField()
    valid_until = models.DateField()
    certificate_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the PDF that was read, if any.")
    recorded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-valid_until", "-pk")
        constraints = [
            models.CheckConstraint(name="training_ends_after_it", condition=Q(valid_until__gte=F("passed_on"))),
            models.UniqueConstraint(name="one_training_a_certificate", fields=["person", "certificate"]),
        ]

    def __str__(self) -> str:
        return f"Training {self.certificate} of {self.person}"


class SignedDeclaration(models.Model):
    """That a person signed one version of the researcher's declaration, and the hash of what they read."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="signed_declarations")
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ("-signed_at", "-pk")
        constraints = [models.UniqueConstraint(name="a_version_is_signed_once", fields=["person", "version"])]

    def __str__(self) -> str:
        return f"Declaration {self.version} of {self.person}"


class Level(models.IntegerChoices):
    """Codelist breach_levels. From 2 on, use stops at once (governance.people.accreditation)."""

    NEAR_MISS = 0, "Near miss: a reminder"
    MINOR = 1, "Minor: a warning, and training again"
    SERIOUS = 2, "Serious: suspended for 6 to 12 months"
    MAJOR = 3, "Major: access withdrawn"


class Sanction(models.Model):
    """What followed from a breach for one person: from a day on, to an end of its own or until it is lifted."""

    LIFECYCLE = SANCTION
    WAITING = SANCTION_WAITING
    STATES = SanctionState
    VISIBLE_TO = SEEN_BY
    OF_THE_SERVICE = ABOUT_A_PERSON = True

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="sanctions")
    level = models.PositiveSmallIntegerField(choices=Level)
    reasons = models.TextField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=SanctionState.choices(), default=IN_FORCE)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(name="sanctions_carry_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(name="sanction_ends_after_it", condition=Q(until__gte=F("since"))),
        ]

    def __str__(self) -> str:
        return f"Sanction of level {self.level} on {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("sanction", args=[self.pk])
