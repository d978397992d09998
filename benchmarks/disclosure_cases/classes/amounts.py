"""Means, sums and standard deviations with the records behind them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from random import Random

from benchmarks.disclosure_cases.crosstab import Crosstab, Labels
from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, Value, cell, judged
from benchmarks.disclosure_cases.words import AMOUNTS, Dimension, dimensions

# Records of one cell: who, and the amount (None where it is not known).
Given = list[tuple[int, float | None]]


def ordinary(random: Random) -> Given:
    """Enough persons, none of whom stands out."""
    return [(who, _usual(random)) for who in range(random.randint(12, 60))]


def _usual(random: Random) -> float:
    return round(random.lognormvariate(5, 0.35), 2)


def few(random: Random) -> Given:
    return [(who, _usual(random)) for who in range(random.randint(3, 9))]


def mostly_missing(random: Random) -> Given:
    known = random.randint(2, 8)
    return [(who, _usual(random) if who < known else None) for who in range(random.randint(25, 40))]


def one_owner(random: Random) -> Given:
    """Many rows of very few persons."""
    persons = random.randint(2, 6)
    return [(random.randrange(persons), _usual(random)) for _ in range(random.randint(25, 40))]


def dominated(random: Random) -> Given:
    """One person holds almost everything."""
    others = [(who, round(random.uniform(1, 20), 2)) for who in range(1, random.randint(14, 30))]
    return [(0, round(random.uniform(20_000, 90_000), 2)), *others]


def two_large(random: Random) -> Given:
    """Two persons hold almost everything, so that the second can estimate the first."""
    others = [(who, round(random.uniform(1, 9), 2)) for who in range(2, random.randint(14, 24))]
    large = random.uniform(8_000, 9_000)
    return [(0, round(large, 2)), (1, round(large * random.uniform(0.5, 0.95), 2)), *others]


def all_alike(random: Random) -> Given:
    value = float(random.choice((0, 28, 100, 150, 250)))
    return [(who, value) for who in range(random.randint(12, 40))]


TROUBLES = (few, mostly_missing, one_owner, dominated, two_large, all_alike)


@dataclass(frozen=True)
class Contributors:
    """What persons give to one cell: the sum of each, by arithmetic."""

    sums: tuple[float, ...]
    values: tuple[float, ...]

    def rules(self) -> list[str]:
        """The rules by which the cell must be found, with the default policy."""
        found = ["threshold"] if len(self.sums) < 10 else []
        ordered = sorted(self.sums, reverse=True)
        total, largest, second = sum(ordered), ordered[0], ordered[1] if len(ordered) > 1 else 0.0
        if total > 0 and (largest + second) / total > 0.9:
            found.append("nk")
        if largest > 0 and total - largest - second < 0.1 * largest:
            found.append("p_percent")
        return [*found, "all_same"] if len(set(self.values)) == 1 else found


def contributors(given: Given) -> Contributors:
    """Persons with a known amount, and the amounts."""
    sums: dict[int, float] = {}
    for who, amount in given:
        if amount is not None:
            sums[who] = sums.get(who, 0.0) + amount
    return Contributors(tuple(sums.values()), tuple(amount for _, amount in given if amount is not None))


STATISTICS: dict[str, Callable[[tuple[float, ...]], float]] = {
    "mean": lambda values: sum(values) / len(values),
    "sum": sum,
    "sd": lambda values: math.sqrt(
        sum((value - sum(values) / len(values)) ** 2 for value in values) / (len(values) - 1)
    ),
}


def table(random: Random, unsafe: bool, statistic: str, troubles: tuple[Callable[[Random], Given], ...]) -> Draft:
    """One statistic by one or two dimensions; one or two cells have a trouble in the unsafe ones."""
    over = dimensions(random, random.choice((1, 2)), least=2, most=4)
    cells: dict[Labels, Given] = {}
    for labels in product(*(one.labels for one in over)):
        cells[labels] = ordinary(random)
    for labels in random.sample(sorted(cells), random.choice((1, 2)) if unsafe else 0):
        cells[labels] = random.choice(troubles)(random)
    return _drafted(random, over, cells, statistic)


def _drafted(
    random: Random, over: tuple[Dimension, ...], cells: dict[Labels, Given], statistic: str, name: str = ""
) -> Draft:
    """The table, its records and what must be found. A table of one dimension is wide across measures."""
    amount = name or random.choice(AMOUNTS)
    known = {labels: contributors(given) for labels, given in cells.items()}
    shown = {labels: f"{STATISTICS[statistic](given.values):.2f}" for labels, given in known.items()}
    tab = Crosstab(over, shown, statistic)
    layout = tab.layout("wide" if len(over) > 1 else "long")
    beside: dict[str, str] = {}
    if len(over) == 1:
        layout = {"form": "wide", "row_dims": [over[0].name], "col_dim": "measure", "measure": statistic}
        beside = {"measure": statistic}
    return Draft(
        f"{statistic} of {amount}", "shape" if statistic == "sd" else "magnitude",
        [File("table.csv", tab.wide() if len(over) > 1 else tab.long()),
         File("micro.csv", rows(random, over, cells, amount), "microdata")],
        judged(cell(tab.key(labels) | beside, *found) for labels, given in known.items()
               if (found := _that_matter(given, statistic))),
        layout, {"unit": "person_id", "value": amount, "statistic": statistic},
    )  # fmt: skip


def _that_matter(given: Contributors, statistic: str) -> list[str]:
    """Nobody dominates a standard deviation by a sum; a deviation of 0 says that all are alike."""
    return [rule for rule in given.rules() if statistic != "sd" or rule in ("threshold", "all_same")]


def rows(random: Random, over: tuple[Dimension, ...], cells: dict[Labels, Given], amount: str) -> Table:
    """The records, in no order; persons of different cells are different."""
    made: list[list[Value]] = []
    for place, (labels, given) in enumerate(cells.items()):
        made += [[f"D{place:02}{who:03}", *labels, value] for who, value in given]
    random.shuffle(made)
    return Table(["person_id", *(one.name for one in over), amount], made)


def means(random: Random, unsafe: bool) -> Draft:
    return table(random, unsafe, "mean", TROUBLES)


def sums(random: Random, unsafe: bool) -> Draft:
    return table(random, unsafe, "sum", TROUBLES)


def deviations(random: Random, unsafe: bool) -> Draft:
    return table(random, unsafe, "sd", (few, mostly_missing, one_owner, all_alike))


def negatives(random: Random, unsafe: bool) -> Draft:
    """Gains and losses. One person's loss as large as all others' gains must not pass by cancelling out."""
    over = dimensions(random, 1, least=3, most=4)
    cells: dict[Labels, Given] = {(label,): ordinary(random) for label in over[0].labels}
    labels = random.choice(sorted(cells))
    cells[labels] = [(who, -(value or 0) if who % 3 == 0 else value) for who, value in cells[labels]]
    if unsafe:
        cells[labels] = [(who, value if who else -400_000.0) for who, value in cells[labels]]
    draft = _drafted(random, over, cells, random.choice(("sum", "mean")), "net_balance")
    key = {over[0].name: labels[0], "measure": str(draft.context["statistic"])}
    if unsafe:
        draft.expect = Expect("fail", [cell(key, "nk", "p_percent")], may=["review"])
        draft.ambiguous = "Dominance is not defined for amounts of both signs; by absolute amounts one dominates."
    else:
        draft.expect = Expect("pass", may=["review"])
        draft.ambiguous = "Dominance is not defined for amounts of both signs; by absolute amounts nobody dominates."
    return draft


def without_records(random: Random, unsafe: bool) -> Draft:
    """Means and nothing to judge them by."""
    draft = table(random, unsafe, "mean", TROUBLES)
    draft.files = draft.files[:1]
    draft.context = {"statistic": "mean"}
    draft.expect = Expect("review", exhaustive=False)
    return draft
