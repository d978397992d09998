"""Released tables as one list of counts, each with the population that it counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from extracts.disclosure.audit.wholes import adds_up
from extracts.disclosure.ledger import bands, within
from extracts.disclosure.ledger.parsing import UnreadablePopulation, population, variable
from extracts.disclosure.ledger.predicates import Box, Predicate, TooComplicated
from extracts.disclosure.ledger.relations import Meaning, by_calendar, by_place, cumulated, held, left_over
from extracts.disclosure.ledger.universe import Universe, mixed, of_predicates
from extracts.disclosure.ledger.values import ANY, Values, one
from extracts.disclosure.reading.cells import Booleans, Cells, Floats

# A dimension by this name holds headings, not properties of people.
HEADINGS = "measure"
# Headings that say no more than that people are counted.
PLAIN = {"", "n", "count", "counts", "number", "total", "people", "persons", "base", "freq", "frequency"}
PLAIN |= {"cases", "records"}
GROUPED = re.compile(r"_(?:groups?|bands?|ranges?)$")


@dataclass(frozen=True)
class ReleasedTable:
    """A table that has left, or asks to.

    release     what people call the release; "" for the request under check
    population  the filter by which its people were chosen; "" for everybody in the data
    new         whether it belongs to the request under check
    dataset     version of the data that it was made from
    off_by      how far a published count may lie from the true one, either way: 2 for rounding to 5
    overlapping whether a unit may be in several cells
    """

    file: str
    release: str
    cells: Cells
    population: str = ""
    new: bool = False
    dataset: str = ""
    off_by: float = 0.0
    overlapping: bool = False


@dataclass(frozen=True)
class CellName:
    """A published cell, as people find it.

    totals   the dimensions of which it is a total
    counted  what its heading says is counted; "" where that is no more than people
    """

    file: str
    release: str
    key: Mapping[str, str]
    new: bool = False
    row: int | None = None
    column: str = ""
    totals: frozenset[str] = frozenset()
    counted: str = ""

    def __str__(self) -> str:
        labels = ", ".join(f"{name} {label}" for name, label in self.key.items())
        place = f"{self.file} of release {self.release}" if self.release else self.file
        return f"{labels} in {place}" if labels else place


@dataclass(frozen=True)
class Counts:
    """Published counts that can be compared, and why others cannot.

    table, measure  per count: number of its table; heading of its column
    low, high       the true count lies between these
    problems        sentences on what could not be read; then nothing is proven
    by_words        whether some labels are taken for parts of others because their words say so
    overlapping     variables of which a unit may have several labels
    """

    names: Sequence[CellName] = ()
    predicates: Sequence[Predicate] = ()
    table: Sequence[int] = ()
    low: Floats = field(default_factory=lambda: np.empty(0))
    high: Floats = field(default_factory=lambda: np.empty(0))
    problems: tuple[str, ...] = ()
    by_words: bool = False
    overlapping: frozenset[str] = frozenset()

    @property
    def new(self) -> Booleans:
        """Which counts belong to the request under check."""
        return np.array([name.new for name in self.names], dtype=np.bool_)

    @property
    def old(self) -> Booleans:
        """Which counts have left before."""
        return ~self.new

    @property
    def exact(self) -> Booleans:
        """Which counts are known exactly."""
        found: Booleans = self.low == self.high
        return found


def counts(tables: Sequence[ReleasedTable], *, by_words: bool = True) -> Counts:
    """The counts shown in all the tables, over variables in one form.

    A variable whose filters and labels use whole numbers only is taken to be whole. Tables whose
    filter cannot be read are left out and named in `problems`.

    by_words  whether labels are taken for parts of others where their words say so; else each label
              that is no band of numbers stands for people of its own
    """
    populations, problems = _populations(tables)
    readable = [place for place in range(len(tables)) if place in populations]
    meanings = {place: meaning(tables[place].cells, by_words=by_words) for place in readable}
    if by_words:
        used = {name for people in populations.values() for name in people.variables}
        meanings = by_place(by_calendar(meanings, used), used)
    sets = _all_sets(populations.values(), meanings.values())
    problems += [f"{name} is given by ranges and by names, which cannot be compared." for name in mixed(sets)]
    holds = held([(tables[place].cells, own) for place, own in meanings.items()]) if by_words else {}
    universe = Universe.of(sets, holds)
    overlapping = frozenset(one for place, own in meanings.items() for one in _overlapping(tables[place], own))
    names, predicates, table, low, high = [], [], [], [], []
    for place in readable:
        own = tables[place]
        chosen = countable(own.cells)
        try:
            reading = _Reading(universe, overlapping, by_words)
            predicates += reading.predicates(own.cells, chosen, populations[place], meanings[place])
        except TooComplicated as error:
            problems.append(f"{own.file}: {error}")
            continue
        names += cell_names(own, chosen)
        table += [place] * int(chosen.sum())
        low.append(np.maximum(own.cells.numbers("low")[chosen] - own.off_by, 0))
        high.append(own.cells.numbers("high")[chosen] + own.off_by)
    lowest, highest = (np.concatenate([np.empty(0), *ends]) for ends in (low, high))
    assumed = by_words and any(said_within(tables[place].cells) for place in readable)
    by_words = bool(holds) or assumed
    return Counts(names, predicates, table, lowest, highest, tuple(problems), by_words, overlapping)


def countable(cells: Cells) -> Booleans:
    """Which cells tell a count of units: counts that are shown, and shares of a known base."""
    known = np.isfinite(cells.numbers("low")) & np.isfinite(cells.numbers("high"))
    found: Booleans = known & cells.states("number") & cells.facts["kind"].isin(["count", "percentage"]).to_numpy()
    return found


def cell_names(table: ReleasedTable, chosen: Booleans) -> list[CellName]:
    """The names of the chosen cells of a table."""
    cells = table.cells.where(chosen)
    dimensions = properties(cells)
    columns = [cells.labels[name].tolist() for name in dimensions]
    totals = [(cells.is_total(name) & ~_leaves_out(cells, name)).tolist() for name in dimensions]
    rows, headings = cells.facts["row"].tolist(), cells.facts["column"].tolist()
    counted = [variable(within.without_cumulative(text)) for text in cells.facts["measure"]]
    return [
        CellName(
            file=table.file,
            release=table.release,
            key={name: column[place] for name, column in zip(dimensions, columns, strict=True)},
            new=table.new,
            row=int(rows[place]),
            column=headings[place],
            totals=frozenset(name for name, total in zip(dimensions, totals, strict=True) if total[place]),
            counted="" if counted[place] in PLAIN else counted[place],
        )
        for place in range(len(cells))
    ]


def _leaves_out(cells: Cells, name: str) -> Booleans:
    """Which labels of a dimension are said to leave somebody out, so that they are no totals."""
    leaving = [text for text in cells.labels[name].unique() if within.leaves_out(text)]
    return cells.labels[name].isin(leaving).to_numpy(dtype=np.bool_)


def said_within(cells: Cells) -> bool:
    """Whether a table has totals that leave somebody out, or sums that run on."""
    leaving = any(_leaves_out(cells, name).any() for name in properties(cells))
    return leaving or any(map(within.is_cumulative, (*properties(cells), *cells.facts["measure"].unique())))


def properties(cells: Cells) -> tuple[str, ...]:
    """The dimensions that say something about people."""
    return tuple(name for name in cells.dimensions if variable(name) != HEADINGS)


def meaning(cells: Cells, *, by_words: bool = True) -> Meaning:
    """For each dimension that says something about people: its variable, and the set of each label that is no total.

    by_words  whether a total that is said to leave somebody out has a set too
    """
    found = {}
    for name in properties(cells):
        labels = cells.labels[name][~cells.is_total(name)]
        sets = bands.sets_of(labels.unique().tolist())
        own = variable(name)
        ordered = any(values.numbers for values in sets.values())
        if by_words:
            sets = sets | left_over(cells.labels[name].unique().tolist(), sets)
        found[name] = (GROUPED.sub("", own) if ordered else own, sets)
    return found


def _populations(tables: Sequence[ReleasedTable]) -> tuple[dict[int, Predicate], list[str]]:
    """The population of each table whose filter can be read, and a sentence for each other."""
    found, problems = dict[int, Predicate](), list[str]()
    for place, table in enumerate(tables):
        try:
            found[place] = population(table.population)
        except UnreadablePopulation as error:
            problems.append(f"{table.file}: {error}")
    return found, problems


def _all_sets(populations: Iterable[Predicate], meanings: Iterable[Meaning]) -> dict[str, set[Values]]:
    """Every set of values that a filter or a label gives a variable."""
    sets = of_predicates(populations)
    for dimensions in meanings:
        for name, labels in dimensions.values():
            sets.setdefault(name, set()).update(labels.values())
    return sets


def _overlapping(table: ReleasedTable, meant: Meaning) -> Iterator[str]:
    """The variables of a table of which a unit may have several labels: those whose totals are no sums."""
    for dimension, (name, _) in meant.items() if table.overlapping else ():
        if not adds_up(table.cells.of_kind("count"), dimension):
            yield name


@dataclass(frozen=True)
class _Reading:
    """How labels of all the tables are read as people."""

    universe: Universe
    overlapping: frozenset[str]
    by_words: bool

    def predicates(self, cells: Cells, chosen: Booleans, whom: Predicate, meant: Meaning) -> list[Predicate]:
        """Whom each of the chosen cells counts: the table's population with the cell's labels."""
        part, columns = cells.where(chosen), _measures(cells, chosen)
        for dimension, meaning in meant.items():
            columns += self._columns(part, dimension, *meaning)
        narrow = _Narrow(self.universe.fitted(whom))
        return [narrow.by(key) for key in zip(*columns, strict=True)]

    def _columns(
        self, part: Cells, dimension: str, name: str, sets: dict[str, Values]
    ) -> Iterator[list[tuple[str, Values] | None]]:
        """What the labels of one dimension say of each cell; a variable for each label where they overlap.

        Where sums run on, as under "cumulative cases", a label stands for all before it as well.
        """
        labels = part.labels[dimension].tolist()
        if name in self.overlapping:
            for text in sets:
                yield [(f"{name} {variable(text)}", one("true")) if other == text else None for other in labels]
            return
        runs = cumulated(part, dimension, sets) if self.by_words else {}
        own = {text: (name, self.universe.values(name, values)) for text, values in sets.items()}
        sums = {text: (name, self.universe.values(name, values)) for text, values in runs.items()}
        runs_on = [within.is_cumulative(dimension) or within.is_cumulative(text) for text in part.facts["measure"]]
        yield [sums.get(text, own.get(text)) if on else own.get(text) for text, on in zip(labels, runs_on, strict=True)]


@dataclass(frozen=True)
class _Narrow:
    """A population narrowed by one label after another, each intersection worked out once.

    Tables have many cells and few labels, so equal sets are the same object, which is quicker to
    look up than to compare.
    """

    whom: Predicate
    known: dict[tuple[int, int], tuple[Values, Values, Values]] = field(default_factory=dict)

    def by(self, labels: Iterable[tuple[str, Values] | None]) -> Predicate:
        """The people of the population who have all the labels."""
        pairs, boxes = [pair for pair in labels if pair is not None], list[Box]()
        for box in self.whom.boxes:
            sets = dict(box.sets)
            for name, values in pairs:
                sets[name] = self._both(sets.get(name, ANY), values)
            if all(sets[name] for name, _ in pairs):
                boxes.append(Box(sets))
        return Predicate(tuple(boxes))

    def _both(self, one: Values, other: Values) -> Values:
        key = (id(one), id(other))
        if key not in self.known:
            self.known[key] = (one, other, one & other)  # the two are kept, so that their ids stay theirs
        return self.known[key][2]


def _measures(cells: Cells, chosen: Booleans) -> list[list[tuple[str, Values] | None]]:
    """What each column counts beyond people: of several columns of counts, only those with a plain heading count all.

    The others count people of whom something holds that only the heading tells, as shares do. Of those under
    "within 6 months" also holds what does of those "within 12 months".
    """
    part = cells.where(chosen)
    headings = part.facts["measure"].astype(str).map(within.without_cumulative)
    for name in part.dimensions:
        if variable(name) == HEADINGS:
            headings = headings.where(headings != "", part.labels[name])
    is_count = (part.facts["kind"] == "count").to_numpy()
    only = len(set(headings[is_count])) <= 1
    plain = [count and (only or variable(text) in PLAIN) for text, count in zip(headings, is_count, strict=True)]
    distinct = list(dict.fromkeys(headings))
    wholes = within.parts(distinct) | {(text, text) for text in distinct}
    found = []
    for whole in distinct:
        said, parts = (f"{HEADINGS} {variable(whole)}", one("true")), {part for part, of in wholes if of == whole}
        found.append([None if p or text not in parts else said for text, p in zip(headings, plain, strict=True)])
    return found
