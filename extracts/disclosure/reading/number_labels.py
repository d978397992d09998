"""Labels that are numbers: hours of the day, months of a sentence, middles of bands, sections, points of a grid."""

from __future__ import annotations

from itertools import pairwise

from extracts.disclosure.reading.columns import KINDS_BY_WORD, words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import read_number

# Words of a heading of numbers that may tell the rows apart.
WORDS = (
    "hour hours day days week weeks month months year years minute minutes midpoint mid middle section score scale "
    "step bin x y hex length duration"
)
SCALES = frozenset(WORDS.split())


def scales(table: Table) -> tuple[str, ...]:
    """The first columns that are scales of numbers, in order and each row with another one; none if they are not.

    A column of counts must stand beside them, by its heading or as the only other column.
    """
    named = []
    for name in table.columns:
        if not _may_be_scale(name, table.column(name)):
            break
        named.append(name)
    rest = table.columns[len(named) :]
    if not named or not rest or len(table.rows) < 2:
        return ()
    keys = [tuple(read_number(text).value for text in row[: len(named)]) for row in table.rows]
    counted = len(rest) == 1 or any(KINDS_BY_WORD.get(word) == "count" for name in rest for word in words_of(name))
    return tuple(named) if counted and all(before < after for before, after in pairwise(keys)) else ()


def _may_be_scale(heading: str, values: tuple[str, ...]) -> bool:
    words = words_of(heading)
    plain = bool(SCALES & set(words)) and not any(KINDS_BY_WORD.get(word) not in (None, "label") for word in words)
    return plain and all(read_number(text).state == "number" for text in values)
