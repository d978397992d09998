"""How much care a variable needs: seven classes, from direct identifiers to ordinary facts."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Sensitivity(StrEnum):
    """The class of a variable. The value is the code that `variables.csv` holds."""

    label: str
    handling: str

    def __new__(cls, code: str, label: str, handling: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.handling = handling
        return member

    # fmt: off
    DI = "DI",   "Direct identifier",                  "Used only inside the linkage step. Never part of an extract."
    KEY = "KEY", "Pseudonymous key",                   "Replaced by a new pseudonym for each project. Never an output."
    QI = "QI",   "Quasi-identifier",                   "Given at the coarsest level that the project justified."
    SC = "SC",   "Special category (Article 9)",       "Needs its own justification."
    CO = "CO",   "Criminal-offence data (Article 10)", "Allowed by purpose. Counts as sensitive in disclosure checks."
    SV = "SV",   "Sensitive by context",               "Needs its own justification. The small-cell rule is stricter."
    OR = "OR",   "Ordinary",                           "Part of an extract unless left out."
    # fmt: on
