"""Numbers in text that somebody must trace to a table: all but those that only name, date or explain."""

from __future__ import annotations

import re

from extracts.disclosure.rules.small_counts import OTHERS, UNITS

NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\w)", re.ASCII)

YEAR = r"(?:19|20)\d\d"
MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
# Names of tables, pages, laws and programs; years and days; the rules by which numbers were hidden or rounded.
NAMING = (
    r"\b(?:table|figure|fig\.?|chart|sheet|page|p\.|section|chapter|appendix|annex|note|footnote|step|part|model|version"
    r"|v\.?|quarter|q|week|wave|release|extract|act|article|schedule|rule|level|decile|quintile)"
    r"\s{0,2}\(?\d+(?:[.:-]\d+)*\)?",
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s{{1,2}}{MONTHS}\b",
    rf"\b{MONTHS}\s{{1,2}}\d{{1,2}}(?:st|nd|rd|th)?\b",
    r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?\b",
    rf"\b{YEAR}(?:\s?(?:/|-|–|to)\s?(?:{YEAR}|\d\d))?\b(?! (?:{UNITS}|{OTHERS})\b)",
    r"\b(?:below|under|less than|fewer than|smaller than|at least|threshold(?: of)?|nearest|base|multiples? of"
    r"|rounded to)"
    r"\s{1,2}(?:the nearest )?(?:5|10|20|100)\b(?!\s{0,2}%)",
    r"\b(?:age[ds]?|ages of) \d{1,2} ?(?:(?:-|–|to|and) ?\d{1,2}\b"
    r"|\+|(?:and|or) (?:over|under|above|below|older|younger)\b)",
    rf"^\s{{0,8}}notes?:? \(?\d\)?[.:)]? (?!(?:{UNITS}|{OTHERS})\b)(?=[a-z])",
    r"\bper (?:100|1,?000|10,?000|100,?000)\b",
    r"\bhttps?://\S+|\bdoi:\S+",
    r"^\s{0,8}(?:\d{1,2}[.)]|\(\d{1,2}\)|\[\d{1,2}\])\s",
)  # fmt: skip
NAMED = re.compile("|".join(NAMING), re.ASCII | re.IGNORECASE)


def untraced_numbers(text: str) -> tuple[int, int]:
    """How many numbers in a text are none of a name, a date or a rule, and the line (from 1) of the first, or 0 and 0.

    `Table 1: victims, 2019/20 (counts below 10 hidden)` has none; `n = 240` has one.
    """
    numbers, first = 0, 0
    for line_number, line in enumerate(text.splitlines(), 1):
        if found := len(NUMBER.findall(NAMED.sub(" ", line))):
            numbers, first = numbers + found, first or line_number
    return numbers, first
