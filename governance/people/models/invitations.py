"""Invitations: how somebody comes to have an account, and who vouches for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.people.lifecycle import (
    INVITATION,
    INVITATION_WAITING,
    SENT,
    UNCONFIRMED,
    InvitationState,
)
from governance.people.models.people import Organisation
from governance.people.roles import Role

PERSON = settings.AUTH_USER_MODEL
GOOD_FOR = timedelta(days=7)


class Invitation(models.Model):
    """One person asked to make an account of one organisation. Its link is good for a week, and opens once.

    Of the link's token only the hash is kept: who reads the database cannot follow it.
    """

    LIFECYCLE = INVITATION
    WAITING = INVITATION_WAITING
    STATES = InvitationState
    VISIBLE_TO = frozenset({Role.SELF, Role.CONTACT, Role.SUPPORT, Role.AUDITOR})
    OF_THE_SERVICE = ABOUT_A_PERSON = OF_AN_ORGANISATION = True

    email = models.EmailField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, editable=False, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=12, choices=InvitationState.choices(), default=UNCONFIRMED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                name="one_open_invitation_an_address", fields=["email"], condition=Q(state__in=[SENT, UNCONFIRMED])
            ),
            models.UniqueConstraint(
                name="a_token_is_of_one_invitation", fields=["token_sha256"], condition=~Q(token_sha256="")
            ),
            models.CheckConstraint(
                name="accepted_invitations_name_their_account",
                condition=~Q(state="accepted") | Q(person__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.email} to {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("invitation", args=[self.pk])

    @property
    def good_until(self) -> datetime | None:
        """When the link stops working; None while none was sent."""
        return self.sent_at + GOOD_FOR if self.sent_at else None

    def has_expired(self, at: datetime) -> bool:
        """Whether it was sent and not taken up in time."""
        return self.state == SENT and self.good_until is not None and at >= self.good_until
