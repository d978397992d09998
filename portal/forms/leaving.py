"""Forms of leaving, and of handing a project over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from governance.people.models import User
from portal.forms.projects import long_text
from portal.govuk_forms import GovukForm, RadioSelect


class Leave(GovukForm):
    """Why the account is closed."""

    reasons = long_text("Reasons", asked="Say why the account is closed", most_words=300)


class Propose(GovukForm):
    """Who leads the project next, of those who could."""

    successor_pk = forms.ChoiceField(
        label="Who leads the project next", widget=RadioSelect, error_messages={"required": "Select who leads it next"}
    )

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        chosen: Any = self.fields["successor_pk"]
        chosen.choices = [(pk, person.name) for pk, person in self.people.items()]

    def successor(self) -> User:
        return self.people[self.cleaned_data["successor_pk"]]
