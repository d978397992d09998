"""The fields by which each kind of question is answered, and the answer that they make together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from governance.projects.ethics import SCORES, EthicsRules
from governance.projects.form.entries import Column, Option, Question
from governance.projects.form.values import is_empty
from portal.forms.projects import long_text, title_field
from portal.govuk_forms import CheckboxSelectMultiple, DateField, RadioSelect

MOST_ROWS = 40
CELL_CHARACTERS = 500
Fields = dict[str, forms.Field]


class Asker:
    """One question on a page: its fields, what they hold at first, and the answer they make.

    The names of its fields begin with the question's key.
    """

    def __init__(self, question: Question, value: Any, rules: EthicsRules, today: date) -> None:
        self.question, self.stored, self.rules, self.today = question, value, rules, today
        self.key = question.key

    def fields(self) -> Fields:
        return {}

    def initial(self) -> dict[str, Any]:
        return {}

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def mistakes(self, cleaned: Mapping[str, Any]) -> dict[str, str]:
        """Field -> what is wrong with it when all of them are looked at together."""
        return {}

    def name(self, part: str) -> str:
        return f"{self.key}-{part}"

    def text(self, label: str = "", hint: str = "") -> forms.Field:
        question = self.question
        return long_text(label or question.label, most_words=question.most_words, required=False, help_text=hint)


class Text(Asker):
    def fields(self) -> Fields:
        if self.question.stored_in == "title":
            return {self.key: title_field(self.question)}
        return {self.key: self.text(hint=self.question.hint)}

    def initial(self) -> dict[str, Any]:
        return {self.key: self.stored or ""}

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        return cleaned[self.key]


class Choice(Asker):
    """One of the options, or several; with a text beside it when the question asks for one."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.several = self.question.type.startswith("multi")
        self.with_text = self.question.type.endswith("_text")

    def fields(self) -> Fields:
        question = self.question
        hints = {option.code: option.hint for option in question.options if option.hint}
        kind, widget = (
            (forms.MultipleChoiceField, CheckboxSelectMultiple) if self.several else (forms.ChoiceField, RadioSelect)
        )
        made: Fields = {
            self.key: kind(
                label=question.label,
                help_text=question.hint,
                required=False,
                choices=pairs(question.options),
                widget=widget(hints=hints),
            )
        }
        if self.with_text:
            made[self.name("text")] = self.text(f"{question.label}: in your own words")
        return made

    def initial(self) -> dict[str, Any]:
        if not self.with_text:
            return {self.key: self.stored}
        stored, codes = self.stored or {}, "choices" if self.several else "choice"
        return {self.key: stored.get(codes), self.name("text"): stored.get("text", "")}

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        if not self.with_text:
            return cleaned[self.key]
        return {"choices" if self.several else "choice": cleaned[self.key], "text": cleaned[self.name("text")]}


class Dates(Asker):
    def fields(self) -> Fields:
        return {
            self.name("starts_on"): DateField(label="First day of the project", required=False),
            self.name("ends_on"): DateField(
                label="Last day of the project", required=False, help_text=self.question.hint
            ),
            self.name("text"): self.text("Milestones", "What will be ready when. One line for each."),
        }

    def initial(self) -> dict[str, Any]:
        return {self.name(part): (self.stored or {}).get(part) or None for part in ("starts_on", "ends_on", "text")}

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        days = {part: written(cleaned[self.name(part)]) for part in ("starts_on", "ends_on")}
        return {**days, "text": cleaned[self.name("text")]}

    def mistakes(self, cleaned: Mapping[str, Any]) -> dict[str, str]:
        first, last = (cleaned.get(self.name(part)) for part in ("starts_on", "ends_on"))
        if last and last <= self.today:
            return {self.name("ends_on"): "The last day of the project must be in the future"}
        if first and last and first > last:
            return {self.name("ends_on"): "The last day of the project must be after the first day"}
        return {}


class Period(Asker):
    def fields(self) -> Fields:
        return {
            self.name("from"): DateField(
                label="First day of the data", required=False, help_text="Records from this day on, like 1 1 2019."
            ),
            self.name("to"): DateField(
                label="Last day of the data", required=False, help_text="Records up to and including this day."
            ),
        }

    def initial(self) -> dict[str, Any]:
        return {self.name(end): (self.stored or {}).get(end) or None for end in ("from", "to")}

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        return {end: written(cleaned[self.name(end)]) for end in ("from", "to")}

    def mistakes(self, cleaned: Mapping[str, Any]) -> dict[str, str]:
        first, last = (cleaned.get(self.name(end)) for end in ("from", "to"))
        if first and last and first > last:
            return {self.name("to"): "The last day of the data must be on or after the first day"}
        return {}


class Table(Asker):
    """Rows of named columns. `rows` is how many rows the page shows."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.rows = min(max(len(self.stored or []), 1), MOST_ROWS)

    def fields(self) -> Fields:
        return {
            self.name(f"{row}-{column.name}"): cell_field(column)
            for row in range(self.rows)
            for column in self.question.columns
        }

    def initial(self) -> dict[str, Any]:
        return {
            self.name(f"{row}-{name}"): text
            for row, given in enumerate(self.stored or [])
            for name, text in given.items()
        }

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        rows = [
            {column.name: written(cleaned[self.name(f"{row}-{column.name}")]) for column in self.question.columns}
            for row in range(self.rows)
        ]
        return [row for row in rows if not is_empty(row)]


class File(Asker):
    def fields(self) -> Fields:
        return {self.name("text"): self.text(hint=self.question.hint)}

    def initial(self) -> dict[str, Any]:
        return {self.name("text"): (self.stored or {}).get("text", "")}

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        return {"text": cleaned[self.name("text")]}


class Signature(Asker):
    def fields(self) -> Fields:
        made: Fields = {
            self.name("signed"): forms.BooleanField(
                label=self.question.label, help_text=self.question.hint, required=False
            )
        }
        if self.question.uses == "institution":
            made[self.name("text")] = forms.CharField(
                label="Name and position of who signs for the institution", required=False, max_length=200
            )
        return made

    def initial(self) -> dict[str, Any]:
        return {self.name("signed"): bool(self.stored), self.name("text"): (self.stored or {}).get("text", "")}

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        return {"signed": cleaned[self.name("signed")], "text": cleaned.get(self.name("text"), "")}

    def mistakes(self, cleaned: Mapping[str, Any]) -> dict[str, str]:
        text = self.name("text")
        if self.question.uses == "institution" and cleaned.get(self.name("signed")) and not cleaned.get(text):
            return {text: "Enter the name and position of who signs for the institution"}
        return {}


class Ethics(Asker):
    def fields(self) -> Fields:
        made: Fields = {}
        for number, item in enumerate(self.rules.items, 1):
            made[self.name(f"{item.key}-score")] = forms.TypedChoiceField(
                label=f"{number}. {item.text}",
                required=False,
                choices=[(score, label) for score, label in SCORES.items()],
                coerce=int,
                empty_value=None,
                widget=RadioSelect(),
            )
            made[self.name(f"{item.key}-reason")] = long_text(
                f"Reason for the score of item {number}", most_words=150, required=False
            )
        return made

    def initial(self) -> dict[str, Any]:
        return {
            self.name(f"{key}-{part}"): given.get(part)
            for key, given in (self.stored or {}).items()
            for part in ("score", "reason")
        }

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        scored = {
            item.key: {part: cleaned[self.name(f"{item.key}-{part}")] for part in ("score", "reason")}
            for item in self.rules.items
        }
        return {key: given for key, given in scored.items() if not is_empty(given)}


ASKERS: dict[str, type[Asker]] = {
    "text":        Text,
    "choice":      Choice,
    "multi":       Choice,
    "choice_text": Choice,
    "multi_text":  Choice,
    "dates":       Dates,
    "period":      Period,
    "table":       Table,
    "file":        File,
    "signature":   Signature,
    "ethics":      Ethics,
    "elsewhere":   Asker,
}  # fmt: skip


def asker(question: Question, value: Any, rules: EthicsRules, today: date) -> Asker:
    return ASKERS[question.type](question, value, rules, today)


def cell_field(column: Column) -> forms.Field:
    """A cell may be left empty while one writes; what is needed is asked for before submission."""
    if column.type == "list":
        choices = [("", "Select"), *pairs(column.options)]
        return forms.ChoiceField(label=column.label, required=False, choices=choices)
    if column.type == "number":
        return forms.IntegerField(label=column.label, required=False, min_value=0, max_value=100_000)
    return forms.CharField(label=column.label, required=False, max_length=CELL_CHARACTERS)


def pairs(options: Sequence[Option]) -> list[tuple[str, str]]:
    return [(option.code, option.label) for option in options]


def written(value: Any) -> str:
    """A cleaned value as the answer keeps it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
