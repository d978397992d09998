"""A date asked for in three boxes: day, month and year.

What was typed is kept when it is no date, and the error says which box to look at.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from portal.govuk_components import component

MONTHS = ("january", "february", "march", "april", "may", "june",
          "july", "august", "september", "october", "november", "december")  # fmt: skip


class DateParts(NamedTuple):
    """A date as typed: three pieces of text, any of which may be empty or wrong."""

    day: str = ""
    month: str = ""
    year: str = ""


class DatePartsInput(forms.Widget):
    """Three boxes named `<name>-day`, `<name>-month` and `<name>-year`."""

    template_name = "forms/field.html"

    @staticmethod
    def parts(value: Any) -> DateParts:
        """What to show in the boxes for a date, for what was typed, or for nothing."""
        if isinstance(value, DateParts):
            return value
        if isinstance(value, str) and value:
            value = datetime.date.fromisoformat(value[:10])
        if isinstance(value, datetime.date):
            return DateParts(str(value.day), str(value.month), str(value.year))
        return DateParts()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> DateParts | str | None:
        """What was typed. A whole date under the plain name is taken too (an address's query)."""
        typed = DateParts(*(str(data.get(f"{name}-{part}", "")).strip() for part in DateParts._fields))
        return typed if any(typed) else data.get(name) or None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key in data for key in (name, *(f"{name}-{part}" for part in DateParts._fields)))

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-day" if id_ else id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The boxes alone, for a page that writes its own label."""
        boxes = [{"name": part, "value": text} for part, text in self.parts(value)._asdict().items()]
        return component("date-input", id=(attrs or {}).get("id") or name, name_prefix=name, items=boxes)


class DateField(forms.DateField):
    """A date in three boxes. Months may be written as numbers or names."""

    widget = DatePartsInput
    default_error_messages = {
        "incomplete": "The date must include a %(missing)s",
        "invalid":    "The date must be a real date",
        "year":       "The year must have 4 digits",
    }  # fmt: skip

    def to_python(self, value: Any) -> datetime.date | None:
        """The date. Raises ValidationError with the boxes to look at in `params["parts"]`."""
        if not isinstance(value, DateParts):
            return self.whole_date(value)
        if missing := [name for name, text in value._asdict().items() if not text]:
            raise self.mistake("incomplete", missing)
        if not (value.year.isascii() and value.year.isdigit() and len(value.year) == 4):
            raise self.mistake("year", ["year"])
        try:
            return datetime.date(int(value.year), month_number(value.month), int(value.day))
        except ValueError:
            raise self.mistake("invalid", list(DateParts._fields)) from None

    def whole_date(self, value: Any) -> datetime.date | None:
        """A date given as one piece: from the program, or as year-month-day in an address."""
        try:
            return super().to_python(value)
        except ValidationError:
            raise self.mistake("invalid", list(DateParts._fields)) from None

    def mistake(self, code: str, parts: list[str]) -> ValidationError:
        params = {"parts": parts, "missing": " and ".join(parts)}
        return ValidationError(self.error_messages[code], code=code, params=params)


def month_number(text: str) -> int:
    """1 to 12 for "3", "03", "mar" or "March". Raises ValueError."""
    if text.isascii() and text.isdigit():
        return int(text)
    matches = [number for number, name in enumerate(MONTHS, 1) if len(text) >= 3 and name.startswith(text.lower())]
    if len(matches) != 1:
        raise ValueError("no such month")
    return matches[0]


def wrong_parts(bound: BoundField) -> tuple[str, ...]:
    """The boxes that a date's error is about; all three when it is about the date as a whole."""
    for error in bound.errors.as_data():
        if error.params and "parts" in error.params:
            return tuple(error.params["parts"])
    return DateParts._fields
