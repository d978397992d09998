"""From a column's values to codes of a level of detail, as an extract would give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlglot import exp

from extracts.figures.tally import CLOSE, as_integers
from extracts.query import METHODS
from governance.catalogue.catalogue import Catalogue, Variable

EPOCH = date(1970, 1, 1)

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Levels:
    """The values of a column, and the code of each at a level of detail: 0 for those that it leaves without a value.

    values  in rising order; dates are days since 1970
    """

    values: Sequence[object]
    codes: Codes

    @property
    def size(self) -> int:
        """One more than the highest code."""
        return int(self.codes.max(initial=0)) + 1

    def codes_of(self, column: pa.Array) -> Codes:
        """The codes of a batch."""
        missing = np.asarray(column.is_null()) if column.null_count else None
        found = self._looked_up(column)
        if missing is not None:
            found[missing] = 0
        return found

    def _looked_up(self, column: pa.Array) -> Codes:
        if pa.types.is_dictionary(column.type):
            known = {value: code for value, code in zip(self.values, self.codes.tolist(), strict=True)}
            own: Codes = np.array([known[value] for value in column.dictionary.to_pylist()] or [0], np.int32)
            return np.take(own, np.asarray(column.indices.fill_null(0), np.int64))
        if not len(self.values):
            return np.zeros(len(column), np.int32)
        if pa.types.is_boolean(column.type):
            return self._searched(np.asarray(column.fill_null(False)))
        filled = column.fill_null(0) if not pa.types.is_date32(column.type) else column.fill_null(EPOCH)
        numbers = np.asarray(filled) if pa.types.is_floating(column.type) else as_integers(filled)
        return self._searched(numbers)

    def _searched(self, numbers: npt.NDArray[np.generic]) -> Codes:
        """By a table where the values lie close together, as days and ages do; otherwise by bisection."""
        known = np.asarray(self.values)
        if known.dtype.kind == "i" and int(known[-1]) - int(known[0]) < CLOSE:
            table: Codes = np.zeros(int(known[-1]) - int(known[0]) + 1, np.int32)
            table[known - known[0]] = self.codes
            found: Codes = np.take(table, numbers.astype(np.int64) - known[0], mode="clip")
        else:
            found = np.take(self.codes, np.searchsorted(known, numbers), mode="clip")
        return found


def levels_of(
    variable: Variable, catalogue: Catalogue, values: Sequence[object], connection: duckdb.DuckDBPyConnection
) -> Levels:
    """The codes of a variable's values at its default level, worked out as in the queries that build extracts."""
    at = variable.default_level
    return Levels(values, codes_at(variable, catalogue, [at], values, connection)[at])


def codes_at(
    variable: Variable,
    catalogue: Catalogue,
    steps: Sequence[str],
    values: Sequence[object],
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, Codes]:
    """The codes of a variable's values at each of the named levels, "" being the only one of a variable without any."""
    ladder = catalogue.ladder(variable.ladder) if variable.ladder else None
    levels = {step: ladder[step] if ladder else None for step in steps}
    asked = {
        step: METHODS[level.method](exp.column("value"), variable, level)
        for step, level in levels.items()
        if level is not None and level.method not in ("source", "codelist")
    }
    answers = _asked(variable, list(asked.values()), values, connection) if asked and values else [[]] * len(asked)
    found = dict(zip(asked, answers, strict=True))
    for step, level in levels.items():
        if level is not None and level.method == "codelist":
            mapping = catalogue.code_list(variable.codelist).mapping(level.argument)
            found[step] = [mapping.get(str(value)) or None for value in values]
    as_they_are = np.arange(1, len(values) + 1, dtype=np.int32)
    return {step: _numbered(found[step]) if step in found else as_they_are for step in steps}


def _numbered(labels: Sequence[object]) -> Codes:
    """Labels as numbers from 1 on in the order in which they occur; 0 for none."""
    names = {label: code for code, label in enumerate(dict.fromkeys(x for x in labels if x is not None), 1)}
    return np.array([names[label] if label is not None else 0 for label in labels], np.int32)


def _asked(
    variable: Variable,
    expressions: Sequence[exp.Expression],
    values: Sequence[object],
    connection: duckdb.DuckDBPyConnection,
) -> list[list[object]]:
    """What the engine makes of each value, by each of the expressions."""
    given = [EPOCH + timedelta(days=int(value)) for value in values] if variable.duckdb_type == "DATE" else values  # type: ignore[call-overload]
    connection.register("source", pa.table({"value": pa.array(given), "place": range(len(values))}))
    columns = ", ".join(expression.sql("duckdb") for expression in expressions)
    rows = connection.execute(f"SELECT {columns} FROM source ORDER BY place").fetchall()
    connection.unregister("source")
    return [[row[number] for row in rows] for number in range(len(expressions))]
