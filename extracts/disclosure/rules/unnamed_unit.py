"""Unnamed units: records counted where a column beside them says that several are of one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extracts.disclosure.microdata.records import TABLE, Records, quoted
from extracts.disclosure.microdata.support import add_support
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.pseudonyms import pseudonymous
from extracts.disclosure.rules.threshold import unsafe_counts
from extracts.disclosure.subject import Subject
from extracts.disclosure.unit_names import may_number_units, names_people

CODE = "unit"
SAMPLE = 1_000
MOST_COLUMNS = 4


def findings(subject: Subject) -> Iterator[Finding]:
    """Columns of the records that may number people and repeat, by which some cell that is shown has too few.

    Nothing is said where every cell has enough by whatever may be the unit.
    Source: thresholds are of people, not of rows (facts, section 1.3: 30 rows of 2 persons).
    """
    if subject.records is None or names_people(subject.described.recipe.unit):
        return
    for name in list(_numbering(subject, subject.records))[:MOST_COLUMNS]:
        few = _few_by(subject, subject.records.with_unit(name))
        if few:
            problem = (
                f"It is not said that {name} tells people apart; if it does, {few:,} places have fewer than "
                f"{subject.threshold} {subject.unit}."
            )
            attack = "Many rows may be of a few people, who are no safer for being there often."
            cure = f"Name the column that tells people apart as the unit, or say what {name} is."
            yield subject.file_finding(CODE, Verdict.REVIEW, problem, attack, cure)


def _numbering(subject: Subject, records: Records) -> Iterator[str]:
    """Columns that may number units, by heading or as pseudonyms, and in which some number comes again."""
    recipe = subject.described.recipe
    taken = {*subject.cells.dimensions, recipe.unit, recipe.value, recipe.case}
    for name in (name for name in records.columns if name not in taken):
        by_heading = names_people(name) if recipe.unit else may_number_units(name)
        if (by_heading or pseudonymous(_some(records, name))) and _repeats(records, name):
            yield name


def _some(records: Records, name: str) -> list[str]:
    return [str(value) for value in records.frame(f"SELECT {quoted(name)} AS v FROM {TABLE} LIMIT {SAMPLE}")["v"]]


def _repeats(records: Records, name: str) -> bool:
    found = records.frame(f"SELECT count(DISTINCT {quoted(name)}) AS n, count({quoted(name)}) AS rows FROM {TABLE}")
    return 0 < int(found["n"].iloc[0]) < int(found["rows"].iloc[0])


def _few_by(subject: Subject, records: Records) -> int:
    """How many cells that are shown and large enough by rows have too few units."""
    cells = subject.cells.where(subject.cells.states("number") & ~subject.cells.flags("structural"))
    recipe = replace(subject.described.recipe, unit=records.unit, value="")
    apart = tuple(filter(None, [subject.described.layout.statistic]))
    n, known = add_support(cells, records, recipe, apart=apart).numbers("n"), cells.numbers("n")
    few = unsafe_counts(n, n, threshold=subject.threshold, zeros=False)
    return int((few & (known >= subject.threshold)).sum())
