"""Files of records, and tables that only look like them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, Value
from benchmarks.disclosure_cases.words import groups

SURNAMES = ("Abbott", "Bashir", "Clarke", "Davies", "Evans", "Fox", "Green", "Hughes", "Khan", "Lewis", "Moore")


def _people(random: Random, number: int, columns: tuple[str, ...]) -> Table:
    """One row for each made-up person."""
    makers: dict[str, Callable[[int], Value]] = {
        "person_id": lambda place: f"P{100_000 + 37 * place}",
        "nhs_number": lambda place: str(random.randint(4_000_000_000, 7_999_999_999)),
        "pnc_id": lambda place: f"{random.randint(1980, 2019)}/{random.randint(1, 9_999_999):07}A",
        "pseudo_id": lambda place: f"{random.getrandbits(128):032x}",
        "name": lambda place: f"{random.choice('ABCDEFGH')}. {random.choice(SURNAMES)}",
        "postcode": lambda place: f"{random.choice(('LS', 'BS', 'CF'))}{random.randint(1, 19)} {random.randint(1, 9)}"
                                  f"{random.choice('ABDEFG')}{random.choice('HJLNP')}",
        "date_of_birth": lambda place: str(date(1960, 1, 1) + timedelta(days=random.randint(0, 16_000))),
        "sex": lambda place: random.choice("MF"),
        "offence": lambda place: random.choice(("Theft", "Drugs", "Fraud", "Violence")),
        "sentence_days": lambda place: random.randint(5, 900),
    }  # fmt: skip
    return Table(list(columns), [[makers[name](place) for name in columns] for place in range(number)])


IDENTIFIERS = ("person_id", "nhs_number", "pnc_id", "pseudo_id", "postcode", "date_of_birth")


def extracts(random: Random, unsafe: bool) -> Draft:
    """Records with one or two identifiers; the safe twin is a table whose codes are unique for each row."""
    if not unsafe:
        return codes(random, False)
    keys = tuple(sorted(random.sample(IDENTIFIERS, random.choice((1, 2))), key=IDENTIFIERS.index))
    table = _people(random, random.randint(30, 200), (*keys, "sex", "offence", "sentence_days"))
    expect = Expect("fail", exhaustive=False, rules=["row_level", "identifier"], columns=list(keys))
    return Draft("record-level extract", "file", [File("table.csv", table)], expect)


def without_identifiers(random: Random, unsafe: bool) -> Draft:
    """Records of people without any name or number are records still. The safe twin counts them."""
    if not unsafe:
        return lookalikes(random, False)
    table = Table(["age", "sex", "offence", "sentence_days", "prior_convictions"], [])
    for _ in range(random.randint(60, 200)):
        table.rows.append([
            random.randint(18, 80), random.choice("MF"), random.choice(("Theft", "Drugs", "Fraud")),
            random.randint(5, 900), random.randint(0, 20),
        ])  # fmt: skip
    expect = Expect("fail", exhaustive=False, rules=["row_level"])
    return Draft("records without identifiers", "file", [File("table.csv", table)], expect)


def codes(random: Random, unsafe: bool) -> Draft:
    """An aggregate with a unique code in each row, such as areas or offence codes."""
    prefix, name = random.choice((("E0600", "area_code"), ("E0700", "lad23cd"), ("CJS", "offence_code")))
    numbers = random.sample(range(1000, 9999), random.randint(20, 60))
    table = Table([name, "year", "persons"], [])
    for number in numbers:
        table.rows.append([f"{prefix}{number}", str(2020 + number % 3), 10 + int(random.expovariate(1 / 60))])
    return Draft("counts by unique codes", "frequency", [File("table.csv", table)], Expect("pass"),
                 {"form": "long", "dims": [name, "year"], "measure": "persons"})  # fmt: skip


def lookalikes(random: Random, unsafe: bool) -> Draft:
    """Small numbers that are no counts: years, months, ranks, ages, p values, coefficients; one count in the unsafe."""
    over = groups(random, random.randint(4, 6))
    extra = random.sample(("month", "rank", "age", "quarter", "band_no", "score_group"), 2)
    table = Table([over.name, "survey_year", *extra, "count"], [])
    for place, label in enumerate(over.labels):
        table.rows.append([label, str(2018 + place), str(place + 1), str((place * 3) % 7 + 1), random.randint(10, 600)])
    cells = []
    if unsafe:
        row = random.choice(table.rows)
        row[-1] = random.randint(1, 9)
        key = {name: str(value) for name, value in zip(table.headings[:-1], row, strict=False)}
        cells = [{"key": key, "rules": ["threshold"]}]
    return Draft(
        "labels that are small numbers", "frequency", [File("table.csv", table)],
        Expect("fail" if cells else "pass", cells),
        {"form": "long", "dims": table.headings[:-1], "measure": "count"},
    )  # fmt: skip


def coefficients_with_p_values(random: Random, unsafe: bool) -> Draft:
    """Small figures beside a large number of observations: none of them is a count of people. The unsafe has few."""
    number = random.randint(12, 15) if unsafe else random.randint(200, 9_000)
    rows: list[list[Value]] = []
    for term in ("const", "age", "age_squared", "sex_F", "prior_convictions", "year_2021"):
        rows.append(
            [term, f"{random.gauss(0, 1):.3f}", f"{random.uniform(0, 1):.4f}", "*" * random.randint(0, 3), number]
        )
    about = {"model": "logit", "n_obs": number, "df_resid": number - 6, "k": 6}
    table = Table(["term", "coef", "p_value", "stars", "n_obs"], rows)
    expect = Expect("fail", exhaustive=False, rules=["dof"]) if unsafe else Expect("pass")
    return Draft(
        "coefficients with p values and stars", "regression",
        [File("table.csv", table), File("meta.json", json.dumps(about).encode(), "metadata")], expect, ordered=True,
    )  # fmt: skip
