"""One table of an extract as one sqlglot expression: built, not run.

Written for DuckDB, and free of what other engines lack: the same expression is
transpiled for Spark. Names are looked up in the catalogue and quoted; values are
literals that sqlglot escapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlglot import exp

from extracts import withholding
from extracts.selection import in_cohort, with_cohort
from extracts.selection import quoted_column as _column
from extracts.selection import quoted_table as _table
from extracts.specification import (
    BadSpecification,
    ColumnSpec,
    ExtractSpec,
    TableSpec,
    known_level,
    shared_keys,
    undated_reason,
)
from governance.catalogue.catalogue import Catalogue, Level, Table, Variable

ROWS = "rows_of_table"
EXTRACT = "chosen"
MERGED = "merged: few rows"  # in place of values that too few rows of the extract have


class UnknownLevel(ValueError):
    """A variable has no such level of detail, or may be in no extract."""


def pseudonym_function(domain: str) -> str:
    """The name of the function that an engine must offer for a key domain."""
    return f"pseudonym_{domain}"


def select_table(table: TableSpec, *, spec: ExtractSpec, catalogue: Catalogue) -> exp.Select:
    """The rows of one table, generalised and pseudonymised, in an order of their own.

    The order is by pseudonyms and then by every other column, or by those of both that tell the table's rows apart:
    it tells nothing of the order in the source, it differs between projects, and rows that tie are equal, so that the
    file is the same every time.

    Raises UnknownName, UnknownLevel, and BadSpecification for a table that nothing places in the period.
    """
    chosen = unordered(table, spec=spec, catalogue=catalogue)
    return in_order(table, chosen.subquery(EXTRACT), catalogue)


def in_order(table: TableSpec, rows: exp.Expression | str, catalogue: Catalogue) -> exp.Select:
    """The pseudonymised rows of a table in the order of `select_table`; `rows` is a subquery, or the name of a view."""
    order = [exp.Ordered(this=_column(name), desc=False, nulls_first=False) for name in order_of(table, catalogue)]
    columns = (_column(column.name) for column in table.columns)
    return exp.select(*columns).from_(_table(rows, EXTRACT) if isinstance(rows, str) else rows).order_by(*order)


def order_of(table: TableSpec, catalogue: Catalogue) -> list[str]:
    """The columns that the rows of a table are ordered by: pseudonyms, then others.

    Only those of the primary key where all of it is given as it is: no two rows of a release have the same one, and
    every further column makes sorting slower.
    """
    described = catalogue[table.name]
    names, key = [column.name for column in table.columns], described.primary_key
    unchanged = {column.name for column in table.columns if _as_it_is(column, described, catalogue)}
    if unchanged.issuperset(key) and any(described[name].pseudonymised for name in key):
        names = [name for name in names if name in key]
    return sorted(names, key=lambda name: not described[name].pseudonymised)


def _as_it_is(column: ColumnSpec, table: Table, catalogue: Catalogue) -> bool:
    """Whether rows with different values in the release have different ones in the extract."""
    variable = table[column.name]
    level = catalogue.ladder(variable.ladder)[column.level] if variable.ladder else None
    changed = column.bottom is not None or column.top is not None or column.merge_below
    return variable.pseudonymised or not (changed or (level and level.method != "source"))


def unordered(table: TableSpec, *, spec: ExtractSpec, catalogue: Catalogue, pseudonymised: bool = True) -> exp.Select:
    """The same rows in no order. Without pseudonyms keys stay surrogates: for engines that add them later."""
    described = catalogue[table.name]
    query = _rows_of(table, spec, catalogue)
    for number, column in enumerate(table.columns):
        variable = described[column.name]
        if not variable.selectable or not known_level(variable, column.level, catalogue):
            raise UnknownLevel(f"{table.name}.{column.name} cannot be given at the level {column.level!r}.")
        level = catalogue.ladder(variable.ladder)[column.level] if variable.ladder else None
        value: exp.Expression = _column(column.name, ROWS)
        if variable.pseudonymised and pseudonymised:
            value = exp.Anonymous(this=pseudonym_function(variable.key_domain), expressions=[value])
        elif level is not None and level.method == "codelist":
            query, value = _mapped(query, variable, level, catalogue, alias=f"codes_{number}")
        elif level is not None:
            value = METHODS[level.method](value, variable, level)
        value = _bounded(value, column)
        query = query.select(exp.alias_(value, column.name, quoted=True), copy=False)
    return _merged(query, table, spec, catalogue)


def _bounded(value: exp.Expression, column: ColumnSpec) -> exp.Expression:
    """Bottom and top coding: what lies beyond a bound is given as the bound. Null stays null in every engine."""
    for bound, beyond in ((column.bottom, exp.LT), (column.top, exp.GT)):
        if bound is not None:
            case = exp.Case().when(beyond(this=value.copy(), expression=_number(bound)), _number(bound))
            value = case.else_(value)
    return value


def _number(value: int) -> exp.Expression:
    return exp.Neg(this=exp.Literal.number(-value)) if value < 0 else exp.Literal.number(value)


def _merged(query: exp.Select, table: TableSpec, spec: ExtractSpec, catalogue: Catalogue) -> exp.Select:
    """The same rows, with the values of each column that merges replaced by MERGED where too few rows have them."""
    merging = {column.name: column for column in table.columns if column.merge_below}
    if not merging:
        return query
    whole = exp.select().from_(query.subquery(EXTRACT, copy=False))
    for number, column in enumerate(table.columns):
        value: exp.Expression = _column(column.name, EXTRACT)
        if column.name in merging:
            alias = f"enough_{number}"
            enough = _enough(column, table, spec, catalogue).subquery(alias)
            same = exp.EQ(this=_column(column.name, alias), expression=value.copy())
            whole = whole.join(enough, on=same, join_type="left")
            few = exp.and_(_missing(_column(column.name, alias)), exp.not_(_missing(value.copy())))
            value = exp.Case().when(few, exp.Literal.string(MERGED)).else_(value)
        whole = whole.select(exp.alias_(value, column.name, quoted=True))
    return whole


def _enough(column: ColumnSpec, table: TableSpec, spec: ExtractSpec, catalogue: Catalogue) -> exp.Select:
    """The values of one column that enough rows of the extract's table have."""
    alone = replace(table, columns=(replace(column, merge_below=0),))
    values = unordered(alone, spec=spec, catalogue=catalogue).subquery("alone")
    counted = exp.Count(this=exp.Star())
    query = exp.select(_column(column.name, "alone")).from_(values).group_by(_column(column.name, "alone"))
    return query.having(exp.GTE(this=counted, expression=exp.Literal.number(column.merge_below)))


def _missing(value: exp.Expression) -> exp.Is:
    return exp.Is(this=value, expression=exp.Null())


def count_rows(table: TableSpec, *, spec: ExtractSpec, catalogue: Catalogue) -> exp.Select:
    """How many rows the table of the extract will have."""
    return _rows_of(table, spec, catalogue).select(exp.Count(this=exp.Star()))


def _rows_of(table: TableSpec, spec: ExtractSpec, catalogue: Catalogue) -> exp.Select:
    """A query, still of no columns, on those rows of a table that are in scope, as ROWS.

    It reads them by a WITH clause that is the same in every query of the specification, so that an engine can work it
    out once. Columns that the specification does not ask for are read from the release.
    """
    own = {column.name for one in spec.tables if one.name == table.name for column in one.columns}
    if own and own.issuperset(column.name for column in table.columns):
        return _reading(exp.select().from_(_table(_scoped(table.name), ROWS)), [table.name], spec, catalogue)
    query = exp.select().from_(_table(table.name, ROWS))
    query = query.where(*scope_of(catalogue[table.name], spec=spec, catalogue=catalogue))
    return with_cohort(query, spec.cohort, catalogue)


def _scoped(table: str) -> str:
    return f"{table}_in_scope"


def _reading(query: exp.Select, names: Iterable[str], spec: ExtractSpec, catalogue: Catalogue) -> exp.Select:
    """The query with the rows in scope of the tables that it reads."""
    for table in spec.tables:
        if table.name in names:
            rows = exp.select(*(_column(column.name, ROWS) for column in table.columns)).from_(_table(table.name, ROWS))
            described = catalogue[table.name]
            if _goes_with_parent(described, spec, catalogue):
                rows = _with_parent(rows, described, spec, catalogue)
            else:
                rows = rows.where(*scope_of(described, spec=spec, catalogue=catalogue))
                rows = with_cohort(rows, spec.cohort, catalogue)
            query = query.with_(exp.to_identifier(_scoped(table.name), quoted=True), as_=rows, copy=False)
    return query


def _goes_with_parent(table: Table, spec: ExtractSpec, catalogue: Catalogue) -> bool:
    """Whether a row that its parent places in the period is in the cohort whenever that parent is.

    It is, where the same is asked of both, of nothing but the columns by which they belong together.
    """
    if table.period_column or not table.period_parent:
        return False
    own = in_cohort(table, ROWS, spec.cohort, catalogue)
    names = {column.name for one in own for column in one.find_all(exp.Column) if column.table == ROWS}
    together = names.issubset(table.period_parent.columns)
    return together and own == in_cohort(catalogue[table.period_parent.table], ROWS, spec.cohort, catalogue)


def _with_parent(rows: exp.Select, table: Table, spec: ExtractSpec, catalogue: Catalogue) -> exp.Select:
    """The rows whose parent is in the period and in the cohort, and that are not left out for themselves.

    The parents' keys are a WITH clause, which all tables of that parent share.
    """
    assert table.period_parent
    parent, columns = catalogue[table.period_parent.table], table.period_parent.columns
    placed = "_".join((parent.name, "placed_by", *columns))
    same = [exp.EQ(this=_column(name, "parent"), expression=_column(name, ROWS)) for name in columns]
    there = exp.select(exp.Literal.number(1)).from_(_table(placed, "parent")).where(*same)
    rows = rows.where(exp.Exists(this=there), *_left_in(table, spec, catalogue))
    part = _placed(parent, columns, spec, catalogue)
    return rows.with_(exp.to_identifier(placed, quoted=True), as_=part, copy=False)


def _placed(parent: Table, columns: Sequence[str], spec: ExtractSpec, catalogue: Catalogue) -> exp.Select:
    """These columns of the parents that are in the period and in the cohort: of those in scope, if that is the same."""
    keys = exp.select(*(_column(name, ROWS) for name in columns))
    given = {column.name for one in spec.tables if one.name == parent.name for column in one.columns}
    if given.issuperset(columns) and not _left_in(parent, spec, catalogue):
        return _reading(keys.from_(_table(_scoped(parent.name), ROWS)), [parent.name], spec, catalogue)
    in_both = in_period(parent, spec=spec, catalogue=catalogue), *in_cohort(parent, ROWS, spec.cohort, catalogue)
    return with_cohort(keys.from_(_table(parent.name, ROWS)).where(*in_both), spec.cohort, catalogue)


def scope_of(table: Table, *, spec: ExtractSpec, catalogue: Catalogue) -> list[exp.Condition]:
    """What must hold of a row of ROWS: it lies in the period and in the cohort, meets the table's row rules, and is
    of nobody and nothing that is withheld.

    Raises BadSpecification and CannotNarrow when nothing could place any row.
    """
    return [
        in_period(table, spec=spec, catalogue=catalogue),
        *in_cohort(table, ROWS, spec.cohort, catalogue),
        *_left_in(table, spec, catalogue),
    ]


def _left_in(table: Table, spec: ExtractSpec, catalogue: Catalogue) -> list[exp.Condition]:
    """A row of ROWS meets the table's row rules, and is of nobody and nothing that is withheld."""
    return [
        *(exp.In(this=_as_text(table[rule.column]), expressions=_texts(rule.values)) for rule in table.only),
        *(withholding.conditions(table, ROWS, catalogue) if spec.withheld else []),
    ]


def _as_text(variable: Variable) -> exp.Expression:
    value = _column(variable.name, ROWS)
    return value if variable.duckdb_type == "VARCHAR" else exp.cast(value, "TEXT")


def _texts(values: Iterable[str]) -> list[exp.Expression]:
    return [exp.Literal.string(value) for value in values]


def keys_of_domain(
    domain: str, *, spec: ExtractSpec, catalogue: Catalogue, written: Callable[[str], str] | None = None
) -> exp.Select:
    """Every key of one domain that the extract holds, over all its tables, as `id`: as often as it stands there.

    Surrogates in the release; with `written`, which names the view of each table as written, pseudonyms in those.
    There are as many different ones of both when no two keys share a pseudonym.
    """
    keys = [catalogue[table.name][column.name] for table in spec.tables for column in table.columns]
    keys = [key for key in keys if key.key_domain == domain]
    named = written or _scoped
    whole = _union(_key(key).from_(_table(named(key.table), ROWS)) for key in keys).subquery("ids")
    found = exp.select(_column("id")).from_(whole).where(exp.not_(_missing(_column("id"))))
    return found if written else _reading(found, [key.table for key in keys], spec, catalogue)


def how_many_different(keys: exp.Select) -> exp.Select:
    """The number of different keys of `keys_of_domain`."""
    counted = exp.Count(this=exp.Distinct(expressions=[_column("id")]))
    return exp.select(counted).from_(keys.subquery("keys"))


def in_period(table: Table, *, spec: ExtractSpec, catalogue: Catalogue) -> exp.Condition:
    """The condition on the rows of a table: what of it belongs to the period of the extract.

    Its own date decides, or that of its parent. Of a table with neither, a row is
    kept when one of its keys occurs in a row of another table of the extract that has a
    date, and that lies in the period and the cohort. Whatever cannot be placed is left out: rows without a
    date, without a parent, without a key. Raises BadSpecification when nothing could
    place any row.
    """
    if table.period_column:
        return _between(_column(table.period_column, ROWS), spec)
    if table.period_parent:
        return _parent_in_period(catalogue[table.period_parent.table], table.period_parent.columns, spec)
    names = [other.name for other in spec.tables]
    if reason := undated_reason(table, names, catalogue):
        raise BadSpecification(reason)
    matches = [
        exp.In(this=_column(name, ROWS), query=_union(_key_in_scope(key, spec, catalogue) for key in same).subquery())
        for name, same in shared_keys(table, names, catalogue).items()
    ]
    return exp.or_(*matches)


def _parent_in_period(parent: Table, columns: Iterable[str], spec: ExtractSpec) -> exp.Exists:
    same = [exp.EQ(this=_column(name, "parent"), expression=_column(name, ROWS)) for name in columns]
    inner = (
        exp.select(exp.Literal.number(1))
        .from_(_table(parent.name, "parent"))
        .where(*same, _between(_column(parent.period_column, "parent"), spec))
    )
    return exp.Exists(this=inner)


def _key(key: Variable) -> exp.Select:
    """One key column as `id`, of a table that the caller names."""
    return exp.select(exp.alias_(_column(key.name, ROWS), "id", quoted=True))


def _key_in_scope(key: Variable, spec: ExtractSpec, catalogue: Catalogue) -> exp.Select:
    conditions = scope_of(catalogue[key.table], spec=spec, catalogue=catalogue)
    return _key(key).from_(_table(key.table, ROWS)).where(*conditions)


def _union(parts: Iterable[exp.Select]) -> exp.Query:
    """All rows of one query or more."""
    first, *rest = parts
    whole: exp.Query = first
    for part in rest:
        whole = exp.union(whole, part, distinct=False)
    return whole


def _between(value: exp.Expression, spec: ExtractSpec) -> exp.Between:
    days = (spec.period_from, spec.period_to)
    low, high = (exp.cast(exp.Literal.string(day.isoformat()), "DATE") for day in days)
    return exp.Between(this=value, low=low, high=high)


def _mapped(
    query: exp.Select, variable: Variable, level: Level, catalogue: Catalogue, *, alias: str
) -> tuple[exp.Select, exp.Expression]:
    """The query joined with the code list, and the mapped value; a code not in the list becomes null.

    A join and not a CASE: some lists have hundreds of codes.
    """
    mapping = catalogue.code_list(variable.codelist).mapping(level.argument)
    rows = [exp.Tuple(expressions=[exp.Literal.string(code), _text(value)]) for code, value in mapping.items()]
    columns = [exp.to_identifier(name, quoted=True) for name in ("code", "value")]
    codes = exp.Values(
        expressions=rows, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True), columns=columns)
    )
    value = _column(variable.name, ROWS)
    text = value if variable.duckdb_type == "VARCHAR" else exp.cast(value, "TEXT")
    same = exp.EQ(this=_column("code", alias), expression=text)
    return query.join(codes, on=same, join_type="left", copy=False), _column("value", alias)


def _text(value: str) -> exp.Expression:
    return exp.Literal.string(value) if value else exp.cast(exp.Null(), "TEXT")


def _source(value: exp.Expression, _: Variable, __: Level) -> exp.Expression:
    return value


def _month(value: exp.Expression, _: Variable, __: Level) -> exp.Expression:
    return exp.TimeToStr(this=value, format=exp.Literal.string("%Y-%m"))


def _quarter(value: exp.Expression, _: Variable, __: Level) -> exp.Expression:
    """`2019Q1`. Joined by ||, which keeps a null a null in every engine."""
    year, quarter = (exp.cast(part(this=value.copy()), "TEXT") for part in (exp.Year, exp.Quarter))
    return exp.DPipe(this=exp.DPipe(this=year, expression=exp.Literal.string("Q")), expression=quarter)


def _year(value: exp.Expression, _: Variable, __: Level) -> exp.Expression:
    return exp.cast(exp.Year(this=value), "INT")


def _band(value: exp.Expression, _: Variable, level: Level) -> exp.Expression:
    """The label of the band, highest first; null below the lowest bound."""
    case = exp.Case()
    for band in reversed(level.bands):
        reached = exp.GTE(this=value.copy(), expression=exp.Literal.number(str(band.lower)))
        case = case.when(reached, exp.Literal.string(band.label))
    return case


def _yes_no(value: exp.Expression, variable: Variable, _: Level) -> exp.Expression:
    """Whether there is anything: not 0 for numbers, not empty for text; null stays null."""
    if variable.duckdb_type == "BOOLEAN":
        return value
    nothing = exp.Literal.string("") if variable.duckdb_type == "VARCHAR" else exp.Literal.number(0)
    return exp.NEQ(this=value, expression=nothing)


METHODS: dict[str, Callable[[exp.Expression, Variable, Level], exp.Expression]] = {
    "source": _source,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
    "band": _band,
    "yes_no": _yes_no,
}
