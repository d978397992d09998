"""What a column seems to hold, by its heading and its values.

Guesses serve two ends: they prefill a description, and they catch a description that calls a
column of counts something else. They never make a verdict milder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extracts.disclosure.reading.numbers import read_number

# Kinds in the order in which they are looked for: a heading such as `pct_of_cases` is a percentage.
WORDS = {
    "identifier": "nhs pnc nino surname forename firstname lastname dob postcode email telephone passport",
    "percentage": "pct percent percentage perc share proportion prop rate",
    "other":      "coef coefs coefficient beta estimate est dydx ame se stderr std error t z p pvalue pval ci sd "
                  "variance statistic df dof ddof chi2 chisq wald deviance loglik aic bic r2 surv prob probability "
                  "lower upper conf low high vif "
                  "lat lon latitude longitude easting northing",
    "ratio":      "odds or hr rr irr ratio",
    "endpoint":   "min max minimum maximum median mode quantile p25 p50 p75 iqr q1 q3 p0 p100 q0 longest "
                  "shortest youngest oldest eldest biggest",
    "mean":       "mean avg average",
    "count":      "count counts n freq frequency cnt people persons victims defendants suspects offenders children "
                  "prisoners cases offences records rows obs observations base denominator numerator num risk events",
    "label":      "id code subcode year month quarter week day date age ages band bin from to left right rank order "
                  "decile quintile quartile percentile level stage grade area region force sex group grp category type "
                  "term variable stat measure time period breaks mids midpoint edges cluster segment leaf node",
    "total":      "sum amount",
}  # fmt: skip

KINDS_BY_WORD = {word: kind for kind, words in WORDS.items() for word in words.split()}
ENDPOINTS = frozenset(WORDS["endpoint"].split())
COEFFICIENTS = frozenset(["coef", "coefs", "coefficient", "beta", "estimate", "se", "stderr"])


CUMULATIVE = (["cum"], ["cumul"], ["cumulative"])
NUMBERED = re.compile(r"\d\d?")


def words_of(heading: str) -> list[str]:
    """The words of a heading in small letters: `baseN` and `base_n` are both base, n."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading)
    return ["pct" if word == "%" else word for word in re.findall(r"[a-z0-9]+|%", spaced.lower())]


def kind_by_heading(heading: str) -> str:
    """The kind that the words of a heading name, or "" for none: `total_income` is a total, `total` alone is none."""
    words = words_of(heading)
    words = [word for place, word in enumerate(words) if word != "or" or place in (0, len(words) - 1)]  # 2 or more
    if len(words) > 2:  # days_to_sentence is no end of a band, as bin_to is
        words = [word for word in words if word not in ("to", "from")]
    kinds = {KINDS_BY_WORD[word] for word in words if word in KINDS_BY_WORD}
    if not kinds and words[:1] == ["total"] and len(words) > 1:
        return "total"
    return next((kind for kind in WORDS if kind in kinds), "")


def kind_of_column(heading: str, values: Sequence[str]) -> str:
    """What a column seems to hold: label, count, total, mean, percentage, ratio, endpoint, other or identifier.

    A column with text in it is a label whatever its heading. Without a telling heading, years and
    ranks are labels, whole numbers of 0 or more are counts, other numbers of 0 or more means, and
    numbers below 0 coefficients.
    """
    readings = [read_number(value) for value in values]
    shown = [reading.value for reading in readings if reading.state == "number"]
    named = kind_by_heading(heading)
    if named == "identifier":
        return named
    if cumulative(heading, shown):
        return "other"
    if named == "label" and any(NUMBERED.fullmatch(word) for word in words_of(heading)):
        named = ""  # age 10-13 and year 2 are categories across, and no columns of ages or years
    if (filled := [value for value in values if value]) and all(value.endswith("%") for value in filled):
        return "percentage"
    if named == "other" and not shown and any(0 < reading.high < 1 for reading in readings):
        return named  # p values below 0.001
    if not shown or any(reading.state == "unreadable" for reading in readings):
        return "label"
    # Software writes counts with decimals when some are missing, but not otherwise.
    decimals = len(shown) == len(values) and all("." in value for value in values)
    countable = _whole(shown) and (not decimals or named == "count")
    if named and (named != "count" or countable):
        return named
    if not countable and words_of(heading) == ["total"]:
        return "total"
    if not countable:
        return "mean" if min(shown) >= 0 else "other"
    return "label" if _years(shown) or _ranks(shown) else "count"


def cumulative(heading: str, shown: Sequence[float]) -> bool:
    """Whether numbers are cumulative percentages: of what stands beside them, so that they say nothing more."""
    return words_of(heading) in CUMULATIVE and len(shown) > 1 and max(shown) in (1, 100) and shown[-1] == max(shown)


def _whole(numbers: Sequence[float]) -> bool:
    return all(number >= 0 and number == int(number) for number in numbers)


def _years(numbers: Sequence[float]) -> bool:
    """Whether numbers read as calendar years, one after the other or repeated."""
    return all(1900 <= number <= 2100 for number in numbers) and max(numbers) - min(numbers) <= 60


def _ranks(numbers: Sequence[float]) -> bool:
    """Whether numbers are 1, 2, 3 and so on, in order or repeated."""
    distinct = sorted(set(numbers))
    return len(distinct) > 2 and distinct == list(range(1, len(distinct) + 1))
