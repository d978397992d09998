"""Where an answer lies: in a field of the project, beside one, or among the other answers. There is no second copy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from governance.projects.form.entries import Question

# stored_in -> the fields of a project that it names
FIELDS = {
    "title": ("title",),
    "lay_summary": ("lay_summary",),
    "public_benefit": ("public_benefit",),
    "ends_on": ("ends_on",),
    "period": ("period_from", "period_to"),
    "requested": ("requested",),
}


def joined(question: Question, own: Any, fields: Mapping[str, Any]) -> Any:
    """The whole answer, made of what is stored among the answers and of the project's fields."""
    stored = question.stored_in
    if stored in ("title", "lay_summary", "requested"):
        return fields[stored]
    if stored == "public_benefit":
        return {**(own or {}), "text": fields["public_benefit"]}
    if stored == "ends_on":
        return {**(own or {}), "ends_on": _written(fields["ends_on"])}
    if stored == "period":
        return {"from": _written(fields["period_from"]), "to": _written(fields["period_to"])}
    return own


def parted(question: Question, value: Any) -> tuple[Any, dict[str, Any]]:
    """The two parts of an answer: what lies among the answers (None for nothing), and what goes into fields."""
    stored = question.stored_in
    if stored in ("title", "lay_summary"):
        return None, {stored: value}
    if stored == "public_benefit":
        return {"choices": value.get("choices") or []}, {"public_benefit": value.get("text") or ""}
    if stored == "ends_on":
        own = {name: value.get(name) or "" for name in ("starts_on", "text")}
        return own, {"ends_on": _read(value.get("ends_on"))}
    if stored == "period":
        return None, {"period_from": _read(value.get("from")), "period_to": _read(value.get("to"))}
    if stored:
        raise ValueError(f"{question.key} is answered on a page of its own.")
    return value, {}


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
