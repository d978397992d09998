"""Numbers as people write them in tables, and the signs that stand where a number is hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAN = float("nan")

PLAIN = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.(?P<decimals>\d*))?(?:e(?P<exponent>[+-]?\d{1,2}))?", re.ASCII
)
BELOW = re.compile(r"(?P<sign><=?|≤|less than )\s*(?P<number>\d{1,9}(?:\.\d{1,9})?)", re.ASCII)

# Shorthand of the UK Government Statistical Service, and what R, Stata, SAS and pandas write.
HIDDEN = {
    "", "[c]", "[x]", "[u]", "[low]", "[w]", "[e]", "c", "x", "s", "*", "**", "***", "-", "--", "..", "...", ":", "~",
    ".", "#", "na", "n/a", "nan", "null", "none", "<na>", "suppressed", "hidden",
    "[redacted]", "redacted",
}  # fmt: skip
NOT_APPLICABLE = {"[z]", "z"}
# Nobody chose to hide these: they may stand for nothing, for zero or for something left out.
BLANK = {"", "na", "n/a", "nan", "null", "none", "<na>"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What one piece of text says.

    state     number, hidden, not_applicable or unreadable; an empty text is hidden
    value     the number, or NaN
    spread    half a unit of the last decimal place shown: how far rounding may have moved it
    low, high what a reader knows of a hidden count: `<10` is 0 to 9; NaN for nothing
    """

    state: str
    value: float = NAN
    spread: float = 0.0
    low: float = NAN
    high: float = NAN


def read_number(text: str) -> Reading:
    """What the text of one cell says. Thousands separators, a leading £ and scientific notation are read."""
    plain = text.strip().replace("\u2212", "-").removeprefix("£").strip().lower()
    if plain in HIDDEN:
        return Reading("hidden")
    if plain in NOT_APPLICABLE:
        return Reading("not_applicable")
    if bound := BELOW.fullmatch(plain):
        includes = bound["sign"] in ("<=", "≤")
        whole = "." not in bound["number"]  # a p value below 0.001 is no count
        return Reading("hidden", low=0.0, high=float(bound["number"]) - (whole and not includes))
    if (match := PLAIN.fullmatch(plain)) and any(character.isdigit() for character in plain.split("e")[0]):
        value = float(plain.replace(",", ""))
        places = len(match["decimals"] or "") - int(match["exponent"] or 0)
        if abs(value) < 1e300:
            return Reading("number", value, spread=0.5 * 10.0**-places)
    return Reading("unreadable")


def is_blank(text: str) -> bool:
    """Whether a cell is empty or holds what software writes for nothing, rather than a sign that hides a number."""
    return text.strip().lower() in BLANK
