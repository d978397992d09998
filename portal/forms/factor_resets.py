"""Forms of resetting a second factor: asking for it, and deciding on it."""

from __future__ import annotations

from django import forms

from portal.forms.projects import long_text
from portal.govuk_forms import GovukForm, RadioSelect


class Ask(GovukForm):
    """How the person proved who they are."""

    because = long_text(
        "How the person proved who they are", asked="Say how the person proved who they are", most_words=200
    )


class Decide(GovukForm):
    """What a second person decides."""

    verdict = forms.ChoiceField(
        label="Your decision",
        choices=[("confirm", "Reset it now"), ("refuse", "Refuse it")],
        widget=RadioSelect,
        error_messages={"required": "Select your decision"},
    )
    reasons = long_text("Reasons", asked="Give your reasons", most_words=200)
