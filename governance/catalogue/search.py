"""Find tables and variables by words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from governance.catalogue.entries import Catalogue, Table, Variable

IN_NAME, IN_LABEL, IN_DESCRIPTION, IN_CODES, IN_ITS_TABLE = 8, 6, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Match:
    """One table, or one variable of it. A higher score is a better match; scores compare within one search only."""

    table: Table
    variable: Variable | None
    score: int


class _Field:
    """Searchable text: words in lower case, split at anything but letters and digits."""

    def __init__(self, text: str, weight: int) -> None:
        self.words = f" {' '.join(_words(text))} "
        self.weight = weight

    def weigh(self, wanted: str) -> int:
        """Three times the weight for the whole text, twice for a whole word, once for the start of one, else 0."""
        if self.words == f" {wanted} ":
            return 3 * self.weight
        if f" {wanted} " in self.words:
            return 2 * self.weight
        return self.weight if f" {wanted}" in self.words else 0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def search(catalogue: Catalogue, words: str) -> list[Match]:
    """The tables and variables that match all words, best first; no words match nothing.

    A word matches the start of a word in a name, label, description or note, or in the
    label of a code, whatever its case. A variable may share words with its table, but has
    to match one of them itself.
    """
    wanted = _words(words)
    if not wanted:
        return []
    found = []
    for table in catalogue.tables:
        of_table = _fields_of_table(table)
        if score := _score(of_table, wanted):
            found.append(Match(table, None, score))
        shared = _Field(" ".join(field.words for field in of_table), IN_ITS_TABLE)
        for variable in table.variables:
            own = _fields_of_variable(catalogue, variable)
            if _matches_any(own, wanted) and (score := _score([*own, shared], wanted)):
                found.append(Match(table, variable, score))
    return sorted(found, key=lambda match: -match.score)


def _fields_of_table(table: Table) -> list[_Field]:
    return [
        _Field(table.name, IN_NAME),
        _Field(table.label, IN_LABEL),
        _Field(f"{table.description} {table.unit_of_observation}", IN_DESCRIPTION),
    ]


def _fields_of_variable(catalogue: Catalogue, variable: Variable) -> list[_Field]:
    codes = catalogue.code_list(variable.codelist).mapping("label").values() if variable.codelist else ()
    return [
        _Field(variable.name, IN_NAME),
        _Field(variable.label, IN_LABEL),
        _Field(variable.note, IN_DESCRIPTION),
        _Field(" ".join((*codes, variable.range)), IN_CODES),
    ]


def _matches_any(fields: Sequence[_Field], wanted: Sequence[str]) -> bool:
    return any(field.weigh(word) for word in wanted for field in fields)


def _score(fields: Sequence[_Field], wanted: Sequence[str]) -> int:
    """The best weight of each word, added up; 0 when one of them is nowhere."""
    best = [max(field.weigh(word) for field in fields) for word in wanted]
    return sum(best) if all(best) else 0
