"""Roles of the service's own people, as they were proposed, given and ended: the only record of who holds which."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.people.grants import why_not_together
from governance.people.lifecycle import GIVEN, PROPOSED, ROLE_GRANT, ROLE_GRANT_WAITING, RoleGrantState
from governance.people.models.people import local_day
from governance.people.models.standing import SEEN_BY
from governance.people.roles import LABELS, SERVICE_ROLES, Role
from governance.people.standins import why_not_confirm

PERSON = settings.AUTH_USER_MODEL


class RoleGrant(models.Model):
    """One role of one person, from a day on, to a last day or until it is taken back.

    because        why the person needs it, as whoever proposed it wrote
    proposed_by    None for what an operator set up
    stands_in_for  whose role it is, where the person only stands in for them
    suspended_from  the day from which it counts for nothing, while a review of it is unanswered
    """

    LIFECYCLE = ROLE_GRANT
    WAITING = ROLE_GRANT_WAITING
    STATES = RoleGrantState
    VISIBLE_TO = SEEN_BY
    OF_THE_SERVICE = ABOUT_A_PERSON = True

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=[(role.value, LABELS[role]) for role in sorted(SERVICE_ROLES)])
    because = models.TextField()
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    suspended_from = models.DateField(null=True, editable=False, help_text="While a review of it is open.")
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    stands_in_for = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="stand_ins")
    state = models.CharField(max_length=12, choices=RoleGrantState.choices(), default=PROPOSED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "role of the service"
        verbose_name_plural = "roles of the service"
        indexes = [models.Index(fields=["person", "state"], name="roles_of_a_person")]
        constraints = [
            models.CheckConstraint(name="roles_carry_reasons", condition=~Q(because="")),
            models.CheckConstraint(name="role_ends_after_it_begins", condition=Q(ends_on__gte=F("begins_on"))),
            models.CheckConstraint(
                name="nobody_confirms_a_role_of_their_own",
                condition=~Q(confirmed_by=F("person")) & ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="a_stand_in_is_somebody_else_for_a_while",
                condition=Q(stands_in_for__isnull=True) | ~Q(stands_in_for=F("person")) & Q(ends_on__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_proposal_a_role", fields=["person", "role"], condition=Q(state=PROPOSED.value)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} for {self.person}{f', who stands in for {whom}' if (whom := self.stands_in_for) else ''}"

    def get_absolute_url(self) -> str:
        return reverse("role", args=[self.pk])

    @property
    def label(self) -> str:
        return Role(self.role).label

    def why_not_together(self, at: datetime) -> str | None:
        return why_not_together(self.person, Role(self.role), at)

    def why_not_standing_in(self, at: datetime) -> str | None:
        """Why the person cannot stand in for the other now, or None; None for a role of their own."""
        return why_not_confirm(self, at)

    def counts(self, at: datetime) -> bool:
        """Whether the person holds the role by this grant at this moment."""
        day = local_day(at)
        lasts = self.state == GIVEN and self.begins_on <= day and (self.ends_on is None or day <= self.ends_on)
        return lasts and (self.suspended_from is None or day < self.suspended_from) and self._is_backed(at)

    def _is_backed(self, at: datetime) -> bool:
        """Whether the person stood in for, if any, is there and holds the role themselves."""
        principal = self.stands_in_for
        if principal is None:
            return True
        own = [one for one in principal.role_grants.all() if one.role == self.role and not one.stands_in_for_id]
        return principal.is_active and any(one.counts(at) for one in own)
