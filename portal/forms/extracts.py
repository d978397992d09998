"""Forms of extracts: in which formats one is asked for; what research support decides on one that is held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from extracts.formats.known import FORMATS, Format
from extracts.specification import DEFAULT_FORMATS, HEX128, INT63, PARQUET
from portal.forms.projects import long_text
from portal.govuk_forms import CheckboxSelectMultiple, GovukForm, RadioSelect


class ChooseFormats(GovukForm):
    """How an extract is written: formats besides Parquet, which is always there, and the form of pseudonyms."""

    formats = forms.MultipleChoiceField(
        label="Other formats",
        required=False,
        choices=[(one.name, one.label) for one in FORMATS.values() if one.name != PARQUET],
        initial=[name for name in DEFAULT_FORMATS if name != PARQUET],
        help_text="Every table is delivered as Parquet. Each other format holds the same rows again.",
    )

    pseudonyms = forms.ChoiceField(
        label="Pseudonyms",
        required=False,
        choices=[(INT63, "Whole numbers of 63 bits"), (HEX128, "Text of 32 hexadecimal digits (128 bits)")],
        initial=INT63,
        widget=RadioSelect,
        help_text="Numbers take a quarter of the space and join faster. Text cannot be mistaken for a decimal number.",
    )

    def __init__(self, *args: Any, rows: Mapping[str, int], **kwargs: Any) -> None:
        """`rows` of each table of the release that is asked for: what an extract holds at the most."""
        super().__init__(*args, **kwargs)
        hints = {one.name: " ".join([one.hint, *_limit(one, rows)]) for one in FORMATS.values()}
        choices = self.fields["formats"].choices  # type: ignore[attr-defined]
        self.fields["formats"].widget = CheckboxSelectMultiple(hints=hints, choices=choices)

    def clean_pseudonyms(self) -> str:
        """Numbers, where nothing is said."""
        return self.cleaned_data["pseudonyms"] or INT63


def _limit(one: Format, rows: Mapping[str, int]) -> list[str]:
    """How many rows it takes, and which tables may have more: only the build counts what period and cohort leave."""
    if one.most_rows is None:
        return []
    said = [f"At most {one.most_rows:,} rows of a table."]
    if large := [name for name, number in rows.items() if number > one.most_rows]:
        said.append(f"{', '.join(large)} may have more: if so, the build stops before it writes anything, and says so.")
    return said


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
