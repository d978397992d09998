"""What must hold of a form as a whole."""

from __future__ import annotations

from governance.catalogue.csvfiles import BadCatalogue, Row
from governance.projects.form.conditions import ALWAYS, OWNER, Condition
from governance.projects.form.entries import CHOICES, STORED_IN, Form, Question

FITS = {
    "title": "text",
    "lay_summary": "text",
    "public_benefit": "multi_text",
    "ends_on": "dates",
    "period": "period",
    "requested": "elsewhere",
}


def check_form(form: Form) -> None:
    """Raises BadCatalogue for a form that an application cannot be made with."""
    for question in form.questions:
        if question.type == "table" and not question.columns:
            raise _wrong(question, "has no columns in columns.csv.")
        if question.stored_in and question.type != FITS[question.stored_in]:
            raise _wrong(question, f"must be of type {FITS[question.stored_in]}, as {question.stored_in} is.")
    for field in sorted(STORED_IN):
        asking = [question for question in form.questions if question.stored_in == field]
        if len(asking) != 1:
            raise BadCatalogue("questions.csv", 0, f"One question, and one only, must be stored_in {field}.")
        if field in ("title", "lay_summary", "public_benefit") and not _always_needed(form, asking[0]):
            raise _wrong(asking[0], "goes to the public register, so it must be asked and needed always.")
    if any(question.type == "ethics" for question in form.questions) and not form.ethics.items:
        raise BadCatalogue("ethics.csv", 0, "The self-assessment has no items.")


def _always_needed(form: Form, question: Question) -> bool:
    around = form.section_of(question).shown_if
    return question.required == question.shown_if == around == ALWAYS and "public" in question.visible_to


def _wrong(question: Question, problem: str) -> BadCatalogue:
    return BadCatalogue("questions.csv", 0, f"Question {question.key} {problem}")


def check_conditions(form: Form, rows: list[Row]) -> None:
    """Conditions speak of earlier choices and their codes, so that each page can be worked out from the ones before."""
    for row in rows:
        key = row.get("question")
        section = form.sections[_number(form, row["section"])]
        place = _place(form, key or section.questions[0].key)
        conditions = [form[key].shown_if, form[key].required] if key else [section.shown_if]
        for condition in conditions:
            _check_condition(form, condition, place, row)


def _place(form: Form, key: str) -> int:
    return [question.key for question in form.questions].index(key)


def _number(form: Form, section: str) -> int:
    return [one.key for one in form.sections].index(section)


def _check_condition(form: Form, condition: Condition | None, place: int, row: Row) -> None:
    for clause in condition.clauses if condition else ():
        if clause.subject == OWNER:
            continue
        if clause.subject not in form or form[clause.subject].type not in CHOICES:
            raise row.wrong(f"A condition asks for {clause.subject!r}, which is no question with choices.")
        if _place(form, clause.subject) >= place:
            raise row.wrong(f"A condition asks for {clause.subject!r}, which does not come before.")
        if strange := sorted(clause.values - {option.code for option in form[clause.subject].options}):
            raise row.wrong(f"A condition asks for {strange[0]!r}, which {clause.subject} does not offer.")
