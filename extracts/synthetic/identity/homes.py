"""Homes: where they are, how their addresses and postcodes read, and who moved when.

Towns, postcode areas and districts are real; the last two letters of a postcode always hold one that no real postcode
has there (C, I, K, M, O, V), so that no home is anybody's. Streets and shares are assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from extracts.synthetic.chance import Flags, Floats, Ints, choose, choose_by_row, happens
from extracts.synthetic.codes import Codes
from extracts.synthetic.crimes import CUT_DAY, EPOCH
from extracts.synthetic.identity.stock import rows_of
from extracts.synthetic.identity.text import Text, constant, digits, joined, kept, picked, text

USUAL, IMPOSSIBLE = "ABDEFGHJLNPQRSTUWXYZ", "CIKMOV"
UNITS = tuple(a + b for a in IMPOSSIBLE for b in USUAL) + tuple(a + b for a in USUAL for b in IMPOSSIBLE)
UNITS_PER_SECTOR = 40
HOSTELS_PER_TOWN = 2

FIRST_MOVE = (date(2018, 1, 1) - EPOCH).days
NEVER = 10**6
# Percent of people who move between FIRST_MOVE and the cut, and of those again; where to (assumed).
MOVES_PCT, MOVES_AGAIN_PCT = 55, 45
SAME_DISTRICT, SAME_FORCE, ANYWHERE = 45, 42, 13
# Percent of other addresses (a relative's, a hostel, a former one) that many people share.
HOSTEL_PCT, OTHER_NEARBY_PCT = 14, 40


@dataclass(frozen=True)
class Towns:
    """One entry per town and postcode area; `weights` by position of the force (rows)."""

    name: Text
    area: Text
    first: Ints
    last: Ints
    weights: Floats


def towns(codes: Codes) -> Towns:
    """The towns of all forces."""
    return _towns(codes.forces.codes)


@lru_cache(maxsize=4)
def _towns(forces: tuple[str, ...]) -> Towns:
    rows = rows_of("towns.csv")
    weights = np.zeros((len(forces), len(rows)))
    for place, row in enumerate(rows):
        weights[forces.index(row["force"]), place] = float(row["weight"])
    first, last = (np.array([int(row[name]) for row in rows]) for name in ("first_district", "last_district"))
    return Towns(text([row["town"] for row in rows]), text([row["area"] for row in rows]), first, last, weights)


@lru_cache(maxsize=1)
def streets() -> tuple[Text, Text]:
    """Names and kinds of streets, with the space between them."""
    rows = rows_of("streets.csv")
    names = [row["text"] for row in rows if row["part"] == "name"]
    return text(names), text([" " + row["text"] for row in rows if row["part"] == "type"])


@dataclass
class Homes:
    """One entry per home: the town, and the numbers that its postcode and address are made of."""

    town: Ints
    district: Ints
    sector: Ints
    unit: Ints
    number: Ints
    flat: Ints
    street: Ints
    kind: Ints

    def __len__(self) -> int:
        return len(self.town)

    def at(self, places: Ints) -> Homes:
        """The homes at these places."""
        return Homes(**{name: column[places] for name, column in vars(self).items()})

    def postcodes(self, areas: Towns) -> Text:
        """`M14 5KD`."""
        units = np.frombuffer("".join(UNITS).encode(), dtype=np.uint8).reshape(-1, 2)
        inward = np.concatenate([constant(" ", len(self)), digits(self.sector, 1), picked(units, self.unit)], axis=1)
        return joined(picked(areas.area, self.town), _plain(self.district, 2), inward)

    def addresses(self) -> Text:
        """`12 Acorn Street`, sometimes with a flat before it."""
        names, kinds = streets()
        count = len(self)
        flat = kept(self.flat > 0, np.concatenate(
            [constant("Flat ", count), digits(self.flat, 1), constant(", ", count)], axis=1))  # fmt: skip
        street = picked(names, self.street), picked(kinds, self.kind)
        return joined(flat, _plain(self.number, 3), constant(" ", count), *street)


def _plain(numbers: Ints, width: int) -> Text:
    """Numbers without leading zeros; 0 is `0`."""
    figures = digits(numbers, width)
    leading = np.cumsum(figures != ord("0"), axis=1) == 0
    leading[:, -1] = False
    figures[leading] = 0
    return figures


def together(*parts: Homes) -> Homes:
    """The homes of all parts, in order."""
    return Homes(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})


def draw_homes(rng: np.random.Generator, areas: Towns, force: Ints) -> Homes:
    """A home in each of these forces' areas."""
    town = choose_by_row(rng, areas.weights, force)
    span = areas.last[town] - areas.first[town] + 1
    return _in_district(rng, town, areas.first[town] + (rng.random(len(town)) * span).astype(np.int64))


def _in_district(rng: np.random.Generator, town: Ints, district: Ints) -> Homes:
    count = len(town)
    names, kinds = streets()
    sector = rng.integers(0, 10, count)
    unit = (rng.integers(0, UNITS_PER_SECTOR, count) * (len(UNITS) // UNITS_PER_SECTOR) + sector) % len(UNITS)
    flat = np.where(happens(rng, 18, count), rng.integers(1, 10, count), 0)
    number = np.minimum(1 + (rng.exponential(38, count)).astype(np.int64), 399)
    street, kind = rng.integers(0, len(names), count), rng.integers(0, len(kinds), count)
    return Homes(town, district, sector, unit, number, flat, street, kind)


def draw_next(rng: np.random.Generator, areas: Towns, before: Homes, force: Ints, *, far: Sequence[float]) -> Homes:
    """Where people move to: the same district, the same force's area or anywhere, in the proportions of `far`."""
    count = len(before)
    how = choose(rng, far, count)
    anywhere = choose(rng, areas.weights.sum(axis=1), count)
    elsewhere = draw_homes(rng, areas, np.where(how == 2, anywhere, force))
    near = _in_district(rng, before.town, before.district)
    return Homes(**{name: np.where(how == 0, vars(near)[name], column) for name, column in vars(elsewhere).items()})


def hostels(areas: Towns, town: Ints, which: Ints) -> Homes:
    """Addresses that many people of a town give: the same ones everywhere and always."""
    rng = np.random.default_rng(1)
    count = len(areas.name)
    all_towns = np.repeat(np.arange(count), HOSTELS_PER_TOWN)
    fixed = _in_district(rng, all_towns, areas.first[all_towns])
    fixed.flat[:] = 0
    return fixed.at(town * HOSTELS_PER_TOWN + which)


@dataclass
class Moves:
    """Per person: the places of three homes in `homes` one after the other, the days of the two moves, and another
    address, at which they are sometimes found."""

    homes: Homes
    places: Ints
    days: Ints
    other: Ints

    def place_on(self, person: Ints, day: Ints) -> Ints:
        """The place of the home in which a person lives on a day."""
        moved: Ints = (day >= self.days[person, 0]).astype(np.int64) + (day >= self.days[person, 1])
        places: Ints = self.places[person, moved]
        return places

    def live_with(self, who: Ints, whom: Ints) -> None:
        """Let some people live where others do, and move with them."""
        self.places[who], self.days[who] = self.places[whom], self.days[whom]


def draw_moves(rng: np.random.Generator, areas: Towns, force: Ints) -> Moves:
    """The homes of people of these forces' areas."""
    count = len(force)
    first = draw_homes(rng, areas, force)
    moving = np.flatnonzero(happens(rng, MOVES_PCT, count))
    again = moving[happens(rng, MOVES_AGAIN_PCT, len(moving))]
    second = draw_next(rng, areas, first.at(moving), force[moving], far=(SAME_DISTRICT, SAME_FORCE, ANYWHERE))
    third = draw_next(rng, areas, first.at(again), force[again], far=(SAME_DISTRICT, SAME_FORCE, ANYWHERE))
    other = draw_next(rng, areas, first, force, far=(OTHER_NEARBY_PCT, 85 - OTHER_NEARBY_PCT, 15))
    shared = hostels(areas, first.town, rng.integers(0, HOSTELS_PER_TOWN, count))
    in_hostel = happens(rng, HOSTEL_PCT, count)
    other = Homes(**{name: np.where(in_hostel, vars(shared)[name], column) for name, column in vars(other).items()})
    places = np.repeat(np.arange(count)[:, None], 3, axis=1)
    places[moving, 1:] = count + np.arange(len(moving))[:, None]
    places[again, 2] = count + len(moving) + np.arange(len(again))
    days = np.full((count, 2), NEVER)
    days[moving, 0] = rng.integers(FIRST_MOVE, CUT_DAY, len(moving))
    days[again, 1] = rng.integers(days[again, 0], CUT_DAY + 1)
    homes = together(first, second, third, other)
    return Moves(homes, places, days, len(homes) - count + np.arange(count))


def in_london(codes: Codes, force: Ints) -> Flags:
    """Whether each of these forces polices London."""
    london: Flags = np.array([region == "London" for region in codes.forces.text("cj_region")])[force]
    return london
