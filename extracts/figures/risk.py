"""The re-identification meter: what share of people a choice of quasi-identifiers would single out, estimated.

Worked out from how values spread alone and in pairs (`spread.py`), never from records. For more than two variables
the pairs are joined to a tree of the strongest dependencies (Chow and Liu, 1968), which gives mean and variance of
the rarity of people's values; taken as normal, with Poisson numbers of others who share them, these give the shares.
No estimate is below what one of the pairs singles out already. Against exact classes of the synthetic release the
shares are off by 2 to 5 percentage points on average and by up to 20 (docs/decisions/0016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, sqrt
from typing import Any

import numpy as np

from extracts.figures.classes import SMALL

Step = tuple[str, str]
# Name of a band, and the shares of people alone, and in classes of under ten, below which it holds.
BANDS = (
    ("low",    0.05, 0.25),
    ("medium", 0.20, 0.80),
    ("high",   1.01, 1.01),
)  # fmt: skip
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@dataclass(frozen=True)
class Shares:
    """Shares of people who are alone with their values, and who share them with fewer than nine others."""

    unique: float
    small: float

    @property
    def band(self) -> str:
        return next(name for name, alone, small in BANDS if self.unique < alone and self.small < small)


NOBODY = Shares(0.0, 0.0)


@dataclass(frozen=True)
class Pattern:
    """How rare people's values are: mean, variance, and what was counted exactly."""

    mean: float
    variance: float
    counted: Shares

    @classmethod
    def told(cls, mean: float, variance: float, unique: float | None, small: float | None) -> Pattern:
        return cls(mean, variance, Shares((unique or 0) / 100, (small or 0) / 100))


@dataclass(frozen=True)
class Spread:
    """What a release tells of one table."""

    people: int
    alone: Mapping[Step, Pattern]
    pairs: Mapping[frozenset[Step], Pattern]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Spread | None:
        """Read what the build wrote; None for a table with too few people to tell."""
        if not stored:
            return None
        alone = {(name, level): Pattern.told(*rest) for name, level, *rest in stored["alone"]}
        pairs = {frozenset(((a, x), (b, y))): Pattern.told(*rest) for a, x, b, y, *rest in stored["pairs"]}
        return cls(stored["people"], alone, pairs)

    def shares(self, steps: Sequence[Step], part: float = 1.0) -> Shares:
        """What these variables at these levels single out of a `part` of the people, 0 to 1."""
        known = [step for step in steps if step in self.alone]
        if not known:
            return NOBODY
        mean, variance = self._tree(known)
        found = singled_out(mean, variance, self.people * part)
        for exact in self._counted(known):
            found = Shares(max(found.unique, exact.unique), max(found.small, exact.small))
        return found

    def _counted(self, steps: Sequence[Step]) -> list[Shares]:
        pairs = [self.pairs[pair] for one in combinations(steps, 2) if (pair := frozenset(one)) in self.pairs]
        return [pattern.counted for pattern in (*(self.alone[step] for step in steps), *pairs)]

    def _tree(self, steps: Sequence[Step]) -> tuple[float, float]:
        """Mean and variance of the rarity of all the values together. Pairs that nobody counted are independent."""
        mean = sum(self.alone[step].mean for step in steps)
        variance = sum(self.alone[step].variance for step in steps)
        shared = {
            (one, other): self.alone[one].mean + self.alone[other].mean - self.pairs[frozenset((one, other))].mean
            for one, other in combinations(steps, 2)
            if frozenset((one, other)) in self.pairs
        }
        group = {step: step for step in steps}
        for one, other in sorted(shared, key=lambda pair: (-shared[pair], pair)):
            if group[one] != group[other] and shared[one, other] > 0:
                old = group[other]
                group = {step: group[one] if at == old else at for step, at in group.items()}
                mean -= shared[one, other]
                pair = self.pairs[frozenset((one, other))]
                variance += pair.variance - self.alone[one].variance - self.alone[other].variance
        return mean, max(variance, 0.0)


def singled_out(mean: float, variance: float, people: float) -> Shares:
    """The shares, when the rarity of values is normal and others share them at random."""
    others = max(people - 1, 0.0) * np.exp(-(mean + sqrt(variance) * NODES))
    unique = np.exp(-others)
    small = sum(others**number / factorial(number) for number in range(SMALL - 1)) * unique
    return Shares(float(WEIGHTS @ unique), min(1.0, float(WEIGHTS @ small)))


@dataclass(frozen=True)
class Choice:
    """One chosen variable, and what its table would single out without it and at the next coarser level.

    coarser  name of that level, "" for a variable that has none: then only leaving it out helps
    """

    table: str
    variable: str
    level: str
    without: Shares
    coarser: str
    at_coarser: Shares


@dataclass(frozen=True)
class TableRisk:
    """One table: what its chosen quasi-identifiers single out; `measured` is False where nobody counted."""

    table: str
    measured: bool
    shares: Shares
    choices: tuple[Choice, ...]

    def effect_of(self, choice: Choice) -> float:
        """By how much the share of unique people falls without the variable."""
        return max(0.0, self.shares.unique - choice.without.unique)

    def gain_of(self, choice: Choice) -> float:
        """By how much it falls at the next coarser level, or without the variable where there is none."""
        return max(0.0, self.shares.unique - (choice.at_coarser if choice.coarser else choice.without).unique)


@dataclass(frozen=True)
class Risk:
    """The whole choice. A person can be singled out by the table that does most; joined tables do more."""

    tables: tuple[TableRisk, ...]

    @property
    def worst(self) -> TableRisk | None:
        known = [table for table in self.tables if table.measured]
        return max(known, key=lambda table: (table.shares.unique, table.shares.small), default=None)

    @property
    def shares(self) -> Shares:
        return self.worst.shares if self.worst else NOBODY

    @property
    def unmeasured(self) -> tuple[str, ...]:
        return tuple(table.table for table in self.tables if not table.measured)

    @property
    def what_helps(self) -> tuple[tuple[TableRisk, Choice], ...]:
        """Every choice that can be made coarser or left out, the greatest gain first."""
        found = [(table, choice) for table in self.tables for choice in table.choices if table.gain_of(choice) > 0.001]
        return tuple(sorted(found, key=lambda pair: (-pair[0].gain_of(pair[1]), pair[1].table, pair[1].variable)))


def risk_of(
    chosen: Mapping[str, Sequence[Step]],
    coarser: Mapping[tuple[str, str, str], str],
    spreads: Mapping[str, Spread | None],
    part: float = 1.0,
) -> Risk:
    """The risk of quasi-identifiers chosen of tables.

    chosen   table -> (variable, level) of its quasi-identifiers
    coarser  (table, variable, level) -> the next coarser level
    part     the share of people who are in the cohort: the values of fewer people are rarer
    """
    tables = []
    for table, steps in chosen.items():
        spread = spreads.get(table)
        if spread is None:
            tables.append(TableRisk(table, not steps, NOBODY, ()))
            continue
        choices = tuple(_choice(table, step, steps, coarser.get((table, *step), ""), spread, part) for step in steps)
        tables.append(TableRisk(table, True, spread.shares(steps, part), choices))
    return Risk(tuple(tables))


def _choice(table: str, step: Step, steps: Sequence[Step], level: str, spread: Spread, part: float) -> Choice:
    rest = [one for one in steps if one != step]
    at_coarser = spread.shares([*rest, (step[0], level)], part) if level else NOBODY
    return Choice(table, step[0], step[1], spread.shares(rest, part), level, at_coarser)
