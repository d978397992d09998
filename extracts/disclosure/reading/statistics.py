"""Statistics by name: what kind of number stands under `median`, `sd`, `p95` or `max`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extracts.disclosure.reading.columns import kind_by_heading, words_of

# Kinds in the order in which they are looked for, with the words that name them.
KINDS = {
    "position": "median quantile quartile percentile decile interquartile iqr q1 q2 q3 lq uq",
    "endpoint": "min max minimum maximum range smallest largest lowest highest earliest latest shortest longest "
                "youngest oldest eldest biggest maximal minimal extreme extremes whisker whiskers outlier outliers",
    "mode":     "mode modal commonest",
    "shape":    "sd std stddev stdev dev variance var skew skewness kurtosis kurt cv",
    "index":    "gini hhi herfindahl theil atkinson lorenz concentration",
    "total":    "sum total",
    "mean":     "mean avg average",
    "count":    "n count freq frequency obs observations nobs number contributors",
}  # fmt: skip
BY_WORD = {word: kind for kind, words in KINDS.items() for word in words.split()}
PERCENTILE = re.compile(
    r"(?:p|pct|perc|percentile|q)?_?(\d{1,2}(?:\.\d+)?)\s*(?:%|th|st|nd|rd|percentile)*", re.IGNORECASE
)
# The percentiles below and above everybody, and a heading that is nothing but a word for the largest.
END = re.compile(
    r"(?:[pq]0|p100|(?:p |pct |percentile )?(?:0|100)(?:th)?(?: percentile)|top(?: \w+ (?:years|months|weeks|days))?)"
)
FRACTION = re.compile(r"(?:q|quantile)?_?(0?\.\d+)", re.IGNORECASE)
NAMED = {"median": 0.5, "q1": 0.25, "lq": 0.25, "q2": 0.5, "q3": 0.75, "uq": 0.75}
OF_A_YEAR = re.compile(r"\b(?:19|20)\d\d[ _-]?q[1-4]\b|\bq[1-4][ _/-]?(?:19|20)\d\d\b")  # of a year, not of the units
PHRASES = {
    "standard deviation": "shape", "inter quartile range": "position", "most common": "mode", "most frequent": "mode",
}  # fmt: skip
QUARTER = re.compile(r"(?i)(?:(?:19|20)\d\d[ /-]*)?q[1-4](?:[ /-]*(?:19|20)\d\d)?")
# Superlatives that tell people apart as well as values: the oldest child.
OF_SOMEBODY = frozenset(["oldest", "eldest", "youngest", "longest", "shortest", "biggest"])
SECURITY = re.compile(r"\b(?:max|min|maximum|minimum|medium)[ _-]security\b")  # of a prison
PER = re.compile(r"per[ _]?(\d[\d,]*(?: \d{3})*)[ _]?(k|thousand|m|million)?(?![a-z0-9])", re.IGNORECASE)
TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
SPANS = frozenset(["range", "span"])


def kind_of_statistic(text: str) -> str:
    """The kind of number that a name stands for, or "" for none.

    One of count, total, mean, shape (spread and skewness), position (quantiles), endpoint (extremes), mode, index.
    """
    if OF_A_YEAR.search(text.lower()) or SECURITY.search(text.lower()):
        return ""
    words = words_of(text)
    if "std" in words and {"err", "error"} & set(words):
        return ""  # that of an estimate
    joined = " ".join(words)
    if {"error", "err", "errors"} & set(words):
        return ""  # of an estimate, and no spread of units
    if phrase := next((kind for name, kind in PHRASES.items() if name in joined), ""):
        return phrase
    if position_of(text) is not None:
        return "position"
    if END.fullmatch(joined):
        return "endpoint"
    kinds = {BY_WORD[word] for word in words if word in BY_WORD}
    return next((kind for kind in KINDS if kind in kinds), "")


def are_quarters(texts: Iterable[str]) -> bool:
    """Whether texts are quarters of years, as Q1 to Q4 and 2019 Q1 are: quartiles have no fourth and no year."""
    known = [text.strip() for text in texts]
    return bool(known) and all(map(QUARTER.fullmatch, known)) and any("4" in text or len(text) > 2 for text in known)


def quarters(headings: Sequence[str]) -> tuple[str, ...]:
    """The headings that are quarters of years, where these are no quartiles."""
    found = tuple(name for name in headings if QUARTER.fullmatch(name.strip()))
    return found if are_quarters(found) else ()


def names_measures(heading: str) -> bool:
    """Whether a heading is that of a column whose labels say what is measured in each row."""
    return bool({"statistic", "stat", "metric", "measure", "indicator"} & set(words_of(heading)))


def kind_of_measure(label: str) -> str:
    """The kind of the number that a label of a list of measures stands for, or ""."""
    by_heading = kind_by_heading(label)
    return kind_of_statistic(label) or (by_heading if by_heading in ("count", "percentage") else "")


def said_out_of(heading: str) -> float | None:
    """What a heading says that a rate is out of: 1,000 for `rate per 1,000`, 100,000 for `per_100k`; None for none."""
    match = PER.search(heading)
    return float(re.sub(r"[, ]", "", match[1])) * TIMES.get((match[2] or "").lower(), 1.0) if match else None


def is_range(text: str) -> bool:
    """Whether a name stands for the distance between the smallest and the largest value."""
    return bool(SPANS & set(words_of(text))) and kind_of_statistic(text) == "endpoint"


def position_of(text: str) -> float | None:
    """The share of units below the quantile that is named: 0.5 for `median`, 0.95 for `p95` or `95%`; None for none."""
    plain = text.strip().lower()
    words = words_of(plain)
    if named := [NAMED[word] for word in words if word in NAMED]:
        return named[0]
    for word in [plain, *re.split(r"[\s_]+", plain)]:
        if (match := FRACTION.fullmatch(word)) and word.startswith("q"):
            return float(match[1])
        signed = bool(re.match(r"[a-z]", word)) or word.endswith(("%", "th", "st", "nd", "rd"))
        if (match := PERCENTILE.fullmatch(word)) and signed and 0 < float(match[1]) < 100:
            return float(match[1]) / 100
    return None
