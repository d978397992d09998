"""Percentages, proportions, rates and shares, with and without the counts they are of."""

from __future__ import annotations

from random import Random

from benchmarks.disclosure_cases.crosstab import Crosstab, below, filled, plenty, some_small
from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, Value, cell, judged
from benchmarks.disclosure_cases.words import dimensions, groups


def _numerators(random: Random, unsafe: bool, number: int) -> list[tuple[int, int]]:
    """(count, base) pairs; in an unsafe list one or two counts, or what is left of the base, are below 10.

    Bases stay below 900, so that one decimal of a percentage leaves a single count possible.
    """
    found = []
    for _ in range(number):
        base = random.randint(40, 900)
        found.append((random.randint(10, base - 10), base))
    if unsafe:
        for place in random.sample(range(number), random.choice((1, 1, 2))):
            base, few = found[place][1], random.randint(1, 9)
            found[place] = (few if random.random() < 0.6 else base - few, base)
    return found


def with_base(random: Random, unsafe: bool, *, out_of: int, signs: bool = False) -> Draft:
    """Shares beside their bases; a share is unsafe when its count or the rest of its base is below 10."""
    over = groups(random, random.randint(3, 6))
    share = random.choice(("pct", "percent", "% convicted") if out_of == 100 else ("proportion", "share", "prop"))
    base_name = random.choice(("base_n", "base", "denominator", "n", "N"))
    pairs = _numerators(random, unsafe, len(over.labels))
    rows: list[list[Value]] = []
    cells = []
    for label, (count, base) in zip(over.labels, pairs, strict=True):
        text = f"{100 * count / base:.1f}" if out_of == 100 else f"{count / base:.3f}"
        rows.append([label, base, text + "%" if signs else text])
        if min(count, base - count) < 10:
            cells.append(cell({over.name: label, "measure": share}, "threshold"))
    return Draft(
        "shares with their bases", "percentage", [File("table.csv", Table([over.name, base_name, share], rows))],
        judged(cells),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "percent_column": share,
         "base_column": base_name},
    )  # fmt: skip


def percentages(random: Random, unsafe: bool) -> Draft:
    return with_base(random, unsafe, out_of=100, signs=random.random() < 0.3)


def proportions(random: Random, unsafe: bool) -> Draft:
    return with_base(random, unsafe, out_of=1)


def without_base(random: Random, unsafe: bool) -> Draft:
    """Nobody can say what a share hides when its base is not known: a person must look."""
    draft = with_base(random, unsafe, out_of=100)
    table = draft.files[0].content
    assert isinstance(table, Table)
    bare = Table([table.headings[0], table.headings[2]], [[row[0], row[2]] for row in table.rows])
    layout = {name: value for name, value in draft.layout.items() if name != "base_column"}
    expect = Expect("review", exhaustive=False)
    return Draft("percentages without a base", "percentage", [File("table.csv", bare)], expect, layout)


def of_a_table(random: Random, unsafe: bool) -> Draft:
    """Row shares with the table they are of: the counts decide, not the size of a share."""
    over = dimensions(random, 2, most=5)
    counts = filled(over, plenty(random))
    if unsafe:
        some_small(random, counts)
    sums = {row: sum(count for labels, count in counts.items() if labels[0] == row) for row in over[0].labels}
    shares = {labels: f"{100 * count / sums[labels[0]]:.1f}" for labels, count in counts.items()}
    tab, under = Crosstab(over, shares, "row_percent"), Crosstab(over, counts, "count")
    return Draft(
        "row percentages with their counts", "percentage",
        [File("table.csv", tab.wide()), File("counts.csv", under.wide(), "underlying")],
        judged(below(tab, counts)), tab.layout("wide"),
    )  # fmt: skip


def rates(random: Random, unsafe: bool) -> Draft:
    """Rates by area with the population, and the numerator beside it or in a file of its own."""
    over = groups(random, random.randint(4, 6))
    per = random.choice((1_000, 10_000, 100_000))
    counts = filled((over,), plenty(random))
    if unsafe:
        some_small(random, counts)
    people = {labels: random.randint(20_000, 400_000) for labels in counts}
    apart = random.random() < 0.5
    heading = f"rate_per_{per}"
    table = Table([over.name, "population", *([] if apart else ["offenders"]), heading], [])
    under = Table([over.name, "offenders"], [])
    for labels, count in counts.items():
        rate = f"{count / people[labels] * per:.3f}"
        table.rows.append([*labels, people[labels], *([] if apart else [count]), rate])
        under.rows.append([*labels, count])
    files = [File("table.csv", table), *([File("counts.csv", under, "underlying")] if apart else [])]
    cells = [cell({over.name: label}, "threshold") for (label,), count in counts.items() if count < 10]
    return Draft(
        "rates by area", "percentage", files, judged(cells),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "measure": heading,
         "percent_column": heading, "base_column": "population"},
        {"statistic": f"rate per {per}"},
    )  # fmt: skip
