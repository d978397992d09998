"""Variables, read and checked against the dataset, its code lists and the ladders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from governance.catalogue.csvfiles import Row, header_and_rows, once
from governance.catalogue.entries import CodeList, Dataset, Variable
from governance.catalogue.ladders import Ladder, Level
from governance.catalogue.reading import NAME
from governance.catalogue.sensitivity import Sensitivity

VARIABLE_COLUMNS = (
    "table", "variable", "label", "dtype", "codelist", "range", "sensitivity_class", "ladder", "default_level",
    "in_default_extract", "key_domain", "missing_pct_target", "based_on",
)  # fmt: skip

DTYPE = re.compile(r"string(\(\d+\))?|category|date|integer|decimal(\(\d+,\d+\))?|boolean|list")
SOURCE_FORMAT = re.compile(r".*%.*|[+-]\d\d:\d\d")
DATE_METHODS = ("month", "quarter", "year")


def read_variables(
    path: Path,
    dataset: Dataset,
    code_lists: Iterable[CodeList],
    ladders: Iterable[Ladder],
) -> list[tuple[Row, Variable]]:
    """The variables of all tables, each with the row it stands in."""
    _, rows = header_and_rows(path, VARIABLE_COLUMNS)
    once(rows, ("table", "variable"))
    lists = {codes.name: codes for codes in code_lists}
    by_name = {ladder.name: ladder for ladder in ladders}
    found = [(row, _variable(row)) for row in rows]
    for row, variable in found:
        _check_codes(row, variable, lists)
        _check_key(row, variable, dataset)
        _check_ladder(row, variable, by_name, lists)
    return found


def _variable(row: Row) -> Variable:
    if not NAME.fullmatch(row["variable"]):
        raise row.wrong("variable must be lower-case letters, digits and underscores.")
    if not DTYPE.fullmatch(row["dtype"]):
        raise row.wrong(f"Unknown dtype {row['dtype']}.")
    if row["sensitivity_class"] not in Sensitivity.__members__:
        raise row.wrong(f"Unknown sensitivity class {row['sensitivity_class']}.")
    if row.get("source_format") and not (row["dtype"] == "date" and SOURCE_FORMAT.fullmatch(row["source_format"])):
        raise row.wrong("source_format is a date pattern or hours such as -04:00, and only dates have one.")
    variable = Variable(
        table=row.required("table"),
        name=row["variable"],
        label=row.required("label"),
        dtype=row["dtype"],
        codelist=row["codelist"],
        range=row["range"],
        sensitivity=Sensitivity.__members__[row["sensitivity_class"]],
        ladder=row["ladder"],
        default_level=row["default_level"],
        in_default=row.yes_no("in_default_extract"),
        key_domain=row["key_domain"],
        missing_pct=_percent(row),
        based_on=row["based_on"],
        source_format=row.get("source_format"),
        note=row.get("note"),
        bottom=_bound(row, "bottom"),
        top=_bound(row, "top"),
        merge_below=_bound(row, "merge_below") or 0,
    )
    _check_bounds(row, variable)
    if variable.in_default and not variable.selectable:
        raise row.wrong("A direct identifier cannot be in the default extract.")
    return variable


def _bound(row: Row, name: str) -> int | None:
    text = row.get(name)
    if text and not re.fullmatch(r"-?\d{1,9}", text):
        raise row.wrong(f"{name} must be a whole number.")
    return int(text) if text else None


def _check_bounds(row: Row, variable: Variable) -> None:
    """Bounds are for numbers, merging for values that stand for a category."""
    bottom, top = variable.bottom, variable.top
    if (bottom is not None or top is not None) and not variable.is_number:
        raise row.wrong("Only numbers have a bottom or a top.")
    if bottom is not None and top is not None and bottom >= top:
        raise row.wrong("bottom must be below top.")
    if variable.merge_below < 0 or (variable.merge_below and variable.duckdb_type != "VARCHAR"):
        raise row.wrong("merge_below is a number of rows, and for categories only.")


def _percent(row: Row) -> float | None:
    text = row["missing_pct_target"]
    if not text:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", text) or float(text) > 100:
        raise row.wrong("missing_pct_target must be a number from 0 to 100.")
    return float(text)


def _check_codes(row: Row, variable: Variable, lists: dict[str, CodeList]) -> None:
    name, _, column = variable.codelist.partition(".")
    if name and name not in lists:
        raise row.wrong(f"The code list {name} is missing.")
    if column and column not in lists[name].columns:
        raise row.wrong(f"The code list {name} has no column {column}.")


def _check_key(row: Row, variable: Variable, dataset: Dataset) -> None:
    if not variable.key_domain:
        return
    if variable.sensitivity is not Sensitivity.KEY:
        raise row.wrong("Only a KEY variable has a key domain.")
    if variable.key_domain not in dataset.keys:
        raise row.wrong(f"The key domain {variable.key_domain} is not in dataset.json.")


def _check_ladder(row: Row, variable: Variable, ladders: dict[str, Ladder], lists: dict[str, CodeList]) -> None:
    if not variable.ladder:
        if variable.default_level:
            raise row.wrong("default_level needs a ladder.")
        return
    if variable.ladder not in ladders:
        raise row.wrong(f"Unknown ladder {variable.ladder}.")
    if variable.sensitivity in (Sensitivity.KEY, Sensitivity.DI):
        raise row.wrong("Keys and direct identifiers have no ladder.")
    ladder = ladders[variable.ladder]
    if variable.default_level not in ladder:
        raise row.wrong(f"default_level {variable.default_level} is not a level of the ladder {ladder.name}.")
    for level in ladder.levels:
        _check_method(row, variable, level, lists)


def _check_method(row: Row, variable: Variable, level: Level, lists: dict[str, CodeList]) -> None:
    if level.method in DATE_METHODS and variable.dtype != "date":
        raise row.wrong(f"The level {level.name} needs a date.")
    if level.method == "band" and not variable.dtype.startswith(("integer", "decimal")):
        raise row.wrong(f"The level {level.name} needs a number.")
    if level.method == "codelist":
        # A list of the values of one column has no further columns to map to.
        if variable.codelist not in lists:
            raise row.wrong(f"The level {level.name} needs a code list of the variable's own.")
        if level.argument not in lists[variable.codelist].columns:
            raise row.wrong(f"The code list {variable.codelist} has no column {level.argument}.")
