"""Filters as researchers write them, read as populations: "age between 16 and 24 and sex <> 'M'".

A filter is read as SQL (or as pandas writes it, with ==, & and |). Only comparisons of one column
with constants are understood, and `and`, `or`, `not` between them; anything else is refused, so
that no population is ever guessed. A comparison never holds for a missing value, as in SQL.
"""

from __future__ import annotations

import re
from functools import cache

import sqlglot
from sqlglot import errors
from sqlglot import expressions as sql

from extracts.disclosure.ledger import cuts
from extracts.disclosure.ledger.cuts import Intervals
from extracts.disclosure.ledger.predicates import EVERYBODY, NOBODY, Predicate, TooComplicated, where
from extracts.disclosure.ledger.values import NONE, NUMBER, PRESENT, Values, one

EVERYONE = {"", "all", "everyone", "everybody", "all people", "all persons", "whole population", "true"}
LONGEST = 10_000

Comparison = type[sql.Expr]
OPPOSITE: dict[Comparison, Comparison] = {
    sql.EQ: sql.NEQ,
    sql.NEQ: sql.EQ,
    sql.GT: sql.LTE,
    sql.LTE: sql.GT,
    sql.LT: sql.GTE,
    sql.GTE: sql.LT,
}
MIRRORED: dict[Comparison, Comparison] = {
    sql.EQ: sql.EQ,
    sql.NEQ: sql.NEQ,
    sql.GT: sql.LT,
    sql.LT: sql.GT,
    sql.GTE: sql.LTE,
    sql.LTE: sql.GTE,
}


class UnreadablePopulation(ValueError):
    """A filter is not one that can be compared with others; the message says which part."""


def variable(name: str) -> str:
    """The name of a variable in the form in which two names are the same."""
    return re.sub(r"[\s\-.]+", "_", name.strip().casefold())


@cache
def population(text: str) -> Predicate:
    """The people whom a filter lets through; an empty one lets everybody through.

    Raises UnreadablePopulation.
    """
    if text.strip().casefold() in EVERYONE:
        return EVERYBODY
    if len(text) > LONGEST:
        raise UnreadablePopulation("The filter is too long to be read.")
    try:
        statements = sqlglot.parse(text)
    except (errors.SqlglotError, RecursionError):
        raise UnreadablePopulation("The filter is not a condition that can be read.") from None
    if len(statements) != 1 or statements[0] is None:
        raise UnreadablePopulation("The filter must be one condition.")
    try:
        return _people(statements[0], holds=True)
    except TooComplicated as error:
        raise UnreadablePopulation(str(error)) from None
    except RecursionError:
        raise UnreadablePopulation("The filter is nested too deeply.") from None


def _people(node: sql.Expr, *, holds: bool) -> Predicate:
    """The people for whom a condition holds, or for whom it is false (which a missing value never is)."""
    if isinstance(node, sql.Paren):
        return _people(node.this, holds=holds)
    if isinstance(node, sql.Not):
        return _people(node.this, holds=not holds)
    if isinstance(node, sql.And | sql.BitwiseAnd | sql.Or | sql.BitwiseOr):
        left, right = (_people(side, holds=holds) for side in (node.this, node.expression))
        return left & right if isinstance(node, sql.And | sql.BitwiseAnd) == holds else left | right
    if isinstance(node, sql.Boolean):
        return EVERYBODY if bool(node.this) == holds else NOBODY
    if isinstance(node, sql.Between):
        return _between(node, holds)
    if isinstance(node, sql.In):
        return _in(node, holds)
    if isinstance(node, sql.Is):
        return _is(node, holds)
    if type(node) in OPPOSITE:
        return _comparison(node, holds)
    raise _refused(node)


def _between(node: sql.Between, holds: bool) -> Predicate:
    low = _ordered(node.args["low"], sql.GTE)
    high = _ordered(node.args["high"], sql.LTE)
    return _where(node.this, low & high, holds)


def _in(node: sql.In, holds: bool) -> Predicate:
    if not node.expressions:
        raise _refused(node)
    found = NONE
    for item in node.expressions:
        found = found | one(_constant(item))
    return _where(node.this, found, holds)


def _is(node: sql.Is, holds: bool) -> Predicate:
    if isinstance(node.expression, sql.Null):
        return where(_column(node.this), ~PRESENT if holds else PRESENT)
    if isinstance(node.expression, sql.Boolean):
        found = where(_column(node.this), one(_constant(node.expression)))
        return found if holds else EVERYBODY - found
    raise _refused(node)


def _comparison(node: sql.Expr, holds: bool) -> Predicate:
    """One column against one constant, either way round; also `16 <= age <= 24`."""
    left, right, kind = node.this, node.expression, type(node)
    if type(left) in OPPOSITE:
        chained = kind(this=left.expression, expression=right)
        both = (_people(side, holds=holds) for side in (left, chained))
        first, second = both
        return first & second if holds else first | second
    if not isinstance(left, sql.Column) or (left.this.quoted and isinstance(right, sql.Column)):
        left, right, kind = right, left, MIRRORED[kind]
    kind = kind if holds else OPPOSITE[kind]
    if kind in (sql.EQ, sql.NEQ):
        return _where(left, one(_constant(right)), kind is sql.EQ)
    return _where(left, _ordered(right, kind), True)


def _where(column: sql.Expr, values: Values, inside: bool) -> Predicate:
    return where(_column(column), values if inside else PRESENT - values)


def _ordered(node: sql.Expr, kind: type[sql.Expr]) -> Values:
    """The values on one side of a number or a day. Raises UnreadablePopulation for a label, which has no order."""
    value = one(_constant(node))
    if value.labels:
        raise UnreadablePopulation("Only numbers and dates (2019-12-31) can be compared by size.")
    if value.days:
        return Values(days=_side(value.days.parts[0][0][0], kind).as_integers())
    return Values(numbers=_side(value.numbers.parts[0][0][0], kind))


def _side(number: float, kind: type[sql.Expr]) -> Intervals:
    if kind in (sql.GT, sql.GTE):
        return cuts.above(number, included=kind is sql.GTE)
    return cuts.below(number, included=kind is sql.LTE)


def _column(node: sql.Expr) -> str:
    if not isinstance(node, sql.Column) or len(node.parts) > 1:
        raise _refused(node)
    return variable(node.name)


def _constant(node: sql.Expr) -> str:
    """The text of a constant. A name in double quotes, where a constant must be, is a text too."""
    if isinstance(node, sql.Literal) and (node.is_string or NUMBER.fullmatch(str(node.this))):
        return str(node.this)
    if isinstance(node, sql.Boolean):
        return "true" if node.this else "false"
    if isinstance(node, sql.Neg) and isinstance(node.this, sql.Literal) and not node.this.is_string:
        return f"-{node.this.this}"
    if isinstance(node, sql.Paren):
        return _constant(node.this)
    if isinstance(node, sql.Cast) and node.is_type("date") and isinstance(node.this, sql.Literal):
        return str(node.this.this)
    if isinstance(node, sql.Date) and isinstance(node.this, sql.Literal):
        return str(node.this.this)
    if isinstance(node, sql.Column) and node.this.quoted and len(node.parts) == 1:
        return str(node.name)
    raise _refused(node)


def _refused(node: sql.Expr) -> UnreadablePopulation:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).lower()
    return UnreadablePopulation(f"A filter may compare columns with constants; this one uses something else ({name}).")
