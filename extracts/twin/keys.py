"""Keys of a twin: made up, joining as the catalogue says, with as many children as the rows of the tables give.

A table is drawn from its parent: another table of the twin whose primary key it holds. It takes all keys that the two
share from one row of the parent, so that they join on several columns too. Every other key points at the table that
lists things of its kind, when the twin has that table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from governance.catalogue.catalogue import Catalogue, Sensitivity, Table, Variable

Integers = npt.NDArray[np.int64]
Keys = dict[str, Integers]
Chance = Callable[..., np.random.Generator]

# Rows that share a key of which no table of the twin is a list: nothing is published of keys.
ROWS_A_KEY = 2
MOST_KEY = 1 << 63


def keys_of(table: Table) -> tuple[Variable, ...]:
    """The key columns of a table: pseudonyms, and the numbers that count rows inside a parent."""
    return tuple(one for one in table.variables if one.sensitivity is Sensitivity.KEY)


def _primary(table: Table) -> tuple[Variable, ...]:
    """The keys among the columns of the primary key."""
    return tuple(one for one in keys_of(table) if one.name in table.primary_key)


def _kinds(table: Table) -> list[str]:
    """The key domains in the primary key."""
    return [one.key_domain for one in _primary(table) if one.key_domain]


def _held(table: Table) -> set[str]:
    """The key domains of all its keys."""
    return {one.key_domain for one in keys_of(table)} - {""}


@dataclass
class KeyMaker:
    """Makes the keys of the chosen tables, each from a chance of its own.

    sizes      rows that each chosen table is to have
    published  rows of a table in the release, 0 for unknown: of two lists of one kind the longer is the list
    """

    catalogue: Catalogue
    sizes: Mapping[str, int]
    published: Callable[[str], int]
    chance: Chance
    made: dict[str, Keys] = field(default_factory=dict)
    pools: dict[str, Integers] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[str, Keys]]:
        """Table by table, parents first."""
        waiting = [self.catalogue[name] for name in self.sizes]
        while waiting:
            ready = (one for one in waiting if self._needed(one) <= self.made.keys())
            table = next(ready, waiting[0])
            waiting.remove(table)
            self.made[table.name] = self._make(table)
            yield table.name, self.made[table.name]

    def list_of(self, domain: str) -> Table | None:
        """The table of the dataset that lists things of a kind: its primary key is one key of that kind, by itself
        or with a number that counts rows inside.
        """
        lists = [one for one in self.catalogue.tables if _kinds(one) == [domain]]
        return max(lists, key=lambda one: (not _counts(one), self.published(one.name)), default=None)

    def takes_own(self, domain: str) -> bool:
        """Whether each table has things of this kind to itself: the list of them says beside the key whose they are."""
        table = self.list_of(domain)
        return table is not None and not _counts(table) and len(table.primary_key) > 1

    def parent_of(self, table: Table) -> Table | None:
        """The chosen table from whose rows this one is drawn: the most shared keys, then the one that dates it."""
        own, dated = {(one.name, one.key_domain) for one in keys_of(table)}, table.period_parent
        order = [one.name for one in self.catalogue.tables]

        def fits(other: Table) -> bool:
            keys = {(one.name, one.key_domain) for one in _primary(other)}
            same = keys == {(one.name, one.key_domain) for one in _primary(table)}
            alone = any(self.takes_own(domain) for _, domain in keys)
            earlier = order.index(other.name) < order.index(table.name)
            return bool(keys) and keys <= own and not alone and (earlier or not same)

        others = [one for name in self.sizes if name != table.name and fits(one := self.catalogue[name])]
        return max(
            others,
            key=lambda one: (len(_primary(one)), bool(dated and dated.table == one.name), order.index(one.name)),
            default=None,
        )

    def _needed(self, table: Table) -> set[str]:
        needed = {found.name for one in keys_of(table) if one.key_domain and (found := self.list_of(one.key_domain))}
        parent = self.parent_of(table)
        return ((needed | {parent.name} if parent else needed) - {table.name}) & self.sizes.keys()

    def _make(self, table: Table) -> Keys:
        keys: Keys = {}
        parent, rows = self.parent_of(table), self.sizes[table.name]
        if parent is not None:
            keys = self._taken(table, parent, rows)
            rows = len(next(iter(keys.values())))
        drawn: dict[str, Integers] = {}
        for one in keys_of(table):
            if one.key_domain and one.name not in keys:
                keys[one.name] = self._drawn(table, one, rows, drawn)
        for one in keys_of(table):
            if not one.key_domain and one.name not in keys:
                keys[one.name] = self._counted(table, one, keys, rows)
        for one in _primary(table):
            if one.key_domain and (self.list_of(one.key_domain) is table or not self.takes_own(one.key_domain)):
                self.pools.setdefault(one.key_domain, np.unique(keys[one.name]))
        return keys

    def _taken(self, table: Table, parent: Table, rows: int) -> Keys:
        """The keys that a table shares with its parent, from rows of it: each row once where both have the same key."""
        theirs = self.made[parent.name]
        many, chance = len(next(iter(theirs.values()))), self.chance(table.name, "rows of", parent.name)
        once = {one.name for one in _primary(parent)} == {one.name for one in _primary(table)}
        chosen = chance.permutation(many)[:rows] if once else chance.integers(0, many, rows)
        chosen.sort()
        domains = {one.name: one.key_domain for one in keys_of(parent)}
        return {
            one.name: theirs[one.name][chosen]
            for one in keys_of(table)
            if domains.get(one.name) == one.key_domain and one.name in domains and not self.takes_own(one.key_domain)
        }

    def _drawn(self, table: Table, key: Variable, rows: int, drawn: dict[str, Integers]) -> Integers:
        """A column of keys: new ones where this table lists them, else those of the list, or of a pool."""
        domain, chance = key.key_domain, self.chance(table.name, key.name)
        lists = self.list_of(domain)
        if self.takes_own(domain) and lists is not table:
            return self._own(table, domain, rows, chance)
        if key.name in table.primary_key and domain not in self.pools:
            return _grouped(rows, chance) if _counts(table) else _new(rows, chance)
        if domain not in self.pools:
            self.pools[domain] = _new(max(1, rows // ROWS_A_KEY), self.chance(domain))
        found = chance.choice(self.pools[domain], rows)
        # Several keys of one row that no table lists are versions of one and the same.
        return drawn.setdefault(domain, found) if lists is None else found

    def _own(self, table: Table, domain: str, rows: int, chance: np.random.Generator) -> Integers:
        """Things that no other table has: the next stretch of the list. Where the list is shorter, they come again."""
        if domain not in self.pools:
            self.pools[domain] = _new(sum(self.sizes.values()), self.chance(domain))
        pool, begin = self.pools[domain], self.cut.get(domain, 0)
        lists = self.list_of(domain)
        holders = [self.catalogue[name] for name in self.sizes if lists is None or name != lists.name]
        once = sum(self.sizes[one.name] for one in holders if _kinds(one) == [domain])
        again = sum(self.sizes[one.name] for one in holders if domain in _held(one) and _kinds(one) != [domain])
        share = rows if _kinds(table) == [domain] else min(rows, rows * max(0, len(pool) - once) // again)
        self.cut[domain] = begin + share
        stretch = pool[begin : begin + share] if share else pool[-1:]
        return chance.permutation(np.resize(stretch, rows))

    def _counted(self, table: Table, number: Variable, keys: Keys, rows: int) -> Integers:
        """Numbers that count the rows inside their parent, from the lowest that the catalogue says."""
        low = int(number.range.partition("-")[0]) if number.range.partition("-")[0].isdigit() else 1
        by = [keys[one.name] for one in _primary(table) if one.key_domain]
        if number.name not in table.primary_key or not by:
            return np.full(rows, low, np.int64)
        return low + _rank_within(by)


def _counts(table: Table) -> bool:
    """Whether a number inside a parent record is part of the primary key."""
    return any(not one.key_domain for one in _primary(table))


def _new(rows: int, chance: np.random.Generator) -> Integers:
    """So many different keys. Two of them are the same about once in 10^11 twins; then the draw goes on."""
    found = np.unique(chance.integers(1, MOST_KEY - 1, rows, dtype=np.int64))
    while len(found) < rows:
        found = np.unique([*found, *chance.integers(1, MOST_KEY - 1, rows - len(found), dtype=np.int64)])
    return chance.permutation(found)


def _grouped(rows: int, chance: np.random.Generator) -> Integers:
    """Keys of which each is in one row or a few."""
    pool = _new(max(1, rows // ROWS_A_KEY), chance)
    return np.sort(np.concatenate([pool, chance.choice(pool, rows - len(pool))]))


def _rank_within(keys: Sequence[Integers]) -> Integers:
    """For each row, how many rows before it hold the same keys."""
    _, group = np.unique(np.stack(keys), axis=1, return_inverse=True)
    group = group.ravel()
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    lengths = np.diff(np.append(starts, len(ordered)))
    ranks = np.empty(len(group), np.int64)
    ranks[order] = np.arange(len(ordered)) - np.repeat(starts, lengths)
    return ranks


def absent(table: Table, key: Variable, rows: int, chance: np.random.Generator) -> npt.NDArray[np.bool_]:
    """The rows without this key, as often as the catalogue says; never of a primary key or of what dates the rows."""
    needed = {*table.primary_key, *(table.period_parent.columns if table.period_parent else ())}
    share = 0.0 if key.name in needed else (key.missing_pct or 0.0) / 100
    return chance.random(rows) < share
