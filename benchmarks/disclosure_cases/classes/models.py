"""Regressions, correlations, tests, odds ratios and measures of concentration."""

from __future__ import annotations

import json
import math
from random import Random

from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, Value, cell, judged
from benchmarks.disclosure_cases.words import AMOUNTS, groups


def _coefficients(random: Random, terms: list[str]) -> Table:
    rows: list[list[Value]] = []
    for term in terms:
        estimate, error = random.gauss(0, 1), random.uniform(0.05, 0.5)
        rows.append([term, f"{estimate:.3f}", f"{error:.3f}", f"{estimate / error:.2f}"])
    return Table(["term", "coef", "se", "t"], rows)


def _model(random: Random, terms: list[str], n_obs: int) -> dict[str, object]:
    kind = random.choice(("ols", "logit", "probit"))
    return {"model": kind, "n_obs": n_obs, "df_resid": n_obs - len(terms), "k": len(terms)}


def regressions(random: Random, unsafe: bool) -> Draft:
    """Residual degrees of freedom below ten, none at all, or ten and more."""
    terms = ["const", *(f"x{place}" for place in range(1, random.randint(3, 7)))]
    spare = random.choice((0, random.randint(1, 9))) if unsafe else random.choice((10, random.randint(11, 900)))
    about = _model(random, terms, len(terms) + spare)
    return Draft(
        "regression coefficients", "regression",
        [File("table.csv", _coefficients(random, terms)),
         File("meta.json", json.dumps(about).encode(), "metadata")],
        Expect("fail", exhaustive=False, rules=["dof"]) if unsafe else Expect("pass"), ordered=True,
    )  # fmt: skip


def dummies(random: Random, unsafe: bool) -> Draft:
    """A regressor that is 1 for one to nine persons gives away their outcome."""
    over = groups(random, random.randint(3, 5))
    sizes = {label: random.randint(20, 200) for label in over.labels}
    small = random.sample(over.labels[1:], 1) if unsafe else []
    sizes |= {label: random.choice((1, 1, 2, 5, 9)) for label in small}
    terms = ["const", "prior_convictions", *(f"{over.name}[T.{label}]" for label in over.labels[1:])]
    about = _model(random, terms, sum(sizes.values()))
    micro = Table(["person_id", over.name, "prior_convictions", "outcome_score"], [])
    for label, number in sizes.items():
        micro.rows += [["", label, random.randint(0, 12), f"{random.gauss(0, 1):.3f}"] for _ in range(number)]
    random.shuffle(micro.rows)
    for place, row in enumerate(micro.rows):
        row[0] = f"R{place:05}"
    return Draft(
        "regression with categories", "regression",
        [File("table.csv", _coefficients(random, terms)), File("meta.json", json.dumps(about).encode(), "metadata"),
         File("micro.csv", micro, "microdata")],
        judged(cell({"term": f"{over.name}[T.{label}]"}, "threshold") for label in small),
        context={"unit": "person_id"}, ordered=True,
    )  # fmt: skip


def correlations(random: Random, unsafe: bool) -> Draft:
    """Correlations with the number of persons behind each."""
    names = random.sample(AMOUNTS, 4)
    pairs = [(one, other) for place, one in enumerate(names) for other in names[place + 1 :]]
    numbers = [random.randint(12, 900) for _ in pairs]
    for place in random.sample(range(len(pairs)), random.randint(1, 2)) if unsafe else ():
        numbers[place] = random.randint(3, 9)
    rows: list[list[Value]] = [
        [one, other, f"{random.uniform(-0.9, 0.9):.3f}", f"{random.random():.4f}", number]
        for (one, other), number in zip(pairs, numbers, strict=True)
    ]
    return Draft(
        "correlations", "correlation", [File("table.csv", Table(["var1", "var2", "r", "p_value", "n"], rows))],
        judged(cell({"var1": one, "var2": other}, "threshold") for (one, other), number
               in zip(pairs, numbers, strict=True) if number < 10),
        {"form": "long", "dims": ["var1", "var2"], "measure": "r"},
    )  # fmt: skip


def tests(random: Random, unsafe: bool) -> Draft:
    """Test statistics with n and degrees of freedom."""
    number = random.randint(4, 9) if unsafe else random.randint(30, 2_000)
    rows: list[list[Value]] = [
        ["t test", f"{random.gauss(0, 2):.3f}", number - 2, f"{random.random():.4f}", number],
        ["Mann-Whitney", f"{random.uniform(10, 400):.1f}", None, f"{random.random():.4f}", number],
    ]
    expect = Expect("fail", exhaustive=False) if unsafe else Expect("pass")
    return Draft("tests", "correlation", [File("table.csv", Table(["test", "statistic", "df", "p_value", "n"], rows))],
                 expect, {"form": "long", "dims": ["test"], "measure": "statistic"})  # fmt: skip


def _two_by_two(random: Random, unsafe: bool) -> tuple[int, int, int, int]:
    counts = [random.randint(12, 150), random.randint(40, 400), random.randint(12, 150), random.randint(40, 900)]
    if unsafe:
        counts[random.choice((0, 2))] = random.randint(1, 9)
    a, b, c, d = counts
    return a, b, c, d


def _ratio(a: int, b: int, c: int, d: int, digits: int) -> list[Value]:
    ratio, error = a * d / (b * c), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    low, high = (ratio * math.exp(sign * 1.959964 * error) for sign in (-1, 1))
    return [f"{ratio:.{digits}f}", f"{low:.{digits}f}", f"{high:.{digits}f}"]


def odds_ratios(random: Random, unsafe: bool) -> Draft:
    """An odds ratio with the table beneath it."""
    a, b, c, d = counts = _two_by_two(random, unsafe)
    table = Table(["exposure", "odds_ratio", "ci_low", "ci_high", "n"], [["yes", *_ratio(a, b, c, d, 3), sum(counts)]])
    under = Table(["exposure", "outcome_yes", "outcome_no"], [["exposed", a, b], ["unexposed", c, d]])
    places = (("exposed", "yes", a), ("exposed", "no", b), ("unexposed", "yes", c), ("unexposed", "no", d))
    return Draft(
        "odds ratio with its counts", "odds_ratio",
        [File("table.csv", table), File("counts.csv", under, "underlying")],
        judged(cell({"exposure": one, "outcome": other}, "threshold") for one, other, count in places if count < 10),
        {"form": "wide", "row_dims": ["exposure"], "col_dim": "measure"},
    )  # fmt: skip


def odds_ratios_inverted(random: Random, unsafe: bool) -> Draft:
    """An odds ratio beside both margins: one unknown is left, and the ratio gives it. No counts are shown."""
    a, b, c, d = _two_by_two(random, unsafe)
    headings = ["exposure", "odds_ratio", "ci_low", "ci_high", "n", "n_exposed", "n_outcome"]
    table = Table(headings, [["yes", *_ratio(a, b, c, d, 3), a + b + c + d, a + b, a + c]])
    expect = Expect("fail", exhaustive=False) if unsafe else Expect("pass", may=["review"])
    return Draft("odds ratio with both margins", "odds_ratio", [File("table.csv", table)], expect,
                 {"form": "wide", "row_dims": ["exposure"], "col_dim": "measure"})  # fmt: skip


def odds_ratios_alone(random: Random, unsafe: bool) -> Draft:
    """With n and the interval but without counts or margins: often invertible, never certain."""
    a, b, c, d = counts = _two_by_two(random, unsafe)
    table = Table(["exposure", "odds_ratio", "ci_low", "ci_high", "n"], [["yes", *_ratio(a, b, c, d, 3), sum(counts)]])
    expect = Expect("review", exhaustive=False, may=["fail"] if unsafe else [])
    return Draft("odds ratio, n and interval", "odds_ratio", [File("table.csv", table)], expect,
                 {"form": "wide", "row_dims": ["exposure"], "col_dim": "measure"})  # fmt: skip


def _gini(values: list[float]) -> float:
    ordered = sorted(values)
    number, total = len(ordered), sum(ordered)
    return sum((2 * place - number + 1) * value for place, value in enumerate(ordered)) / (number * total)


def concentration(random: Random, unsafe: bool) -> Draft:
    """Gini coefficients by group, with n; unsafe groups are small or belong to one firm."""
    over = groups(random, random.randint(3, 5))
    bad = set(random.sample(over.labels, 1)) if unsafe else set()
    table, micro = Table([over.name, "n", "gini"], []), Table(["firm_id", over.name, "turnover"], [])
    cells = []
    for label in over.labels:
        values = [round(random.lognormvariate(6, 0.5), 2) for _ in range(random.randint(30, 90))]
        rules = []
        if label in bad and random.random() < 0.5:
            values, rules = values[: random.randint(3, 9)], ["threshold"]
        elif label in bad:
            values[0], rules = round(sum(values) * 40, 2), ["nk", "p_percent"]
        table.rows.append([label, len(values), f"{_gini(values):.3f}"])
        micro.rows += [["", label, value] for value in values]
        cells += [cell({over.name: label}, *rules)] if rules else []
    for place, row in enumerate(micro.rows):
        row[0] = f"F{place:05}"
    return Draft(
        "Gini coefficients", "concentration", [File("table.csv", table), File("micro.csv", micro, "microdata")],
        judged(cells, exhaustive=not cells),
        {"form": "wide", "row_dims": [over.name], "col_dim": "measure", "measure": "gini"},
        {"unit": "firm_id", "value": "turnover", "statistic": "gini"},
    )  # fmt: skip
