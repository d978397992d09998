"""Medians, percentiles, extremes and modes, with the records behind them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from random import Random

from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, Value, cell, judged
from benchmarks.disclosure_cases.words import AMOUNTS, groups


def percentile(values: list[float], percent: float) -> float:
    """By linear interpolation, as most packages do."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _records(values: list[float], name: str) -> Table:
    return Table(["person_id", name], [[f"Q{number:04}", value] for number, value in enumerate(values)])


def _values(random: Random, number: int) -> list[float]:
    """Amounts to the penny, all different."""
    found: set[float] = set()
    while len(found) < number:
        found.add(round(random.lognormvariate(5, 0.5), 2))
    return random.sample(sorted(found), number)


def _descriptives(random: Random, values: list[float], shown: dict[str, str], found: dict[str, str]) -> Draft:
    """One row for each statistic; `found` names those that must be found and by what rule."""
    name = random.choice(AMOUNTS)
    mean = sum(values) / len(values)
    table: list[list[Value]] = [["n", len(values)], ["mean", f"{mean:.2f}"]]
    table += [[statistic, value] for statistic, value in shown.items()]
    return Draft(
        "descriptive statistics of one amount", "quantile",
        [File("table.csv", Table(["stat", name], table)), File("micro.csv", _records(values, name), "microdata")],
        judged(cell({"stat": statistic, "measure": name}, rule) for statistic, rule in found.items()),
        {"form": "long", "dims": ["stat"], "measure": name}, {"unit": "person_id", "value": name},
    )  # fmt: skip


def tails(random: Random, unsafe: bool) -> Draft:
    """Percentiles with fewer than five persons beyond them, or with at least twenty in every band."""
    number = random.randint(120, 280) if unsafe else random.randint(450, 700)
    values = _values(random, number)
    asked = [5, 25, 50, 75, 95]
    shown = {f"p{percent}": f"{percentile(values, percent):.2f}" for percent in asked}
    found = {}
    if unsafe:
        extreme = random.choice((1, 99))
        shown[f"p{extreme}"] = f"{percentile(values, extreme):.2f}"
        # p5 and p95 are left out: how many are beyond them could be judged either way.
        order = sorted(shown.keys() - {"p5", "p95"}, key=lambda name: int(name[1:]))
        shown = {name: shown[name] for name in order}
        found = {f"p{extreme}": "quantile"}
    return _descriptives(random, values, shown, found)


def medians(random: Random, unsafe: bool) -> Draft:
    """Medians and quartiles by group; unsafe ones have groups of at most eight persons."""
    over = groups(random, random.randint(3, 5))
    name = random.choice(AMOUNTS)
    columns = random.choice((("median",), ("p25", "median", "p75"), ("median", "iqr")))
    small = set(random.sample(over.labels, random.choice((1, 2)))) if unsafe else set()
    table = Table([over.name, *columns], [])
    micro = Table(["person_id", over.name, name], [])
    for label in over.labels:
        values = _values(random, random.randint(3, 8) if label in small else random.randint(60, 120))
        quarters = {f"p{percent}": percentile(values, percent) for percent in (25, 50, 75)}
        by_name = {**quarters, "median": quarters["p50"], "iqr": quarters["p75"] - quarters["p25"]}
        table.rows.append([label, *(f"{by_name[column]:.2f}" for column in columns)])
        micro.rows += [[f"{label[:2]}{number:04}", label, value] for number, value in enumerate(values)]
    for place, row in enumerate(micro.rows):
        row[0] = f"M{place:05}"
    return Draft(
        "medians by group", "quantile", [File("table.csv", table), File("micro.csv", micro, "microdata")],
        judged(cell({over.name: label, "measure": column}, "threshold")
               for label in over.labels if label in small for column in columns),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "measures": list(columns)},
        {"unit": "person_id", "value": name},
    )  # fmt: skip


def extremes(random: Random, unsafe: bool) -> Draft:
    """Smallest and largest values: of one person each, or shared by ten or more."""
    values = _values(random, random.randint(150, 300))
    if not unsafe:
        low, high = min(values), max(values)
        values += [low] * random.randint(10, 20) + [high] * random.randint(10, 20)
    shown = {"min": f"{min(values)}", "p50": f"{percentile(values, 50):.2f}", "max": f"{max(values)}"}
    return _descriptives(random, values, shown, {"min": "min_max", "max": "min_max"} if unsafe else {})


def structural_extremes(random: Random, unsafe: bool) -> Draft:
    """Ages whose bounds are the law's; the form has no settled way to say so."""
    draft = extremes(random, True)
    draft.context["structural"] = ["min", "max"]
    draft.ambiguous = "The researcher says that the extremes are structural; whether to believe it is for a person."
    draft.expect = Expect("review", exhaustive=False, may=["pass", "fail"] if not unsafe else ["fail"])
    if unsafe:
        draft.context["structural"] = ["min"]
        draft.expect.cells = [cell({"stat": "max", "measure": str(draft.context["value"])}, "min_max")]
    return draft


def modes(random: Random, unsafe: bool) -> Draft:
    """The commonest category of each group; unsafe where it is that of 95 % and more."""
    over = groups(random, random.randint(3, 5))
    kinds = ["Theft", "Drugs", "Fraud", "Violence"]
    strong = set(random.sample(over.labels, 1)) if unsafe else set()
    table, micro = Table([over.name, "mode"], []), Table(["person_id", over.name, "offence_kind"], [])
    for label in over.labels:
        first, *rest = random.sample(kinds, 4)
        share = random.choice((0.97, 1.0)) if label in strong else 0.5
        number = random.randint(100, 300)
        values = [first] * round(number * share)
        values += [random.choice(rest) for _ in range(number - len(values))]
        table.rows.append([label, Counter(values).most_common(1)[0][0]])
        micro.rows += [["", label, value] for value in values]
    for place, row in enumerate(micro.rows):
        row[0] = f"M{place:05}"
    return Draft(
        "commonest category by group", "mode", [File("table.csv", table), File("micro.csv", micro, "microdata")],
        judged(cell({over.name: label, "measure": "mode"}, "class_disclosure") for label in over.labels
               if label in strong),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "measure": "mode"},
        {"unit": "person_id", "value": "offence_kind", "statistic": "mode"},
    )  # fmt: skip


def histograms(random: Random, unsafe: bool) -> Draft:
    """Bins of ten and more with rounded outer edges, or with a small bin, or from one person's value to another's."""
    values = [value for value in _values(random, random.randint(300, 600)) if 40 < value < 480]
    low, width, number = 40.0, 55.0, 8
    fault = random.choice(("bin", "edges")) if unsafe else ""
    if fault == "edges":
        low, width = min(values), (max(values) - min(values)) / number
    edges = [round(low + width * place, 2) for place in range(number)] + [max(values) if fault == "edges" else 480.0]
    bins = _in_bins(values, edges)
    keep = random.randrange(1, number - 1) if fault == "bin" else -1
    values = _refilled(random, values, edges, bins, small=keep)
    bins = _in_bins(values, edges)
    name = random.choice(AMOUNTS)
    key = [{"bin_left": str(left), "bin_right": str(right)} for left, right in pairwise(edges)]
    found = [cell(key[place], "threshold") for place in range(number) if bins[place] < 10]
    if fault == "edges":
        found += [cell(key[0], "min_max"), cell(key[-1], "min_max")]
    rows: list[list[Value]] = [[left, right, count] for left, right, count in zip(edges, edges[1:], bins, strict=False)]
    return Draft(
        f"histogram of {name}", "histogram",
        [File("table.csv", Table(["bin_left", "bin_right", "count"], rows)),
         File("micro.csv", _records(values, name), "microdata")],
        judged(found), {"form": "long", "dims": ["bin_left", "bin_right"], "measure": "count"}, {"value": name},
    )  # fmt: skip


def _in_bins(values: list[float], edges: list[float]) -> list[int]:
    """Persons in each bin, the left edge inside; the last bin has its right edge as well."""
    counts = [0] * (len(edges) - 1)
    for value in values:
        place = next((place for place in range(len(counts)) if value < edges[place + 1]), len(counts) - 1)
        counts[place] += 1
    return counts


def _refilled(random: Random, values: list[float], edges: list[float], bins: list[int], *, small: int) -> list[float]:
    """More values inside the bins until each has at least ten, except that `small` is left with few."""
    kept = [value for value in values if small < 0 or not edges[small] <= value < edges[small + 1]]
    for place in range(len(bins)):
        wanted = random.randint(1, 9) if place == small else 10 - bins[place] + random.randint(0, 15)
        left, right = edges[place], edges[place + 1]
        kept += [round(random.uniform(left + 0.02, right - 0.02), 2) for _ in range(max(0, wanted))]
    return kept
