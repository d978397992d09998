"""The parts of a description that stand alone: dataset, owners, code lists and ladders, read and checked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from governance.catalogue.csvfiles import BadCatalogue, Row, header_and_rows, once
from governance.catalogue.entries import CodeList, Dataset, KeyDomain, Owner
from governance.catalogue.ladders import METHODS, BadBounds, Ladder, Level
from governance.catalogue.reading_risk import read_risk_rules

STANDARD_LADDERS = Path(__file__).with_name("ladders.csv")

OWNER_COLUMNS = ("owner", "label")
LADDER_COLUMNS = ("ladder", "level_no", "level", "label", "method", "argument")

NAME = re.compile(r"[a-z][a-z0-9_]*")


def read_dataset(path: Path) -> Dataset:
    """What `dataset.json` says. Raises BadCatalogue for a missing or wrong member."""
    try:
        stored: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCatalogue(path.name, 0, "The file is missing.") from None
    except ValueError as problem:
        raise BadCatalogue(path.name, 0, f"The file cannot be read as JSON ({problem}).") from problem
    if not isinstance(stored, dict):
        raise BadCatalogue(path.name, 0, "The file must hold one object.")
    texts = {name: _text(path.name, stored, name) for name in _TEXTS}
    if not NAME.fullmatch(texts["code"]):
        raise BadCatalogue(path.name, 0, "code must be lower-case letters, digits and underscores.")
    if not isinstance(stored.get("synthetic"), bool):
        raise BadCatalogue(path.name, 0, "synthetic must be true or false.")
    return Dataset(
        **texts,
        synthetic=stored["synthetic"],
        key_domains=_key_domains(path.name, stored.get("keys")),
        small_areas=_names(path.name, stored.get("small_areas", []), "small_areas"),
        risk=read_risk_rules(path.name, stored.get("risk")),
    )


_TEXTS = ("code", "title", "version", "licence", "source", "statement")


def _text(file: str, stored: dict[str, Any], name: str) -> str:
    if not isinstance(stored.get(name), str) or not stored[name].strip():
        raise BadCatalogue(file, 0, f"{name} must be a text.")
    return str(stored[name])


def _names(file: str, stored: object, name: str) -> tuple[str, ...]:
    if not isinstance(stored, list) or not all(isinstance(one, str) and one for one in stored):
        raise BadCatalogue(file, 0, f"{name} must be a list of texts.")
    return tuple(stored)


def _key_domains(file: str, stored: object) -> tuple[KeyDomain, ...]:
    if not isinstance(stored, dict) or not all(isinstance(label, str) and label for label in stored.values()):
        raise BadCatalogue(file, 0, "keys must be an object of key domains and labels.")
    return tuple(KeyDomain(code, label) for code, label in stored.items())


def read_owners(path: Path) -> tuple[Owner, ...]:
    """The owners, in the order of the file."""
    header, rows = header_and_rows(path, OWNER_COLUMNS)
    once(rows, ("owner",))
    stated = "quorum" in header
    return tuple(Owner(row.required("owner"), row.required("label"), _quorum(row) if stated else 1) for row in rows)


def _quorum(row: Row) -> int:
    """How many of an owner's people must agree: one where nothing is said. A board of nobody is refused."""
    stated = row["quorum"] or "1"
    if not (stated.isascii() and stated.isdigit() and int(stated) >= 1):
        raise row.wrong("quorum must be a whole number of at least 1.")
    return int(stated)


def read_code_list(path: Path) -> CodeList:
    """One code list: `code` first, `label` second, `source` last, and no code twice."""
    header, rows = header_and_rows(path, ("code", "label", "source"))
    if header[:2] != ("code", "label") or header[-1] != "source":
        raise BadCatalogue(
            path.name,
            1,
            "The first columns must be code and label, and the last source.",
        )
    once(rows, ("code",))
    for row in rows:
        row.required("code")
        row.required("source")
    return CodeList(
        path.stem,
        header,
        tuple(tuple(row[column] for column in header) for row in rows),
    )


def read_ladders(path: Path) -> tuple[Ladder, ...]:
    """The ladders; their levels are numbered from 0, the source, upwards without a gap."""
    _, rows = header_and_rows(path, LADDER_COLUMNS)
    once(rows, ("ladder", "level"))
    levels: dict[str, list[Level]] = {}
    for row in rows:
        ladder = levels.setdefault(row.required("ladder"), [])
        ladder.append(_level(row, expected=len(ladder)))
    return tuple(Ladder(name, tuple(steps)) for name, steps in levels.items())


def _level(row: Row, *, expected: int) -> Level:
    method = row["method"]
    if row["level_no"] != str(expected):
        raise row.wrong(f"level_no must be {expected}: levels are numbered from 0, finest first.")
    if method not in METHODS:
        raise row.wrong(f"Unknown method {method}.")
    if (method == "source") != (expected == 0):
        raise row.wrong("Level 0, and no other, has the method source.")
    if (method in ("codelist", "band")) != bool(row["argument"]):
        raise row.wrong("codelist and band need an argument, and no other method has one.")
    level = Level(expected, row.required("level"), row.required("label"), method, row["argument"])
    try:
        _ = level.bands
    except BadBounds as problem:
        raise row.wrong(str(problem)) from problem
    return level
