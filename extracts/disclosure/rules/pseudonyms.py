"""Pseudonyms: the keys of a project's extract stand for single people, so they are never an output.

Their two forms are those of `extracts.pseudonyms`: `int63`, a number from 0 to 2^63 - 1, and `hex128`, 32
hexadecimal digits. Both are spread evenly, so that nearly all of the first have 17 to 19 digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.report import Cell, Finding, Verdict

CODE = "pseudonym"
CURE = "Leave the keys out, and release counts of groups instead of records."

# One int63 in a thousand is below 10^16; no count, sum or year is above it.
INT63 = re.compile(r"\d{17,19}", re.ASCII)
HEX128 = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
# What a spreadsheet makes of such a number: 8.12345678901234E+18.
ROUNDED = re.compile(r"\d\.\d{4,16}[eE]\+?1[678]", re.ASCII)
FEWEST_DIGITS = 6  # different ones, of a number that was drawn at random

WITHIN = re.compile(r"(?<![\w.])(?:\d{17,19}|[0-9a-fA-F]{32})(?![\w.])", re.ASCII)
# Digests of files and versions of programs are as long, and say so on their line.
DIGEST = re.compile(r"md5|sha|checksum|digest|commit|revision|etag|cache|build", re.IGNORECASE)


def is_pseudonym(text: str) -> bool:
    """Whether a text has the form of a pseudonym, whole or as a spreadsheet rounds it."""
    plain = text.strip().removesuffix(".0")
    if len(set(plain.lower())) < FEWEST_DIGITS:
        return False
    if INT63.fullmatch(plain):
        return int(plain) < 2**63
    return HEX128.fullmatch(plain) is not None or ROUNDED.fullmatch(plain) is not None


def pseudonymous(values: Sequence[str]) -> bool:
    """Whether a column holds pseudonyms: one whole one, or values that are mostly rounded ones."""
    different = {value for value in values if len(value) >= 10}
    matching = [value for value in different if is_pseudonym(value)]
    rounded = sum(ROUNDED.fullmatch(value.strip()) is not None for value in matching)
    return len(matching) > rounded or (rounded > 1 and rounded >= 0.8 * len({value for value in values if value}))


def in_text(text: str) -> Iterator[tuple[int, bool]]:
    """Lines (from 1) of a text with a pseudonym, and whether that is certain: a digest of a file may look like one."""
    for number, line in enumerate(text.splitlines(), 1):
        if any(is_pseudonym(found.group()) for found in WITHIN.finditer(line)):
            yield number, not DIGEST.search(line)


def findings(file: str, table: Table) -> Iterator[Finding]:
    """Columns of pseudonyms, and headings that are one. No value is printed."""
    attack = "Each stands for one person: whoever has another file with the same keys can put both together."
    for name in table.columns:
        if pseudonymous(table.column(name)):
            problem = f"The column {name} holds pseudonyms of single people."
            yield Finding(file, CODE, Verdict.FAIL, problem, attack, CURE, Cell(row=None, column=name, label=name))
    for place, name in enumerate(table.columns, 1):
        if is_pseudonym(name):
            yield Finding(file, CODE, Verdict.FAIL, f"Heading {place} is a pseudonym of a single person.", attack, CURE)
