"""People, their organisations and their accreditation."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from governance.people.accreditation import Standing


class Organisation(models.Model):
    """An institution: a university, an agency that owns data, or the service itself."""

    name = models.CharField(max_length=200, unique=True)
    owner_code = models.SlugField(
        max_length=40, blank=True, help_text="The data owner of the catalogue that this is, if any."
    )

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                name="one_organisation_per_data_owner", fields=["owner_code"], condition=~Q(owner_code="")
            )
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person, or the worker. Rights come from roles alone: being a superuser gives none."""

    # One name, as people write it: this takes Django's two columns away.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("full name", max_length=200)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="people")

    REQUIRED_FIELDS = ["name", "email"]

    class Meta(AbstractUser.Meta):
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def standing(self) -> Standing:
        """What is on record of this person's accreditation; nothing on record is an empty standing."""
        latest = self.accreditations.order_by("-accredited_until").first()
        return Standing(latest.accredited_until, latest.trained_until) if latest else Standing()


class Accreditation(models.Model):
    """A researcher's accreditation, and the training that it rests on. Both end by themselves."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="accreditations")
    number = models.CharField(max_length=20, unique=True)
    accredited_from = models.DateField()
    accredited_until = models.DateField()
    trained_until = models.DateField()

    class Meta:
        ordering = ("-accredited_until",)
        constraints = [
            models.CheckConstraint(
                name="accreditation_ends_after_it_begins",
                condition=Q(accredited_until__gte=F("accredited_from")),
            )
        ]

    def __str__(self) -> str:
        return self.number


def local_day(at: datetime) -> date:
    """The calendar day of a moment in the service's own time zone."""
    return timezone.localtime(at).date()
