"""What a version of the form is made of: sections, questions, options, columns, ethics items."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from governance.projects.ethics import EthicsRules
from governance.projects.form.conditions import Condition

CHOICES = frozenset({"choice", "multi", "choice_text", "multi_text"})
TYPES = CHOICES | {"text", "dates", "period", "table", "file", "signature", "ethics", "elsewhere"}
COLUMN_TYPES = frozenset({"text", "number", "list"})
# Fields of a project that hold the answer, or a part of it: the form keeps no second copy.
STORED_IN = frozenset({"title", "lay_summary", "public_benefit", "ends_on", "period", "requested"})
SIGNERS = frozenset({"lead", "institution", "researcher"})
PAGES = frozenset({"lead", "team", "data"})
READERS = frozenset({"public", "all", "owner", "panel", "checker", "support", "audit"})


@dataclass(frozen=True)
class Option:
    code: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a question that is answered by a table."""

    name: str
    label: str
    type: str
    options: tuple[Option, ...]
    required: bool


@dataclass(frozen=True)
class Question:
    """One question.

    uses        of a signature, who signs; of a question that is answered elsewhere, where: lead, team or data
    stored_in   the field of the project that holds the answer, or ""
    required    when an answer is needed, among the times when the question is asked; None for never
    """

    number: str
    key: str
    section: str
    label: str
    hint: str
    type: str
    uses: str
    most_words: int
    required: Condition | None
    visible_to: frozenset[str]
    shown_if: Condition
    stored_in: str
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()

    def label_of(self, code: str) -> str:
        """The words of an option; a code that the form no longer has stands for itself."""
        return next((option.label for option in self.options if option.code == code), code)


@dataclass(frozen=True)
class Section:
    key: str
    number: int
    title: str
    hint: str
    shown_if: Condition
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Form:
    """One version of the application form."""

    version: str
    title: str
    sections: tuple[Section, ...]
    ethics: EthicsRules

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def _by_key(self) -> dict[str, Question]:
        return {question.key: question for question in self.questions}

    def __getitem__(self, key: str) -> Question:
        """Raises KeyError."""
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def get(self, key: str, default: Question) -> Question:
        return self._by_key.get(key, default)

    def section(self, key: str) -> Section | None:
        return next((one for one in self.sections if one.key == key), None)

    def section_of(self, question: Question) -> Section:
        return next(one for one in self.sections if one.key == question.section)

    def asks(self, question: Question, answers: Mapping[str, Any], owners: Set[str]) -> bool:
        """Whether the question, and its section, are asked with these answers and these owners' tables."""
        around = self.section_of(question)
        return around.shown_if.holds(answers, owners) and question.shown_if.holds(answers, owners)

    def needs(self, question: Question, answers: Mapping[str, Any], owners: Set[str]) -> bool:
        """Whether the question has to be answered."""
        asked = self.asks(question, answers, owners)
        return asked and question.required is not None and question.required.holds(answers, owners)
