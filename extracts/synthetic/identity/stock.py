"""The stock of names: which there are, and how common each is by sex, year of birth and background.

Weights are assumed. Surnames follow a Zipf-Mandelbrot law by their place in the list; a long tail of British ones is
composed of two parts. They are set so that two people agree by chance as often as HMPPS finds (see the test).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from extracts.synthetic.chance import Floats, Ints, choose_by_row
from extracts.synthetic.identity.text import Text, text

HERE = Path(__file__).parent
GROUPS = ("british", "irish", "muslim", "indian", "african", "chinese", "eastern", "southern")
SEXES = ("M", "F")
FIRST_DECADE, DECADES = 1910, 12

# 1 / (place + shift) ** power, for British surnames (a long tail) and for the others (short lists).
SURNAME_LAW = {"british": (6.0, 0.83), "others": (4.0, 0.75)}
# Popularity of forenames is raised to this power: above 1 the common ones are commoner still.
FORENAME_POWER = 1.27
# Names outside their time are not gone, but rare.
OUT_OF_FASHION = 0.012

# Second names are older than first ones, and fewer.
MIDDLE_YEARS_BACK, MIDDLE_POWER = 22, 1.45


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one CSV file of this package."""
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Stock:
    """Names as text, and the weights they are drawn with.

    forenames        one row per name
    forename_weights by background, sex and decade of birth (rows) and name (columns); middle_weights likewise
    surnames, surname_weights  by background (rows)
    nicknames        first and last + 1 place in `short_names` per forename
    mixes            chance of each background by ethnicity (rows: code), for forename and surname
    """

    forenames: Text
    forename_weights: Floats
    middle_weights: Floats
    surnames: Text
    surname_weights: Floats
    nicknames: Ints
    short_names: Text
    mixes: dict[str, dict[str, Floats]]

    def draw_forenames(self, rng: np.random.Generator, background: Ints, sex: Ints, year: Ints) -> Ints:
        """Places in `forenames`. `sex` is 0 for male and 1 for female."""
        decade = np.clip((year - FIRST_DECADE) // 10, 0, DECADES - 1)
        return choose_by_row(rng, self.forename_weights, (background * 2 + sex) * DECADES + decade)

    def draw_middle_names(self, rng: np.random.Generator, background: Ints, sex: Ints, year: Ints) -> Ints:
        """Second names, as places in `forenames`: those in fashion a generation earlier, and fewer of them."""
        decade = np.clip((year - MIDDLE_YEARS_BACK - FIRST_DECADE) // 10, 0, DECADES - 1)
        return choose_by_row(rng, self.middle_weights, (background * 2 + sex) * DECADES + decade)

    def draw_surnames(self, rng: np.random.Generator, background: Ints) -> Ints:
        """Places in `surnames`."""
        return choose_by_row(rng, self.surname_weights, background)

    def background(self, rng: np.random.Generator, ethnicity: Ints, codes: tuple[str, ...]) -> tuple[Ints, Ints]:
        """Backgrounds of forename and surname, which mostly go together."""
        forename, surname = (np.array([self.mixes[part][code] for code in codes]) for part in ("forename", "surname"))
        luck = rng.random(len(ethnicity))
        return _by_luck(forename, ethnicity, luck), _by_luck(surname, ethnicity, luck)


def _by_luck(weights: Floats, rows: Ints, luck: Floats) -> Ints:
    """Places by row, drawn with luck (0 to 1) that several draws can share."""
    sums = weights.cumsum(axis=1) / weights.sum(axis=1, keepdims=True)
    places: Ints = (luck[:, None] >= sums[rows, :-1]).sum(axis=1).astype(np.int64)
    return places


@lru_cache(maxsize=1)
def stock() -> Stock:
    """The stock, read once."""
    forenames, forename_weights = _forenames()
    surnames, surname_weights = _surnames()
    nicknames, short_names = _nicknames(forenames)
    return Stock(
        text(forenames), forename_weights, forename_weights**MIDDLE_POWER, text(surnames), surname_weights, nicknames,
        short_names, _mixes(),
    )  # fmt: skip


def _forenames() -> tuple[list[str], Floats]:
    rows = rows_of("forenames.csv")
    names = list(dict.fromkeys(row["name"] for row in rows))
    place = {name: number for number, name in enumerate(names)}
    weights = np.zeros((len(GROUPS), len(SEXES), DECADES, len(names)))
    middles = FIRST_DECADE + 10 * np.arange(DECADES) + 5
    for row in rows:
        distance = (middles - float(row["peak"])) / float(row["spread"])
        fashion = np.maximum(np.exp(-(distance**2) / 2), OUT_OF_FASHION)
        at = GROUPS.index(row["group"]), SEXES.index(row["sex"])
        weights[at][:, place[row["name"]]] += (float(row["weight"]) * fashion) ** FORENAME_POWER
    return names, weights.reshape(-1, len(names))


def _surnames() -> tuple[list[str], Floats]:
    by_group: dict[str, list[str]] = {group: [] for group in GROUPS}
    for row in rows_of("surnames.csv"):
        by_group[row["group"]].append(row["name"])
    by_group["british"] += _composed(set(by_group["british"]))
    names = list(dict.fromkeys(name for group in GROUPS for name in by_group[group]))
    place = {name: number for number, name in enumerate(names)}
    weights = np.zeros((len(GROUPS), len(names)))
    for number, group in enumerate(GROUPS):
        shift, power = SURNAME_LAW.get(group, SURNAME_LAW["others"])
        law = 1 / (np.arange(1, len(by_group[group]) + 1) + shift) ** power
        weights[number, [place[name] for name in by_group[group]]] = law
    return names, weights


def _composed(known: set[str]) -> list[str]:
    """Surnames of two parts, in an order that is always the same and not alphabetical."""
    parts: dict[str, list[str]] = {}
    for row in rows_of("surname_parts.csv"):
        parts.setdefault(row["part"], []).append(row["text"])
    names = [start + end for start in parts["start"] for end in parts["end"] if start + end not in known]
    return [names[place] for place in np.random.default_rng(0).permutation(len(names))]


def _nicknames(forenames: list[str]) -> tuple[Ints, Text]:
    short: dict[str, list[str]] = {}
    for row in rows_of("nicknames.csv"):
        short.setdefault(row["name"], []).append(row["nickname"])
    counts = np.array([len(short.get(name, ())) for name in forenames])
    ends = np.cumsum(counts)
    return np.column_stack([ends - counts, ends]), text([nick for name in forenames for nick in short.get(name, ())])


def _mixes() -> dict[str, dict[str, Floats]]:
    mixes: dict[str, dict[str, Floats]] = {"forename": {}, "surname": {}}
    for row in rows_of("name_groups.csv"):
        mixes[row["part"]][row["ethnicity"]] = np.array([float(row[group]) for group in GROUPS])
    return mixes
