"""How far an application is: what is missing and where, and the state of each section."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import Enum
from typing import Any

from governance.projects.form.entries import Form, Question, Section
from governance.projects.form.values import is_empty, lacking
from governance.projects.questions import missing_of_table


@dataclass(frozen=True)
class Gap:
    """Something that an application still lacks: a short phrase, the question, and for data the table."""

    text: str
    question: Question
    table: str = ""


class Progress(Enum):
    """The state of a section, in the words of the page."""

    NOT_NEEDED = "Not needed"
    NOT_STARTED = "Not started"
    IN_PROGRESS = "In progress"
    COMPLETE = "Complete"


@dataclass(frozen=True)
class SectionState:
    section: Section
    progress: Progress
    gaps: tuple[Gap, ...]

    @property
    def is_needed(self) -> bool:
        return self.progress is not Progress.NOT_NEEDED


def gaps(form: Form, answers: Mapping[str, Any], owners: Set[str]) -> list[Gap]:
    """What is still missing, in the order of the form; empty when the application can be submitted.

    answers  key of a question -> answer, as described in `values`
    owners   of the tables that are asked for
    """
    return [gap for section in form.sections for gap in _of_section(form, section, answers, owners)]


def states(form: Form, answers: Mapping[str, Any], owners: Set[str]) -> list[SectionState]:
    """Each section with its state and what it lacks."""
    return [_state(form, section, answers, owners) for section in form.sections]


def asked(form: Form, section: Section, answers: Mapping[str, Any], owners: Set[str]) -> list[Question]:
    """The questions of a section that are asked now."""
    return [question for question in section.questions if form.asks(question, answers, owners)]


def _state(form: Form, section: Section, answers: Mapping[str, Any], owners: Set[str]) -> SectionState:
    questions = asked(form, section, answers, owners)
    lacks = tuple(_of_section(form, section, answers, owners))
    if not questions:
        return SectionState(section, Progress.NOT_NEEDED, ())
    if not lacks:
        return SectionState(section, Progress.COMPLETE, ())
    started = any(not is_empty(answers.get(question.key)) for question in questions if question.type != "elsewhere")
    started = started or any(question.stored_in and not is_empty(answers.get(question.key)) for question in questions)
    return SectionState(section, Progress.IN_PROGRESS if started else Progress.NOT_STARTED, lacks)


def _of_section(form: Form, section: Section, answers: Mapping[str, Any], owners: Set[str]) -> list[Gap]:
    return [gap for question in asked(form, section, answers, owners) for gap in _of(form, question, answers, owners)]


def _of(form: Form, question: Question, answers: Mapping[str, Any], owners: Set[str]) -> list[Gap]:
    value = answers.get(question.key)
    if not form.needs(question, answers, owners) and is_empty(value):
        return []
    if question.stored_in == "requested" and value:
        return [Gap(text, question, table) for table, wish in value.items() for text in missing_of_table(table, wish)]
    return [Gap(text, question) for text in lacking(question, value, form.ethics)]
