"""What a linkage is told about files: which column is the id, what each column is, and how records belong together."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extracts.linkage.roles import BY_NAME, role_named

MODES = ("dedupe", "link", "link_and_dedupe")
DATA_KEYS = {"id", "mode", "one_to_one", "threshold", "model"}


class BadConfiguration(ValueError):
    """The configuration cannot be followed; the sentence says what to change."""


@dataclass(frozen=True)
class Configuration:
    """`columns`: own column -> role, none for encoded files. `threshold`: probability, None for the shipped default."""

    id: str
    columns: Mapping[str, str]
    mode: str = "dedupe"
    one_to_one: bool = False
    threshold: float | None = None
    model: str | None = None
    unused: Sequence[str] = field(default=())


def read_configuration(path: Path) -> Configuration:
    """The configuration in a TOML file. Raises BadConfiguration."""
    try:
        return configuration(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{path.name} is not TOML: {error}") from error
    except OSError as error:
        raise BadConfiguration(f"{path.name} cannot be read: {error.strerror}") from error


def configuration(told: Mapping[str, Any]) -> Configuration:
    """The configuration from its parts: `data` and `columns`. Raises BadConfiguration."""
    data = told.get("data", {})
    _refuse(set(told) - {"data", "columns"}, "[{}] is not known; there are [data] and [columns]")
    _refuse(set(data) - DATA_KEYS, "{} in [data] is not known; there are " + ", ".join(sorted(DATA_KEYS)))
    if not isinstance(data.get("id"), str):
        raise BadConfiguration('[data] names no id column: write id = "..." with the column that numbers the records')
    mode = data.get("mode", "dedupe")
    if mode not in MODES:
        raise BadConfiguration(f"mode {mode} is not known: write one of {', '.join(MODES)}")
    return Configuration(
        id=data["id"],
        columns=_roles(told["columns"], data["id"]) if "columns" in told else {},
        mode=mode,
        one_to_one=_checked(data, "one_to_one", bool, False),
        threshold=_threshold(data),
        model=_checked(data, "model", str, None),
    )


def _refuse(unknown: set[str], sentence: str) -> None:
    if unknown:
        raise BadConfiguration(sentence.format(sorted(unknown)[0]))


def _checked(data: Mapping[str, Any], key: str, kind: type, default: Any) -> Any:
    value = data.get(key, default)
    if value is not None and not isinstance(value, kind):
        raise BadConfiguration(f"{key} in [data] must be {'true or false' if kind is bool else 'text'}")
    return value


def _threshold(data: Mapping[str, Any]) -> float | None:
    value = data.get("threshold")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise BadConfiguration("threshold in [data] must be a probability between 0 and 1, such as 0.95")
    return float(value)


def _roles(columns: Mapping[str, Any], id_column: str) -> dict[str, str]:
    """Own column -> role, without those to ignore."""
    if not columns:
        raise BadConfiguration(
            '[columns] is empty: write a line for each column to link on, such as dob = "date_of_birth"'
        )
    found: dict[str, str] = {}
    for own, told in columns.items():
        role = role_named(told) if isinstance(told, str) else None
        if role is None:
            turned = role_named(own) is not None
            hint = "; write the file's own column on the left and its role on the right" if turned else ""
            raise BadConfiguration(f"column {own}: {told} is no role{hint}. Roles: {', '.join(BY_NAME)}")
        if own == id_column and role.name != "ignore":
            raise BadConfiguration(
                f"column {own} is the id and cannot be linked on as {role.name}: leave it out of [columns]"
            )
        if role.name != "ignore":
            _refuse_second(found, own, role.name)
            found[own] = role.name
    if not found:
        raise BadConfiguration("[columns] ignores every column: give at least one of them a role")
    return found


def _refuse_second(found: Mapping[str, str], own: str, role: str) -> None:
    first = next((other for other, theirs in found.items() if theirs == role), None)
    if first and not BY_NAME[role].repeats:
        raise BadConfiguration(
            f"columns {first} and {own} are both {role}, which one column can be: make one of them text"
        )
