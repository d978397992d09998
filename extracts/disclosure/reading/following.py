"""Columns that follow from others of their table: changes, running sums, and shares in brackets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import Reading, read_number

CHANGES = frozenset(["change", "difference", "diff", "increase", "decrease"])
RUNNING = frozenset(["cum", "cumulative", "running"])
BEHIND = " (in brackets)"  # the name that `figures` gives to what stands in brackets
MOST_COLUMNS = 12  # of which pairs are tried


def follows(table: Table) -> tuple[str, ...]:
    """Columns called changes or running sums, and shares in brackets, all of whose numbers follow from others.

    They tell a reader nothing that the others do not.
    """
    return tuple(
        name
        for name in table.columns
        if (CHANGES & set(words_of(name)) and _is_change(table, name))
        or (RUNNING & set(words_of(name)) and _is_running(table, name))
        or (name.endswith(BEHIND) and _is_share(table, name.removesuffix(BEHIND)))
    )


def _is_change(table: Table, name: str) -> bool:
    """Whether a column is always the difference of the same two others, or that in per cent of the first."""
    told = _readings(table, name)
    others = [_values(table, other) for other in table.columns if other != name][:MOST_COLUMNS]
    whole = [values for values in others if all(value >= 0 and value % 1 == 0 for value in values)]
    return any(
        all(_near(reading, after - before) for reading, before, after in zip(told, first, second, strict=True))
        or all(
            before > 0 and _near(reading, 100 * (after - before) / before)
            for reading, before, after in zip(told, first, second, strict=True)
        )
        for first, second in permutations(whole, 2)
    )


def _is_running(table: Table, name: str) -> bool:
    """Whether a column sums up another from the first row on; the row of a total may be empty."""
    told = _readings(table, name)
    others = (_readings(table, other) for other in table.columns if other != name)
    return any(
        sum(one.state == "number" for one in told) > 1
        and all(
            reading.state == "hidden" if summed is None else _near(reading, summed, count)
            for count, (reading, summed) in enumerate(zip(told, _sums(told, other), strict=True), 1)
        )
        for other in others
    )


def _is_share(table: Table, count: str) -> bool:
    """Whether what stands behind the counts of a column is always their share, in per cent, of row or column."""
    counted = [name for name in table.columns if name + BEHIND in table.columns]
    columns = [_values(table, name) for name in counted]
    told, values = _readings(table, count + BEHIND), _values(table, count)
    wholes = (
        [sum(row) for row in zip(*columns, strict=True)],
        [sum(values)] * len(values),
        [max(values)] * len(values),
    )
    return any(
        all(whole > 0 and _near(one, 100 * n / whole) for one, n, whole in zip(told, values, each, strict=True))
        for each in wholes
    )


def _sums(told: Sequence[Reading], other: Sequence[Reading]) -> Iterator[float | None]:
    """The running sums of a column; None for an empty place in the last row, which is a total's."""
    total = 0.0
    for place, (reading, one) in enumerate(zip(told, other, strict=True), 1):
        total += one.value
        yield None if place == len(told) and reading.state == "hidden" else total


def _near(reading: Reading, value: float, roundings: int = 1) -> bool:
    return reading.state == "number" and abs(reading.value - value) <= reading.spread * (roundings + 0.01)


def _readings(table: Table, name: str) -> list[Reading]:
    return [read_number(text.removesuffix("%")) for text in table.column(name)]


def _values(table: Table, name: str) -> list[float]:
    return [reading.value for reading in _readings(table, name)]
