"""People and their organisations."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.people.accreditation import Standing, why_not
from governance.people.standing import standing_of


class Organisation(models.Model):
    """An institution: a university, an agency that owns data, or the service itself."""

    name = models.CharField(max_length=200, unique=True)
    owner_code = models.SlugField(
        max_length=40, blank=True, help_text="The data owner of the catalogue that this is, if any."
    )
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="vouches_for"
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

    def owns(self, email: str) -> bool:
        """Whether the address is of a domain that is verified to be the organisation's."""
        return self.email_domains.filter(domain=email.rpartition("@")[2].lower()).exists()


class EmailDomain(models.Model):
    """A domain of e-mail addresses that research support has verified to be an organisation's, and no other's."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="email_domains")
    domain = models.CharField(max_length=253, unique=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField()

    class Meta:
        ordering = ("domain",)

    def __str__(self) -> str:
        return self.domain


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

    def standing_on(self, day: date) -> Standing:
        """What is on record of this person as a researcher on that day; nothing on record is an empty standing."""
        return standing_of(self, day)

    def why_not_accredited(self, at: datetime) -> str | None:
        """Which condition of standing fails at this moment and who can cure it, or None."""
        if not self.is_active:
            return "The account is closed, as of somebody who has left: research support can open it again."
        day = local_day(at)
        return why_not(self.standing_on(day), on=day)

    def is_provisional(self, at: datetime) -> bool:
        """Whether the person's accreditation is a provisional one: who holds it neither leads nor asks for outputs."""
        return self.standing_on(local_day(at)).provisional


def local_day(at: datetime) -> date:
    """The calendar day of a moment in the service's own time zone."""
    return timezone.localtime(at).date()
