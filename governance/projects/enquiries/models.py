"""Enquiries, as stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.people.roles import Role
from governance.projects.enquiries.lifecycle import ASKED, ENQUIRY, WAITING, EnquiryState


class Enquiry(models.Model):
    """A question to research support, before there is an application. It binds nobody."""

    LIFECYCLE = ENQUIRY
    WAITING = WAITING
    STATES = EnquiryState
    OF_THE_SERVICE = True
    ABOUT_A_PERSON = True
    VISIBLE_TO = frozenset({Role.SELF, Role.SUPPORT, Role.AUDITOR})

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enquiries")
    dataset = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    question = models.TextField()
    answer = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=EnquiryState.choices(), default=ASKED)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                name="answered_enquiries_say_why",
                condition=Q(state__in=["asked", "withdrawn"], answer="")
                | ~Q(state__in=["asked", "withdrawn"]) & ~Q(answer=""),
            )
        ]

    def __str__(self) -> str:
        return f"Enquiry {self.pk}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("enquiry", args=[self.pk])
