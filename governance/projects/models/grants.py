"""Roles on projects as stored: guardian's permission rows with direct foreign keys, each with cause and end."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class ProjectUserObjectPermission(UserObjectPermissionBase):
    """One role of one person on one project. A grant that has ended stays on record and counts for nothing.

    because, entry  what caused it, in words and as the number of the trail's entry
    ends_on         its last day; None for as long as what caused it holds
    suspended_from  the day from which it counts for nothing, while a review of it is unanswered
    """

    content_object = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="grants")
    because = models.CharField(max_length=200)
    entry = models.BigIntegerField(null=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    ends_on = models.DateField(null=True, blank=True)
    suspended_from = models.DateField(null=True, editable=False, help_text="While a review of it is open.")
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_because = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        unique_together = ()
        constraints = [
            models.UniqueConstraint(
                name="one_grant_a_person_a_project",
                fields=["user", "content_object"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="ended_grants_say_why",
                condition=Q(ended_at__isnull=True, ended_because="") | Q(ended_at__isnull=False) & ~Q(ended_because=""),
            ),
        ]


class ProjectGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian wants it beside the other. No group is granted anything, and nothing asks it."""

    content_object = models.ForeignKey("projects.Project", on_delete=models.CASCADE)
