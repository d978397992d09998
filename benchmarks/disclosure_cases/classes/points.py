"""Scatter plots, hexagonal bins, clusters and maps, as the tables beneath them."""

from __future__ import annotations

from random import Random

from benchmarks.disclosure_cases.crosstab import filled, plenty, some_small
from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, cell, judged
from benchmarks.disclosure_cases.words import groups


def scatter(random: Random, unsafe: bool) -> Draft:
    """A point for each person; the safe twin counts the points of each square."""
    if not unsafe:
        return squares(random, False)
    table = Table(["age", "days_to_sentence"], [])
    for _ in range(random.randint(80, 300)):
        table.rows.append([f"{random.uniform(18, 80):.2f}", f"{random.lognormvariate(5, 0.5):.2f}"])
    return Draft("scatter plot", "scatter", [File("points.csv", table)],
                 Expect("fail", exhaustive=False, rules=["row_level"]))  # fmt: skip


def squares(random: Random, unsafe: bool) -> Draft:
    table = Table(["x_from", "y_from", "persons"], [])
    for left in range(20, 80, 10):
        table.rows += [[str(left), str(low), 10 + int(random.expovariate(1 / 40))] for low in range(0, 400, 100)]
    return Draft("points counted by squares", "scatter", [File("points.csv", table)], Expect("pass"),
                 {"form": "long", "dims": ["x_from", "y_from"], "measure": "persons"})  # fmt: skip


def clusters(random: Random, unsafe: bool) -> Draft:
    """Centres of clusters with their sizes."""
    sizes = [random.randint(12, 400) for _ in range(random.randint(3, 6))]
    if unsafe:
        sizes[random.randrange(len(sizes))] = random.randint(1, 9)
    table = Table(["cluster", "size", "mean_age", "mean_prior_convictions"], [])
    for place, size in enumerate(sizes, 1):
        table.rows.append([str(place), size, f"{random.uniform(20, 60):.1f}", f"{random.uniform(0, 12):.2f}"])
    found = [cell({"cluster": str(place)}, "threshold") for place, size in enumerate(sizes, 1) if size < 10]
    return Draft("centres of clusters", "cluster", [File("table.csv", table)], judged(found, exhaustive=not found),
                 {"form": "wide", "row_dims": ["cluster"], "col_dim": "measure"})  # fmt: skip


def maps(random: Random, unsafe: bool) -> Draft:
    """Counts by small area, as beneath a map."""
    over = groups(random, 4)
    counts = filled((over,), plenty(random))
    if unsafe:
        some_small(random, counts)
    table = Table(["area_code", "count"], [])
    codes = random.sample(range(1000, 9999), len(counts))
    cells = []
    for number, count in zip(codes, counts.values(), strict=True):
        table.rows.append([f"E0700{number}", count])
        cells += [cell({"area_code": f"E0700{number}"}, "threshold")] if count < 10 else []
    return Draft("counts beneath a map", "map", [File("table.csv", table)], judged(cells),
                 {"form": "long", "dims": ["area_code"], "measure": "count"})  # fmt: skip
