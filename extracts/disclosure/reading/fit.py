"""Fit: what a table of results says of its size and of how well a model fits, in rows below its numbers or in columns.

Only what cannot be a count of a category is taken out of a table: sizes and degrees of freedom of models, and
statistics that are written with decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Fit, Table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.suspicion import names_a_coefficient, names_a_model, names_a_result

SIZE = re.compile(
    r"n(?: (?:obs|test|train|training|validation))?|(?:(?:no|num|number)(?: of)? )?obs(?:ervations?)?|nobs|sample size"
)
FREEDOM = re.compile(
    r"(?:df|dof|degrees of freedom)(?: (?:residuals?|resid|error))?|(?:residual|resid|error) (?:df|dof)"
)
PARAMETERS = re.compile(r"df (?:model|regression)|(?:model|regression) df")
# Tests of a table of counts, and how well a model or classifier fits.
TEST = re.compile(
    r"(?:pearson )?(?:chi ?2|chi sq(?:uared?)?|x2)|p(?: ?val(?:ue)?)?|fisher s? ?exact(?: p)?|cramer s? ?v|phi"
    r"|likelihood ratio"
)
MODEL = re.compile(
    r"(?:adj(?:usted)? |pseudo |mcfadden )?r ?(?:2|sq|squared?)(?: adj)?|aic|bic|log likelihood|loglik|ll null"
    r"|f statistic"
    r"|f(?: stat)?|prob f statistic|deviance|rmse|mae|mse|auc|roc auc|f1(?: score)?|accuracy|precision"
    r"|recall|sensitivity"
    r"|specificity|brier(?: score)?|log loss|kappa|durbin watson|omnibus|prob omnibus|skew|kurtosis|jarque bera|prob jb"
    r"|cond no|scale|residual std(?:andard)? error|wald(?: chi ?2)?|lr chi ?2|icc|llr p value|sigma"
)
# What programs print of a model in words.
SAID = re.compile(r"dep variable|model|method|date|time|covariance type|family|link function|converged|no iterations")
RESIDUAL = frozenset(["resid", "residual", "residuals", "error"])
COUNTS_TESTED = frozenset(["chi", "chi2", "x2", "fisher", "cramer", "phi", "likelihood"])
IN_BRACKETS = re.compile(r"[(\[]\s*-?\d*\.?\d+\s*[)\]]")
IN_TEXT = re.compile(r"[^.\d=]*\b[Nn] ?= ?(?P<n>\d{1,3}(?:,\d{3})+|\d+)\)?\s*")


def kind_of_fit(label: str) -> str:
    """What a label says that a number is of a model or test: n, df, parameters, test, model; "" for anything else."""
    plain = " ".join(words_of(label.replace("'", " ")))
    for kind, form in (("n", SIZE), ("df", FREEDOM), ("parameters", PARAMETERS), ("test", TEST), ("model", MODEL)):
        if form.fullmatch(plain):
            return kind
    return ""


def with_fit(table: Table) -> Table:
    """The table without the rows below it that are about its model or test, which are told as its `fit`."""
    table = _errors_named(table) if any(map(names_a_model, table.columns[1:])) else table
    told = [list(_of_row(table, place)) for place in range(len(table.rows))]
    first = len(told)
    while first and told[first - 1]:
        first -= 1
    below = [one for row in told[first:] for one in row]
    results = any(names_a_coefficient(h) or names_a_result(h) or names_a_model(h) for h in table.columns[1:])
    columns = tuple(_of_columns(table, first))
    if first in (0, len(told)) or not (results or _of_a_test(table, first, below)):
        every = tuple(below) if first == 0 else ()
        return replace(table, fit=(*every, *columns)) if every or columns else table
    kept = replace(table, rows=table.rows[:first], row_numbers=table.row_numbers[:first])
    return replace(kept, fit=(*below, *columns))


def all_fit(table: Table) -> bool:
    """Whether each row of a table is a number about a model or test."""
    told = {one.row for one in table.fit if one.label}
    return bool(table.rows) and told == set(table.row_numbers)


def in_pairs(table: Table) -> tuple[Fit, ...]:
    """What a table of labels and values beside each other, as programs print above coefficients, says of a model."""
    if len(table.columns) % 2:
        return ()
    found = []
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        for label, text in zip(row[::2], row[1::2], strict=True):
            if not label and not text:
                continue
            told = _fit(number, label, "", text)
            if told is None and not SAID.fullmatch(" ".join(words_of(label))):
                return ()
            found += [told] if told else []
    return tuple(found)


def in_line(line: str) -> Fit | None:
    """What a line of text says of a model, as `Df Model:   3` does; None for any other."""
    label, colon, text = line.strip().partition(":")
    return _fit(0, label, "", text.strip()) if colon else None


def size_in_text(text: str) -> int | None:
    """The number of units in a title or note of one line, as in `Correlations, N = 2,310`; None for any other."""
    match = IN_TEXT.fullmatch(text)
    return int(match["n"].replace(",", "")) if match else None


def _of_row(table: Table, place: int) -> Iterator[Fit]:
    """What a row says of a model; nothing where it is about anything else, or holds what may be a count."""
    label, *texts = table.rows[place]
    found = [
        _fit(table.row_numbers[place], label, name, text)
        for name, text in zip(table.columns[1:], texts, strict=True)
        if text
    ]
    if found and all(found):
        yield from (one for one in found if one)


def _fit(row: int, label: str, column: str, text: str) -> Fit | None:
    """One number about a model; None where its label says nothing of the kind, or it is whole and may be a count."""
    kind, reading = kind_of_fit(label), read_number(text)
    if not kind or reading.state != "number":
        return None
    whole = reading.value % 1 == 0 and "." not in text and "e" not in text.lower()
    if whole != (kind in ("n", "df", "parameters")):
        return None
    return Fit(row, label, column, kind, reading.value)


def _of_columns(table: Table, rows: int) -> Iterator[Fit]:
    """Residual degrees of freedom in a column, a model to a row."""
    for name in table.columns[1:]:
        words = set(words_of(name))
        if kind_of_fit(name) == "df" and words & RESIDUAL:
            for number, row in zip(table.row_numbers[:rows], table.rows[:rows], strict=True):
                reading = read_number(row[table.columns.index(name)])
                if reading.state == "number":
                    yield Fit(number, row[0], name, "df", reading.value)


def _of_a_test(table: Table, first: int, below: Sequence[Fit]) -> bool:
    """Whether the rows below a table of counts are those of a test of it: decimals, and its degrees of freedom."""
    freedom = (first - 1) * (len(table.columns) - 2)
    alone = len({one.row for one in below}) == len(below)
    sound = all(one.kind == "test" or (one.kind == "df" and one.value == freedom) for one in below)
    return alone and sound and any(one.kind == "test" for one in below)


def _errors_named(table: Table) -> Table:
    """The table, rows without a label that hold numbers in brackets named as the errors of the row above."""
    rows, label, first = [], "", True
    for row in table.rows:
        filled = [text for text in row[1:] if text]
        if not row[0] and label and first and filled and all(IN_BRACKETS.fullmatch(text) for text in filled):
            rows.append((f"{label} (standard error)", *(text.strip("()[] ") for text in row[1:])))
            first = False
        else:
            rows.append(row)
            label, first = row[0], True
    return replace(table, rows=tuple(rows))


def freedoms(fit: Sequence[Fit]) -> list[Fit]:
    """The residual degrees of freedom among what is said; those of a test of a table of counts are about its size."""
    of_counts = any(COUNTS_TESTED & set(words_of(one.label)) for one in fit if one.kind == "test")
    return [
        one
        for one in fit
        if one.kind == "df" and not (of_counts and not RESIDUAL & {*words_of(one.label), *words_of(one.column)})
    ]


def size_said(fit: Sequence[Fit]) -> tuple[int | None, int | None]:
    """The smallest number of units and of residual degrees of freedom that is said; None for not said."""
    units = [int(one.value) for one in fit if one.kind == "n"]
    return min(units, default=None), min((int(one.value) for one in freedoms(fit)), default=None)
