"""A version of the form, read from its folder and checked: every mistake names its file and row."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from governance.catalogue.csvfiles import BadCatalogue, Row, header_and_rows, once
from governance.projects.ethics import EthicsRules, Item
from governance.projects.form.checks import check_conditions, check_form
from governance.projects.form.conditions import ALWAYS, BadCondition, Condition, parsed
from governance.projects.form.entries import (
    CHOICES,
    COLUMN_TYPES,
    PAGES,
    READERS,
    SIGNERS,
    STORED_IN,
    TYPES,
    Column,
    Form,
    Option,
    Question,
    Section,
)

NAME = re.compile(r"[a-z][a-z0-9_]*")
NUMBER = re.compile(r"\d{1,2}\.\d{1,2}")
VERSION = re.compile(r"\d{4}-\d{1,3}")
SECTIONS = ("section", "title", "hint", "shown_if")
QUESTIONS = ("number", "question", "section", "label", "hint", "type", "uses", "most_words", "required",
             "visible_to", "shown_if", "stored_in")  # fmt: skip
OPTIONS = ("list", "code", "label", "hint")
COLUMNS = ("question", "column", "label", "type", "list", "required")
ITEMS = ("item", "principle", "text")
USES = {"signature": SIGNERS, "elsewhere": PAGES}


def read(folder: Path) -> Form:
    """The form in a folder. Raises BadCatalogue, with file and row, for one that cannot be used."""
    about = _about(folder / "form.json")
    if folder.name != about["version"]:
        raise BadCatalogue("form.json", 0, f"version must be {folder.name}, the name of the folder.")
    options = _options(_rows(folder, "options.csv", OPTIONS, ("list", "code")))
    columns = _rows(folder, "columns.csv", COLUMNS, ("question", "column"))
    sections = _rows(folder, "sections.csv", SECTIONS, ("section",))
    rows = _rows(folder, "questions.csv", QUESTIONS, ("question",))
    once(rows, ("number",))
    known = {row["section"] for row in sections}
    questions = [_question(row, known, options, columns) for row in rows]
    _no_stray_columns(columns, questions)
    items = tuple(
        Item(_name(row, "item"), row.required("principle"), row.required("text"))
        for row in _rows(folder, "ethics.csv", ITEMS, ("item",))
    )
    form = Form(
        version=about["version"],
        title=about["title"],
        sections=tuple(_section(row, number, questions) for number, row in enumerate(sections, 1)),
        ethics=EthicsRules(items, about["ethics_total_above"]),
    )
    check_form(form)
    check_conditions(form, [*sections, *rows])
    return form


def _about(path: Path) -> dict[str, Any]:
    try:
        stored: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCatalogue(path.name, 0, "The file is missing.") from None
    except ValueError as problem:
        raise BadCatalogue(path.name, 0, f"The file cannot be read as JSON ({problem}).") from problem
    if not isinstance(stored, dict):
        raise BadCatalogue(path.name, 0, "The file must hold one object.")
    if not VERSION.fullmatch(str(stored.get("version"))):
        raise BadCatalogue(path.name, 0, "version must be a year and a number, like 2026-1.")
    if not isinstance(stored.get("title"), str) or not stored["title"].strip():
        raise BadCatalogue(path.name, 0, "title must be a text.")
    above = stored.get("ethics_total_above")
    if not isinstance(above, int) or isinstance(above, bool) or above < 0:
        raise BadCatalogue(path.name, 0, "ethics_total_above must be a whole number.")
    return stored


def _rows(folder: Path, name: str, columns: tuple[str, ...], key: tuple[str, ...]) -> list[Row]:
    _, rows = header_and_rows(folder / name, columns)
    once(rows, key)
    return rows


def _name(row: Row, column: str) -> str:
    if not NAME.fullmatch(row[column]):
        raise row.wrong(f"{column} must be lower-case letters, digits and underscores, beginning with a letter.")
    return row[column]


def _one_of(row: Row, column: str, known: Collection[str]) -> str:
    if row[column] not in known:
        raise row.wrong(f"{column} must be one of: {', '.join(sorted(known))}.")
    return row[column]


def _options(rows: list[Row]) -> dict[str, tuple[Option, ...]]:
    lists: dict[str, tuple[Option, ...]] = {}
    for row in rows:
        if " " in row.required("code"):
            raise row.wrong("code must have no spaces.")
        lists[_name(row, "list")] = (
            *lists.get(row["list"], ()), Option(row["code"], row.required("label"), row["hint"])
        )  # fmt: skip
    return lists


def _section(row: Row, number: int, questions: list[Question]) -> Section:
    inside = tuple(question for question in questions if question.section == row["section"])
    if not inside:
        raise row.wrong(f"The section {row['section']} has no question.")
    if strange := [one.number for one in inside if not one.number.startswith(f"{number}.")]:
        raise row.wrong(f"Question {strange[0]} stands in section {number}.")
    shown_if = _condition(row, "shown_if")
    return Section(_name(row, "section"), number, row.required("title"), row["hint"], shown_if, inside)


def _question(
    row: Row, sections: Collection[str], options: dict[str, tuple[Option, ...]], columns: list[Row]
) -> Question:
    kind, uses = _one_of(row, "type", TYPES), row["uses"]
    if not NUMBER.fullmatch(row["number"]):
        raise row.wrong("number must be section and place, like 3.2.")
    if kind in CHOICES and uses not in options:
        raise row.wrong(f"options.csv has no list {uses!r}.")
    if kind in USES:
        _one_of(row, "uses", USES[kind])
    return Question(
        number=row["number"],
        key=_name(row, "question"),
        section=_one_of(row, "section", sections),
        label=row.required("label"),
        hint=row["hint"],
        type=kind,
        uses=uses if kind in USES else "",
        most_words=_most_words(row),
        required=None if row["required"] == "no" else _required(row),
        visible_to=_readers(row),
        shown_if=_condition(row, "shown_if"),
        stored_in=_one_of(row, "stored_in", STORED_IN) if row["stored_in"] else "",
        options=options[uses] if kind in CHOICES else (),
        columns=tuple(_column(one, options) for one in columns if one["question"] == row["question"]),
    )


def _most_words(row: Row) -> int:
    if row["most_words"] and not row["most_words"].isdecimal():
        raise row.wrong("most_words must be a whole number.")
    if row["type"] == "text" and not row["most_words"]:
        raise row.wrong("A text needs most_words.")
    return int(row["most_words"] or 0)


def _required(row: Row) -> Condition:
    return ALWAYS if row["required"] == "yes" else _condition(row, "required", empty="must be yes, no or a condition")


def _condition(row: Row, column: str, *, empty: str = "") -> Condition:
    if empty and not row[column]:
        raise row.wrong(f"{column} {empty}.")
    try:
        return parsed(row[column])
    except BadCondition as problem:
        raise row.wrong(f"{column}: {problem}") from problem


def _readers(row: Row) -> frozenset[str]:
    readers = frozenset(row.required("visible_to").split())
    if strange := sorted(readers - READERS):
        raise row.wrong(f"visible_to names {strange[0]!r}; it may name {', '.join(sorted(READERS))}.")
    return readers


def _column(row: Row, options: dict[str, tuple[Option, ...]]) -> Column:
    kind = _one_of(row, "type", COLUMN_TYPES)
    if kind == "list" and row["list"] not in options:
        raise row.wrong(f"options.csv has no list {row['list']!r}.")
    required = _one_of(row, "required", {"yes", "no"}) == "yes"
    listed = options[row["list"]] if kind == "list" else ()
    return Column(_name(row, "column"), row.required("label"), kind, listed, required)


def _no_stray_columns(columns: list[Row], questions: list[Question]) -> None:
    tables = {question.key for question in questions if question.type == "table"}
    for row in columns:
        if row["question"] not in tables:
            raise row.wrong(f"{row['question']} is no question with a table.")
