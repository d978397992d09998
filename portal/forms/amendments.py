"""The forms of amendments: which kind and why; a person, a day, or words; and a decider's vote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from governance.amendments.delta import LABELS, Kind
from governance.amendments.models import Amendment
from governance.projects.boards import Verdict
from portal.application import AskedTable
from portal.forms.projects import AddMember, long_text
from portal.govuk_forms import CheckboxSelectMultiple, DateField, GovukForm, RadioSelect

HINTS = {
    Kind.PERSON: "Research support decides. The person signs the agreement before using anything.",
    Kind.END: "Research support decides. Every side signs the new agreement.",
    Kind.DATA: "The owners of what you add decide on that alone. Every side signs the new agreement.",
    Kind.PURPOSE: "Every owner and the panel decide. Every side signs the new agreement.",
}


def why() -> forms.CharField:
    return long_text(
        "Why it is needed", asked="Enter why it is needed", most_words=300, help_text="Every approver reads it."
    )


class NewAmendment(GovukForm):
    """Which kind of change, and why."""

    kind = forms.ChoiceField(
        label="What do you want to change?",
        widget=RadioSelect(hints={kind.value: hint for kind, hint in HINTS.items()}),
        choices=[(kind.value, LABELS[kind]) for kind in Kind],
        error_messages={"required": "Select what you want to change"},
    )
    reason = why()


class ChangePerson(AddMember):
    """Somebody to add to the team."""


class ChangeEnd(GovukForm):
    """A later last day."""

    ends_on = DateField(label="New last day of the project", error_messages={"required": "Enter the new last day"})

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)


class ChangePurpose(GovukForm):
    """New words for the public part of the application."""

    lay_summary = long_text("Lay summary", most_words=300, required=False)
    public_benefit = long_text("Public benefit", most_words=250, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("lay_summary", "").strip() and not given.get("public_benefit", "").strip():
            raise ValidationError("Change the lay summary or the public benefit")
        return given


CHANGES: dict[Kind, type[GovukForm]] = {
    Kind.PERSON: ChangePerson,
    Kind.END: ChangeEnd,
    Kind.PURPOSE: ChangePurpose,
}


class DecideOnAmendment(GovukForm):
    """A vote on what an amendment changes, and on nothing else."""

    says_optional = False
    verdict = forms.ChoiceField(label="Your decision", error_messages={"required": "Select your decision"})
    refused = forms.MultipleChoiceField(
        label="Variables that you leave out", required=False, widget=CheckboxSelectMultiple
    )
    reasons = long_text(
        "Reasons",
        asked="Enter your reasons",
        most_words=500,
        help_text="The applicants read them. Your name is not shown to them.",
    )
    round = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        amendment: Amendment,
        choices: Sequence[tuple[Verdict, str]],
        tables: Sequence[AskedTable],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial={"round": amendment.round}, **kwargs)
        self.amendment = amendment
        self.fields["verdict"].widget = RadioSelect()
        self.fields["verdict"].choices = [(verdict.value, label) for verdict, label in choices]  # type: ignore[attr-defined]
        variables = [
            (f"{table.name}.{one.name}", f"{one.label} ({table.label})") for table in tables for one in table.variables
        ]
        if len(variables) > 1:
            self.fields["refused"].choices = variables  # type: ignore[attr-defined]
        else:
            del self.fields["refused"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("round") != self.amendment.round:
            raise ValidationError("The amendment has changed since you opened this page: read it as it is now.")
        if given.get("refused") and given.get("verdict") != Verdict.APPROVE:
            self.add_error("refused", "Variables are left out of an approval: choose it, or undo them")
        return given
