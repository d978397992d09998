"""The forms of enquiries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from governance.catalogue.catalogue import Dataset
from governance.projects.enquiries.lifecycle import FEASIBLE, NOT_FEASIBLE, REDIRECTED
from portal.forms.projects import TITLE_CHARACTERS, long_text
from portal.govuk_forms import GovukForm, RadioSelect


class AskEnquiry(GovukForm):
    """What somebody wants to find out, and with which data."""

    dataset = forms.ChoiceField(
        label="Which dataset could answer it?", widget=RadioSelect(), error_messages={"required": "Select a dataset"}
    )
    title = forms.CharField(label="Title", max_length=TITLE_CHARACTERS, error_messages={"required": "Enter a title"})
    question = long_text(
        "What you want to find out",
        asked="Enter what you want to find out",
        most_words=400,
        help_text="Which people and events, which years and places, and what you would compare.",
    )

    def __init__(self, *args: Any, datasets: Sequence[Dataset], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dataset"].choices = [(one.code, one.title) for one in datasets]  # type: ignore[attr-defined]


class AnswerEnquiry(GovukForm):
    """What research support finds, and why."""

    finding = forms.ChoiceField(
        label="Your answer",
        widget=RadioSelect(),
        choices=[
            (FEASIBLE.value, "The data can answer it"),
            (NOT_FEASIBLE.value, "The data cannot answer it"),
            (REDIRECTED.value, "Another service or route is better suited"),
        ],
        error_messages={"required": "Select your answer"},
    )
    reasons = long_text(
        "Reasons", asked="Enter your reasons", most_words=500, help_text="Whoever asked reads them, without your name."
    )
