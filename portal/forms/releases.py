"""Forms of a release: why it is published, why it is withdrawn."""

from __future__ import annotations

from django import forms

from portal.forms.projects import long_text
from portal.govuk_forms import GovukForm


class Publish(GovukForm):
    """What speaks for it, and that the person has looked."""

    reasons = long_text("Why it can be published", asked="Say why it can be published", most_words=300)
    looked = forms.BooleanField(
        label="I have read the quality statement, the differences and the scanner's verdict",
        error_messages={"required": "Tick the box to go on"},
    )


class Withdraw(GovukForm):
    """What is wrong with it."""

    reasons = long_text("What is wrong with it", asked="Say what is wrong with it", most_words=300)
