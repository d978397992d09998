"""The published figures of a release that was built the whole way: held to the rule, with nothing else in them."""

from __future__ import annotations

import json
import re

import duckdb
import pytest

from governance.catalogue.catalogue import Sensitivity, read_catalogue

pytestmark = pytest.mark.long

# Every name that a figure may have, and what must be true of it: a name that is not here must be thought about.
TOLD = {
    "count":    lambda number: number >= 20 and number % 10 == 0,
    "missing":  lambda number: number is None or number == 0 or (number >= 20 and number % 10 == 0),
    "rows":     lambda number: number is None or number == 0 or (number >= 20 and number % 10 == 0),
    "percent":  lambda number: number is None or 0 < number <= 100,
    "missing_percent": lambda number: number is None or 0 <= number <= 100,
    "distinct": lambda number: number >= 0,
    "more_codes": lambda number: number >= 0,
    "more_quarters": lambda number: number >= 0,
    "code":     lambda text: isinstance(text, str),
    "quarter":  lambda text: re.fullmatch(r"\d{4}Q[1-4]", text),
    "first_quarter": lambda text: re.fullmatch(r"\d{4}Q[1-4]", text),
    "last_quarter": lambda text: re.fullmatch(r"\d{4}Q[1-4]", text),
    **{str(share): lambda number: isinstance(number, int | float) for share in (5, 25, 50, 75, 95)},
}  # fmt: skip


SPELT = {"true": "True", "false": "False"}  # DuckDB's spelling to that of the figures


@pytest.fixture(scope="module")
def folder(published):
    return published / "releases" / "cjs_linked" / "2026.1"


@pytest.fixture(scope="module")
def figures(folder):
    return json.loads((folder / "figures.json").read_bytes())


@pytest.fixture(scope="module")
def catalogue(folder):
    return read_catalogue(folder / "catalogue")


def leaves(content):
    """Every value under its name, of a JSON value."""
    for name, value in content.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from leaves(one)
            else:
                yield name, one


def counted(folder, table, variable):
    """Exact counts of every value of a column, None for rows without one."""
    with duckdb.connect(":memory:") as connection:
        query = f'SELECT "{variable}"::VARCHAR, count(*) FROM read_parquet(?) GROUP BY 1'
        return dict(connection.execute(query, [str(folder / f"{table}.parquet")]).fetchall())


def test_nothing_is_published_but_what_the_rule_allows(figures):
    seen = 0
    for table in figures["tables"].values():
        assert TOLD["rows"](table["rows"])
        for variable in table["variables"].values():
            for name, value in leaves(variable):
                assert TOLD[name](value), name
                seen += 1
    assert seen > 2000


def test_no_smallest_or_largest_value_is_told(folder, figures):
    """A percentile has 20 rows or more on either side of it, so no value of one person stands at an end."""
    found = 0
    for name, table in figures["tables"].items():
        for variable, told in table["variables"].items():
            if "percentiles" not in told:
                continue
            counts = counted(folder, name, variable)
            rows = [float(value) for value, count in counts.items() if value is not None for _ in range(count)]
            low, high = told["percentiles"]["5"], told["percentiles"]["95"]
            # Rounding to two digits moves a percentile by 5% of itself at the most.
            assert (
                sum(row <= low * 1.06 + 1 for row in rows) >= 20 and sum(row >= high * 0.94 - 1 for row in rows) >= 20
            )
            found += 1
    assert found > 5


def test_what_is_hidden_cannot_be_had_by_subtraction(folder, figures):
    """Of every variable: no hidden count is alone, unless those hidden come to 20 rows or more."""
    hidden_somewhere = 0
    for name, table in figures["tables"].items():
        for variable, told in table["variables"].items():
            if "codes" not in told or "percentiles" in told:
                continue
            counts = counted(folder, name, variable)
            missing = counts.pop(None, 0)
            spelt = {SPELT.get(value, value): count for value, count in counts.items()}
            shown = {one["code"]: one["count"] for one in told["codes"]}
            assert all(abs(spelt[code] - count) <= 5 for code, count in shown.items())
            hidden = [count for code, count in spelt.items() if code not in shown]
            hidden += [missing] if told["missing"] is None else []
            assert not hidden or sum(hidden) >= 20
            assert len(hidden) != 1 or hidden[0] >= 20
            hidden_somewhere += bool(hidden)
    assert hidden_somewhere > 30


def test_keys_and_direct_identifiers_have_no_figures(figures, catalogue):
    for name, table in figures["tables"].items():
        secret = {one.name for one in catalogue[name].variables if one.sensitivity in (Sensitivity.KEY, Sensitivity.DI)}
        assert not secret & table["variables"].keys()
