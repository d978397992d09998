"""Records: which people a population or a cell consists of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyroaring import BitMap

from extracts.disclosure.ledger.bands import sets_of
from extracts.disclosure.ledger.parsing import population, variable
from extracts.disclosure.ledger.predicates import Box
from extracts.disclosure.ledger.released import GROUPED, HEADINGS, PLAIN, ReleasedTable, countable, properties
from extracts.disclosure.ledger.values import ANY, Values, label, one
from extracts.disclosure.reading.cells import Booleans, Floats

People = npt.NDArray[np.uint32]


class CannotRecompute(ValueError):
    """Records do not hold what a table was made from; the message says what is absent."""


@dataclass
class Column:
    """One column of the records: numbers where all are, else values that a text stands for."""

    data: pd.Series[Any]
    numbers: Floats | None = field(init=False, default=None)
    codes: npt.NDArray[np.int64] = field(init=False)
    distinct: list[Values] = field(init=False)
    texts: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        if pd.api.types.is_numeric_dtype(self.data) and not pd.api.types.is_bool_dtype(self.data):
            self.numbers = np.asarray(self.data.to_numpy(dtype=np.float64, na_value=np.nan))
            return
        codes, distinct = pd.factorize(self.data)
        texts = [_text(value) for value in distinct]
        self.codes = codes.astype(np.int64)
        self.distinct = [*(one(text) for text in texts), Values(missing=True)]
        self.texts = {label(text).compared: place for place, text in enumerate(texts)}

    def holds(self, values: Values) -> Booleans:
        """Which records have a value of the set."""
        if self.numbers is not None:
            found = values.numbers.holds(self.numbers)
            return found | np.isnan(self.numbers) if values.missing else found
        known = np.array([bool(own & values) for own in self.distinct], dtype=np.bool_)
        chosen: Booleans = known[self.codes]
        return chosen

    def says(self, text: str) -> Booleans | None:
        """Which records have a label as it stands; None if no record of a column of labels does."""
        if self.numbers is not None or (place := self.texts.get(label(text).compared)) is None:
            return None
        chosen: Booleans = self.codes == place
        return chosen


@dataclass
class Microdata:
    """Records and the people they are about.

    frame   one row per record
    person  per record: the number of its person, the same in every version of the data
    rising, single  whether these numbers are sorted without repeats; whether none is repeated
    """

    frame: pd.DataFrame
    person: People
    columns: dict[str, Column] = field(init=False, default_factory=dict)
    rising: bool = field(init=False)
    single: bool = field(init=False)

    def __post_init__(self) -> None:
        self.rising = bool((self.person[1:] > self.person[:-1]).all())
        ordered = self.person if self.rising else np.sort(self.person)
        self.single = bool((ordered[1:] != ordered[:-1]).all())
        self.named = {variable(str(name)): name for name in self.frame.columns}

    def column(self, name: str) -> Column:
        """One variable of the records. Raises CannotRecompute."""
        if name not in self.named:
            raise CannotRecompute(f"The records have no column {name}.")
        if name not in self.columns:
            self.columns[name] = Column(self.frame[self.named[name]])
        return self.columns[name]

    def box(self, box: Box) -> Booleans:
        """Which records are in a box."""
        found = np.ones(len(self.frame), dtype=np.bool_)
        for name, values in box.sets.items():
            if values != ANY:
                found &= self.column(name).holds(values)
        return found

    def records(self, filter_text: str) -> Booleans:
        """Which records a filter lets through. Raises CannotRecompute and UnreadablePopulation."""
        found = np.zeros(len(self.frame), dtype=np.bool_)
        for box in population(filter_text).boxes:
            found |= self.box(box)
        return found

    def bitmap(self, records: Booleans) -> BitMap:
        """Some records as a set: by their people where each has one record, else by their places."""
        places = np.flatnonzero(records)
        if not self.single:
            return bitmap(places)
        return bitmap(self.person[places] if self.rising else np.sort(self.person[places]))

    def people(self, records: BitMap) -> BitMap:
        """The people some records are about."""
        return records if self.single else bitmap(np.unique(self.person[np.asarray(records.to_array())]))


def numbered(frame: pd.DataFrame, unit: str | None) -> Microdata:
    """Records with their people numbered from 0; without a unit every record is a person.

    Raises CannotRecompute when the unit is no column, or is missing in a record.
    """
    if unit is None:
        return Microdata(frame, np.arange(len(frame), dtype=np.uint32))
    if unit not in frame:
        raise CannotRecompute(f"The records have no column {unit}.")
    codes, _ = pd.factorize(frame[unit])
    if (codes < 0).any():
        raise CannotRecompute(f"Some records have no {unit}.")
    return Microdata(frame, codes.astype(np.uint32))


@dataclass(frozen=True)
class Member:
    """One cell made anew: its place in the table's cells, its people and the measure it is about ("" for people)."""

    place: int
    people: BitMap
    measure: str = ""


def members(table: ReleasedTable, data: Microdata) -> Iterator[Member]:
    """The people behind every count, total and mean that a table shows, in the order of its cells.

    A total or mean consists of those for whom the amount is known. Shares are left out: whom a
    share counts is told by no label. Raises CannotRecompute and UnreadablePopulation.
    """
    labels = _by_label(table, data)
    whole = data.bitmap(data.records(table.population))
    cells = table.cells
    shown = countable(cells) | (cells.states("number") & cells.facts["kind"].isin(["total", "mean"]).to_numpy())
    kinds, headings = cells.facts["kind"].tolist(), _headings(table)
    names = [(name, cells.labels[name].tolist(), cells.is_total(name).tolist()) for name in labels]
    amounts: dict[str, BitMap] = {}
    for place in np.flatnonzero(shown & (cells.facts["kind"] != "percentage").to_numpy()).tolist():
        chosen = [labels[name][texts[place]] for name, texts, total in names if not total[place]]
        measure = headings[place] if kinds[place] in ("total", "mean") else ""
        if measure:
            if measure not in amounts:
                amounts[measure] = _with_amount(measure, data)
            chosen.append(amounts[measure])
        elif variable(headings[place]) not in PLAIN:
            raise CannotRecompute(f"The records do not tell whom {headings[place]} counts.")
        yield Member(place, data.people(BitMap.intersection(whole, *chosen)), measure)


def _with_amount(measure: str, data: Microdata) -> BitMap:
    """The records that have an amount. Raises CannotRecompute."""
    numbers = data.column(variable(measure)).numbers
    if numbers is None:
        raise CannotRecompute(f"The column {measure} of the records does not hold amounts.")
    return data.bitmap(~np.isnan(numbers))


def _headings(table: ReleasedTable) -> list[str]:
    """Per cell, the heading that says what is measured; "" for the only kind of count in a table."""
    cells = table.cells
    headings = cells.facts["measure"].astype(str)
    for name in cells.dimensions:
        if variable(name) == HEADINGS:
            headings = headings.where(headings != "", cells.labels[name])
    is_count = (cells.facts["kind"] == "count").to_numpy()
    if len(set(headings[is_count])) <= 1:
        headings = headings.where(~is_count, "")
    return [str(heading) for heading in headings]


def _by_label(table: ReleasedTable, data: Microdata) -> dict[str, dict[str, BitMap]]:
    """For each dimension, the records that each label stands for."""
    found = {}
    for name in properties(table.cells):
        texts = table.cells.labels[name][~table.cells.is_total(name)].unique().tolist()
        found[name] = {text: data.bitmap(_labelled(name, text, own, data)) for text, own in sets_of(texts).items()}
    return found


def _labelled(dimension: str, text: str, values: Values, data: Microdata) -> Booleans:
    """The records that have a label, or a value that the label stands for."""
    own = variable(dimension)
    if own in data.named:
        exact = data.column(own).says(text)
        return exact if exact is not None else data.column(own).holds(values)
    return data.column(GROUPED.sub("", own)).holds(values)


def bitmap(numbers: npt.NDArray[np.integer[Any]]) -> BitMap:
    """A set of numbers from 0 to below 2^32; quickest when they are sorted."""
    return BitMap(np.ascontiguousarray(numbers, dtype=np.uint32).data)


def _text(value: object) -> str:
    """A value of a record as a table would write it."""
    if isinstance(value, dt.datetime) and value == dt.datetime(value.year, value.month, value.day):
        return value.date().isoformat()
    return "true" if value is True else "false" if value is False else str(value)
