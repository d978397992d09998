"""Forms of extracts: what research support decides on one that is held."""

from __future__ import annotations

from django import forms

from portal.forms.projects import long_text
from portal.govuk_forms import GovukForm, RadioSelect


class DecideOnRisk(GovukForm):
    """The decision, and the report that was read: another one has to be read first."""

    verdict = forms.ChoiceField(
        label="Your decision",
        choices=[("let_through", "Let it through: it is built and delivered"), ("refuse", "Refuse it")],
        widget=RadioSelect,
        error_messages={"required": "Select your decision"},
    )
    reasons = long_text("Reasons", asked="Give your reasons", most_words=500)
    basis = forms.CharField(widget=forms.HiddenInput, max_length=64)
