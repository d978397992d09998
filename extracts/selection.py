"""Whose rows: a cohort as sqlglot conditions on the rows of a table. Built, not run, as in `query.py`.

A row about a case is kept when its case meets every condition on cases and, where the cohort is about
certain people, one of them takes part in it. A row about a person is kept when, besides its case if it has one,

- in the table of a role: it meets the conditions on people itself, and the role is a chosen one;
- elsewhere: the same person, by the person links, has such a row in the table of a chosen role.

Whatever no key places is left out, and a table that cannot be narrowed is refused: nothing is kept by default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlglot import Dialect, exp

from governance.catalogue.catalogue import Catalogue, Table, Variable
from governance.catalogue.cohort import Cohort, Condition, problems_of
from governance.catalogue.cohort_frame import ROLE, CohortFrame, Dimension, Role

# Loaded now: the library loads a dialect when it is first asked for, and threads that ask at once can find half of it.
Dialect.get_or_raise("duckdb")

MATCHING, CASES, RECORDS = "cohort_matching_cases", "cohort_cases", "cohort_records"
HERE, LINKS = "chosen_from", "links"


class CannotNarrow(ValueError):
    """The rows of a table cannot be narrowed to the cohort."""


def in_cohort(table: Table, alias: str, cohort: Cohort, catalogue: Catalogue) -> list[exp.Condition]:
    """Conditions on the rows of `table`, known as `alias`, that all must hold; empty for a cohort of everybody.

    They read the queries that `with_cohort` adds. Raises CannotNarrow.
    """
    return _Selection(cohort, catalogue).row(table, alias, CASES) if cohort else []


def with_cohort(query: exp.Select, cohort: Cohort, catalogue: Catalogue) -> exp.Select:
    """The query with what the conditions of `in_cohort` inside it read, each part once and only if it is read."""
    if not cohort:
        return query
    selection = _Selection(cohort, catalogue)
    parts = {RECORDS: selection.records, CASES: selection.cases, MATCHING: selection.matching}
    needed: dict[str, exp.Query] = {}
    for name, part in parts.items():  # each reads only those after it
        if name in _tables_in(query) or any(name in _tables_in(other) for other in needed.values()):
            needed[name] = part()
    for name, whole in reversed(needed.items()):
        query = query.with_(exp.to_identifier(name, quoted=True), as_=whole)
    return query


def tables_read(names: Collection[str], cohort: Cohort, catalogue: Catalogue) -> tuple[str, ...]:
    """The tables that narrowing the tables `names` to the cohort reads, in the catalogue's order."""
    if not cohort or problems_of(cohort, catalogue.cohort_frame):
        return ()
    read: set[str] = set()
    for name in names:
        if name in catalogue and not _why_not(catalogue[name], cohort, catalogue):
            rows = in_cohort(catalogue[name], HERE, cohort, catalogue)
            query = exp.select("*").from_(quoted_table(name, HERE)).where(*rows)
            read |= _tables_in(with_cohort(query, cohort, catalogue))
    return tuple(table.name for table in catalogue.tables if table.name in read)


def reasons(names: Iterable[str], cohort: Cohort, catalogue: Catalogue) -> list[str]:
    """Why an extract of the tables `names` cannot be narrowed to the cohort, a sentence each; empty when it can."""
    if found := problems_of(cohort, catalogue.cohort_frame):
        return found
    tables = [catalogue[name] for name in names if name in catalogue]
    return [reason for table in tables if cohort and (reason := _why_not(table, cohort, catalogue))]


def _why_not(table: Table, cohort: Cohort, catalogue: Catalogue) -> str | None:
    try:
        in_cohort(table, HERE, cohort, catalogue)
    except CannotNarrow as problem:
        return str(problem)
    return None


class _Selection:
    """One cohort on one dataset. Raises CannotNarrow for conditions that the dataset does not offer."""

    def __init__(self, cohort: Cohort, catalogue: Catalogue) -> None:
        frame = catalogue.cohort_frame
        if frame is None or problems_of(cohort, frame):
            raise CannotNarrow(" ".join(problems_of(cohort, frame)))
        self.catalogue, self.frame = catalogue, frame
        self.on_cases = list(_conditions(cohort, frame, about_people=False))
        self.on_people = list(_conditions(cohort, frame, about_people=True))
        self.case_domain = catalogue[frame.case_table][frame.case_key].key_domain
        self.record_domain = catalogue[frame.person_links][frame.record_key].key_domain
        of_role = cohort.on(ROLE)
        self.roles = [role for role in frame.roles if of_role is None or role.name in of_role.values]

    def row(self, table: Table, alias: str, cases: str) -> list[exp.Condition]:
        """What must hold of a row, its case being one of `cases`."""
        of_case = self.case(table, alias, cases)
        found = [of_case] if of_case is not None else []
        if table.name in self.frame.of_cases:
            return found
        if self.on_people or of_case is None:
            found += self.person(table, alias, cases)
        return found

    def case(self, table: Table, alias: str, cases: str) -> exp.Condition | None:
        """Its case is one of `cases`, by its own key or, if that is missing, by the case links. None without keys."""
        own = [one.name for one in table.variables if one.key_domain == self.case_domain]
        linked = [
            exp.In(this=quoted_column(key.name, alias), query=self.linked(column, cases).subquery())
            for key in table.variables
            for column in self.link_columns(key)
            if key.key_domain != self.case_domain and table.name != self.frame.case_links
        ]
        if not own:
            return exp.paren(exp.or_(*linked)) if linked else None
        key = quoted_column(own[0], alias)
        direct = exp.In(this=key, query=_all_of(cases, self.frame.case_key).subquery())
        if not linked:
            return direct
        return exp.paren(exp.or_(direct, exp.and_(exp.Is(this=key.copy(), expression=exp.Null()), exp.or_(*linked))))

    def link_columns(self, key: Variable) -> list[str]:
        """The columns of the case links that hold the same kind of key."""
        if not key.key_domain:
            return []
        links = self.catalogue[self.frame.case_links].variables
        return [one.name for one in links if one.key_domain == key.key_domain]

    def linked(self, column: str, cases: str) -> exp.Select:
        """The keys in one column of the case links whose case is one of `cases`."""
        query = exp.select(quoted_column(column, LINKS)).from_(quoted_table(self.frame.case_links, LINKS))
        chosen = _all_of(cases, self.frame.case_key).subquery()
        return query.where(exp.In(this=quoted_column(self.frame.case_key, LINKS), query=chosen))

    def person(self, table: Table, alias: str, cases: str) -> list[exp.Condition]:
        """Whom the row is about is in the cohort."""
        if table.name in {role.table for role in self.frame.roles}:
            chosen = [self.member(role, alias) for role in self.roles if role.table == table.name]
            return [exp.paren(exp.or_(*chosen)) if chosen else exp.false()]
        if through := self.frame.way_to_person(table.name):
            parent = self.catalogue[through.parent]
            same = [
                exp.EQ(this=quoted_column(name, "whose"), expression=quoted_column(name, alias))
                for name in through.columns
            ]
            inner = exp.select(exp.Literal.number(1)).from_(quoted_table(parent.name, "whose"))
            return [exp.Exists(this=inner.where(*same, *self.row(parent, "whose", cases)))]
        record = next((one.name for one in table.variables if one.key_domain == self.record_domain), None)
        if record is None:
            raise CannotNarrow(f"{table.name} has no key by which it could be narrowed to the cohort.")
        known = _all_of(RECORDS, self.frame.record_key).subquery()
        return [exp.In(this=quoted_column(record, alias), query=known)]

    def member(self, role: Role, alias: str) -> exp.Condition:
        """The row of a role's table meets the conditions on people."""
        found = [
            self.meets(condition, dimension, role.table, alias)
            for dimension, condition in self.on_people
            if dimension.name != ROLE
        ]
        return exp.and_(*found) if found else exp.true()

    def matching(self) -> exp.Query:
        """The cases that meet the conditions on cases."""
        frame, table = self.frame, self.frame.case_table
        query = exp.select(quoted_column(frame.case_key, HERE)).from_(quoted_table(table, HERE))
        for dimension, condition in self.on_cases:
            ((elsewhere, _),) = dimension.columns
            if elsewhere == table:
                query = query.where(self.meets(condition, dimension, table, HERE))
                continue
            # Its own key of the same kind leads there.
            key = self.case_key_of(elsewhere)
            there = exp.select(quoted_column(key, "there")).from_(quoted_table(elsewhere, "there"))
            there = there.where(self.meets(condition, dimension, elsewhere, "there"))
            query = query.where(exp.In(this=quoted_column(frame.case_key, HERE), query=there.subquery()))
        return query

    def case_key_of(self, table: str) -> str:
        return next(one.name for one in self.catalogue[table].variables if one.key_domain == self.case_domain)

    def cases(self) -> exp.Query:
        """Those of the matching cases in which somebody of the cohort takes part; all where anybody is."""
        query = exp.select(quoted_column(self.frame.case_key, "matching")).from_(quoted_table(MATCHING, "matching"))
        if not self.on_people:
            return query
        key = quoted_column(self.frame.case_key, "matching")
        return query.where(exp.or_(*(exp.In(this=key.copy(), query=part.subquery()) for part in self.cases_by_role())))

    def cases_by_role(self) -> Iterator[exp.Query]:
        """For each chosen role the cases of its rows, by their own key or by the case links."""
        for role in self.roles:
            table = self.catalogue[role.table]
            own = [one for one in table.variables if one.key_domain == self.case_domain]
            rows = exp.select().from_(quoted_table(role.table, HERE)).where(self.member(role, HERE))
            if own:
                yield rows.select(quoted_column(own[0].name, HERE))
                continue
            for key in table.variables:
                for column in self.link_columns(key):
                    chosen = rows.select(quoted_column(key.name, HERE)).subquery()
                    links = exp.select(quoted_column(self.frame.case_key, LINKS))
                    links = links.from_(quoted_table(self.frame.case_links, LINKS))
                    yield links.where(exp.In(this=quoted_column(column, LINKS), query=chosen))

    def records(self) -> exp.Query:
        """The records of every source of the people who take part in the cases in a chosen role."""
        frame = self.frame
        people = exp.select(quoted_column(frame.person_key, "people")).from_(quoted_table(frame.person_links, "people"))
        record = quoted_column(frame.record_key, "people")
        parts = [exp.In(this=record.copy(), query=part.subquery()) for part in self.records_by_role()]
        query = exp.select(quoted_column(frame.record_key, HERE)).from_(quoted_table(frame.person_links, HERE))
        same = people.where(exp.or_(*parts)).subquery()
        return query.where(exp.In(this=quoted_column(frame.person_key, HERE), query=same))

    def records_by_role(self) -> Iterator[exp.Query]:
        for role in self.roles:
            table = self.catalogue[role.table]
            record = next(one.name for one in table.variables if one.key_domain == self.record_domain)
            query = exp.select(quoted_column(record, HERE)).from_(quoted_table(role.table, HERE))
            of_case = self.case(table, HERE, CASES)
            yield query.where(self.member(role, HERE), *([of_case] if of_case is not None else []))

    def meets(self, condition: Condition, dimension: Dimension, table: str, alias: str) -> exp.Condition:
        """The condition on the dimension's column in `table`. A missing value meets none."""
        variable = self.catalogue[table][dimension.column_in(table) or ""]
        value = quoted_column(variable.name, alias)
        if condition.is_period:
            return _within(value, condition)
        level = self.catalogue.ladder(variable.ladder)[dimension.level] if dimension.level else None
        if level is not None and level.method == "band":
            bands = [band for band in level.bands if band.label in condition.values]
            return exp.paren(exp.or_(*(_in_band(value, band.lower, band.upper) for band in bands)))
        codes: Iterable[str] = condition.values
        if level is not None and level.method == "codelist":
            mapping = self.catalogue.code_list(variable.codelist).mapping(level.argument)
            codes = [code for code, label in mapping.items() if label in condition.values]
        text = value if variable.duckdb_type == "VARCHAR" else exp.cast(value, "TEXT")
        return exp.In(this=text, expressions=[exp.Literal.string(code) for code in codes])


def _conditions(cohort: Cohort, frame: CohortFrame, *, about_people: bool) -> Iterator[tuple[Dimension, Condition]]:
    for condition in cohort.conditions:
        dimension = frame.dimension(condition.name)
        if dimension is not None and dimension.about_people == about_people:
            yield dimension, condition


def _within(value: exp.Condition, condition: Condition) -> exp.Condition:
    days = ((exp.GTE, condition.first), (exp.LTE, condition.last))
    sides = [
        side(this=value.copy(), expression=exp.cast(exp.Literal.string(day.isoformat()), "DATE"))
        for side, day in days
        if day is not None
    ]
    return exp.and_(*sides)


def _in_band(value: exp.Condition, lower: object, upper: object) -> exp.Condition:
    sides: list[exp.Condition] = [exp.GTE(this=value.copy(), expression=exp.Literal.number(str(lower)))]
    if upper is not None:
        sides.append(exp.LT(this=value.copy(), expression=exp.Literal.number(str(upper))))
    return exp.and_(*sides)


def _all_of(part: str, column: str) -> exp.Select:
    return exp.select(quoted_column(column, "part")).from_(quoted_table(part, "part"))


def _tables_in(query: exp.Query) -> set[str]:
    return {table.name for table in query.find_all(exp.Table)}


def quoted_column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def quoted_table(name: str, alias: str) -> exp.Table:
    named = exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=named)
