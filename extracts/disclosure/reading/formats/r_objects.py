"""R's own files, .rds and .rda: data frames and plain values as tables, everything else as a model.

The bytes are parsed by rdata, which makes plain Python values and runs no R. Objects of other classes,
functions and environments are named by their class; data frames inside of them are tables all the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Concealed, Contents, Part, PartKind
from extracts.disclosure.reading.formats.frames import as_text, require_room, table_of, table_of_frame
from extracts.disclosure.reading.formats.opaque import unpacked
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

CURE = "Write the table as a CSV file; models are not released by default."
FRAMES = {"data.frame"}
PLAIN = {"factor", "ordered", "Date", "POSIXct", "POSIXt", "table", "xtabs", "matrix", "array", "ts", "difftime",
         "noquote", "integer64", "AsIs", "list"}  # fmt: skip
# Attributes that every table has; what others hold is not seen when the table is printed.
USUAL = {"names", "class", "row.names", "dim", "dimnames", "levels", "tsp", "units", "tzone", ".internal.selfref"}
DEEPEST = 30
OTHERS = {"CLO": "a function", "ENV": "an environment", "LANG": "a formula or call"}
VECTORS = {"LGL", "INT", "REAL", "CPLX", "STR", "RAW"}


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """Tables, texts and models of an R file, by the name of their object. Raises CannotRead."""
    plain = unpacked(content, 4 * limits.max_bytes)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(plain, limits)
    except CannotRead:
        raise
    except Exception:
        # rdata raises many kinds of errors for bytes that are no R data or of a kind it does not know.
        raise CannotRead("The file is not R data that can be read.", CURE) from None


def _read(content: bytes, limits: Policy) -> Contents:
    import rdata

    workspace = content[:2] == b"RD"
    parsed = rdata.parser.parse_data(content, extension=".rda" if workspace else ".rds")
    walk = Walk(limits)
    if workspace:
        for name, value in _pairs(parsed.object):
            walk.visit(value, name, 0)
    else:
        walk.visit(parsed.object, "", 0)
    return Contents("rda" if workspace else "rds", tuple(walk.parts), tuple(walk.concealed))


def _kind(value: Any) -> str:
    """The kind of an R object: VEC for a list, STR for text, CLO for a function and so on."""
    return str(value.info.type.name)


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Name and value of each entry of a pairlist."""
    seen = 0
    while value is not None and _kind(value) == "LIST" and seen < 10_000:
        tag = value.tag.referenced_object if value.tag is not None and _kind(value.tag) == "REF" else value.tag
        name = tag.value.value if tag is not None else None
        yield (name or b"").decode("utf-8", "replace"), value.value[0]
        value, seen = value.value[1], seen + 1


def _attributes(value: Any) -> dict[str, Any]:
    """The attributes of an R object, by name."""
    return dict(_pairs(value.attributes)) if value.attributes is not None and _kind(value) != "LIST" else {}


def _texts(value: Any) -> list[str]:
    """The strings of a character vector."""
    if value is None or _kind(value) != "STR":
        return []
    return [(one.value or b"").decode("utf-8", "replace") for one in value.value]


@dataclass
class Walk:
    """A walk through an R object: what is found, in its order."""

    limits: Policy
    parts: list[Part] = field(default_factory=list)
    concealed: list[Concealed] = field(default_factory=list)

    def visit(self, value: Any, place: str, depth: int) -> None:
        """Add what an object is, and what it holds."""
        if depth > DEEPEST:
            raise CannotRead("The file is nested too deeply.", CURE)
        attributes = _attributes(value)
        classes, kind = set(_texts(attributes.get("class"))), _kind(value)
        if classes & FRAMES:
            self._frame(value, attributes, place)
            return
        if (classes - PLAIN) or kind not in (*VECTORS, "VEC", "NILVALUE", "NIL"):
            what = ", ".join(sorted(classes)) or OTHERS.get(kind, "of another kind")
            self.parts.append(Part(PartKind.MODEL, place, note=f"An R object: {what}. It is not opened."))
        if kind == "VEC":
            names = _texts(attributes.get("names"))
            for number, inner in enumerate(value.value):
                name = names[number] if number < len(names) and names[number] else str(number + 1)
                self.visit(inner, f"{place}${name}" if place else name, depth + 1)
        elif kind in VECTORS:
            self._vector(value, attributes, place)

    def _frame(self, value: Any, attributes: dict[str, Any], place: str) -> None:
        """A data frame as a table."""
        rows = max((len(column.value) for column in value.value if column.value is not None), default=0)
        require_room(rows, len(value.value), self.limits)
        self.parts.append(Part(PartKind.TABLE, place, table_of_frame(_converted(value), self.limits)))
        levels = [level for column in value.value for level in _unused_levels(column)]
        if levels:
            self.parts.append(Part(PartKind.TEXT, f"{place} unused levels".strip(), text="\n".join(levels)))
            self._note(f"The table keeps {len(levels)} levels that no row has.", "Use droplevels.", place)
        self._unusual(attributes, place)

    def _vector(self, value: Any, attributes: dict[str, Any], place: str) -> None:
        """A vector, matrix or table of one or two dimensions as a table."""
        require_room(len(value.value), 1, self.limits)
        found = _converted(value)
        if isinstance(found, pd.Series | pd.Categorical | list):
            found = np.asarray(found, dtype=object)
        if not isinstance(found, np.ndarray) and not hasattr(found, "to_dataframe"):
            found = np.asarray([found], dtype=object)
        if hasattr(found, "to_dataframe"):
            # R's own tables are of counts; its matrices may hold anything.
            counts = bool(set(_texts(attributes.get("class"))) & {"table", "xtabs"})
            frame = found.to_dataframe("count" if counts else "value").reset_index()
            self.parts.append(Part(PartKind.TABLE, place, table_of_frame(frame, self.limits)))
        elif found.ndim == 2:
            self.parts.append(Part(PartKind.TABLE, place, table_of([""] * found.shape[1], found.tolist(), self.limits)))
        elif found.size > 1:
            names = _texts(attributes.get("names"))
            rows = [[name, one] for name, one in zip(names, found.ravel().tolist(), strict=False)] if names else [
                [one] for one in found.ravel().tolist()
            ]  # fmt: skip
            headings = ["name", "value"] if names else ["value"]
            self.parts.append(Part(PartKind.TABLE, place, table_of(headings, rows, self.limits)))
        elif found.size:
            self.parts.append(Part(PartKind.TEXT, place, text=as_text(found.ravel()[0])))
        self._unusual(attributes, place)

    def _unusual(self, attributes: dict[str, Any], place: str) -> None:
        """Attributes beside the usual ones: texts of them are searched, and a person is told."""
        unusual = {name: inner for name, inner in attributes.items() if name not in USUAL}
        for name, inner in unusual.items():
            where = f"{place} attribute {name}".strip()
            if texts := _texts(inner):
                self.parts.append(Part(PartKind.TEXT, where, text="\n".join(texts)))
            self._note("The object has an attribute that is not shown with it.", "Remove it: attributes<-", where)

    def _note(self, problem: str, cure: str, place: str) -> None:
        self.concealed.append(Concealed("hidden_content", Verdict.REVIEW, problem, cure, place))


def _converted(value: Any) -> Any:
    import rdata

    return rdata.conversion.convert(value)


def _unused_levels(column: Any) -> list[str]:
    """Levels of a factor that no row has."""
    if _kind(column) != "INT" or column.value is None:
        return []
    levels = _texts(_attributes(column).get("levels"))
    used = set(np.ma.filled(np.ma.asarray(column.value), 0).tolist()) if levels else set()
    return [level for number, level in enumerate(levels, 1) if number not in used]
