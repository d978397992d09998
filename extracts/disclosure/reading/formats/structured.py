"""JSON and YAML: records, columns and other tables in them, charts, and everything else as text.

Nothing is lost: a number that stands in no table comes out as a line of text with its path.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import PurePath
from typing import Any

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.charts import parts_of
from extracts.disclosure.reading.contents import Concealed, Contents, Part, PartKind
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.formats.frames import as_text, table_of, table_of_records
from extracts.disclosure.reading.formats.texts import decoded, unseen
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

DEEPEST = 60
CURE = "Supply the table as a CSV file."


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """The tables, charts and texts of a JSON, JSON Lines or YAML file. Raises CannotRead."""
    text = decoded(content)
    if PurePath(name).suffix.lower() in (".yaml", ".yml"):
        return _read_yaml(text, limits)
    twice: list[str] = []
    value = _json(text, twice)
    concealed = [*unseen(text), *(_twice() for _ in twice[:1])]
    return Contents("json", tuple(parts_of_value(value, "", limits)), tuple(concealed))


def parts_of_value(value: Any, place: str, limits: Policy) -> list[Part]:
    """Tables, charts and remaining values below one JSON value. Raises CannotRead when it is too large or deep."""
    walk = Walk(limits)
    parts = list(walk.parts(value, place, 0))
    rest = "\n".join(walk.lines)
    return [*parts, Part(PartKind.TEXT, place, text=rest)] if rest else parts


def _json(text: str, twice: list[str]) -> Any:
    """The value of a JSON text, or the list of values of JSON Lines. Keys used twice in one object are noted."""

    def pairs(items: list[tuple[str, Any]]) -> dict[Any, Any]:
        return _named(items, twice)

    try:
        return json.loads(text, object_pairs_hook=pairs)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        pass
    try:
        return [json.loads(line, object_pairs_hook=pairs) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise CannotRead("The file is not JSON.", CURE) from None


def _named(items: list[tuple[Any, Any]], twice: list[str]) -> dict[Any, Any]:
    """An object of all values, those of a name that is used again as `name (2)`. Names used twice are noted."""
    found: dict[Any, Any] = {}
    for key, value in items:
        if key in found:
            twice.append(str(key))
            key = next(name for number in range(2, len(items) + 2) if (name := f"{key} ({number})") not in found)
        found[key] = value
    return found


def _twice() -> Concealed:
    problem = "An object uses one name twice, so that most programs show only one of the values."
    return Concealed("hidden_content", Verdict.FAIL, problem, "Use each name once.")


def _read_yaml(text: str, limits: Policy) -> Contents:
    """A YAML file by the safe loader, which makes plain values only; as text where there is no loader."""
    hidden = tuple(unseen(text))
    if find_spec("yaml") is None:
        return Contents("yaml", (Part(PartKind.TEXT, text=text),), hidden)
    yaml: Any = importlib.import_module("yaml")
    twice: list[str] = []
    try:
        values = list(yaml.load_all(text, Loader=_loader(yaml, twice)))
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        raise CannotRead("The file is not plain YAML.", CURE) from None
    # What stands in comments, directives and names of anchors is text, too, and only the whole file has it.
    comments = "\n".join(line for line in text.splitlines() if "#" in line or "&" in line or line.startswith("%"))
    parts = parts_of_value(values[0] if len(values) == 1 else values, "", limits)
    parts += [Part(PartKind.TEXT, "comments", text=comments)] if comments else []
    return Contents("yaml", tuple(parts), (*hidden, *(_twice() for _ in twice[:1])))


def _loader(yaml: Any, twice: list[str]) -> Any:
    """The safe loader, but for names used twice in one object: it keeps both values and notes the name."""

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Makes plain values only."""

    def mapping(loader: Any, node: Any) -> dict[Any, Any]:
        loader.flatten_mapping(node)
        made = [tuple(loader.construct_object(one, deep=True) for one in pair) for pair in node.value]
        return _named([(key, value) for key, value in made], twice)

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    return Loader


def _too_deep() -> CannotRead:
    return CannotRead("The file is nested too deeply.", CURE)


@dataclass
class Walk:
    """A walk through a value that counts what it has seen, so that references to one value cannot multiply."""

    limits: Policy
    lines: list[str] = field(default_factory=list)
    seen: int = 0

    def parts(self, value: Any, place: str, depth: int) -> Iterator[Part]:
        """Parts below a value, in its order; single values are added to `lines`."""
        self._count(depth)
        if found := self._whole(value, place):
            yield from found
            self.seen += sum(len(part.table.columns) * len(part.table.rows) for part in found if part.table)
            # A list that is a table is in it whole; an object may hold more.
            if isinstance(value, Mapping):
                self._leaves(value, place, depth, _cells(found))
        elif isinstance(value, Mapping | list):
            items = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
            for name, inner in items:
                yield from self.parts(inner, f"{place}.{name}" if place else str(name), depth + 1)
        else:
            self.lines.append(f"{place}: {as_text(value)}" if place else as_text(value))

    def _whole(self, value: Any, place: str) -> list[Part]:
        """The chart or table that a value as a whole is."""
        if charts := parts_of(value, place, self.limits):
            return charts
        table = as_table(value, self.limits)
        return [] if table is None else [Part(PartKind.TABLE, place, table)]

    def _leaves(self, value: Any, place: str, depth: int, cells: set[str]) -> None:
        """Add the single values below a chart or table that are none of its cells."""
        self._count(depth)
        if isinstance(value, Mapping | list):
            for name, inner in value.items() if isinstance(value, Mapping) else enumerate(value, 1):
                self._leaves(inner, f"{place}.{name}" if place else str(name), depth + 1, cells)
        elif (text := as_text(value)) and text not in cells:
            self.lines.append(f"{place}: {text}" if place else text)

    def _count(self, depth: int) -> None:
        self.seen += 1
        if depth > DEEPEST:
            raise _too_deep()
        if self.seen > self.limits.max_cells:
            raise CannotRead(f"The file holds more than {self.limits.max_cells:,} values.", CURE)


def _cells(parts: list[Part]) -> set[str]:
    """All headings and values of the tables of some parts."""
    tables = [part.table for part in parts if part.table]
    return {cell for table in tables for row in (table.columns, *table.rows) for cell in row}


def as_table(value: Any, limits: Policy) -> Table | None:
    """The table that a value is, in one of the orientations that programs write, or None.

    Records (a list of objects with names), rows (a list of lists of one length), split (columns and data apart),
    columns (lists of one length, or objects with the same keys), GeoJSON features, or one list of several numbers.
    """
    if isinstance(value, list):
        return _of_list(value, limits)
    if not isinstance(value, Mapping) or not value:
        return None
    if isinstance(value.get("features"), list):
        return _of_features(value["features"], limits)
    if isinstance(value.get("data"), list) and isinstance(value.get("columns"), list) and _rows(value["data"]):
        return _of_split(value, limits)
    columns = list(value.values())
    if all(isinstance(column, list) and _flat(column) for column in columns):
        sizes, numbers = {len(column) for column in columns}, any(_number(one) for column in columns for one in column)
        if len(sizes) == 1 and sizes != {0} and (numbers or len(columns) > 1):
            return table_of(list(value), list(zip(*columns, strict=True)), limits)
    elif all(isinstance(column, Mapping) and _flat(column.values()) for column in columns) and len(columns) > 1:
        return _of_nested(value, limits)
    return None


def _of_list(value: list[Any], limits: Policy) -> Table | None:
    """A list of records, rows or numbers."""
    if not value or len(value) > limits.max_cells:
        return None
    if all(isinstance(row, Mapping) and row and _flat(row.values()) for row in value):
        return table_of_records(value, limits)
    if _rows(value) and len(value) > 1:
        first = [as_text(cell) for cell in value[0]]
        headed = all(isinstance(cell, str) for cell in value[0]) and len(set(first)) == len(first)
        return table_of(first, value[1:], limits) if headed else table_of([""] * len(first), value, limits)
    if len(value) > 1 and _flat(value) and any(_number(one) for one in value):
        return table_of(["value"], [[one] for one in value], limits)
    return None


def _of_split(value: Mapping[str, Any], limits: Policy) -> Table:
    """Columns and data apart, with or without an index, as pandas and R write them."""
    data, index = value["data"], value.get("index")
    names = [name.get("name", "") if isinstance(name, Mapping) else name for name in value["columns"]]
    if isinstance(index, list) and len(index) == len(data):
        return table_of(["row", *names], [[label, *row] for label, row in zip(index, data, strict=True)], limits)
    return table_of(names, data, limits)


def _of_nested(value: Mapping[str, Any], limits: Policy) -> Table | None:
    """Objects of objects, whose inner names are the rows of a column or the columns of a row."""
    inner = list(dict.fromkeys(name for column in value.values() for name in column))
    if sum(len(column) for column in value.values()) < 0.5 * len(inner) * len(value) or not inner:
        return None
    # A table has more rows than columns, or its rows are numbered.
    numbered = all(str(name).isdigit() for name in inner)
    if numbered or len(inner) >= len(value):
        plain = [str(name) for name in inner] == [str(number) for number in range(len(inner))]
        rows = [[*([] if plain else [name]), *(column.get(name) for column in value.values())] for name in inner]
        return table_of([*([] if plain else ["row"]), *value], rows, limits)
    return table_of(["row", *inner], [[row, *(cells.get(n) for n in inner)] for row, cells in value.items()], limits)


def _of_features(features: list[Any], limits: Policy) -> Table | None:
    """The properties of GeoJSON features, with the kind of shape and the place of a point."""
    if not features or not all(isinstance(one, Mapping) for one in features):
        return None
    records = []
    for feature in features:
        shape, said = feature.get("geometry") or {}, feature.get("properties") or {}
        if not (isinstance(shape, Mapping) and isinstance(said, Mapping)):
            return None
        point = shape.get("coordinates") if shape.get("type") == "Point" else None
        where = {"longitude": point[0], "latitude": point[1]} if isinstance(point, list) and len(point) > 1 else {}
        records.append({**said, "geometry": shape.get("type", ""), **where})
    return table_of_records(records, limits)


def _rows(value: list[Any]) -> bool:
    """Whether a list holds lists of plain values, all of one length."""
    return bool(value) and all(isinstance(row, list) and row and _flat(row) for row in value) and (
        len({len(row) for row in value}) == 1
    )  # fmt: skip


def _flat(values: Any) -> bool:
    """Whether no value holds others."""
    return not any(isinstance(value, Mapping | list) for value in values)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
