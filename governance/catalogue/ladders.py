"""Ladders: the levels of detail at which a variable can be given, finest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Protocol, TypeVar

METHODS = ("source", "month", "quarter", "year", "codelist", "band", "yes_no")


class UnknownName(KeyError):
    """The catalogue holds nothing of that name."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else "Unknown name."


class Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def named(name: str, entries: Iterable[N], otherwise: str) -> N:
    """The entry of that name. Raises UnknownName with the sentence `otherwise`."""
    for entry in entries:
        if entry.name == name:
            return entry
    raise UnknownName(otherwise)


class BadBounds(ValueError):
    """The lower bounds of a band are not numbers in rising order."""


@dataclass(frozen=True, slots=True)
class Band:
    """The values from `lower` (included) to below `upper`; the last band has no upper bound."""

    lower: Decimal
    upper: Decimal | None
    label: str


@dataclass(frozen=True, slots=True)
class Level:
    """One level of detail. `no` is 0 for the finest, which is the value as in the source.

    method    one of METHODS
    argument  for `codelist` a column of the variable's code list; for `band` lower bounds joined by `|`
    """

    no: int
    name: str
    label: str
    method: str
    argument: str

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands of a `band` level, lowest first; empty for other methods. Raises BadBounds."""
        return bands(self.argument) if self.method == "band" else ()


@dataclass(frozen=True, slots=True)
class Ladder:
    name: str
    levels: tuple[Level, ...]

    def __getitem__(self, level: str) -> Level:
        return named(level, self.levels, f"The ladder {self.name} has no level {level}.")

    def __contains__(self, level: str) -> bool:
        return any(candidate.name == level for candidate in self.levels)

    def is_finer(self, level: str, than: str) -> bool:
        """Whether `level` shows more detail than the level named `than`. Raises UnknownName."""
        return self[level].no < self[than].no


def bands(bounds: str) -> tuple[Band, ...]:
    """Bands from lower bounds such as `0|10|12`: 0-9, 10-11, 12+.

    Bounds without a decimal point are for whole numbers, and a band of one number is
    labelled by that number. Bounds with a point are for amounts: `0.00 to under 50.00`.
    A value below the first bound lies in no band. Raises BadBounds.
    """
    texts = bounds.split("|")
    try:
        lowers = [Decimal(text) for text in texts]
    except InvalidOperation:
        raise BadBounds(f"The bounds {bounds} are not all numbers.") from None
    if not all(number.is_finite() for number in lowers):
        raise BadBounds(f"The bounds {bounds} are not all numbers.")
    if any(upper <= lower for lower, upper in pairwise(lowers)):
        raise BadBounds(f"The bounds {bounds} do not rise.")
    uppers = [*lowers[1:], None]
    return tuple(
        Band(lower, upper, _band_label(text, next_text))
        for lower, upper, text, next_text in zip(lowers, uppers, texts, [*texts[1:], ""], strict=True)
    )


def _band_label(lower: str, upper: str) -> str:
    if not upper:
        return f"{lower}+"
    if "." in lower or "." in upper:
        return f"{lower} to under {upper}"
    last = int(upper) - 1
    return lower if int(lower) == last else f"{lower}-{last}"
