"""The form by which somebody who decides names a stand-in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from governance.people.models import User
from governance.people.roles import Role
from governance.people.standins import MOST_DAYS
from portal.forms.projects import long_text
from portal.govuk_forms import DateField, GovukForm, RadioSelect


class NameStandIn(GovukForm):
    """In which role, who, why, from when until when. Colleagues of the principal's own organisation only."""

    role = forms.ChoiceField(
        label="Role", widget=RadioSelect, error_messages={"required": "Select the role in which they stand in for you"}
    )
    person = forms.CharField(label="User name or email address of your colleague", max_length=254)
    because = long_text("Why you need a stand-in", asked="Say why you need a stand-in", most_words=200)
    begins_on = DateField(label="First day")
    ends_on = DateField(label="Last day", help_text=f"At most {MOST_DAYS} days in all.")

    def __init__(self, *args: Any, principal: User, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.principal = principal
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]

    def clean_person(self) -> User:
        named = self.cleaned_data["person"].strip()
        colleagues = User.objects.filter(organisation__isnull=False, organisation=self.principal.organisation_id)
        found = colleagues.filter(Q(username__iexact=named) | Q(email__iexact=named), is_active=True)
        person = found.exclude(username="worker").first()
        if person is None:
            raise forms.ValidationError("There is nobody in your organisation with this user name or email address")
        return person

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first: date | None = given.get("begins_on")
        last: date | None = given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day must not be before the first")
        return given
