"""Supporting a table: the best evidence there is for its cells, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from extracts.disclosure.description import FileDescription
from extracts.disclosure.microdata.modes_of_text import coded
from extracts.disclosure.microdata.records import Records
from extracts.disclosure.microdata.support import add_support
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.evidence import add_evidence
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Evidence, Finding, Verdict


def with_evidence(
    cells: Cells, table: Table, described: FileDescription, contents: Mapping[str, bytes], policy: Policy
) -> tuple[Cells, Evidence, list[Finding]]:
    """The cells with the best evidence there is, its grade, and what is wrong with evidence that cannot be used."""
    found = list[Finding]()
    if described.recipe.microdata:
        try:
            records = records_of(described, contents)
            cells, records = coded(cells, table, records, described.recipe.value)
            return _recomputed(cells, records, described), Evidence.RECOMPUTED, found
        except CannotRead as error:
            found.append(_unusable(described.name, f"Microdata: {error.problem}", error.cure))
    if described.evidence:
        try:
            return _supported(cells, described.evidence, contents, policy), Evidence.UNDERLYING, found
        except CannotRead as error:
            found.append(_unusable(described.name, f"Evidence: {error.problem}", error.cure))
    return cells, Evidence.FILE_ALONE, found


def _recomputed(cells: Cells, records: Records, described: FileDescription) -> Cells:
    """The cells with evidence from the records, and the number of court cases behind each where these are named."""
    recipe, apart = replace(described.recipe, where=""), _apart(described)  # the records are those of the population
    supported = add_support(cells, records, recipe, apart=apart)
    if not recipe.case:
        return supported
    of_cases = replace(recipe, unit=recipe.case, value="")
    counted = add_support(cells, records.with_unit(recipe.case), of_cases, apart=apart)
    return Cells(cells.labels, cells.totals, supported.facts.assign(cases=counted.facts["n"]))


def _apart(described: FileDescription) -> tuple[str, ...]:
    """The dimensions of a table that its records do not have."""
    return tuple(filter(None, [described.layout.statistic]))


class Supplied(dict[str, bytes]):
    """The files of a request by name, with the records that were read of them: each is read once."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        super().__init__(contents)
        self.read: dict[tuple[str, str, str], Records] = {}


def records_of(described: FileDescription, contents: Mapping[str, bytes], *, everybody: bool = False) -> Records:
    """The microdata of a recipe: of its population, or of everybody. Raises CannotRead when they can't be used."""
    recipe = described.recipe
    if recipe.microdata not in contents:
        raise CannotRead("The microdata were not supplied.", f"Supply {recipe.microdata}.")
    known = contents.read if isinstance(contents, Supplied) else {}
    whom = "" if everybody else recipe.where
    key = (recipe.microdata, recipe.unit, whom)
    if key not in known:
        records = Records.of_csv(contents[recipe.microdata], recipe.unit)
        known[key] = records.of_population(whom) if whom else records
    return known[key]


def records_behind(described: Sequence[FileDescription], contents: Mapping[str, bytes]) -> pd.DataFrame | None:
    """The microdata behind a file, where they are at hand and can be read."""
    if len(described) != 1 or not described[0].recipe.microdata:
        return None
    try:
        return records_of(described[0], contents).everything()
    except CannotRead:
        return None


def _supported(cells: Cells, evidence: str, contents: Mapping[str, bytes], policy: Policy) -> Cells:
    """The cells with their evidence. Raises CannotRead when it isn't there or can't be used."""
    if evidence not in contents:
        raise CannotRead("The evidence file was not supplied.", f"Supply {evidence}.")
    return add_evidence(cells, evidence, contents[evidence], policy)


def _unusable(file: str, problem: str, cure: str) -> Finding:
    return Finding(file, "evidence", Verdict.REVIEW, problem, cure=cure)
