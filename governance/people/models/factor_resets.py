"""Resets of a second factor that is lost: asked for by one person of the service, done by another."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.people.lifecycle import FACTOR_RESET, FACTOR_RESET_WAITING, RESET_ASKED, FactorResetState
from governance.people.roles import Role

PERSON = settings.AUTH_USER_MODEL
CONFIRMED_WITHIN = timedelta(days=7)


class FactorReset(models.Model):
    """That somebody's second factor, their recovery codes and their sessions go, so that they set up a new one.

    because  how it was proven that whoever asked for it is the person
    """

    LIFECYCLE = FACTOR_RESET
    WAITING = FACTOR_RESET_WAITING
    STATES = FactorResetState
    VISIBLE_TO = frozenset({Role.SELF, Role.SUPPORT, Role.OPERATOR, Role.AUDITOR, Role.WORKER})
    OF_THE_SERVICE = ABOUT_A_PERSON = True

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="factor_resets")
    because = models.TextField()
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    state = models.CharField(max_length=12, choices=FactorResetState.choices(), default=RESET_ASKED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "reset of a second factor"
        verbose_name_plural = "resets of second factors"
        constraints = [
            models.CheckConstraint(name="resets_say_how_identity_was_proven", condition=~Q(because="")),
            models.CheckConstraint(name="nobody_asks_for_a_reset_of_their_own", condition=~Q(asked_by=F("person"))),
            models.CheckConstraint(
                name="a_reset_takes_two_other_people",
                condition=Q(confirmed_by__isnull=True) & ~Q(state="done")
                | Q(confirmed_by__isnull=False, state="done")
                & ~Q(confirmed_by=F("person"))
                & ~Q(confirmed_by=F("asked_by")),
            ),
            models.UniqueConstraint(
                name="one_open_reset_a_person", fields=["person"], condition=Q(state=RESET_ASKED.value)
            ),
        ]

    def __str__(self) -> str:
        return f"Reset of the second factor of {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("factor_reset", args=[self.pk])

    @property
    def good_until(self) -> datetime:
        """When it can no longer be confirmed."""
        return self.created_at + CONFIRMED_WITHIN

    def is_over(self, at: datetime) -> bool:
        """Whether nobody confirmed it in time."""
        return at >= self.good_until
