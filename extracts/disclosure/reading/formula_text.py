"""Texts of a CSV file that a spreadsheet would run as a formula: whoever opens the file runs what its writer wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extracts.disclosure.reading.contents import Concealed, Part
from extracts.disclosure.report import Verdict

# Numbers, bands, "-", "+ve" and "- of which women" begin with a sign, too, and are none.
FORMULA = re.compile(
    r"=\s*[^\s=]|@\s*[A-Za-z]|[+-]\s*+(?:[+-]\s*+)*+(?!(?:ve|inf(?:inity)?|nan)\b)(?:(?<=[+-])[^\W\d]|[=@]|.*(?:\w\(|[|!]))",
    re.IGNORECASE | re.ASCII,
)
CURE = "Write the text without the sign in front, or with a letter before it."


def formulas_in(parts: Sequence[Part]) -> Iterator[Concealed]:
    """What is said of a file of which a heading, label or line begins like a formula: once, with the first of them."""
    found = [place for part in parts for place in _places(part)]
    if found:
        problem = f"A text begins like a formula, which a spreadsheet would run: {found[0]}."
        yield Concealed("active_content", Verdict.REVIEW, problem, CURE, found[0])


def _places(part: Part) -> Iterator[str]:
    if part.table is not None:
        if any(map(FORMULA.match, part.table.columns)):
            yield "headings"
        for number, row in zip(part.table.row_numbers, part.table.rows, strict=True):
            if any(map(FORMULA.match, row)):
                yield f"row {number}"
    if any(FORMULA.match(text) for line in part.text.splitlines() for text in line.split("\t")):
        yield "lines outside of the table"
