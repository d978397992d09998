"""ACRO's folders, read as evidence: what was made and how, and what ACRO says of it, to be checked anew.

ACRO (https://github.com/AI-SDC/ACRO) runs where the researcher works and writes its outputs with `results.json`, which
names dimensions, statistics and the cells that its own checks flag. All of it is the researcher's word: each output
becomes a case of its own, ACRO's verdict stands in it as a claim, and nothing is passed because ACRO passed it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from extracts.disclosure.acro_words import (
    COEFFICIENTS,
    KINDS,
    METHODS,
    NOT_TO_RELEASE,
    OWN_FILES,
    RULES,
    SIZES,
    STATISTICS,
    SURVIVAL,
    UNNAMED,
)
from extracts.disclosure.case_files import digest, others_in, unlisted

RESULTS, CHECKSUMS = "results.json", "checksums"
LARGEST_BYTES = 64 * 2**20
SHA256 = re.compile(r"[0-9a-f]{64}")

Record = Mapping[str, Any]


class BadAcroFolder(ValueError):
    """The folder is none that ACRO wrote, or not in a form that is understood."""


def is_acro_folder(folder: Path) -> bool:
    """Whether a folder looks like one of ACRO's."""
    return (folder / RESULTS).is_file() and (folder / CHECKSUMS).is_dir()


def cases_from_acro(folder: Path) -> list[dict[str, Any]]:
    """One case for each output that ACRO recorded, then one for each file that it did not.

    Paths are relative to the folder. Files carry the digest that ACRO left, so that an altered one is found
    (`case_files.file_faults`); `claims` carry what ACRO says, to be compared (`claims.disagreements`).
    Raises BadAcroFolder.
    """
    results = _results(folder)
    by = f"ACRO {results.get('version', 'of an unknown version')}"
    records = {str(uid): record for uid, record in results["results"].items() if not str(uid).endswith(NOT_TO_RELEASE)}
    cases = [_case(uid, record, folder, by) for uid, record in records.items()]
    named = OWN_FILES | {file["path"] for case in cases for file in case["files"]}
    others = (path for path in others_in(folder, named) if not path.startswith(f"{CHECKSUMS}/"))
    return [*cases, *(unlisted(path, "ACRO") for path in others)]


def folder_faults(folder: Path) -> tuple[str, ...]:
    """Sentences about the folder as a whole: files that ACRO left no digest of, and files that are not what they were.

    Raises BadAcroFolder.
    """
    names = {file["path"] for case in cases_from_acro(folder) for file in case["files"]}
    return tuple(_faults(folder, sorted(names | {RESULTS})))


def _faults(folder: Path, names: list[str]) -> Iterator[str]:
    for name in names:
        known = _digest_left(folder, name)
        if (folder / name).is_symlink() or not (folder / name).is_file():
            yield f"{name} is named by ACRO and is not in the folder."
        elif known is None:
            yield f"ACRO left no digest of {name}, so nobody can tell whether it was changed."
        elif digest(folder / name) != known:
            yield f"{name} was changed after ACRO wrote it."
    if (folder / CHECKSUMS).is_dir():
        for left in sorted(path.name.removesuffix(".txt") for path in (folder / CHECKSUMS).iterdir()):
            if not (folder / left).exists() and left not in names:
                yield f"{left} was in the folder when ACRO wrote it, and is gone."


def _digest_left(folder: Path, name: str) -> str | None:
    """The digest that ACRO left of a file; None for none."""
    try:
        text = (folder / CHECKSUMS / f"{name}.txt").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return text if SHA256.fullmatch(text) else None


def _results(folder: Path) -> Record:
    """What results.json holds. Raises BadAcroFolder."""
    path = folder / RESULTS
    if not path.is_file() or path.is_symlink():
        raise BadAcroFolder(f"There is no {RESULTS} in the folder.")
    if path.stat().st_size > LARGEST_BYTES:
        raise BadAcroFolder(f"{RESULTS} is larger than any that ACRO writes.")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise BadAcroFolder(f"{RESULTS} is not JSON.") from None
    if not isinstance(found, dict) or not isinstance(found.get("results"), dict):
        raise BadAcroFolder(f"{RESULTS} is none of ACRO's: it has no results.")
    return found


def _case(uid: str, record: Any, folder: Path, by: str) -> dict[str, Any]:
    """The case of one output. Raises BadAcroFolder for a record of another form."""
    if not isinstance(record, dict) or not isinstance(record.get("files"), list) or not record["files"]:
        raise BadAcroFolder(f"{RESULTS}: {uid} has no list of files.")
    names = [_name(uid, file) for file in record["files"]]
    fair, properties = _object(record, "fair"), _object(record, "properties")
    kind = METHODS.get(str(properties.get("method"))) or KINDS.get(str(fair.get("statbarn")), "file")
    layouts = {name: _layout(folder / name, kind, fair) for name in names}
    said = _in_words(record)
    files = [
        {"path": name, "role": "output", "description": said}
        | ({"layout": layouts[name]} if layouts[name] else {})
        | ({"sha256": left} if (left := _digest_left(folder, name)) else {})
        for name in names
    ]
    context = _context(record, fair, properties, [folder / name for name in names])
    claims = [
        _claim(by, record, file, layouts[name], folder) for file, name in zip(record["files"], names, strict=True)
    ]
    return {
        "id": uid, "title": _title(uid, properties, fair, kind), "kind": kind, "files": files,
        **({"context": context} if context else {}), "claims": claims,
    }  # fmt: skip


def _name(uid: str, file: Any) -> str:
    """The name of a file, which must be a plain one. Raises BadAcroFolder."""
    name = file.get("name") if isinstance(file, dict) else None
    if not isinstance(name, str) or not name or name in (".", "..") or re.search(r"[/\\\0]", name):
        raise BadAcroFolder(f"{RESULTS}: {uid} names a file that cannot be one of this folder.")
    return name


def _title(uid: str, properties: Record, fair: Record, kind: str) -> str:
    dims = " and ".join(_texts(fair.get("independent")))
    return f"{properties.get('method') or kind}{f' by {dims}' if dims else ''} (ACRO's {uid})"


def _in_words(record: Record) -> str:
    """The comments of the researcher, and why an exception is asked for."""
    said: list[str] = _texts(record.get("comments"))
    if record.get("exception"):
        said.append(f"An exception is asked for: {record['exception']}")
    return " ".join(said)


def _context(record: Record, fair: Record, properties: Record, paths: list[Path]) -> dict[str, Any]:
    """What ACRO says of the numbers. It does not say whose the records are, nor who is counted."""
    found: dict[str, Any] = {}
    statistics = [
        STATISTICS[word] for word in re.findall(r"^\s*(\w+) ?: ?$", _summary(record), re.M) if word in STATISTICS
    ]
    if len(statistics) == 1:
        found["statistic"] = statistics[0]
    if isinstance(fair.get("dependent"), str) and fair["dependent"] != "unknown":
        found["value"] = fair["dependent"]
    if model := _model(properties, paths):
        found["model"] = model
    mitigation, base = properties.get("mitigation"), properties.get("round_base")
    if mitigation == "suppress":
        found["controls"] = [{"control": "suppression"}]
    if mitigation == "round" and isinstance(base, int | float) and base > 0:
        found |= {"controls": [{"control": "rounding", "base": base}], "rounding": {"base": base, "scheme": "nearest"}}
    return found


def _model(properties: Record, paths: list[Path]) -> dict[str, Any]:
    """The size of a model: as its own summary shows it, and no more degrees of freedom than ACRO counts."""
    found: dict[str, Any] = {}
    for row in (row for path in paths for row in _rows(path)):
        for word, value in pairwise(row):
            if word.strip() in SIZES and re.fullmatch(r"\s*\d{1,12}(\.0)?\s*", value):
                found[SIZES[word.strip()]] = int(float(value))
    if isinstance(properties.get("dof"), int | float) and properties["dof"] >= 0 and properties["dof"] % 1 == 0:
        found["df_resid"] = min(int(properties["dof"]), found.get("df_resid", int(properties["dof"])))
    if found.keys() >= set(SIZES.values()) and found["n_obs"] > found["df_resid"]:
        found["k"] = found["n_obs"] - found["df_resid"]
    return found | ({"model": str(properties["method"])} if found and properties.get("method") else {})


def _layout(path: Path, kind: str, fair: Record) -> dict[str, Any] | None:
    """The layout of a table that ACRO wrote, when its headings are those of a plain table; else it is inferred."""
    columns = next(iter(_rows(path)), [])
    dims = _texts(fair.get("independent"))
    if kind == "survival" and set(columns) == {name for names in SURVIVAL.values() for name in names}:
        return {"form": "long", **SURVIVAL}
    if kind == "regression" and columns[:3] == COEFFICIENTS:
        return {"form": "long", "dims": [UNNAMED], "others": columns[1:]}
    rows = [name for name, column in zip(dims, columns, strict=False) if name == column]
    if not rows or dims[: len(rows)] != rows or len(dims) > len(rows) + 1:
        return None
    if len(dims) == len(rows):
        return {"form": "long", "dims": rows}
    return {"form": "wide", "row_dims": rows, "col_dim": dims[-1]}


def _claim(by: str, record: Record, file: Record, layout: Record | None, folder: Path) -> dict[str, Any]:
    """What ACRO says of one file."""
    status = record.get("status")
    verdict = {"verdict": status} if status in ("pass", "fail", "review") else {}
    cells = list(_cells(record, file, layout, folder))
    summary = " ".join(_summary(record).split())
    return {"by": by, "file": file["name"], **verdict, "summary": summary} | ({"cells": cells} if cells else {})


def _cells(record: Record, file: Record, layout: Record | None, folder: Path) -> Iterator[dict[str, Any]]:
    """The cells that failed a check of ACRO's, by their places from 0 and, where the layout is known, by their keys."""
    flagged: dict[tuple[int, int], list[str]] = {}
    states = _object(_object(record, "fair"), "check_status")
    for check, places in _object(_object(file, "sdc"), "cells").items():
        if states.get(check) != "pass" and isinstance(places, list):
            for place in filter(_is_place, places):
                flagged.setdefault((place[0], place[1]), []).append(RULES.get(str(check), str(check)))
    table = list(_rows(folder / file["name"])) if flagged and layout else []
    for (row, column), rules in sorted(flagged.items()):
        yield {"rules": rules, "row": row, "column": column} | _key(table, layout, row, column)


def _is_place(place: Any) -> bool:
    return isinstance(place, list) and len(place) == 2 and all(type(one) is int and one >= 0 for one in place)


def _key(table: list[list[str]], layout: Record | None, row: int, column: int) -> dict[str, Any]:
    """The key of a cell, as the table names it; none when the place is not in the table."""
    if layout is None or layout["form"] != "wide":
        return {}
    dims = layout["row_dims"]
    if row + 1 >= len(table) or column + len(dims) >= len(table[0]) or len(table[row + 1]) < len(dims):
        return {}
    labels = dict(zip(dims, table[row + 1], strict=False))
    return {"key": labels | {layout["col_dim"]: table[0][column + len(dims)]}}


def _rows(path: Path) -> list[list[str]]:
    """The rows of a CSV; none when it is not there or is something else."""
    if path.suffix != ".csv" or path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST_BYTES:
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, strict=True))
    except (ValueError, csv.Error):
        return []


def _summary(record: Record) -> str:
    return str(record.get("summary", ""))


def _object(record: Record, name: str) -> dict[str, Any]:
    """A field that should be an object; an empty one when it is none."""
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _texts(value: Any) -> list[str]:
    """The texts of a list; none when it is no list of texts."""
    return list(value) if isinstance(value, list) and all(isinstance(text, str) and text for text in value) else []
