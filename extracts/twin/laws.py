"""How the values of one column fall: a law for each kind of published figure, from which values are drawn.

A law turns places between 0 and 1 into values, as the inverse of a distribution function does, so that the same
places can be used for two columns. What is published is rounded and suppressed, so a law is no closer than that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance.catalogue.catalogue import Catalogue, Variable

Places = npt.NDArray[np.float64]

SHARES, PERCENTILES, NOTHING = "codes and their shares", "percentiles", "nothing of it is published"
MOST_MADE_UP = 500
RANGE = re.compile(r"(-?\d+)-(\d+)")
TRUTH = {"True": True, "False": False}
SOME_NUMBERS = (0.0, 100.0)


class Law(Protocol):
    """How one column falls. `kept` says what of the published figures it follows."""

    @property
    def kept(self) -> str: ...
    def at(self, places: Places) -> pa.Array: ...
    def distance(self, values: pa.Array) -> float | None: ...


@dataclass(frozen=True)
class Choices:
    """Values with shares that come to 1; the first `told` of them are published, the others share what is left."""

    values: pa.Array
    shares: Places
    told: int
    kept: str

    def at(self, places: Places) -> pa.Array:
        chosen = np.searchsorted(np.cumsum(self.shares), places, side="right")
        return self.values.take(pa.array(np.minimum(chosen, len(self.values) - 1)))

    def distance(self, values: pa.Array) -> float | None:
        """The share of rows that would have to change their value to fall exactly as published; None untold."""
        if not self.told or not len(values):
            return None
        counted = {one["values"]: one["counts"] for one in values.value_counts().to_pylist()}
        seen = [counted.get(value, 0) / len(values) for value in self.values.slice(0, self.told).to_pylist()]
        told = self.shares[: self.told]
        rest = abs((1 - sum(seen)) - (1 - float(told.sum())))
        return float((np.abs(np.array(seen) - told).sum() + rest) / 2)


@dataclass(frozen=True)
class Numbers:
    """Numbers between published percentiles, evenly in between; the ends are made up, as none are published."""

    shares: Places
    values: Places
    whole: bool
    digits: int
    kept: str

    def at(self, places: Places) -> pa.Array:
        drawn = np.round(np.interp(places, self.shares, self.values), 0 if self.whole else self.digits)
        return pa.array(drawn.astype(np.int64) if self.whole else drawn)

    def distance(self, values: pa.Array) -> float | None:
        """The largest difference of the share below a published percentile; values at it count to either side."""
        if self.kept == NOTHING or not len(values):
            return None
        drawn = np.asarray(values, dtype=np.float64)
        below = [((drawn < value).mean(), (drawn <= value).mean()) for value in self.values[1:-1]]
        gaps = [
            max(low - share, share - high, 0.0) for (low, high), share in zip(below, self.shares[1:-1], strict=True)
        ]
        return float(max(gaps))


def law_of(variable: Variable, figures: Mapping[str, Any], catalogue: Catalogue, rows: int) -> Law:
    """The law of a variable that is neither a key nor a date; `rows` is the published number of rows."""
    numbers = _between(variable, figures["percentiles"]) if figures.get("percentiles") else None
    if figures.get("codes") or variable.duckdb_type not in ("BIGINT", "DOUBLE") or _whole_choices(variable):
        return _coded(variable, figures, _all_values(variable, catalogue, numbers), rows)
    return numbers or _unknown_numbers(variable)


def missing_share(variable: Variable, figures: Mapping[str, Any], rows: int) -> float:
    """The published share of rows without a value; what the description says where there are no figures at all.

    A share that is published as too small to tell is 0.
    """
    if not figures:
        return min(1.0, (variable.missing_pct or 0.0) / 100)
    return min(1.0, (figures.get("missing") or 0) / rows) if rows else 0.0


def _coded(variable: Variable, figures: Mapping[str, Any], known: Sequence[str], rows: int) -> Choices:
    """The told codes with their shares of the rows that have a value; the other `known` values share the rest."""
    told = {str(one["code"]): float(one["count"]) for one in figures.get("codes") or ()}
    more = int(figures.get("more_codes", 0))
    others = [value for value in known if value not in told] if more or not told else []
    if not others and (more or not told) and variable.duckdb_type == "VARCHAR":
        others = _made_up(variable, max(1, more))
    filled = rows - float(figures.get("missing") or 0)
    rest = max(0.0, filled - sum(told.values())) if told else 1.0
    shares = np.array([*told.values(), *(rest / len(others) for _ in others)])
    return Choices(_typed(variable, [*told, *others]), shares / shares.sum(), len(told), SHARES if told else NOTHING)


def _all_values(variable: Variable, catalogue: Catalogue, numbers: Numbers | None) -> list[str]:
    """Every value that the catalogue says there may be; none for free text."""
    if variable.duckdb_type == "BOOLEAN":
        return list(TRUTH)
    if variable.codelist:
        return list(catalogue.code_list(variable.codelist).codes)
    if variable.duckdb_type == "BIGINT":
        low, high = (numbers.values[0], numbers.values[-1]) if numbers else _range(variable) or SOME_NUMBERS
        return _whole_choices(variable) or [str(one) for one in range(int(low), int(min(high, low + MOST_MADE_UP)) + 1)]
    return list(variable.choices)


def _whole_choices(variable: Variable) -> list[str]:
    """The whole numbers that the catalogue writes out for a variable that holds whole numbers."""
    return [one for one in variable.choices if variable.duckdb_type == "BIGINT" and one.lstrip("-").isdigit()]


def _made_up(variable: Variable, number: int) -> list[str]:
    """Texts that stand for values that are not published; as long as the catalogue says, when it does."""
    length = re.fullmatch(r"string\((\d+)\)", variable.dtype)
    many = min(number, MOST_MADE_UP)
    if length:
        return [f"X{one:0{int(length[1]) - 1}}" for one in range(1, many + 1)]
    return [f"made-up value {one}" for one in range(1, many + 1)]


def _typed(variable: Variable, values: Sequence[str]) -> pa.Array:
    if variable.duckdb_type == "BOOLEAN":
        return pa.array([TRUTH[value] for value in values])
    if variable.duckdb_type == "BIGINT":
        return pa.array([int(value) for value in values], pa.int64())
    return pa.array(list(values), pa.string())


def _between(variable: Variable, percentiles: Mapping[str, float]) -> Numbers:
    shares = [int(name) / 100 for name in sorted(percentiles, key=int)]
    values = [float(percentiles[name]) for name in sorted(percentiles, key=int)]
    low, high = 2 * values[0] - values[1], 2 * values[-1] - values[-2]
    if known := _range(variable):
        low, high = max(low, known[0]), min(high, known[1])
    low = max(low, 0.0) if values[0] >= 0 else low
    ends = [min(low, values[0]), *values, max(high, values[-1])]
    return Numbers(np.array([0.0, *shares, 1.0]), np.array(ends), *_shape(variable), PERCENTILES)


def _unknown_numbers(variable: Variable) -> Numbers:
    return Numbers(np.array([0.0, 1.0]), np.array(_range(variable) or SOME_NUMBERS), *_shape(variable), NOTHING)


def _range(variable: Variable) -> tuple[float, float] | None:
    found = RANGE.match(variable.range)
    return (float(found[1]), float(found[2])) if found else None


def _shape(variable: Variable) -> tuple[bool, int]:
    """Whether the numbers are whole, and how many decimals they have."""
    decimals = re.fullmatch(r"decimal\(\d+,\s*(\d+)\)", variable.dtype)
    return variable.duckdb_type == "BIGINT", int(decimals[1]) if decimals else 2
