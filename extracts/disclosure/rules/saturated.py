"""Saturated models: with a parameter for every combination, the coefficients are the table beneath them."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.microdata.records import TABLE, quoted
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.categories import columns_of_terms
from extracts.disclosure.subject import Subject

CODE = "saturated"
CURE = "Supply the counts of every combination of its categories: each must pass as a table would."


def findings(subject: Subject) -> Iterator[Finding]:
    """Saturated models over combinations with few units, or whose combinations are not known.

    A model is saturated where its description says so, or where it has as many parameters as the records have
    combinations of the categories in its terms. Counts that were supplied are judged as a table.
    Source: SDC Handbook, regressions on categorical variables alone are tables of means.
    """
    sizes = _combinations(subject)
    model = subject.described.regression
    saturated = model.saturated or (sizes is not None and len(sizes) > 1 and len(sizes) == model.parameters)
    if not saturated or subject.underlying:
        return
    if sizes is None:
        problem = "The model is saturated, so it shows what a table would, and the counts of that table are not known."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure=CURE)
    elif few := sum(size < subject.threshold for size in sizes):
        problem = f"The model is saturated, and {few:,} of its combinations have fewer than {subject.threshold}."
        attack = "The coefficients of a saturated model add up to the mean of each combination of categories."
        yield subject.file_finding(CODE, Verdict.FAIL, problem, attack, "Join categories, or leave interactions out.")


def _combinations(subject: Subject) -> list[float] | None:
    """Units of each combination of the categories in the terms; None where the records do not say."""
    records = subject.records
    columns = columns_of_terms(subject)
    if records is None or not columns:
        return None
    unit = f"DISTINCT {quoted(records.unit)}" if records.unit else "*"
    grouped = ", ".join(map(quoted, columns))
    where = subject.described.recipe.where or "TRUE"
    asked = f"SELECT count({unit}) AS n FROM {TABLE} WHERE {where} GROUP BY {grouped}"
    return [float(n) for n in records.frame(asked)["n"]]
