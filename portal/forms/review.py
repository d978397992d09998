"""Form of a clerical decision: one of three answers, and maybe the ground, from a list."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

from extracts.lifecycle.clerical import Verdict
from extracts.models.clerical import VERDICTS, Ground
from portal.govuk_forms import GovukForm


@dataclass(frozen=True)
class Answer:
    """A button, and the key that presses it."""

    value: str
    label: str
    key: str


ANSWERS = (
    Answer(Verdict.SAME.value, "Same person", "s"),
    Answer(Verdict.DIFFERENT.value, "Different people", "d"),
    Answer(Verdict.UNSURE.value, "Cannot be told", "u"),
)


class Decide(GovukForm):
    """No free text: anything could be written into one, names included."""

    says_optional = False
    note = forms.ChoiceField(
        label="What decided it, if anything did",
        choices=[("", "Nothing in particular"), *Ground.choices],
        required=False,
    )
    verdict = forms.ChoiceField(
        label="Answer",
        choices=VERDICTS,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose an answer"),
    )
