"""How many of this extract's records are linked, by group: counted in the release, of the rows that were delivered.

What links to what follows from the dataset's frame of cohorts; a dataset without one has nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlglot import exp

from extracts import query
from extracts.conversion import quoted
from extracts.pack.keys import Ask
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec, bounds_of
from governance.catalogue.catalogue import Catalogue, Table, Variable
from governance.catalogue.cohort_frame import CohortFrame

Text: TypeAlias = Callable[[exp.Query], str]

FEWEST = 10  # rows of a group, of which fewer are not told
EVERYONE, NOT_RECORDED = "Everyone", "not recorded"
A_PERSON, ANOTHER_RECORD = "a person", "another record of the same person"


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way to group people: by a variable on one of these ladders or with this code list, no finer than `level`."""

    by: str
    ladders: tuple[str, ...]
    level: str = ""
    codelist: str = ""

    def fits(self, variable: Variable) -> bool:
        return variable.ladder in self.ladders if self.ladders else variable.codelist == self.codelist


GROUPINGS = (
    Grouping("sex", (), codelist="sex"),
    Grouping("age", ("age",), "band"),
    Grouping("ethnicity", ("ethnicity",), "5+1"),
    Grouping("area", ("force", "court"), "force"),
)


@dataclass(frozen=True, slots=True)
class LinkRate:
    """Of `rows` of a table in a group, the share that is linked to something; None for both of fewer than FEWEST."""

    table: str
    linked_to: str
    by: str
    group: str
    rows: int | None
    share: float | None


def rates(
    spec: ExtractSpec, catalogue: Catalogue, released: Mapping[str, object], *, ask: Ask, text: Text
) -> list[LinkRate]:
    """The rates of every table of the extract whose rows are linked, overall and by each grouping that it holds.

    released  the tables of the release; `ask` runs a query on them, `text` says as SQL what the extract selects of them
    """
    frame = catalogue.cohort_frame
    if frame is None:
        return []
    found: list[LinkRate] = []
    for table in spec.tables:
        conditions = dict(_conditions(table, catalogue, frame, released))
        if conditions:
            found += _of_table(table, conditions, spec, catalogue, frame, ask, text)
    return found


def _conditions(
    table: TableSpec, catalogue: Catalogue, frame: CohortFrame, released: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    """What its rows may be linked to, and the condition on a row of it, `here`, that says whether it is."""
    described = catalogue[table.name]
    if table.name in (frame.person_links, frame.case_links):
        return
    if frame.person_links in released:
        yield from _to_persons(table, described, catalogue, frame)
    if frame.case_links in released:
        yield from _to_cases(table, described, catalogue[frame.case_links])


def _to_persons(
    table: TableSpec, described: Table, catalogue: Catalogue, frame: CohortFrame
) -> Iterator[tuple[str, str]]:
    domain = catalogue[frame.person_links][frame.record_key].key_domain
    record, person, links = quoted(frame.record_key), quoted(frame.person_key), quoted(frame.person_links)
    for column in table.columns:
        if described[column.name].key_domain == domain:
            own = f"here.{quoted(column.name)}"
            several = f"SELECT {person} FROM {links} GROUP BY {person} HAVING count(*) > 1"
            yield A_PERSON, f"{own} IN (SELECT {record} FROM {links} WHERE {person} IS NOT NULL)"
            yield ANOTHER_RECORD, f"{own} IN (SELECT {record} FROM {links} WHERE {person} IN ({several}))"
            return


def _to_cases(table: TableSpec, described: Table, links: Table) -> Iterator[tuple[str, str]]:
    """Each other kind of case that a link joins to the row's own."""
    keys = [one for one in links.variables if one.pseudonymised and one.name not in links.primary_key]
    for column in table.columns:
        domain = described[column.name].key_domain
        own = [key for key in keys if domain and key.key_domain == domain]
        for target in keys:
            ways = [
                f"here.{quoted(column.name)} IN (SELECT {quoted(key.name)} FROM {quoted(links.name)} "
                f"WHERE {quoted(target.name)} IS NOT NULL)"
                for key in own
                if key.name != target.name
            ]
            if ways:
                yield target.label, f"({' OR '.join(ways)})"


def _of_table(
    table: TableSpec,
    conditions: Mapping[str, str],
    spec: ExtractSpec,
    catalogue: Catalogue,
    frame: CohortFrame,
    ask: Ask,
    text: Text,
) -> Iterator[LinkRate]:
    groups = dict(_groups(table, catalogue))
    case = None if "area" in groups else _area_of_case(table, spec, catalogue, frame)
    source, shown = _rows(table, groups, case, spec, catalogue, text)
    linked = [f"count(*) FILTER ({condition})" for condition in conditions.values()]
    sets = ", ".join(["()", *(f"({column})" for column in shown.values())])
    chosen = [*(f"grouping({column}) = 0" for column in shown.values()), *shown.values(), "count(*)", *linked]
    counted = ask(f"SELECT {', '.join(chosen)} FROM {source} GROUP BY GROUPING SETS ({sets}) ORDER BY ALL")
    for row in counted:
        by, group = _which(row, list(shown))
        rows, hits = row[2 * len(shown)], row[2 * len(shown) + 1 :]
        told = rows >= FEWEST
        for what, number in zip(conditions, hits, strict=True):
            yield LinkRate(table.name, what, by, group, rows if told else None, number / rows if told else None)


def _which(row: tuple[object, ...], names: list[str]) -> tuple[str, str]:
    """The grouping that a row of GROUPING SETS is of, and its group."""
    for position, name in enumerate(names):
        if row[position]:
            value = row[len(names) + position]
            return name, NOT_RECORDED if value is None else str(value)
    return "", EVERYONE


def _groups(table: TableSpec, catalogue: Catalogue) -> Iterator[tuple[str, ColumnSpec]]:
    """The groupings that a table of the extract holds, with the column at its level."""
    described = catalogue[table.name]
    for grouping in GROUPINGS:
        for column in table.columns:
            if grouping.fits(described[column.name]):
                yield grouping.by, _no_finer(column, described[column.name], grouping.level, catalogue)
                break


def _no_finer(column: ColumnSpec, variable: Variable, level: str, catalogue: Catalogue) -> ColumnSpec:
    if variable.ladder and catalogue.ladder(variable.ladder).is_finer(column.level, than=level):
        return ColumnSpec(column.name, level, **bounds_of(variable, level, catalogue))
    return column


def _area_of_case(
    table: TableSpec, spec: ExtractSpec, catalogue: Catalogue, frame: CohortFrame
) -> tuple[str, TableSpec, ColumnSpec] | None:
    """Where a table names its case and no area: its key of the case, and the case's table with key and area alone."""
    cases = next((one for one in spec.tables if one.name == frame.case_table), None)
    domain = catalogue[frame.case_table][frame.case_key].key_domain
    own = [one.name for one in table.columns if catalogue[table.name][one.name].key_domain == domain]
    if cases is None or not own or frame.case_key not in [one.name for one in cases.columns]:
        return None
    area = dict(_groups(cases, catalogue)).get("area")
    return (own[0], replace(cases, columns=(ColumnSpec(frame.case_key), area)), area) if area else None


def _rows(
    table: TableSpec,
    groups: Mapping[str, ColumnSpec],
    case: tuple[str, TableSpec, ColumnSpec] | None,
    spec: ExtractSpec,
    catalogue: Catalogue,
    text: Text,
) -> tuple[str, dict[str, str]]:
    """What stands behind FROM: the delivered rows with surrogates and groups, and how each grouping is called."""
    described = catalogue[table.name]
    keys = [column for column in table.columns if described[column.name].pseudonymised]
    source = f"({_delivered(replace(table, columns=(*keys, *groups.values())), spec, catalogue, text)}) AS here"
    shown = {by: f"here.{quoted(column.name)}" for by, column in groups.items()}
    if case is not None:
        own, cases, area = case
        source += f" LEFT JOIN ({_delivered(cases, spec, catalogue, text)}) AS cases"
        source += f" ON here.{quoted(own)} = cases.{quoted(cases.columns[0].name)}"
        shown["area"] = f"cases.{quoted(area.name)}"
    return source, shown


def _delivered(table: TableSpec, spec: ExtractSpec, catalogue: Catalogue, text: Text) -> str:
    return text(query.unordered(table, spec=spec, catalogue=catalogue, pseudonymised=False))
