"""Forms of roles: proposing one, deciding on it, ending it; and the reason for looking at a draft."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from governance.people.models import User
from governance.people.roles import LABELS
from governance.permissions.services import PROPOSABLE
from governance.projects.models import Project
from portal.forms.projects import long_text
from portal.govuk_forms import DateField, GovukForm, RadioSelect


class Propose(GovukForm):
    """Which role, for whom, why, from when until when."""

    person = forms.CharField(label="User name or email address", max_length=254)
    role = forms.ChoiceField(
        label="Role",
        choices=[(role.value, LABELS[role]) for role in sorted(PROPOSABLE)],
        widget=RadioSelect,
        error_messages={"required": "Select a role"},
    )
    because = long_text("Why the person needs it", asked="Say why the person needs it", most_words=200)
    begins_on = DateField(label="First day")
    ends_on = DateField(label="Last day", required=False)

    def clean_person(self) -> User:
        named = self.cleaned_data["person"].strip()
        found = User.objects.filter(Q(username__iexact=named) | Q(email__iexact=named), is_active=True)
        person = found.exclude(username="worker").first()
        if person is None:
            raise forms.ValidationError("There is nobody with this user name or email address")
        return person

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first: date | None = given.get("begins_on")
        last: date | None = given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day must not be before the first")
        return given


class DecideOnRole(GovukForm):
    """What the auditor decides."""

    verdict = forms.ChoiceField(
        label="Your decision",
        choices=[("confirm", "Confirm it"), ("refuse", "Refuse it")],
        widget=RadioSelect,
        error_messages={"required": "Select your decision"},
    )
    reasons = long_text("Reasons", asked="Give your reasons", most_words=200)


class EndRole(GovukForm):
    """Why it ends."""

    reasons = long_text("Reasons", asked="Give your reasons", most_words=200)


class LookAtDraft(GovukForm):
    """Which draft an auditor has to look at, and why."""

    reference = forms.CharField(label="Project reference", max_length=20)
    reason = long_text("Reason", asked="Say why you have to look at it", most_words=200)

    def clean_reference(self) -> Project:
        found = Project.objects.filter(reference__iexact=self.cleaned_data["reference"].strip()).first()
        if found is None:
            raise forms.ValidationError("There is no project with this reference")
        return found
