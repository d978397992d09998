"""Differencing without records: what released tables and their populations give away together.

Every published count is a sum over classes of people (`refinement`). Pairs of which one lies inside
the other are all compared. Beyond pairs, whatever combination of counts fixes a class, or bounds it
below the threshold, is found by linear programming; where that takes too long, by null space alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import lsmr

from extracts.disclosure.ledger import linear
from extracts.disclosure.ledger.groups import group_of_class, group_of_difference
from extracts.disclosure.ledger.hits import Differences, Hit, Term
from extracts.disclosure.ledger.nesting import Nesting, OutOfTime, Pair, aligned_pairs, close_pairs, contributors
from extracts.disclosure.ledger.parsing import variable
from extracts.disclosure.ledger.predicates import TooComplicated
from extracts.disclosure.ledger.refinement import Classes, TooManyAtoms, classes
from extracts.disclosure.ledger.released import GROUPED, Counts, ReleasedTable, counts
from extracts.disclosure.ledger.settled import Contradiction
from extracts.disclosure.ledger.shown import Shown
from extracts.disclosure.ledger.within import leaves_out

Places = npt.NDArray[np.int64]
# So many combinations are explained by their cells; the rest are only counted together.
MOST_EXPLAINED = 50
# What the null space may take after linear programming has used up the time, in seconds.
GRACE = 5.0


def symbolic(
    tables: Sequence[ReleasedTable],
    *,
    threshold: int,
    zeros: bool = False,
    seconds: float = 10.0,
    pairs_only: bool = False,
) -> Differences:
    """The small groups that counts of the new tables give away, beside each other and beside what has left.

    threshold  smallest count that is safe
    zeros      whether a difference of nobody is unsafe too
    seconds    after so long the answer is not proven
    pairs_only for whoever looks at combinations of more counts in another way

    Where a unit may be in several cells of a table, counts do not add up, and only pairs are compared.
    Pairs within one table of which one is a total of the other are left to the audit of that table.
    `implied` lists the differences of cells with the same labels in nested tables, safe or not.
    """
    until = time.monotonic() + seconds
    found = counts(tables)
    if not len(found.names) or not found.new.any():
        return Differences(proven=not found.problems, problems=found.problems)
    search, contradicted = _searched(_Search(found, tables, threshold, zeros, until), pairs_only=pairs_only)
    hits = _by_sum(search.hits)
    if contradicted and found.by_words:  # then labels do not mean what their words seem to say
        plain = counts(tables, by_words=False)
        search, contradicted = _searched(_Search(plain, tables, threshold, zeros, until), pairs_only=pairs_only)
        hits = _by_sum(search.hits) | hits
    if contradicted and len(tables) > 2:  # then some of them count something else, and the others must not be lost
        hits = _by_sum(_two_by_two(tables, threshold, until)) | hits
    problems = tuple(dict.fromkeys((*found.problems, *search.problems)))
    return Differences(tuple(hits.values()), tuple(search.implied), not problems, problems)


def symbolic_amounts(tables: Sequence[ReleasedTable], *, threshold: int, seconds: float = 10.0) -> list[Hit]:
    """Amounts of which one holds the other, and more contributors by fewer than the threshold, as evidence says."""
    until = time.monotonic() + seconds
    named: dict[str, list[ReleasedTable]] = {}
    for table in tables:
        for name, own in contributors(table).items():
            named.setdefault(name, []).append(own)
    reason = f"Two published amounts differ by those of fewer than {threshold} contributors."
    found = list[Hit]()
    for same in named.values():
        search, _ = _searched(_Search(counts(same), same, threshold, False, until), pairs_only=True)
        found += (replace(hit, statistic="total", reason=reason) for hit in search.hits)
    return found


def _by_sum(hits: Iterable[Hit]) -> dict[tuple[str, str], Hit]:
    """Hits by the sum that gives them away and the cells in it: two sums that read alike may be of other cells."""
    return {(hit.attack, hit.sources): hit for hit in hits}


def _two_by_two(tables: Sequence[ReleasedTable], threshold: int, until: float) -> Iterator[Hit]:
    """What pairs of tables give away, one of them new."""
    for pair in combinations(tables, 2):
        left = until - time.monotonic()
        if left > 0 and any(table.new for table in pair):
            yield from symbolic(pair, threshold=threshold, seconds=left).hits


def _searched(search: _Search, *, pairs_only: bool) -> tuple[_Search, bool]:
    """The search when it is done, and whether the counts contradict each other."""
    contradicted = False
    try:
        search.pairs()
        if search.add_up and not pairs_only:
            search.combinations()
    except (TooManyAtoms, TooComplicated, Contradiction) as error:
        search.problems.append(str(error))
        contradicted = isinstance(error, Contradiction)
    except OutOfTime:
        search.problems.append("There was not enough time to compare every count with every other.")
    return search, contradicted


@dataclass
class _Search:
    """One run over the counts: what has been found so far, and what could not be settled."""

    counts: Counts
    tables: Sequence[ReleasedTable]
    threshold: int
    zeros: bool
    until: float
    hits: list[Hit] = field(default_factory=list)
    implied: list[Hit] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    groups: set[int] = field(default_factory=set)

    @property
    def add_up(self) -> bool:
        """Whether each unit is in one cell of every table, so that groups are sums of their parts."""
        return not any(table.overlapping for table in self.tables)

    def pairs(self) -> None:
        """Compare all nested pairs. Raises OutOfTime."""
        nesting = Nesting(self.counts)
        for pair in aligned_pairs(nesting):
            self._list(pair)
        shown = self._shown() if self.add_up else None
        for pair in close_pairs(nesting, self.threshold, until=self.until):
            hit = self._judged(pair, shown)
            if hit is not None:
                self.hits.append(hit)

    def _list(self, pair: Pair) -> None:
        """Note the difference of two cells with the same labels, whatever its size."""
        hit = self._hit(pair, "")
        versions = {self.tables[self.counts.table[place]].dataset for place in (pair.part, pair.whole)}
        if pair.same:
            if len(versions) == 1 and self._apart(pair) and not self._unlike(pair):
                self.problems.append(f"The same people are counted differently: {hit.sources}.")
        elif hit.high < 0 and not self._unlike(pair):
            self.problems.append(f"A count is larger than that of a population around it: {hit.sources}.")
        elif hit.high >= 0:
            self.implied.append(hit)

    def _apart(self, pair: Pair) -> bool:
        low, high = self.counts.low, self.counts.high
        return bool(low[pair.part] > high[pair.whole] or low[pair.whole] > high[pair.part])

    def _judged(self, pair: Pair, shown: Shown | None) -> Hit | None:
        """The pair as a hit, if its difference is unsafe and nothing that another rule reports."""
        if self._totals_of_one_table(pair):
            return None
        hit = self._hit(pair, f"The difference of two published counts is below {self.threshold}.")
        if not (0 if self.zeros and not pair.same else 1) <= hit.low <= hit.high < self.threshold:
            return None
        if shown is not None and not pair.same:
            group = shown.difference(pair.whole, pair.part)
            if group in shown.groups:
                return None
            self.groups.add(group)
        # A whole below the threshold has a part below it, and the new one of them is found for that.
        return hit if self.counts.high[pair.whole] >= self.threshold else None

    def _totals_of_one_table(self, pair: Pair) -> bool:
        part, whole = self.counts.names[pair.part], self.counts.names[pair.whole]
        if self.counts.table[pair.part] != self.counts.table[pair.whole]:
            return False
        return all(
            part.key[name] == label
            or (name in whole.totals and not leaves_out(part.key[name]) and not self._overlaps(name))
            for name, label in whole.key.items()
        )

    def _overlaps(self, dimension: str) -> bool:
        """Whether a unit may have several labels of a dimension, so that no audit takes parts from a total."""
        return bool({variable(dimension), GROUPED.sub("", variable(dimension))} & self.counts.overlapping)

    def _hit(self, pair: Pair, reason: str) -> Hit:
        low, high = self.counts.low, self.counts.high
        terms = (self._term(pair.whole, 1), self._term(pair.part, -1))
        flagged = Hit(terms, {}, 0, 0).flagged
        key = group_of_difference(self.counts, pair, flagged)
        least, most = low[pair.whole] - high[pair.part], high[pair.whole] - low[pair.part]
        return Hit(
            terms, key, least, most, "count", reason, by_definition=not (self._unlike(pair) or self._two_groups(pair))
        )

    def _two_groups(self, pair: Pair) -> bool:
        """Whether new tables give two counts of the same people, so that whoever they are, they are not the same.

        Of what has left, one is a later version of the other.
        """
        both_new = self.counts.names[pair.part].new and self.counts.names[pair.whole].new
        versions = {self.tables[self.counts.table[place]].dataset for place in (pair.part, pair.whole)}
        return pair.same and both_new and len(versions) == 1

    def _unlike(self, pair: Pair) -> bool:
        """Whether the two headings say that different things are counted, as arrests and charges."""
        counted = {self.counts.names[place].counted for place in (pair.part, pair.whole)} - {""}
        return len(counted) > 1 and self.counts.table[pair.part] != self.counts.table[pair.whole]

    def _term(self, place: int, times: float) -> Term:
        exact = self.counts.low[place] == self.counts.high[place]
        return Term(self.counts.names[place], times, float(self.counts.low[place]) if exact else None)

    def _shown(self) -> Shown | None:
        """Which groups published cells show; None where there are too many groups to say."""
        try:
            self.classes: Classes | None = classes(self.counts.predicates)
        except TooManyAtoms:
            self.classes = None
            return None
        return Shown(self.counts, self.classes.matrix)

    def combinations(self) -> None:
        """Look for classes that any combination of counts gives away. Raises TooManyAtoms and Contradiction."""
        if self.classes is None:
            raise TooManyAtoms("Only pairs of counts were compared: the tables have too many categories together.")
        versions = {self.tables[place].dataset for place in self.counts.table}
        if len(versions) > 1:
            self.problems.append("Combinations of counts from several versions of the data were not looked at.")
            return
        matrix, low, high = self.classes.matrix, self.counts.low, self.counts.high
        if (low[np.diff(matrix.indptr) == 0] > 0).any():
            self.problems.append("A count is of nobody by its labels and the population given for its table.")
        small, complete = linear.small(matrix, low, high, threshold=self.threshold, until=self.until)
        if not complete:
            self.problems.append("There was not enough time to look at every combination of counts.")
            small |= self._by_null_space()
        left = self._not_shown(small)
        known = self._known_before(left)
        for number in sorted(left.keys() - known)[:MOST_EXPLAINED]:
            self.hits.append(self._combined(number, left[number]))
        if len(left) > MOST_EXPLAINED:
            self.problems.append(f"{len(left) - MOST_EXPLAINED:,} more groups that counts give away are not listed.")

    def _not_shown(self, small: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
        """The classes without a cell of their own, outside every cell below the threshold, and not found as a pair."""
        assert self.classes is not None
        shown = Shown(self.counts, self.classes.matrix)
        unsafe = self.classes.matrix[np.flatnonzero(self.counts.high < self.threshold)]
        known = {number for number in small if shown.of_class(number) in shown.groups | self.groups}
        return {n: small[n] for n in small.keys() - known - set(unsafe.indices.tolist())}

    def _by_null_space(self) -> dict[int, tuple[int, int]]:
        """Classes that exact counts fix, with their size, if it is small."""
        assert self.classes is not None
        exact = np.flatnonzero(self.counts.exact)
        matrix = sparse.csr_array(self.classes.matrix[exact])
        fixed, _ = linear.determined(matrix, until=self.until + GRACE)
        size = lsmr(matrix, self.counts.low[exact], atol=1e-13, btol=1e-13, conlim=0, maxiter=2_000)[0]
        whole = np.abs(size - np.round(size)) < 1e-3
        wanted = fixed & whole & (size > 0.5) & (size < self.threshold - 0.5)
        return {place: (round(size[place]), round(size[place])) for place in np.flatnonzero(wanted).tolist()}

    def _known_before(self, small: dict[int, tuple[int, int]]) -> set[int]:
        """Classes that one table alone gives away (its own audit says so), or what has left already."""
        assert self.classes is not None
        table, known = np.array(self.counts.table), set[int]()
        groups = [np.flatnonzero(table == number) for number in np.unique(table).tolist()]
        groups = [rows for rows in groups if not self._overlap(rows)]
        for rows in [*groups, np.flatnonzero(self.counts.old)]:
            own, low, high = (part[rows] for part in (self.classes.matrix, self.counts.low, self.counts.high))
            wanted = sorted(small.keys() - known)
            found = linear.bounds(sparse.csr_array(own), low, high, wanted, until=self.until)
            known |= {number for number in found if found[number] == small[number]}
        return known

    def _overlap(self, rows: Places) -> bool:
        """Whether labels of one table overlap: then its own audit, which takes them for apart, knows less."""
        assert self.classes is not None
        own: dict[str, list[int]] = {}
        for place in rows.tolist():
            if not self.counts.names[place].totals:
                own.setdefault(self.counts.names[place].column, []).append(place)
        parts = (self.classes.matrix[places].sum(axis=0) for places in own.values())
        return any(part.max(initial=0) > 1 for part in parts)

    def _combined(self, number: int, bounds: tuple[int, int]) -> Hit:
        """A class that several counts give away together, with the counts if they can be told in time."""
        assert self.classes is not None
        exact = np.flatnonzero(self.counts.exact)
        matrix = sparse.csr_array(self.classes.matrix[exact])
        left = self.until - time.monotonic()
        factors = linear.combination(matrix, number, seconds=left) if left > 0 and bounds[0] == bounds[1] else None
        terms = list(self._terms(exact, factors, number))
        key = group_of_class(self.classes.people(number))
        reason = f"Several published counts together give a group below {self.threshold}."
        return Hit(tuple(terms), key, bounds[0], bounds[1], "count", reason)

    def _terms(self, exact: Places, factors: npt.NDArray[np.float64] | None, number: int) -> Iterator[Term]:
        """The counts in a combination, those added first; without one, the counts that hold the class."""
        assert self.classes is not None
        if factors is not None:
            for place in sorted(np.flatnonzero(factors).tolist(), key=lambda place: -factors[place]):
                yield self._term(int(exact[place]), float(factors[place]))
            return
        holding = self.classes.matrix[:, [number]].nonzero()[0].tolist()
        if not self.counts.new[holding].any():
            holding += self._new_beside(number)
        for place in sorted(holding, key=lambda place: not self.counts.names[place].new):
            yield Term(self.counts.names[place], 1.0)

    def _new_beside(self, number: int) -> list[int]:
        """The new counts that bear on a class through others."""
        assert self.classes is not None
        rows = next(rows for rows, columns in linear.components(self.classes.matrix) if number in columns)
        return [place for place in rows.tolist() if self.counts.names[place].new]
