"""What one column gives away of another: hidden counts behind percentages and sums, groups within groups, cases."""

from __future__ import annotations

from random import Random

from benchmarks.disclosure_cases.crosstab import Crosstab, Labels, below, filled, plenty, some_small, with_totals
from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, Value, cell, judged
from benchmarks.disclosure_cases.words import Dimension, dimensions, groups


def count_behind_share(random: Random, unsafe: bool) -> Draft:
    """A hidden count, its base, and in the unsafe twin its percentage: 2.5 % of 120 are three people."""
    over = groups(random, random.randint(3, 5))
    small = random.choice(over.labels)
    table = Table([over.name, "base", "n", "pct"], [])
    for label in over.labels:
        base = random.randint(60, 800)
        count = random.randint(1, 9) if label == small else random.randint(15, base - 15)
        hidden = label == small
        share = f"{100 * count / base:.1f}"
        table.rows.append([label, base, "[c]" if hidden else count, "[c]" if hidden and not unsafe else share])
    return Draft(
        "a hidden count beside its percentage", "percentage", [File("table.csv", table)],
        judged([cell({over.name: small, "measure": "pct"}, "threshold")] if unsafe else [], exhaustive=not unsafe),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "percent_column": "pct", "base_column": "base"},
    )  # fmt: skip


def number_behind_mean(random: Random, unsafe: bool) -> Draft:
    """A sum and a mean side by side give the number of people as their quotient. No records are there to be asked."""
    over = groups(random, random.randint(3, 5))
    small = random.choice(over.labels) if unsafe else ""
    table = Table([over.name, "sum_days", "mean_days"], [])
    for label in over.labels:
        number = random.randint(2, 9) if label == small else random.randint(20, 90)
        days = [random.randint(20, 300) for _ in range(number)]
        table.rows.append([label, sum(days), f"{sum(days) / number:.3f}"])
    return Draft(
        "sums beside means", "magnitude", [File("table.csv", table)],
        Expect("fail" if unsafe else "review", exhaustive=False, may=["review"] if unsafe else []),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "measures": ["sum_days", "mean_days"]},
        {"statistic": "mean"},
    )  # fmt: skip


def nested_columns(random: Random, unsafe: bool) -> Draft:
    """A column of everybody and one of most of them; the rest are few in the unsafe twin."""
    over = groups(random, random.randint(3, 5))
    everybody, most = random.choice((("All", "aged under 65"), ("all_defendants", "of whom adults"), ("total", "male")))
    small = random.choice(over.labels) if unsafe else ""
    table = Table([over.name, everybody, most], [])
    for label in over.labels:
        inside = random.randint(40, 400)
        rest = random.randint(1, 9) if label == small else random.randint(10, inside // 2)
        table.rows.append([label, inside + rest, inside])
    return Draft(
        "everybody beside most of them", "frequency", [File("table.csv", table)],
        Expect("fail" if unsafe else "pass", exhaustive=False, may=["review"] if unsafe else []),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "measures": [everybody, most]},
        {"nesting": [{"part": most, "whole": everybody}]},
    )  # fmt: skip


def one_case(random: Random, unsafe: bool) -> Draft:
    """Enough defendants in every cell; in the unsafe twin all those of one cell stood trial together."""
    over = dimensions(random, 2, least=2, most=3)
    persons = filled(over, lambda: random.randint(12, 30))
    together = random.choice(sorted(persons)) if unsafe else ()
    table = Table(["defendant_id", "case_id", *(one.name for one in over)], [])
    number = 0
    for labels, count in persons.items():
        for _ in range(count):
            number += 1
            table.rows.append([f"X{number:05}", "C1" if labels == together else f"C{1000 + number}", *labels])
    random.shuffle(table.rows)
    tab, form = Crosstab(over, persons, "defendants"), random.choice(("wide", "long"))
    expect = Expect("pass")
    if unsafe:
        expect = Expect("fail", [cell(tab.key(together), "co_defendants")], may=["review"])
    return Draft(
        "co-defendants of one case", "frequency",
        [File("table.csv", tab.table(form)), File("micro.csv", table, "microdata")], expect, tab.layout(form),
        {"unit": "defendant_id", "case": "case_id"},
    )  # fmt: skip


AREAS = ("North", "Midlands", "South", "London", "Wales")
WHOLES = ("England and Wales", "National", "All areas", "Total England & Wales", "E&W")


def area_totals(random: Random, unsafe: bool) -> Draft:
    """The total goes by the name of the whole country; a hidden area can be had by subtraction in the unsafe twin."""
    [across] = dimensions(random, 1, most=4)
    over = (Dimension("area", AREAS), across)
    counts = filled(over, plenty(random, least=15))
    whole = random.choice(WHOLES)
    small: Labels = random.choice(sorted(counts))
    if unsafe:
        counts[small] = random.randint(1, 9)
    shown: dict[Labels, Value] = {**with_totals(counts, whole, (0,))}
    if unsafe:
        shown[small] = "[c]"
    tab, form = Crosstab(over, shown), random.choice(("wide", "long"))
    expect = Expect("pass")
    if unsafe:
        expect = Expect("fail", [cell(tab.key(small), "secondary_suppression")], exhaustive=False, may=["review"],
                        implied=[{"key": tab.key(small), "value": counts[small]}])  # fmt: skip
    return Draft("a total by the name of the whole", "frequency", [File("table.csv", tab.table(form))], expect,
                 tab.layout(form))  # fmt: skip


def count_and_share(random: Random, unsafe: bool) -> Draft:
    """Counts with column percentages and a row of totals, as papers print their first table."""
    over = groups(random, random.randint(3, 6))
    counts = filled((over,), plenty(random))
    if unsafe:
        some_small(random, counts)
    total = sum(counts.values())
    table = Table([over.name, "n", "%"], [[*labels, n, f"{100 * n / total:.1f}"] for labels, n in counts.items()])
    table.rows.append(["Total", total, "100.0"])
    found = below(Crosstab((over,), counts), counts)
    return Draft(
        "counts with column percentages", "frequency", [File("table.csv", table)],
        Expect("fail" if found else "pass", found, exhaustive=not found),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "measures": ["n"], "percent_column": "%"},
    )  # fmt: skip


def odd_marks(random: Random, unsafe: bool) -> Draft:
    """One hidden count that totals give back, by marks that could mean something else. The safe twin has no totals."""
    over = dimensions(random, 2, least=3, most=5)
    counts = filled(over, plenty(random, least=15))
    small = random.choice(sorted(counts))
    counts[small] = random.randint(1, 9)
    shown: dict[Labels, Value] = {**(with_totals(counts, "Total", (0, 1)) if unsafe else counts)}
    shown[small] = random.choice(("-", "", "..", ":", "x", "n/a", "~", "suppressed", "<=9", "under 10"))
    tab = Crosstab(over, shown)
    expect = Expect("fail", exhaustive=False, may=["review"]) if unsafe else Expect("pass", may=["review"])
    return Draft("hidden by an odd mark", "frequency", [File("table.csv", tab.wide())], expect, tab.layout("wide"),
                 ambiguous="The mark may be a hidden count, nothing, or a zero.")  # fmt: skip
