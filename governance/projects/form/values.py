"""Answers: how each kind of question keeps its answer, what of it is still missing, and how it reads as text.

A text is a text, a choice its code, several a list of codes. With a text beside it: {"choice" or "choices", "text"}.
Dates: {"starts_on", "ends_on", "text"}; a period: {"from", "to"}. A table: a list of rows, column -> text. A file:
{"text", "files": [{"id", "name", "sha256"}]}. A signature: {"by", "name", "text", "on"}. A self-assessment:
item -> {"score", "reason"}. Days are written as year-month-day, so that an answer is JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from governance.projects.ethics import SCORES, EthicsRules
from governance.projects.form.entries import Column, Question
from governance.projects.questions import missing_data

DAYS = {"starts_on": "the first day of the project", "ends_on": "the last day of the project"}


def is_empty(value: Any) -> bool:
    """Whether nothing at all was answered."""
    if isinstance(value, Mapping):
        return all(is_empty(one) for one in value.values())
    if isinstance(value, (list, tuple)):
        return all(is_empty(one) for one in value)
    return value in (None, "")


def lacking(question: Question, value: Any, rules: EthicsRules) -> list[str]:
    """What is still missing of an answer that is needed, as short phrases."""
    label, kind = lower_first(question.label), question.type
    if question.stored_in == "requested":
        return missing_data(value or {})
    if kind == "elsewhere":
        return []
    if kind == "dates":
        return [words for name, words in DAYS.items() if not (value or {}).get(name)]
    if kind == "period":
        return [] if all((value or {}).get(end) for end in ("from", "to")) else ["the period of the data"]
    if kind == "ethics":
        return _lacking_items(label, value, rules)
    if is_empty(value):
        return [label]
    if kind in ("choice_text", "multi_text"):
        lacks = [] if value.get("choice") or value.get("choices") else [f"a choice for {label}"]
        return lacks if value.get("text") else [*lacks, f"a text for {label}"]
    if kind == "table":
        return _lacking_cells(label, value, question.columns)
    return []


def _lacking_items(label: str, value: Any, rules: EthicsRules) -> list[str]:
    given = value or {}
    bare = [
        number
        for number, item in enumerate(rules.items, 1)
        if not (given.get(item.key, {}).get("score") and given.get(item.key, {}).get("reason"))
    ]
    return [f"score and reason for {len(bare)} items of {label}"] if bare else []


def _lacking_cells(label: str, rows: Sequence[Mapping[str, str]], columns: Sequence[Column]) -> list[str]:
    needed = [column for column in columns if column.required]
    return [
        f"{lower_first(column.label)} in row {number} of {label}"
        for number, row in enumerate(rows, 1)
        for column in needed
        if not row.get(column.name)
    ]


def told(question: Question, value: Any, rules: EthicsRules) -> str:
    """The answer as plain text, one thing a line; "" for none."""
    if is_empty(value):
        return ""
    tell = TELL.get(question.type)
    if question.stored_in == "requested":
        return _wish(value)
    if question.type == "ethics":
        return "\n".join(_items(value, rules))
    return tell(question, value) if tell else str(value)


def _wish(value: Mapping[str, Any]) -> str:
    lines = []
    for table, wish in sorted(value.items()):
        lines.append(f"{table}: {wish.get('reason', '')}")
        for name, one in sorted(wish.get("variables", {}).items()):
            level = f" at {one['level']}" if one.get("level") else ""
            lines.append(f"{table}.{name}{level}: {one.get('reason', '')}")
    return "\n".join(lines)


def _items(value: Mapping[str, Any], rules: EthicsRules) -> list[str]:
    known = [(item.text, value.get(item.key) or {}) for item in rules.items]
    return [
        f"{text}: {SCORES.get(given.get('score') or 0, 'no score')}. {given.get('reason', '')}".strip()
        for text, given in known
        if not is_empty(given)
    ]


def _several(question: Question, value: Sequence[str]) -> str:
    return "\n".join(question.label_of(code) for code in value)


def _choice_and_text(question: Question, value: Mapping[str, Any]) -> str:
    codes = value.get("choices") or ([value["choice"]] if value.get("choice") else [])
    return "\n".join(filter(None, [*(question.label_of(code) for code in codes), value.get("text", "")]))


def _dates(question: Question, value: Mapping[str, str]) -> str:
    days = [f"From {day(value['starts_on'])}"] if value.get("starts_on") else []
    days += [f"Until {day(value['ends_on'])}"] if value.get("ends_on") else []
    return "\n".join(filter(None, [*days, value.get("text", "")]))


def _period(question: Question, value: Mapping[str, str]) -> str:
    first, last = (day(value[end]) if value.get(end) else "open" for end in ("from", "to"))
    return f"{first} to {last}"


def _table(question: Question, rows: Sequence[Mapping[str, str]]) -> str:
    return "\n".join("; ".join(filter(None, cells(question, row))) for row in rows)


def cells(question: Question, row: Mapping[str, str]) -> list[str]:
    """The texts of one row, column by column, with the words of options."""
    return [cell(column, row.get(column.name, "")) for column in question.columns]


def cell(column: Column, value: Any) -> str:
    return next((option.label for option in column.options if option.code == value), str(value))


def _file(question: Question, value: Mapping[str, Any]) -> str:
    return "\n".join([*filter(None, [value.get("text", "")]), *(one["name"] for one in value.get("files", []))])


def _signature(question: Question, value: Mapping[str, str]) -> str:
    on_behalf = f", {value['text']}" if value.get("text") else ""
    return f"Signed by {value['name']}{on_behalf} on {day(value['on'])}"


def _people(question: Question, value: Sequence[str]) -> str:
    return "\n".join(value)


TELL: dict[str, Callable[[Question, Any], str]] = {
    "choice": lambda question, value: question.label_of(value),
    "multi": _several,
    "choice_text": _choice_and_text,
    "multi_text": _choice_and_text,
    "dates": _dates,
    "period": _period,
    "table": _table,
    "file": _file,
    "signature": _signature,
    "elsewhere": _people,
}


def day(text: str) -> str:
    """2026-03-01 as people write it."""
    given = date.fromisoformat(text)
    return f"{given.day} {given:%B %Y}"


def lower_first(label: str) -> str:
    """The label as it stands inside a sentence; abbreviations keep their capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
