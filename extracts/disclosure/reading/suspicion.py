"""Columns that are not what they are called: labels that are numbers or people, counts that are ages or amounts.

Everything here only ever asks for a person to look. It never makes a verdict milder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from extracts.disclosure.reading.columns import WORDS, kind_by_heading, words_of
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.statistics import (
    OF_SOMEBODY,
    QUARTER,
    are_quarters,
    kind_of_measure,
    kind_of_statistic,
    names_measures,
)

VOCABULARY = {
    # Columns that hold an amount or a property of one person, beside the words that every heading is sorted by.
    "amount":  "years months weeks days hours minutes duration length sentence income salary wage wages pay earnings "
               "amount value price cost debt height weight score dob birth number no ref reference name",
    # Sums of money or time, which nobody is counted by.
    "magnitude": "takings turnover revenue expenditure spend spending profit profits costs prices values debts incomes "
                 "salaries budget gbp pounds pence money assets savings rent rents fees hrs days hours minutes weeks "
                 "income wage wages pay earnings amount value price cost debt served owed mean average avg",
    # Outcomes that people are counted by, and sums of money as well.
    "either":  "fine fines compensation damages payment payments receipts sales loss losses grant grants award awards",
    # Classifications: their codes may be numbers, and they may have many categories.
    "class":   "offence offences crime crimes charge disposition statute outcome result reason status plea verdict "
               "disposal court prison district authority county country city town ward borough lsoa msoa ethnicity "
               "nationality religion language school sector industry occupation diagnosis drug oa borough "
               "cluster segment leaf node component factor tree wave lag quantile table sic soc lad ward region",
    # A heading made of these names everybody: `n`, `base_n`, `total cases`, `victims`.
    "base":    "n base denominator total all cases people persons individuals victims defendants suspects offenders "
               "children records rows obs observations count counts number of",
    # Headings of everybody in a group, of whom other columns count some: those tested, of whom some are positive.
    "group":   "participants patients prisoners residents respondents applicants claimants complainants witnesses "
               "arrestees detainees adults offenders tested screened referred enrolled invited eligible assessed "
               "arrested sentenced released",
    "naming":  "who name names person people victim victims defendant suspect offender individual",
    "model":   "coefficients b exp level df dof sq f r rho tau correlation cor corr stat sumsq ss ms chi wald lr "
               "loglik deviance wilk shapiro kruskal friedman cohen cramer eta omega kappa alpha auc rmse mae mse "
               "fit adj loading loadings eigenvalue eigenvalues scaled squares "
               "lat lon latitude longitude easting northing",
    "leading": "coef coefs coefficient coefficients beta estimate est dydx ame b odds or hr rr irr",
}  # fmt: skip


def _words(*kinds: str) -> frozenset[str]:
    """The words of these kinds, of this vocabulary and the one by which headings are sorted."""
    texts = (words.get(kind, "") for kind in kinds for words in (VOCABULARY, WORDS))
    return frozenset(word for text in texts for word in text.split())


MAGNITUDES = frozenset(VOCABULARY["magnitude"].split())
EITHER = frozenset(VOCABULARY["either"].split())
# A sign of money that heads a column, and no band such as £1-£100.
MEASURED = re.compile(
    r"\((?:gbp|kg|g|grams|litres|hours|hrs|minutes|days|weeks|months|years)\)$"
    r"|^(?:hours|days|weeks|costs?|value|weight|price)[ _](?:of|lost|awarded|spent|owed|paid|worked|stolen|seized)\b"
    r"|\b(?:balance|arrears|debt)s?$",
    re.IGNORECASE,
)
MONEY = re.compile(r"[£€$](?:(?!\s?[1-9])|\s(?:19|20)\d\d\b)")
# How software heads the ends of confidence intervals: 2.5 %, 97.5%, [0.025, 0.975].
LIMIT = re.compile(r"(?:0\.5|2\.5|5|95|97\.5|99\.5)(?:\.0)?\s?%|\[?0?\.(?:005|025|05|95|975|995)\]?")
CLASSES = _words("label", "class") - {"id", "term", "variable", "stat", "measure"}
NOT_COUNTED = _words("identifier", "percentage", "endpoint", "mean", "label", "total", "amount")
NEVER_COUNTED = _words("identifier", "percentage", "mean")
COUNTED = _words("count")
BASES, NAMING, LEADING = _words("base"), _words("naming"), _words("leading")
GROUPS = BASES | _words("group")
MODEL = _words("other", "ratio", "model")

FULL_DATE = re.compile(r"(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/. ][\dA-Za-z]{1,9}[-/. ]\d{2,4})(?:[ T]\d.*)?", re.ASCII)
# Headings of the codes and names of statistical areas, as the Office for National Statistics writes them: lad23cd.
AREA_CODE = re.compile(r"(?:oa|lsoa|msoa|lad|utla|ltla|wd|pfa|rgn|ctry|cty|pcon|icb|csp)\d\d(?:cd|nm)")
# Numbers with what people write around them: 3 (10.0%), 3*, ~3, $3, 3/30, n=3, 3h.
DRESSED = re.compile(
    r"[~≈$€£'=n ]{0,3}\d[\d,.]*\s*(?:\(.*\)|\[[^\]]*\]|[*†‡§#]+|±.*|/\s*\d+|of \d+|[a-z]{1,4})?", re.IGNORECASE
)
P_VALUES = frozenset(["p", "pvalue", "pval"])
FINANCIAL_YEAR = re.compile(r"(?:19|20)\d\d(?:/\d\d(?:\d\d)?)?")
BANDED = re.compile(r"\d+ ?(?:-|–|to) ?\d+|\d+ ?(?:\+|(?:or|and) (?:more|over|above))", re.IGNORECASE)
MODELS = re.compile(r"(?:model|spec(?:ification)?) ?\(?\d{1,2}\)?|\(\d{1,2}\)")
LONGEST, MOST_WORDS = 60, 10
MOSTLY = 0.8


def names_no_count(heading: str, *, wide: bool) -> bool:
    """Whether a heading says that a column holds an age, an amount or a code rather than a count.

    A heading of a wide table is a label itself, so that `age 18-24` may head counts; `age` may not.
    """
    words = set(words_of(heading))
    if words & COUNTED or words == {"number"} or (wide and QUARTER.fullmatch(heading.strip())):
        return False
    if not wide and names_an_amount(heading):
        return True
    return bool(words) and (words <= NOT_COUNTED or (not wide and bool(words & NEVER_COUNTED)))


def names_an_amount(heading: str, *, doubtful: bool = False) -> bool:
    """Whether a heading, years aside, is made of words of sums of money or time: `turnover 2019`, `days_served`, `£`.

    doubtful  words count too that may be of people as well as of money: fines, compensation
    """
    words = {word for word in words_of(heading) if not re.fullmatch(r"(?:19|20)\d\d", word)}
    if words & COUNTED:
        return False
    known = MAGNITUDES | EITHER if doubtful else MAGNITUDES
    measured = MEASURED.search(heading.strip()) is not None or MONEY.search(heading) is not None
    return measured or (bool(words) and words <= known)


def name_statistics(heading: str, labels: Sequence[str]) -> bool:
    """Whether a column has several labels and each names a statistic; counts are one where the column is called so."""
    if names_measures(heading) and any(kind_by_heading(one) == "count" for one in labels):
        return not any(names_an_amount(one, doubtful=True) for one in labels if not kind_of_measure(one))
    if len(set(labels)) < 2 or are_quarters(labels) or not all(map(kind_of_statistic, labels)):
        return False
    return not all(OF_SOMEBODY & set(words_of(label)) and len(words_of(label)) > 1 for label in labels)


def plainly_base(heading: str) -> bool:
    """Whether a heading names everybody, as `n`, `base` or `cases` do, and no part of them."""
    words = set(words_of(heading))
    return bool(words) and words <= BASES


def names_a_group(heading: str) -> bool:
    """Whether a heading names everybody of a group, as `participants` and `tested` do."""
    words = set(words_of(heading))
    return bool(words) and words <= GROUPS


def unexplained_numbers(heading: str, values: Sequence[str]) -> bool:
    """Whether a column of labels is one of numbers, though neither its heading nor its values are of labels.

    Years are labels by their values; ages, ranks and codes by their heading.
    """
    if set(words_of(heading)) & CLASSES and not set(words_of(heading)) & COUNTED - CLASSES:
        return False
    filled = [value for value in values if value]
    read = [reading for reading in map(read_number, filled) if reading.state == "number" or reading.high >= 0]
    dressed = [value for value in filled if DRESSED.fullmatch(value) and not FINANCIAL_YEAR.fullmatch(value)]
    if filled and len(dressed) >= len(filled) / 2 and len(dressed) > len(read):
        return True
    if not read or len(read) < len(filled) / 2 or _counts_on(filled):
        return False
    return not all(1900 <= reading.value <= 2100 and reading.value % 1 == 0 for reading in read)


def _counts_on(values: Sequence[str]) -> bool:
    """Whether values are 0, 1, 2 and so on up to a band such as 3-5 or 6+: numbers of something that people have."""
    numbers = [int(value) for value in values if value.isdigit()]
    start = numbers[:1] in ([0], [1]) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    bands = [value for value in values if BANDED.fullmatch(value.strip())]
    return start and bool(bands) and len(bands) + len(numbers) == len(values)


def counts_among_results(heading: str, values: Sequence[str]) -> bool:
    """Whether numbers said to be of no unit's own are whole and never below 0, as counts are.

    P values that are rounded to 0 or 1 are none. Several numbers are hardly all whole by chance where they have
    decimals, as 3.00 and 25.00; all of 0 or 1 may be.
    """
    shown = [reading.value for reading in map(read_number, values) if reading.state == "number"]
    if set(words_of(heading)) & P_VALUES and all(value <= 1 for value in shown):
        return False
    if any(re.search(r"\.\d\d", value) for value in values) and not (len(shown) > 1 and max(shown) > 1):
        return False
    return bool(shown) and all(value >= 0 and value % 1 == 0 for value in shown)


def names_a_result(heading: str) -> bool:
    """Whether a heading is one of coefficients, errors, test statistics or p values."""
    return bool(set(words_of(heading)) & MODEL) or names_a_model(heading) or names_a_bound(heading)


def names_a_bound(heading: str) -> bool:
    """Whether a heading is that of an end of a confidence interval, as programs print it: `[0.025`, `0.975]`."""
    return bool(LIMIT.fullmatch(heading.strip()))


def names_a_model(heading: str) -> bool:
    """Whether a heading numbers models that stand side by side: `Model 1`, `(2)`."""
    return bool(MODELS.fullmatch(heading.strip().lower()))


def names_freedom(heading: str) -> bool:
    """Whether a heading is that of degrees of freedom, which are whole numbers and no counts of units."""
    return bool({"df", "dof"} & set(words_of(heading)))


def names_a_coefficient(heading: str) -> bool:
    """Whether a heading is one of coefficients or of ratios fitted by a model."""
    return bool(set(words_of(heading)) & LEADING) or names_a_model(heading)


def free_text(values: Sequence[str]) -> int | None:
    """Place of the first value that is too long for a label or holds too many words, or None."""
    return next(
        (place for place, value in enumerate(values) if len(value) > LONGEST or value.count(" ") >= MOST_WORDS), None
    )


def sentences(values: Sequence[str]) -> bool:
    """Whether any value holds letters where only numbers and signs belong."""
    return any(read_number(value).state == "unreadable" and re.search(r"[^\W\d_]{2}", value) for value in values)


def full_dates(values: Sequence[str]) -> bool:
    """Whether most values are dates to the day."""
    filled = [value for value in values if value]
    return bool(filled) and sum(FULL_DATE.fullmatch(value) is not None for value in filled) >= MOSTLY * len(filled)


def weeks(heading: str, values: Sequence[str]) -> bool:
    """Whether dates are those of weeks: the heading says so, and whole weeks lie between them."""
    try:
        days = [_date(value).toordinal() for value in values if value]
    except ValueError:
        return False
    return "week" in words_of(heading) and all((day - days[0]) % 7 == 0 for day in days)


def _date(text: str) -> date:
    """A date as 2024-01-07 or 07/01/2024. Raises ValueError."""
    match = re.fullmatch(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})", text)
    return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)


def may_name_people(heading: str, values: Sequence[str], *, few: int, many: int) -> bool:
    """Whether nearly every row has a label of its own, and no classification explains that.

    few   rows from which a heading such as `who` or `name` is enough
    many  rows from which any heading must be that of a classification, such as area or offence
    """
    words = set(words_of(heading))
    if any(AREA_CODE.fullmatch(word) for word in words):
        return False
    filled = [value for value in values if value]
    if len(filled) < few or len(set(filled)) < MOSTLY * len(values):
        return False
    return (bool(words) and words <= NAMING) or (len(values) >= many and not words & CLASSES)
