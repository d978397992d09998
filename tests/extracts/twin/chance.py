"""How many rows of a twin equal a real row by chance: worked out from the published figures alone, by other means.

Rows of a twin are drawn independently of one another and of every record, columns independently but for dates. So the
number of twin rows that are equal to some real row in a set of columns is a sum of independent trials, the mean of
which is

    rows x sum over the different real rows of P(a drawn row equals it)

and P is the product of the columns' published shares. Dates are drawn together: of those only the one that is never
moved is compared, and of the others whether they are missing, which can only make the mean too large. Such a sum is
spread no wider than a Poisson number of that mean, so the bound is that number's 1 - 3.2e-5 quantile: four standard
deviations.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date

import duckdb
import numpy as np
from scipy import stats
from sqlglot import exp

from extracts import query
from governance.catalogue.catalogue import Sensitivity

FOUR_SIGMA = 3.2e-5
QUASI = (Sensitivity.QI, Sensitivity.SC)


def bound(mean: float) -> int:
    """The number that chance stays at or below, but for one time in 30,000."""
    return int(stats.poisson.isf(FOUR_SIGMA, mean))


def quasi_identifiers(table):
    """What a person could be known by: quasi-identifiers and special categories."""
    return [one for one in table.variables if one.sensitivity in QUASI]


def tuples_of(rows, table):
    """The rows of the quasi-identifiers of a table, in the catalogue's order."""
    columns = [rows[one.name].to_pylist() for one in quasi_identifiers(table)]
    return list(zip(*columns, strict=True))


def real_rows(real, table):
    """Every row of a table of the release at the default levels: more than any extract of a period holds."""
    spec = real.spec("default")
    asked = next(one for one in spec.tables if one.name == table.name)
    every = query.unordered(asked, spec=spec, catalogue=real.catalogue, pseudonymised=False)
    for part in every.find_all(exp.Select):
        part.set("where", None)
    with duckdb.connect(":memory:") as connection:
        connection.read_parquet(str(real.folder / f"{table.name}.parquet")).create_view(table.name)
        return connection.sql(every.sql("duckdb")).to_arrow_table()


def expected(real, table, tuples, rows: int, period) -> float:
    """How many of `rows` drawn rows equal one of the different real `tuples` of the table's quasi-identifiers."""
    described, names = real.figures["tables"][table.name], quasi_identifiers(table)
    anchor = fixed(real, table, period)
    shares = [share_of(real, one, described, period, anchor) for one in names]
    moved = [one.duckdb_type == "DATE" and one.name != anchor for one in names]
    seen = {
        tuple(value if value is None or not away else True for value, away in zip(row, moved, strict=True))
        for row in tuples
    }
    return rows * sum(float(np.prod([share(value) for share, value in zip(shares, row, strict=True)])) for row in seen)


def fixed(real, table, period) -> str:
    """The date that is never moved: the one that dates the rows, else the first in the order of their means."""
    if table.period_column:
        return table.period_column
    figures = real.figures["tables"][table.name]["variables"]
    dates = [one for one in table.variables if one.duckdb_type == "DATE" and one.selectable]
    return min((one.name for one in dates), key=lambda name: mean_of(figures[name], period), default="")


def mean_of(figures, period) -> float:
    """In years; the middle of the period where no quarter is told, as the twin then has it."""
    told = figures.get("quarters")
    if not told:
        return (period[0].year + period[1].year + 1) / 2
    places = [int(one["quarter"][:4]) + int(one["quarter"][5]) / 4 - 1 / 8 for one in told]
    return float(np.average(places, weights=[one["count"] for one in told]))


def share_of(real, variable, described, period, anchor) -> Callable:
    """Value at the default level -> the share of drawn rows that have it."""
    figures, rows = described["variables"][variable.name], described["rows"]
    missing = (figures["missing"] or 0) / rows
    if variable.name == anchor:
        missing = 0.0 if real.catalogue[variable.table].period_column == anchor else missing
        return lambda value: missing if value is None else (1 - missing) * of_month(figures, value, period)
    if variable.duckdb_type == "DATE":
        return lambda value: missing if value is None else 1 - missing
    inside = of_values(real, variable, figures, rows)
    return lambda value: missing if value is None else (1 - missing) * inside(value)


def of_month(figures, month: str, period) -> float:
    """The share of a month, which is that of its quarter by days; of the period where no quarter is told."""
    year, number = int(month[:4]), int(month[5:7])
    days = monthrange(year, number)[1]
    told = {one["quarter"]: one["count"] for one in figures.get("quarters", ())}
    if not told:
        return days / ((period[1] - period[0]).days + 1)
    quarter = (number + 2) // 3
    length = sum(monthrange(year, one)[1] for one in range(3 * quarter - 2, 3 * quarter + 1))
    return told.get(f"{year}Q{quarter}", 0) / sum(told.values()) * days / length


def of_values(real, variable, figures, rows) -> Callable:
    """The share of a value at the default level among the rows that have one."""
    level = real.catalogue.ladder(variable.ladder)[variable.default_level] if variable.ladder else None
    if not figures.get("codes") and variable.duckdb_type in ("BIGINT", "DOUBLE"):
        return of_numbers(variable, figures, level)
    told = {one["code"]: one["count"] for one in figures.get("codes", ())}
    known = list(real.catalogue.code_list(variable.codelist).codes) if variable.codelist else list(variable.choices)
    known = ["True", "False"] if variable.duckdb_type == "BOOLEAN" else known
    vague = variable.duckdb_type == "BIGINT" and bool(figures.get("percentiles") or "-" not in variable.range)
    if variable.duckdb_type == "BIGINT":
        low, high = (0, 2100) if vague else map(int, variable.range.split()[0].split("-"))
        known = [str(number) for number in range(low, high + 1)]
    untold = [code for code in known if code not in told]
    rest = max(0, rows - (figures["missing"] or 0) - sum(told.values())) if figures.get("more_codes") or not told else 0
    # Which whole numbers are drawn beyond the percentiles is not published: each is given all that is left.
    each = rest if vague else rest / max(1, len(untold))
    whole = sum(told.values()) + rest
    found: dict[object, float] = {}
    for code in [*told, *untold]:
        name = at_level(real, variable, level, code)
        found[name] = min(1.0, found.get(name, 0.0) + told.get(code, each) / whole)
    return lambda value: found.get(value if level and level.method == "yes_no" else str(value), 0.0)


def at_level(real, variable, level, code):
    """A code as an extract gives it, written down anew."""
    if level is None or level.method == "source":
        return code
    if level.method == "codelist":
        return real.catalogue.code_list(variable.codelist).mapping(level.argument).get(code)
    if level.method == "band":
        return next((band.label for band in reversed(level.bands) if float(code) >= band.lower), None)
    return code not in ("", "0")


def of_numbers(variable, figures, level) -> Callable:
    """Evenly between two published percentiles; beyond the outer ones lies 1 in 20, all of which is given."""
    told = figures.get("percentiles")
    if not told or level is None or level.method not in ("band", "source"):
        return lambda value: 1.0
    shares = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    values = np.array([told[name] for name in ("5", "25", "50", "75", "95")], float)

    def below(number: float, *, generous: float) -> float:
        if number < values[0]:
            return 0.0 if generous < 0 else 0.05
        if number > values[-1]:
            return 0.95 if generous < 0 else 1.0
        low, high = np.searchsorted(values, number, "left"), np.searchsorted(values, number, "right")
        if low != high:
            return float(shares[low] if generous < 0 else shares[high - 1])
        return float(np.interp(number, values, shares))

    def share(value) -> float:
        if level.method == "source":
            return below(float(value) + 0.5, generous=1) - below(float(value) - 0.5, generous=-1)
        band = next(one for one in level.bands if one.label == value)
        upper = 1.0 if band.upper is None else below(float(band.upper) - 0.5, generous=1)
        return upper - below(float(band.lower) - 0.5, generous=-1)

    return share


def whole_period(real) -> tuple[date, date]:
    """From the first to the last quarter that any date of the release is told in."""
    quarters = [
        one["quarter"]
        for table in real.figures["tables"].values()
        for figures in table["variables"].values()
        for one in figures.get("quarters", ())
    ]
    last = max(quarters)
    month = 3 * int(last[5])
    return date(int(min(quarters)[:4]), 1, 1), date(int(last[:4]), month, monthrange(int(last[:4]), month)[1])
