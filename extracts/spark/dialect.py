"""DuckDB's SQL as Spark's: what sqlglot turns by itself, and the differences that it leaves to us.

Pure: text in, text out. A rule is a function from a node of the syntax tree to the node that takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import sqlglot
from sqlglot import exp

# Functions of DuckDB by the name of what does the same in Spark, with the same arguments.
RENAMED = {
    "DAMERAU_LEVENSHTEIN": "DUCKDB_DAMERAU_LEVENSHTEIN",
    "LIST_INTERSECT": "ARRAY_INTERSECT",
    "LIST_DISTINCT": "ARRAY_DISTINCT",
    "LIST_POSITION": "ARRAY_POSITION",
    "TRY_STRPTIME": "TRY_TO_TIMESTAMP",
}
SUM_OF_LIST = "AGGREGATE({list}, CAST(0 AS BIGINT), (total, one) -> total + one)"
# How Spark writes the patterns of dates.
PATTERNS = {"%d": "dd", "%m": "MM", "%Y": "yyyy", "%y": "yy", "%H": "HH", "%M": "mm", "%S": "ss"}


class Untranslatable(ValueError):
    """A statement means something that Spark has no word for. The message names the construct."""


@dataclass(frozen=True)
class Known:
    """Names of columns whose type matters, for what is the same word in DuckDB and another one in Spark."""

    dates: frozenset[str] = field(default=frozenset())
    lists: frozenset[str] = field(default=frozenset())


def known_of(kinds: Mapping[str, str]) -> Known:
    """What types, by DuckDB's names, say: column -> type."""
    dates = frozenset(name for name, kind in kinds.items() if kind == "DATE")
    return Known(dates, frozenset(name for name, kind in kinds.items() if kind.endswith("[]")))


def as_spark(sql: str, known: Known = Known()) -> str:
    """One DuckDB statement, or one expression, in Spark's dialect."""
    return spark_text(sqlglot.parse_one(sql, read="duckdb"), known)


def spark_text(tree: exp.Expr, known: Known) -> str:
    """A parsed DuckDB statement in Spark's dialect."""
    known = with_made_dates(tree, known)
    plain = tree.transform(_without_qualify)
    for select in plain.find_all(exp.Select):
        _say_whose(select)
    turned = plain.transform(lambda node: _turned(node, known))
    return turned.sql(dialect="spark")


def with_made_dates(tree: exp.Expr, known: Known) -> Known:
    """What is known, and the names that a statement gives to dates."""
    while True:
        found = {alias.alias for alias in tree.find_all(exp.Alias) if is_date(alias.this, known)} - known.dates
        if not found:
            return known
        known = replace(known, dates=known.dates | found)


def is_date(node: exp.Expr, known: Known) -> bool:
    """Whether an expression is a date, as far as its names tell."""
    if isinstance(node, exp.Column):
        return node.name in known.dates
    if isinstance(node, exp.Cast):
        return bool(node.to.is_type("date"))
    if isinstance(node, exp.Paren | exp.Min | exp.Max | exp.Filter | exp.Coalesce):
        return is_date(node.this, known)
    if isinstance(node, exp.Case):
        return any(is_date(branch.args["true"], known) for branch in node.args["ifs"])
    return False


def _without_qualify(node: exp.Expr) -> exp.Expr:
    """QUALIFY as a column of an inner query, which the outer one chooses by and leaves out."""
    if not isinstance(node, exp.Select) or not node.args.get("qualify"):
        return node
    inner = node.copy()
    condition = inner.args["qualify"].this
    inner.set("qualify", None)
    outside = {part: inner.args.get(part) for part in ("with_", "order", "limit")}
    for part in outside:
        inner.set(part, None)
    inner = inner.select(exp.alias_(condition, "is_kept"))
    outer = exp.select(exp.Star(except_=[exp.to_identifier("is_kept")])).from_(inner.subquery("to_choose"))
    outer = outer.where(exp.column("is_kept"))
    for part, value in outside.items():
        outer.set(part, value)
    return outer


def _say_whose(select: exp.Select) -> None:
    """A column that tables were joined by is nobody else's in DuckDB; Spark must be told which one is meant."""
    first = select.args.get("from_")
    owners: dict[str, str] = {}
    for place, join in enumerate(select.args.get("joins") or ()):
        keeping = first if place == 0 and first else join if not join.side else None
        sure = keeping.this.alias_or_name if keeping else ""
        if sure and join.kind in ("", "INNER"):
            for column in join.args.get("using") or ():
                owners.setdefault(column.name, sure)
    for column in list(select.find_all(exp.Column)):
        if column.name in owners and not column.table and column.parent_select is select:
            column.set("table", exp.to_identifier(owners[column.name]))


def _turned(node: exp.Expr, known: Known) -> exp.Expr:
    rule = RULES.get(type(node))
    return rule(node, known) if rule else node


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _subtraction(node: exp.Expr, known: Known) -> exp.Expr:
    """Two dates give whole days in DuckDB, and an interval in Spark."""
    if is_date(node.this, known) and is_date(node.expression, known):
        return _call("DATEDIFF", node.this, node.expression)
    return node


def _item(node: exp.Expr, _known: Known) -> exp.Expr:
    """DuckDB counts items from 1, and what is not there is NULL. (Of literals the parser has taken 1 already.)"""
    (place,) = node.expressions
    if isinstance(place, exp.Literal):
        place = exp.Literal.number(int(place.name) + 1)
    return _call("TRY_ELEMENT_AT", node.this, exp.cast(place, "int"))


def _length(node: exp.Expr, known: Known) -> exp.Expr:
    """Of a text or of a list."""
    column = node.this
    return _call("ARRAY_SIZE", column) if isinstance(column, exp.Column) and column.name in known.lists else node


def _filter(node: exp.Expr, _known: Known) -> exp.Expr:
    """Spark has no FILTER beside OVER: what is not counted is NULL instead."""
    if not isinstance(node.parent, exp.Window):
        return node
    aggregate: exp.Expr = node.this.copy()
    condition = node.expression.this
    counted = exp.Literal.number(1) if isinstance(aggregate.this, exp.Star) else aggregate.this
    aggregate.set("this", exp.Case(ifs=[exp.If(this=condition, true=counted)]))
    return aggregate


def _named(node: exp.Expr, known: Known) -> exp.Expr:
    name = node.name.upper()
    if name == "LIST_SUM":
        whole = node.expressions[0].transform(lambda part: _turned(part, known)).sql(dialect="spark")
        return sqlglot.parse_one(SUM_OF_LIST.format(list=whole), read="spark")
    arguments = [_pattern(argument) if name == "TRY_STRPTIME" else argument for argument in node.expressions]
    return _call(RENAMED.get(name, node.name), *arguments)


def _pattern(node: exp.Expr) -> exp.Expr:
    """A literal pattern of a date in Spark's letters. Raises Untranslatable."""
    if not isinstance(node, exp.Literal):
        return node
    text = node.name
    for ours, sparks in PATTERNS.items():
        text = text.replace(ours, sparks)
    if "%" in text:
        raise Untranslatable("A date's pattern has a part that Spark's patterns have not.")
    return exp.Literal.string(text)


def _numbers(node: exp.Expr, _known: Known) -> exp.Expr:
    """range(n) as a table."""
    rows = node.this
    if not isinstance(rows, exp.GenerateSeries):
        return node
    alias = node.args["alias"]
    number = exp.cast(exp.column("id"), "int").as_(alias.columns[0].name)
    table = exp.Table(this=_call("RANGE", rows.args["end"]))
    return exp.select(number).from_(table).subquery(alias.this.name)


Rule = Callable[[exp.Expr, Known], exp.Expr]

RULES: dict[type[exp.Expr], Rule] = {
    exp.Sub: _subtraction,
    exp.Bracket: _item,
    exp.Length: _length,
    exp.Filter: _filter,
    exp.Anonymous: _named,
    exp.Table: _numbers,
    exp.ArrayOverlaps: lambda node, _known: _call("ARRAYS_OVERLAP", node.this, node.expression),
    exp.JarowinklerSimilarity: lambda node, _known: _call("DUCKDB_JARO_WINKLER", node.this, node.expression),
}
