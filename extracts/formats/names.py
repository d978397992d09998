"""What a column is called in a format that does not take every name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from extracts.specification import SPSS, STATA


@dataclass(frozen=True, slots=True)
class Naming:
    """How long a name may be, which words are taken, and whether case alone tells two names apart."""

    longest: int
    reserved: re.Pattern[str]
    by_case: bool


# Sources: Stata User's Guide, 11.3 Naming conventions; IBM SPSS Statistics, Variable names.
NAMINGS = {
    STATA: Naming(
        32,
        re.compile(
            r"_all|_b|_coef|_cons|_n|_N|_pi|_pred|_rc|_skip|byte|double|float|if|in|int|long|str\d*|strL|using|with"
        ),
        True,
    ),
    SPSS: Naming(64, re.compile(r"all|and|by|eq|ge|gt|le|lt|ne|not|or|to|with", re.IGNORECASE), False),
}


def names_in(format: str, names: Iterable[str]) -> dict[str, str]:
    """Name in the extract to name in the format, in the same order; the same name wherever the format takes it.

    A reserved word gets an underscore, a name that is too long is cut, and where that makes two alike the later
    one ends in a number.
    """
    naming = NAMINGS.get(format)
    if naming is None:
        return {name: name for name in names}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        found[name] = _free(name, naming, taken)
        taken.add(found[name] if naming.by_case else found[name].lower())
    return found


def _free(name: str, naming: Naming, taken: set[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    if not re.match(r"[A-Za-z]", plain):
        plain = f"v{plain}"
    if naming.reserved.fullmatch(plain):
        plain += "_"
    given, number = plain[: naming.longest], 1
    while (given if naming.by_case else given.lower()) in taken:
        number += 1
        end = f"_{number}"
        given = plain[: naming.longest - len(end)] + end
    return given
