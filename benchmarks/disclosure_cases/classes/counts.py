"""Tables of counts: wide, long, with totals; rows that are not persons; zeros and whole groups in one category."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from benchmarks.disclosure_cases.crosstab import (
    Crosstab,
    Labels,
    below,
    filled,
    plenty,
    records,
    some_small,
    with_totals,
)
from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, cell, judged
from benchmarks.disclosure_cases.words import MEASURES, TOTALS, Dimension, dimensions


def plain(random: Random, unsafe: bool, *, form: str, number: int, along: tuple[int, ...] = ()) -> Draft:
    """Counts of two or three dimensions, with totals along some of them."""
    return tabulated(random, unsafe, dimensions(random, number, most=6 if number < 3 else 4), form, along)


def tabulated(
    random: Random, unsafe: bool, over: tuple[Dimension, ...], form: str, along: tuple[int, ...] = ()
) -> Draft:
    """Counts of these dimensions."""
    counts = filled(over, plenty(random))
    if unsafe:
        some_small(random, counts)
    shown = with_totals(counts, random.choice(TOTALS), along)
    tab = Crosstab(over, shown, random.choice(MEASURES))
    files = [File("table.csv", tab.table(form))]
    return Draft("counts by " + " and ".join(one.name for one in over), "frequency", files,
                 judged(below(tab, shown)), tab.layout(form))  # fmt: skip


def wide(random: Random, unsafe: bool) -> Draft:
    return plain(random, unsafe, form="wide", number=2)


def long(random: Random, unsafe: bool) -> Draft:
    return plain(random, unsafe, form="long", number=random.choice((1, 2, 3)))


def margins(random: Random, unsafe: bool) -> Draft:
    return plain(random, unsafe, form=random.choice(("wide", "long")), number=2, along=(0, 1))


def one_margin(random: Random, unsafe: bool) -> Draft:
    """Totals one way only."""
    return plain(random, unsafe, form="wide", number=2, along=(random.choice((0, 1)),))


def sensitive(random: Random, unsafe: bool) -> Draft:
    """Victims of sexual offences or children, judged at 20 because the data owner asks for it."""
    over = dimensions(random, 2, most=5)
    counts = filled(over, plenty(random, least=20))
    if unsafe:
        some_small(random, counts, least=10, most=19)
    tab = Crosstab(over, counts, random.choice(("victims", "children", "complainants")))
    form = random.choice(("wide", "long"))
    draft = Draft("counts judged at threshold 20", "frequency", [File("table.csv", tab.table(form))],
                  judged(below(tab, counts, 20)), tab.layout(form), policy={"threshold": 20})  # fmt: skip
    return draft


def one_or_two_persons(random: Random, unsafe: bool) -> Draft:
    """Rows are events: enough rows in every cell, but in the unsafe ones from few persons."""
    over = dimensions(random, 2, least=2, most=3)
    persons = filled(over, lambda: random.randint(10, 30))
    if unsafe:
        some_small(random, persons)
    rows = {labels: max(count, 12) + random.randint(0, 25) for labels, count in persons.items()}
    tab = Crosstab(over, rows, random.choice(("hearings", "count", "offences")))
    cells = [cell(tab.key(labels), "threshold") for labels, count in persons.items() if count < 10]
    form = random.choice(("wide", "long"))
    return Draft(
        "counts of rows, several of them from one person", "frequency",
        [File("table.csv", tab.table(form)), File("micro.csv", records(random, over, persons, rows), "microdata")],
        judged(cells), tab.layout(form), {"unit": "person_id"},
    )  # fmt: skip


def microdata(random: Random, unsafe: bool) -> Draft:
    """One row a person: the records only confirm what the table says."""
    over = dimensions(random, 2, least=2, most=4)
    persons = filled(over, lambda: random.randint(10, 60))
    if unsafe:
        some_small(random, persons)
    tab = Crosstab(over, persons)
    form = random.choice(("wide", "long"))
    return Draft(
        "counts with the records behind them", "frequency",
        [File("table.csv", tab.table(form)), File("micro.csv", records(random, over, persons, persons), "microdata")],
        judged(below(tab, persons)), tab.layout(form), {"unit": "person_id"},
    )  # fmt: skip


def zeros(random: Random, unsafe: bool) -> Draft:
    """A zero that leaves at least two other categories filled in its row and in its column."""
    over = dimensions(random, 2, least=4, most=6)
    counts = filled(over, plenty(random))
    empty = random.choice(sorted(counts))
    counts[empty] = 0
    tab = Crosstab(over, counts)
    form = random.choice(("wide", "long"))
    structural = not unsafe and random.random() < 0.4
    policy = {"zeros_disclosive": True} if unsafe or structural else {}
    context = {"structural_zeros": [tab.key(empty)]} if structural else {}
    cells = [cell(tab.key(empty), "threshold", "zero")] if unsafe else []
    return Draft("a zero, and whether it matters", "frequency", [File("table.csv", tab.table(form))],
                 judged(cells), tab.layout(form), context, policy)  # fmt: skip


def whole_class(random: Random, unsafe: bool) -> Draft:
    """Everybody of one row in one column; in the safe twin the row is spread."""
    over = dimensions(random, 2, least=3, most=5)
    counts = filled(over, plenty(random))
    tab = Crosstab(over, counts, random.choice(MEASURES))
    form = random.choice(("wide", "long"))
    expect = Expect("pass")
    if unsafe:
        row, column = random.choice(over[0].labels), random.choice(over[1].labels)
        _gather(counts, row, column, random.randint(25, 400))
        group = {"group": {over[0].name: row}, "rule": "class_disclosure", "why": f"all are {column}"}
        expect = Expect("fail", exhaustive=False, also=[group])
    return Draft("all persons of a row in one category", "frequency", [File("table.csv", tab.table(form))],
                 expect, tab.layout(form))  # fmt: skip


def _gather(counts: dict[Labels, int], row: str, column: str, number: int) -> None:
    """Put everybody of the row into one column."""
    for labels in [labels for labels in counts if labels[0] == row]:
        counts[labels] = number if labels[1] == column else 0


def weighted(random: Random, unsafe: bool) -> Draft:
    """Grossed-up counts beside the number of persons who answered."""
    [over] = dimensions(random, 1, least=4)
    asked = filled((over,), plenty(random))
    if unsafe:
        some_small(random, asked)
    name = random.choice(("unweighted_n", "n_unweighted", "sample_n"))
    table = Table([over.name, "weighted_count", name], [])
    for (label,), count in asked.items():
        table.rows.append([label, round(count * random.uniform(8, 30)), count])
    cells = [cell({over.name: label}, "threshold") for (label,), count in asked.items() if count < 10]
    return Draft(
        "weighted counts with unweighted bases", "frequency", [File("table.csv", table)], judged(cells),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "measure": "weighted_count",
         "base_column": name},
    )  # fmt: skip


def several(random: Random, unsafe: bool) -> Draft:
    """Three tables in one request with no dimension in common; one of them is unsafe."""
    over = dimensions(random, 6)
    drafts = [tabulated(random, unsafe and place == 1, over[2 * place : 2 * place + 2], "wide") for place in range(3)]
    files = [replace(draft.files[0], stem=f"table{place}.csv", layout=draft.layout)
             for place, draft in enumerate(drafts)]  # fmt: skip
    expect = judged([one for draft in drafts for one in draft.expect.cells])
    return Draft("three tables in one request", "frequency", files, expect)
