"""The form of one section of an application. What is right is saved although something else is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from governance.projects.ethics import EthicsRules
from governance.projects.form.entries import Question
from governance.projects.form.values import told
from governance.projects.models import Project
from governance.projects.papers import Audience
from portal.forms.answer_fields import MOST_ROWS, Asker, Ethics, Table, asker
from portal.forms.projects import long_text
from portal.govuk_forms import GovukForm, MultipleFileField, RadioSelect


@dataclass(frozen=True)
class Block:
    """One question as the page shows it.

    rows       of a table: the fields of each row
    items      of a self-assessment: principle, score, reason; the principle only where it changes
    meanwhile  the answer that somebody else saved while the page was open, as text; None when nobody did
    """

    question: Question
    fields: list[BoundField]
    rows: list[list[BoundField]]
    items: list[tuple[str, BoundField, BoundField]]
    meanwhile: str | None


class SectionForm(GovukForm):
    """The questions of a section that are asked now."""

    says_optional = False
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        questions: Sequence[Question],
        answers: Mapping[str, Any],
        rules: EthicsRules,
        revision: int,
        today: date,
    ) -> None:
        self.rules, self.meanwhile = rules, dict[str, str]()
        self.askers: list[Asker] = [asker(one, answers.get(one.key), rules, today) for one in questions]
        for one in self.askers:
            if isinstance(one, Table) and data is not None:
                one.rows = rows_of(data, one.key)
        first = {name: value for one in self.askers for name, value in one.initial().items()}
        made = {name: field for one in self.askers for name, field in one.fields().items()}
        super().__init__(data, initial={**first, "revision": revision})
        self.fields.update(made)
        self.put_into_words(made)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for one in self.askers:
            for name, mistake in one.mistakes(given).items():
                self.add_error(name, mistake)
        return given

    def good(self) -> dict[str, Any]:
        """Question -> answer, of the questions in which nothing is wrong."""
        wrong = set(self.errors)
        names = {one.key: list(one.fields()) for one in self.askers}
        return {
            one.key: one.value(self.cleaned_data)
            for one in self.askers
            if names[one.key] and not wrong & set(names[one.key])
        }

    def catch_up(self, project: Project, refusal: str) -> None:
        """After a refused save: the refusal, what others saved meanwhile beside each answer that differs from it,
        and their revision in the form, so that a second save goes through. What was typed stays."""
        opened, typed = self.cleaned_data.get("revision"), self.good()
        self.add_error(None, refusal)
        if opened == project.revision:
            return
        for one in self.askers:
            stored = project.answer_to(one.question)
            if one.key in typed and typed[one.key] != stored:
                self.meanwhile[one.key] = told(one.question, stored, self.rules)
        self.keep_up(project)

    def keep_up(self, project: Project) -> None:
        """The page is of the project's present revision from now on."""
        self.data = {**dict_of(self.data), "revision": str(project.revision)}

    def blocks(self) -> list[Block]:
        return [self._block(one) for one in self.askers]

    def _block(self, one: Asker) -> Block:
        fields = [self[name] for name in one.fields()]
        rows, items = list[list[BoundField]](), list[tuple[str, BoundField, BoundField]]()
        if isinstance(one, Table):
            width = len(one.question.columns)
            rows, fields = [fields[at : at + width] for at in range(0, len(fields), width)], []
        if isinstance(one, Ethics):
            before = [None, *(item.principle for item in self.rules.items)]
            items = [
                (item.principle if item.principle != last else "", *fields[2 * n : 2 * n + 2])  # type: ignore[misc]
                for n, (item, last) in enumerate(zip(self.rules.items, before, strict=False))
            ]
            fields = []
        return Block(one.question, fields, rows, items, self.meanwhile.get(one.key))


def dict_of(data: Any) -> dict[str, Any]:
    """What was posted, lists where a name came more than once (a set of boxes)."""
    if not hasattr(data, "lists"):
        return Listed(data)
    return Listed({name: values if len(values) > 1 else values[0] for name, values in data.lists() if values})


class Listed(dict[str, Any]):
    """A dictionary that widgets of several boxes can read."""

    def getlist(self, name: str) -> list[Any]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


def rows_of(data: Mapping[str, Any], key: str) -> int:
    """How many rows of a table were on the page that was sent."""
    given = str(data.get(f"{key}-rows", "1"))
    return min(max(int(given), 1), MOST_ROWS) if given.isdecimal() and len(given) < 4 else 1


def with_row(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The same page with one more row of a table."""
    return Listed({**dict_of(data), f"{key}-rows": str(min(rows_of(data, key) + 1, MOST_ROWS))})


def without_row(data: Mapping[str, Any], key: str, row: int) -> dict[str, Any]:
    """The same page with a row taken out of a table, and those behind it moved up."""
    kept, count = Listed(), rows_of(data, key)
    if row >= count:
        return dict_of(data)
    for name, value in dict_of(data).items():
        number, _, column = name.removeprefix(f"{key}-").partition("-")
        if not name.startswith(f"{key}-") or not number.isdecimal() or int(number) < row:
            kept[name] = value
        elif int(number) > row:
            kept[f"{key}-{int(number) - 1}-{column}"] = value
    kept[f"{key}-rows"] = str(max(count - 1, 1))
    return kept


class Attach(GovukForm):
    """Files for one question."""

    chosen = MultipleFileField(label="Files", help_text="PDF, Word, PNG or JPEG, at most 10 MB each.")


class WriteComment(GovukForm):
    """A comment and who will read it."""

    audience = forms.ChoiceField(label="Who will read it", error_messages={"required": "Select who will read it"})
    text = long_text("Comment", asked="Enter the comment", most_words=500)

    def __init__(self, *args: Any, audiences: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["audience"]
        field.widget = RadioSelect()
        field.choices = [(one, Audience(one).label) for one in audiences]  # type: ignore[attr-defined]
