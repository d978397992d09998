"""How many of this extract's records are linked, by group: counted in the release, of the rows that were delivered.

What links to what follows from the dataset's frame of cohorts; a dataset without one has nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
        linked = [*_to_persons(table, catalogue, frame, released), *_to_cases(table, catalogue, frame, released)]
        if linked:
            found += _of_table(table, linked, spec, catalogue, frame, ask, text)
    return found


@dataclass(frozen=True, slots=True)
class _Linked:
    """Rows of a table are linked by their `column` through the column `key` of `links`.

    to  what a row may be linked to, and the condition on a row of `links` that says whether it is
    """

    column: str
    links: Table
    key: str
    to: Mapping[str, str]


def _to_persons(
    table: TableSpec, catalogue: Catalogue, frame: CohortFrame, released: Mapping[str, object]
) -> Iterator[_Linked]:
    if frame.person_links not in released or table.name in (frame.person_links, frame.case_links):
        return
    links, person = catalogue[frame.person_links], quoted(frame.person_key)
    several = f"SELECT {person} FROM {quoted(links.name)} GROUP BY {person} HAVING count(*) > 1"
    to = {A_PERSON: f"{person} IS NOT NULL", ANOTHER_RECORD: f"{person} IN ({several})"}
    own = _of_domain(table, catalogue, links[frame.record_key].key_domain)
    yield from (_Linked(column, links, frame.record_key, to) for column in own[:1])


def _to_cases(
    table: TableSpec, catalogue: Catalogue, frame: CohortFrame, released: Mapping[str, object]
) -> Iterator[_Linked]:
    """Each other kind of case that a link joins to the row's own."""
    if frame.case_links not in released or table.name in (frame.person_links, frame.case_links):
        return
    links = catalogue[frame.case_links]
    keys = [one for one in links.variables if one.pseudonymised and one.name not in links.primary_key]
    for key in keys:
        to = {other.label: f"{quoted(other.name)} IS NOT NULL" for other in keys if other is not key}
        for column in _of_domain(table, catalogue, key.key_domain) if key.key_domain else ():
            yield _Linked(column, links, key.name, to)


def _of_domain(table: TableSpec, catalogue: Catalogue, domain: str) -> list[str]:
    return [one.name for one in table.columns if catalogue[table.name][one.name].key_domain == domain]


def _of_table(
    table: TableSpec,
    linked: Sequence[_Linked],
    spec: ExtractSpec,
    catalogue: Catalogue,
    frame: CohortFrame,
    ask: Ask,
    text: Text,
) -> Iterator[LinkRate]:
    groups = dict(_groups(table, catalogue))
    case = None if "area" in groups else _area_of_case(table, spec, catalogue, frame)
    source, shown = _rows(table, groups, case, spec, catalogue, text)
    joined, flags = _joined(linked)
    own = [f"{column} AS g{place}" for place, column in enumerate(shown.values())]
    hits = [f"{flag} AS l{place}" for place, flag in enumerate(flags.values())]
    alike = f"SELECT {', '.join([*own, *hits])}, count(*) AS n FROM {source}{joined} GROUP BY ALL"
    names = [f"g{place}" for place in range(len(shown))]
    counts = ["coalesce(sum(n), 0)", *(f"coalesce(sum(n) FILTER (l{place}), 0)" for place in range(len(flags)))]
    sets = ", ".join(["()", *(f"({name})" for name in names)])
    chosen = ", ".join([*(f"grouping({name}) = 0" for name in names), *names, *counts])
    for row in ask(f"SELECT {chosen} FROM ({alike}) GROUP BY GROUPING SETS ({sets}) ORDER BY ALL"):
        by, group = _which(row, list(shown))
        rows, *numbers = (int(number) for number in row[2 * len(shown) :])
        told = rows >= FEWEST
        for what, number in zip(flags, numbers, strict=True):
            yield LinkRate(table.name, what, by, group, rows if told else None, number / rows if told else None)


def _joined(linked: Sequence[_Linked]) -> tuple[str, dict[str, str]]:
    """The joins that tell of each row `here` what it is linked to; and what it may be, with the flag that says so.

    One join for each key, whatever the number of things that rows are linked to by it.
    """
    joins, flags = "", dict[str, str]()
    for number, one in enumerate(linked):
        key, name = quoted(one.key), f"linked_{number}"
        told = "".join(f", bool_or({condition}) AS t{place}" for place, condition in enumerate(one.to.values()))
        joins += f" LEFT JOIN (SELECT {key} AS id{told} FROM {quoted(one.links.name)} GROUP BY {key}) AS {name}"
        joins += f" ON here.{quoted(one.column)} = {name}.id"
        for place, what in enumerate(one.to):
            flag = f"coalesce({name}.t{place}, false)"
            flags[what] = f"{flags[what]} OR {flag}" if what in flags else flag
    return joins, flags


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
