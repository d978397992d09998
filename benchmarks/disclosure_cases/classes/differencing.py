"""Pairs of tables of which one less the other is a table of few persons, and pairs that give nothing away."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from benchmarks.disclosure_cases.draft import Draft, Expect, File, Table, Value, cell, judged
from benchmarks.disclosure_cases.words import groups


@dataclass
class Pair:
    """Persons of each label in the smaller population, and those whom only the larger one has."""

    name: str
    inside: dict[str, int]
    beyond: dict[str, int] = field(default_factory=dict)


def _pair(random: Random, unsafe: bool) -> Pair:
    """Beyond the smaller population: nobody or ten and more of each label; in unsafe pairs one or two have 1 to 9."""
    over = groups(random, random.randint(3, 5))
    while over.name.lower().startswith(("age", "year", "financial")):  # populations are described by these
        over = groups(random, random.randint(3, 5))
    pair = Pair(over.name, {label: random.randint(40, 400) for label in over.labels})
    pair.beyond = {label: random.choice((0, random.randint(10, 60))) for label in over.labels}
    for label in random.sample(over.labels, random.randint(1, 2)) if unsafe else ():
        pair.beyond[label] = random.randint(1, 9)
    return pair


def _counts(pair: Pair, *, larger: bool) -> Table:
    beyond = pair.beyond if larger else {}
    rows: list[list[Value]] = [[label, count + beyond.get(label, 0)] for label, count in pair.inside.items()]
    return Table([pair.name, "count"], rows)


def _drafted(pair: Pair, title: str, filters: tuple[str, str], *, new_is_larger: bool, more: list[File]) -> Draft:
    """The released table and the new one, each with its population."""
    small = File("small.csv", _counts(pair, larger=False), "released" if new_is_larger else "output")
    large = File("large.csv", _counts(pair, larger=True), "output" if new_is_larger else "released")
    populations = [{"file": "small.csv", "filter": filters[0]}, {"file": "large.csv", "filter": filters[1]}]
    return Draft(
        title, "differencing", [small, large, *more],
        judged(cell({pair.name: label}, "differencing") for label, count in pair.beyond.items() if 0 < count < 10),
        {"form": "wide", "row_dims": [pair.name], "col_dim": "measure", "measure": "count"},
        {"populations": populations},
    )  # fmt: skip


def age_bands(random: Random, unsafe: bool) -> Draft:
    """The same table of ages 16 to 24 and 16 to 25, with the records or without."""
    pair = _pair(random, unsafe)
    low, high = random.randint(10, 20), random.randint(24, 60)
    filters = (f"age between {low} and {high}", f"age between {low} and {high + 1}")
    micro = [File("micro.csv", _ages(random, pair, low, high), "microdata")] if random.random() < 0.5 else []
    draft = _drafted(pair, "one more year of age", filters, new_is_larger=random.random() < 0.6, more=micro)
    if micro:
        draft.context["unit"] = "person_id"
    if unsafe:
        draft.expect.implied = [
            {"key": {"age": str(high + 1), pair.name: label}, "value": count} for label, count in pair.beyond.items()
        ]
    return draft


def _ages(random: Random, pair: Pair, low: int, high: int) -> Table:
    """The records: everybody of both populations, and some older people who are in neither."""
    people = [(random.randint(low, high), label) for label, count in pair.inside.items() for _ in range(count)]
    people += [(high + 1, label) for label, count in pair.beyond.items() for _ in range(count)]
    people += [(random.randint(high + 2, 90), label) for label in pair.inside for _ in range(30)]
    random.shuffle(people)
    rows: list[list[Value]] = [[f"A{place:05}", age, label] for place, (age, label) in enumerate(people)]
    return Table(["person_id", "age", pair.name], rows)


def apart(random: Random, unsafe: bool) -> Draft:
    """Other projects' tables: of all years but one day in the unsafe, of years with nobody in common in the safe."""
    pair = _pair(random, unsafe)
    if unsafe:
        filters = ("charged_on <= '2023-12-30'", "charged_on <= '2023-12-31'")
        return _drafted(pair, "one more day", filters, new_is_larger=random.random() < 0.5, more=[])
    pair.beyond = {label: random.randint(-9, 9) for label in pair.inside}
    filters = ("year = 2021", "year = 2022")
    draft = _drafted(pair, "two years with nobody in common", filters, new_is_larger=True, more=[])
    draft.expect = Expect("pass")
    return draft


def versions(random: Random, unsafe: bool) -> Draft:
    """The same table before and after one person joined the data."""
    pair = _pair(random, False)
    pair.beyond = {label: 0 if unsafe else random.randint(10, 40) for label in pair.inside}
    if unsafe:
        pair.beyond[random.choice(sorted(pair.inside))] = random.choice((1, 1, 2))
    filters = ("recorded_on < '2024-01-31'", "recorded_on < '2024-02-29'")
    draft = _drafted(pair, "one table from two versions of the data", filters, new_is_larger=True, more=[])
    releases = ("2024.1", "2024.2")
    for population, release in zip(draft.context["populations"], releases, strict=True):
        population["release"] = release
    return draft


def nested_areas(random: Random, unsafe: bool) -> Draft:
    """A county, and the county without one town, in one file."""
    county, town = random.choice(("Kent", "County", "Avon", "West region")), random.choice(("Smalltown", "Deal", "Ely"))
    whole, few = random.randint(300, 4_000), random.randint(1, 9) if unsafe else random.randint(10, 120)
    part = f"{county} less {town}"
    measure = random.choice(("cases", "count", "persons"))
    expect = judged([cell({"area": part}, "differencing")] if unsafe else [], exhaustive=not unsafe)
    expect.implied = [{"key": {"area": town}, "value": few}] if unsafe else []
    return Draft(
        "an area and the area without one town", "differencing",
        [File("table.csv", Table(["area", measure], [[county, whole], [part, whole - few]]))], expect,
        {"form": "wide", "row_dims": ["area"], "col_dim": "measure", "measure": measure},
        {"nesting": [{"part": part, "whole": county}]},
    )  # fmt: skip


def means_with_n(random: Random, unsafe: bool) -> Draft:
    """Two means of nested populations, with n: sums and numbers can be subtracted, and so can means."""
    pair = _pair(random, unsafe)
    pair.beyond = {label: count or random.randint(10, 60) for label, count in pair.beyond.items()}
    days = {label: [random.randint(20, 200) for _ in range(count + pair.beyond[label])]
            for label, count in pair.inside.items()}  # fmt: skip
    tables = []
    for larger in (False, True):
        table = Table([pair.name, "n", "mean_days"], [])
        for label, values in days.items():
            kept = values if larger else values[: pair.inside[label]]
            table.rows.append([label, len(kept), f"{sum(kept) / len(kept):.4f}"])
        tables.append(table)
    draft = _drafted(pair, "means of nested populations", ("age < 25", "age < 26"), new_is_larger=True, more=[])
    for file, table in zip(draft.files, tables, strict=True):
        file.content = table
    draft.files.append(File("micro.csv", _with_days(random, pair, days), "microdata"))
    draft.layout |= {"measure": "mean_days", "base_column": "n"}
    draft.context |= {"unit": "person_id", "value": "days", "statistic": "mean"}
    return draft


def _with_days(random: Random, pair: Pair, days: dict[str, list[int]]) -> Table:
    table = Table(["person_id", "age", pair.name, "days"], [])
    for label, values in days.items():
        for place, value in enumerate(values):
            table.rows.append(["", random.randint(16, 24) if place < pair.inside[label] else 25, label, value])
    random.shuffle(table.rows)
    for number, row in enumerate(table.rows):
        row[0] = f"B{number:05}"
    return table


def added_up(random: Random, unsafe: bool) -> Draft:
    """The released table has men and women apart; the new one has everybody, a few of whom are in neither."""
    pair = _pair(random, unsafe)
    split = Table([pair.name, "sex", "count"], [])
    for label, count in pair.inside.items():
        women = random.randint(15, count - 15)
        split.rows += [[label, "F", women], [label, "M", count - women]]
    filters = ("age between 18 and 64", "age between 18 and 65")
    draft = _drafted(pair, "a table by sex against one of everybody", filters, new_is_larger=True, more=[])
    draft.files[0].content = split
    draft.files[0].layout = {"form": "long", "dims": [pair.name, "sex"], "measure": "count"}
    return draft
