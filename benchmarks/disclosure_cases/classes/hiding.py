"""Tables with hidden cells, and rounded ones: can an intruder work out what was hidden?"""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.disclosure_cases.crosstab import Crosstab, Labels, filled, plenty, with_totals
from benchmarks.disclosure_cases.draft import Draft, Expect, File, Value, cell, judged
from benchmarks.disclosure_cases.intruder import intervals
from benchmarks.disclosure_cases.words import TOTALS, Dimension, dimensions

MARKS = ("[c]", "*", "c", "[c]", "*")
RULE = "secondary_suppression"


def _grid(random: Random) -> tuple[tuple[Dimension, ...], dict[Labels, int]]:
    over = dimensions(random, 2, least=3, most=5)
    return over, filled(over, plenty(random, least=15))


def _hidden(
    random: Random, over: tuple[Dimension, ...], counts: dict[Labels, int], hidden: set[Labels], mark: str
) -> tuple[Crosstab, dict[Labels, int]]:
    """The table with totals of the true counts, and those true counts and totals."""
    everything = with_totals(counts, random.choice(TOTALS), (0, 1))
    shown: dict[Labels, Value] = {labels: mark if labels in hidden else count for labels, count in everything.items()}
    return Crosstab(over, shown), everything


def _draft(random: Random, title: str, tab: Crosstab, expect: Expect) -> Draft:
    form = random.choice(("wide", "long"))
    return Draft(title, "frequency", [File("table.csv", tab.table(form))], expect, tab.layout(form))


def single(random: Random, unsafe: bool) -> Draft:
    """One hidden count in a table with totals can be had by subtraction; without totals it cannot."""
    over, counts = _grid(random)
    small = random.choice(sorted(counts))
    counts[small] = random.randint(1, 9)
    mark = random.choice((*MARKS, "<10"))
    if not unsafe:
        tab = Crosstab(over, {labels: mark if labels == small else count for labels, count in counts.items()})
        return _draft(random, "one hidden count, no totals", tab, Expect("pass"))
    tab, _ = _hidden(random, over, counts, {small}, mark)
    expect = Expect("fail", [cell(tab.key(small), RULE)], implied=[{"key": tab.key(small), "value": counts[small]}])
    return _draft(random, "one hidden count that totals give back", tab, expect)


def block(random: Random, unsafe: bool) -> Draft:
    """Four hidden cells at the corners of a rectangle: safe when large counts are among them.

    Unsafe where all four are small: totals then leave each of them only a few values.
    """
    over, counts = _grid(random)
    rows, columns = random.sample(over[0].labels, 2), random.sample(over[1].labels, 2)
    corners = [(row, column) for row in rows for column in columns]
    for labels in corners if unsafe else corners[:1]:
        counts[labels] = random.randint(1, 4 if unsafe else 9)
    tab, everything = _hidden(random, over, counts, set(corners), random.choice(MARKS))
    found = intervals(everything, set(corners), total=_total(tab))
    primary = [labels for labels in corners if counts[labels] < 10]
    if not unsafe:
        assert all(found[labels][1] - found[labels][0] >= 10 for labels in primary)
        return _draft(random, "four hidden corners", tab, Expect("pass"))
    cells = [cell(tab.key(labels), RULE) for labels in primary if found[labels][1] < 10]
    implied = [{"key": tab.key(labels), "low": low, "high": high} for labels, (low, high) in found.items()]
    return _draft(random, "four hidden corners, all small", tab, judged(cells, implied=implied))


def _total(tab: Crosstab) -> str:
    return list(tab.shown)[-1][0]


def marked(random: Random, unsafe: bool) -> Draft:
    """All small counts hidden and no totals; in the unsafe twin one was forgotten."""
    over, counts = _grid(random)
    small = random.sample(sorted(counts), random.randint(2, 4))
    counts |= {labels: random.randint(1, 9) for labels in small}
    mark = random.choice((*MARKS, "<10", "[low]"))
    hidden = small[1:] if unsafe else small
    tab = Crosstab(over, {labels: mark if labels in hidden else count for labels, count in counts.items()})
    return _draft(random, "small counts hidden", tab, judged([cell(tab.key(small[0]), "threshold")] if unsafe else []))


def linked(random: Random, unsafe: bool) -> Draft:
    """Two tables of the same counts; what one hides well, the other shows in part or hides too."""
    over, counts = _grid(random)
    rows, columns = random.sample(over[0].labels, 2), random.sample(over[1].labels, 2)
    corners = [(row, column) for row in rows for column in columns]
    counts[corners[0]] = random.randint(1, 9)
    tab, _ = _hidden(random, over, counts, set(corners), "[c]")
    kept = {corners[0]} if unsafe else set(corners)
    flat = Crosstab(over, {labels: "[c]" if labels in kept else count for labels, count in counts.items()})
    files = [File("a.csv", tab.wide(), layout=tab.layout("wide")),
             File("b.csv", flat.long(), layout=flat.layout("long"))]  # fmt: skip
    key = tab.key(corners[0])
    expect = Expect("fail", [cell(key, RULE)], exhaustive=False, implied=[{"key": key, "value": counts[corners[0]]}])
    return Draft("two tables of the same counts", "linked", files, expect if unsafe else Expect("pass"))


def rounded(random: Random, unsafe: bool) -> Draft:
    """Counts to the nearest 5. Unsafe where exact row totals leave a hidden count between a few values."""
    [down, across] = dimensions(random, 2, least=2, most=5)
    over = (down, Dimension(across.name, across.labels[:2]))
    counts = filled(over, plenty(random, least=13))
    context: dict[str, Any] = {"rounding": {"base": 5}}
    if not unsafe:
        shown = {labels: 5 * round(count / 5) for labels, count in with_totals(counts, "Total", (0, 1)).items()}
        tab = Crosstab(over, shown)
        form = random.choice(("wide", "long"))
        return Draft("counts to the nearest 5", "frequency", [File("table.csv", tab.table(form))], Expect("pass"),
                     tab.layout(form), context)  # fmt: skip
    small = (random.choice(over[0].labels), over[1].labels[random.randrange(2)])
    counts[small] = random.randint(1, 4)
    sums = with_totals(counts, "Total", (1,))
    mixed: dict[Labels, Value] = {labels: value if labels[1] == "Total" else 5 * round(value / 5)
                                  for labels, value in sums.items()}  # fmt: skip
    mixed[small] = "[c]"
    tab = Crosstab(over, mixed)
    expect = Expect("fail", [cell(tab.key(small), RULE)], exhaustive=False)
    return Draft("rounded counts beside exact totals", "frequency", [File("table.csv", tab.wide())], expect,
                 tab.layout("wide"), context)  # fmt: skip


def midpoint(random: Random, unsafe: bool) -> Draft:
    """Counts to the middle of steps of six: 0, 3, 9, 15 and so on; an exact small count is left in the unsafe."""
    over = dimensions(random, 2, least=3, most=5)
    counts = filled(over, plenty(random, least=1))
    shown = {labels: -(-count // 6) * 6 - 3 for labels, count in counts.items()}
    cells = []
    tab = Crosstab(over, shown)
    if unsafe:
        labels = random.choice(sorted(shown))
        shown[labels] = random.choice((1, 2, 4, 5))
        cells = [cell(tab.key(labels), "rounding")]
    form = random.choice(("wide", "long"))
    return Draft("counts by midpoint 6", "frequency", [File("table.csv", tab.table(form))], judged(cells),
                 tab.layout(form), {"rounding": {"base": 6, "scheme": "midpoint"}}, {"name": "midpoint6"})  # fmt: skip
