"""Small counts in prose: `n = 3`, "two victims", "3 of 240 defendants"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
# What is counted when people are. Researchers count people, too, so that `people` alone is not certain.
UNITS = (
    "victims?|defendants?|suspects?|offenders?|prisoners?|children|child|witness(?:es)?|complainants?|deaths?|pupils?"
)
OTHERS = "people|persons?|individuals?|participants?|respondents?|women|woman|men|man|girls?|boys?|cases?|records?"

NUMBER = r"(?P<number>\d{1,3}(?![\d,]*\d)|" + "|".join(WORDS[1:]) + r")"
BETWEEN = r"(?:[ -][a-z]{1,20}){0,2}?"
IS_N = re.compile(r"\b(?:[nN]|Obs|count|freq|frequency)\s{0,3}(?:=|:)\s{0,3}(?P<number>\d{1,3})(?![\d.,]*\d)", re.ASCII)
OF_UNITS = re.compile(
    rf"(?i)(?<![\w.,-]){NUMBER}(?: of (?:the |all )?| out of |/)(?:\d[\d,]*\s{{0,2}})?{BETWEEN}\s{{0,2}}(?:{UNITS})\b",
    re.ASCII,
)
COUNTED = re.compile(rf"(?i)(?<![\w.,-]){NUMBER}{BETWEEN} (?P<unit>{UNITS}|{OTHERS})\b", re.ASCII)
# (n 3), (3 persons), [3 cases]: what stands before is counted.
IN_BRACKETS = re.compile(
    rf"(?i)[(\[]\s?(?=n\s\d{{1,3}}\s?[)\]]|\d{{1,3}}\s(?:{UNITS}|{OTHERS})\s?[)\]])\D{{0,2}}(?P<number>\d{{1,3}})",
    re.ASCII,
)
SHARE = re.compile(
    r"(?i)(?<![\w.,/-])(?P<number>\d{1,3})(?:/| of | out of )(?P<base>\d[\d,]{0,12})(?![\w/.-]\d)", re.ASCII
)


@dataclass(frozen=True)
class Small:
    """A count below the threshold in a line, and whether it is certainly one of the study's people."""

    certain: bool


def small_counts_in(line: str, *, threshold: int) -> Iterator[Small]:
    """Counts from 1 to below the threshold that a line states; the same words may give several."""
    for form, certain in ((IS_N, True), (IN_BRACKETS, True), (OF_UNITS, True), (COUNTED, None), (SHARE, False)):
        for found in form.finditer(line):
            if not 0 < _number(found["number"]) < threshold:
                continue
            if form is SHARE and not threshold <= _number(found["base"]):
                continue
            sure = bool(re.fullmatch(UNITS, found["unit"], re.IGNORECASE)) if certain is None else certain
            yield Small(sure)


def _number(text: str) -> int:
    plain = text.replace(",", "").lower()
    return int(plain) if plain.isdigit() else WORDS.index(plain)
