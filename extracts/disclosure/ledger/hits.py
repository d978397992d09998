"""What differencing finds: a small group, and the published cells that give it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extracts.disclosure.ledger.released import CellName


@dataclass(frozen=True)
class Term:
    """One published cell in a sum: how often it is added, and what it shows (None if that is not one number)."""

    cell: CellName
    times: float
    value: float | None = None


@dataclass(frozen=True)
class Hit:
    """A group that published cells give away together.

    terms      the cells, each with its sign; those that are added come first
    key        who the group is: dimension or variable -> label
    low, high  what the sum says of the group; equal when it says it exactly
    statistic  count, or total for an amount
    reason     why it is unsafe, as a sentence; "" for a difference that is only listed
    by_definition  whether filters and labels alone show that one group holds the other; otherwise
               only the records do, and it may be chance
    """

    terms: tuple[Term, ...]
    key: Mapping[str, str]
    low: float
    high: float
    statistic: str = "count"
    reason: str = ""
    by_definition: bool = True

    @property
    def value(self) -> float | None:
        """What the group's count or total is, when it is known exactly."""
        return self.low if self.low == self.high else None

    @property
    def flagged(self) -> CellName:
        """The cell of the new output to hold back: the smaller of two, if both are new."""
        new = [term for term in self.terms if term.cell.new]
        return min(new or self.terms, key=lambda term: term.times).cell

    @property
    def attack(self) -> str:
        """The sum as a sentence: "183 - 180 = 3: age 25, offence Drugs"."""
        who = ", ".join(f"{name} {label}" for name, label in self.key.items())
        result = f"{self.low:,.15g}" if self.low == self.high else f"{self.low:,.15g} to {self.high:,.15g}"
        if any(term.value is None for term in self.terms) or len(self.terms) > 8:
            return f"{len(self.terms)} published cells together give {result}: {who}"
        first, *others = (_written(term) for term in self.terms)
        return " ".join([first.removeprefix("+ ").replace("- ", "-"), *others]) + f" = {result}: {who}"

    @property
    def sources(self) -> str:
        """Where the terms stand, as a sentence."""
        return "; ".join(str(term.cell) for term in self.terms[:8]) + (" and others" if len(self.terms) > 8 else "")


@dataclass(frozen=True)
class Differences:
    """All that was found. `proven` says that nothing else can be; `problems` say why not."""

    hits: tuple[Hit, ...] = ()
    implied: tuple[Hit, ...] = ()
    proven: bool = True
    problems: tuple[str, ...] = ()


def _written(term: Term) -> str:
    sign = "-" if term.times < 0 else "+"
    often = "" if abs(term.times) == 1 else f"{abs(term.times):.4g} x "
    return f"{sign} {often}{term.value:,.15g}"
