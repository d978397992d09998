"""Make outputs that can be checked: tables and models, with the counts behind them and who is counted, in one step.

This module needs numpy and pandas and nothing of Gatehouse. It may be copied wherever it is wanted.

    import gatehouse_sdc as sdc

    outputs = sdc.Session("outputs", data=df, unit="person_id", dataset_version="release 3")
    outputs.crosstab("area", "offence", where="age between 16 and 24", margins=True)
    outputs.table("area", value="sentence_days", statistic="mean")
    outputs.rate("area", of="sentence = 'custody'")
    outputs.histogram("age", edges=[10, 18, 25, 40, 65, 120])
    outputs.survival("days_to_reoffence", event="reoffended", every=90)
    outputs.regression("guilty", ["age", "offence"], kind="logit")
    outputs.fitted(result)                      a model that statsmodels fitted
    outputs.add_file("method.docx", "How the sample was chosen.")
    outputs.check()                             what was changed since it was written; [] when all is well
    outputs.withdraw("age_histogram_1a2b3c4d")  take an output back

Each call writes NAME.csv (the output), what is behind it, never to be released (NAME_evidence.csv, NAME_underlying.csv
or NAME_size.json; a survival table shows it itself), NAME.case.json, which the disclosure check reads as it is, and its
entry in outputs.json, from which the request form fills itself. What comes back shows the table at once, with ! at the
cells that are too small. Repeating a call writes the same files again. Your data are never changed.

Numbers are written as they are. Only `suppress_below`, `round_to` and `digits` change what is written, because you
ask for it, and the case says so. `frame` of what comes back keeps the numbers as they were.

Conditions (`where`, `of`) are written as in SQL: comparisons of a column with a value, between, in, is null, and, or,
not, brackets: "age between 16 and 24 and (sex = 'F' or offence in ('Theft', 'Fraud'))". Missing is not true.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

VERSION = "1"
MANIFEST = "outputs.json"
TOTAL = "Total"
HIDDEN, NOBODY = "[c]", "[z]"  # what stands for a hidden number, and for the mean of nobody
# Columns of our own, called as no column of anybody's data is.
PLACE, UNIT, CASE, VALUE, WEIGHT = "\0place", "\0unit", "\0case", "\0value", "\0weight"
EVENT, CELL = "\0event", "\0cell"
BEHIND = ("n", "rows", "values", "total", "largest", "second_largest", "absolute_total", "denominator", "minimum",
          "maximum", "cases", "measure", "below", "above", "sharing")  # fmt: skip
KNOWN = ("sensitive", "children", "structural_zeros", "nesting")  # what a case may say beyond what is seen

# Statistic -> the kind of output that it is, least to most revealing. Percentiles are written p5, p25, p90.
STATISTICS = {
    "sum": "magnitude", "mean": "magnitude", "sd": "shape", "var": "shape",
    "median": "quantile", "mode": "mode", "min": "min_max", "max": "min_max",
}  # fmt: skip
ORDER = ("magnitude", "shape", "quantile", "mode", "min_max")
ENDINGS = ("_evidence", "_underlying", "_size")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")


class CannotMake(ValueError):
    """The output cannot be made as asked; the sentence says what to do."""


class BadCondition(CannotMake):
    """A condition is not understood, or compares what cannot be compared."""


# ---------------------------------------------------------------- conditions

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>\"[^\"]+\"|`[^`]+`)|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)"
    r"|(?P<word>[^\W\d]\w*)|(?P<sign><>|!=|<=|>=|[=<>(),]))",
    re.IGNORECASE,
)
WORDS = {"and", "or", "not", "between", "in", "is", "null", "true", "false"}
SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=":  lambda left, right: left == right, "<>": lambda left, right: left != right,
    "!=": lambda left, right: left != right, "<":  lambda left, right: left < right,
    "<=": lambda left, right: left <= right, ">":  lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}  # fmt: skip

Truth = tuple[Any, Any]  # where it is true, where it is false; neither where something is missing


def holds(condition: str, data: pd.DataFrame) -> Any:
    """For each record whether a condition is true: booleans. Missing is not true. Raises BadCondition."""
    if not condition.strip():
        return np.ones(len(data), dtype=bool)
    return _Condition(condition, data).truth()[0]


class _Condition:
    """Reads a condition from left to right and works it out on the way, with the three values of SQL."""

    def __init__(self, condition: str, data: pd.DataFrame) -> None:
        self.tokens, self.place, self.data = list(_tokens(condition)), 0, data

    def truth(self) -> Truth:
        found = self._either()
        if self.place < len(self.tokens):
            raise BadCondition(f"The condition goes on unexpectedly at {self.tokens[self.place][1]!r}.")
        return found

    def _next_is(self, word: str) -> bool:
        """Whether the next token is this word or sign; if so, step over it."""
        if self.place == len(self.tokens) or self.tokens[self.place] not in (("word", word), ("sign", word)):
            return False
        self.place += 1
        return True

    def _either(self) -> Truth:
        found = self._both()
        while self._next_is("or"):
            other = self._both()
            found = found[0] | other[0], found[1] & other[1]
        return found

    def _both(self) -> Truth:
        found = self._negated()
        while self._next_is("and"):
            other = self._negated()
            found = found[0] & other[0], found[1] | other[1]
        return found

    def _negated(self) -> Truth:
        if self._next_is("not"):
            true, false = self._negated()
            return false, true
        if self._next_is("("):
            found = self._either()
            self._expect(")")
            return found
        return self._comparison()

    def _comparison(self) -> Truth:
        column = self._column()
        if self._next_is("is"):
            negated = self._next_is("not")
            self._expect("null")
            missing = column.isna().to_numpy(dtype=bool)
            return (~missing, missing) if negated else (missing, ~missing)
        negated = self._next_is("not")
        true, false = self._compared(column, negated)
        return (false, true) if negated else (true, false)

    def _compared(self, column: pd.Series[Any], only_words: bool) -> Truth:
        if self._next_is("between"):
            low = self._value()
            self._expect("and")
            above, below = _compare(column, ">=", low), _compare(column, "<=", self._value())
            return above[0] & below[0], above[1] | below[1]
        if self._next_is("in"):
            return self._in(column)
        kind, sign = self._take()
        if kind != "sign" or sign not in SIGNS or only_words:
            raise BadCondition(f"After a column comes =, <>, <, <=, >, >=, between, in or is null, not {sign!r}.")
        return _compare(column, sign, self._value())

    def _in(self, column: pd.Series[Any]) -> Truth:
        self._expect("(")
        found = _compare(column, "=", self._value())
        while self._next_is(","):
            other = _compare(column, "=", self._value())
            found = found[0] | other[0], found[1] & other[1]
        self._expect(")")
        return found

    def _column(self) -> pd.Series[Any]:
        kind, name = self._take()
        if kind != "name":
            raise BadCondition(f"A comparison begins with the name of a column, not with {name!r}.")
        if name not in self.data.columns:
            raise BadCondition(f"The data have no column called {name}.")
        column = self.data[name]
        return column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column

    def _value(self) -> Any:
        kind, text = self._take()
        if kind == "text":
            return text
        if kind == "number":
            return float(text) if re.search(r"[.eE]", text) else int(text)
        if kind == "word" and text in ("true", "false"):
            return text == "true"
        raise BadCondition(f"A column is compared with a number or a 'text', not with {text!r}.")

    def _take(self) -> tuple[str, str]:
        if self.place == len(self.tokens):
            raise BadCondition("The condition ends too early.")
        self.place += 1
        return self.tokens[self.place - 1]

    def _expect(self, word: str) -> None:
        if not self._next_is(word):
            raise BadCondition(f"The condition lacks {word!r}.")


def _tokens(condition: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each piece of a condition. Raises BadCondition."""
    place, end = 0, len(condition.rstrip())
    while place < end:
        match = TOKEN.match(condition, place)
        if match is None:
            raise BadCondition(f"The condition is not understood from {condition[place : place + 20]!r} on.")
        kind, text = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "text":
            text = text[1:-1].replace("''", "'")
        elif kind == "name":
            text = text[1:-1]
        elif kind == "word" and text.lower() not in WORDS:
            kind = "name"
        yield kind, text.lower() if kind == "word" else text
        place = match.end()


def _compare(column: pd.Series[Any], sign: str, value: Any) -> Truth:
    """Where a column stands so to a value, and where it does not. Raises BadCondition for unlike kinds."""
    missing = column.isna().to_numpy(dtype=bool)
    if pd.api.types.is_datetime64_any_dtype(column.dtype) and isinstance(value, str):
        try:
            value = pd.Timestamp(value)
        except ValueError:
            raise BadCondition(f"The column {column.name} holds dates; compare it with '2024-12-31'.") from None
    else:
        present = column[~missing]
        numeric = pd.api.types.is_numeric_dtype(column.dtype)
        text = {False} if numeric else {isinstance(one, str) for one in present}
        if any(one != isinstance(value, str) for one in text):
            raise BadCondition(f"The column {column.name} and the value that it is compared with are of unlike kinds.")
    true = np.zeros(len(column), dtype=bool)
    try:
        true[~missing] = np.asarray(SIGNS[sign](column[~missing], value), dtype=bool)
    except TypeError:
        raise BadCondition(f"The column {column.name} cannot be compared with such a value.") from None
    return true, ~true & ~missing


def quoted(name: str) -> str:
    """A column's name as a condition writes it."""
    plain = re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in WORDS
    return name if plain else f'"{name}"'


def all_of(*conditions: str) -> str:
    """The condition that all of these hold."""
    given = [condition.strip() for condition in conditions if condition.strip()]
    return given[0] if len(given) == 1 else " and ".join(f"({condition})" for condition in given)


# ---------------------------------------------------------------- labels and numbers


def label(value: Any) -> str:
    """How a label is written: whole numbers without .0, dates without midnight."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    return str(value)


def labels(column: pd.Series[Any]) -> tuple[Any, list[str]]:
    """The labels of a column in order, as text, and the place of each record's among them; -1 where it is missing.

    Raises CannotMake for empty labels.
    """
    codes, found = pd.factorize(column)
    values: list[Any] = list(found)
    if isinstance(column.dtype, pd.CategoricalDtype):
        occurring = set(values)
        ordered = [value for value in column.cat.categories if value in occurring]
    else:
        try:
            ordered = sorted(values)
        except TypeError:
            ordered = sorted(values, key=label)
    order = list(dict.fromkeys(label(value) for value in ordered))
    if any(not text.strip() for text in order):
        raise CannotMake(f"The column {column.name} has empty labels: give them a name, or make them missing.")
    place = {text: number for number, text in enumerate(order)}
    return np.array([*(place[label(value)] for value in values), -1])[codes], order


def number(value: Any, digits: int | None = None) -> str:
    """How a number is written. The mean of nobody is [z]."""
    if pd.isna(value):
        return NOBODY
    if isinstance(value, int | np.integer):
        return str(int(value))
    return repr(float(value)) if digits is None else f"{float(value):.{digits}f}"


def several(given: str | Sequence[str] | None) -> list[str]:
    """One name or several, as a list."""
    return [] if given is None else [given] if isinstance(given, str) else list(given)


# ---------------------------------------------------------------- what is behind cells


def units_in(records: pd.DataFrame, what: str = UNIT) -> Any:
    """Distinct units, or court cases, by cell."""
    return records[[CELL, what]].drop_duplicates().groupby(CELL).size()


def cases_in(records: pd.DataFrame) -> dict[str, Any]:
    """Distinct court cases by cell, when it is known whose case a record is of."""
    return {"cases": units_in(records, CASE)} if CASE in records else {}


def counted(records: pd.DataFrame) -> pd.DataFrame:
    """Distinct units and records by cell: n and rows. And cases, when they are known."""
    return pd.DataFrame({"n": units_in(records), "rows": records.groupby(CELL).size(), **cases_in(records)})


def contributed(records: pd.DataFrame) -> pd.DataFrame:
    """Who is behind the amounts of each cell.

    n                        distinct units with a value
    rows, values             records, and records with a value
    total                    sum of the values (with weights: of weight times value)
    largest, second_largest  what the two largest units contribute; absolute if there is an absolute_total
    absolute_total           sum of what the units contribute, without signs; only when some contribute less than 0
    denominator              what total is divided by to give the mean, when it is not the number of values: weights
    minimum, maximum         of the values
    cases                    distinct court cases of records with a value, when they are known
    """
    present = records[records[VALUE].notna()]
    amounts = present[VALUE] * present[WEIGHT]
    units = int(records[UNIT].max()) + 1  # one number for cell and unit: faster by half than two columns
    by_unit = amounts.groupby(present[CELL] * units + present[UNIT]).sum()
    of_units = pd.DataFrame({CELL: by_unit.index // units, VALUE: by_unit.abs().to_numpy()})
    of_units = of_units.sort_values([CELL, VALUE], ascending=[True, False])
    cells, by_cell = present.groupby(CELL), of_units.groupby(CELL)[VALUE]
    found = pd.DataFrame({"rows": records.groupby(CELL).size()})
    found["n"] = by_cell.size()
    found["values"] = cells.size()
    found["total"] = amounts.groupby(present[CELL]).sum()
    found["largest"] = by_cell.max()
    found["second_largest"] = of_units[by_cell.cumcount() == 1].set_index(CELL)[VALUE]
    if (by_unit < 0).any():
        found["absolute_total"] = by_cell.sum()
    if (records[WEIGHT] != 1).any():
        found["denominator"] = cells[WEIGHT].sum()
    found["minimum"], found["maximum"] = cells[VALUE].min(), cells[VALUE].max()
    return found.assign(**cases_in(present))


def statistic_of(statistic: str) -> Callable[[pd.DataFrame], Any]:
    """What works out a statistic of the values of each cell, as pandas does; missing values are left out."""

    def work_out(records: pd.DataFrame) -> Any:
        values = records.groupby(CELL)[VALUE]
        if match := PERCENTILE.fullmatch(statistic):
            return values.quantile(float(match[1]) / 100)
        if statistic == "mode":
            return values.agg(lambda one: one.mode().iloc[0] if one.notna().any() else np.nan)
        if statistic in ("sum", "mean") and (records[WEIGHT] != 1).any():
            return _weighted(records, statistic)
        if statistic == "sum":
            return values.sum(min_count=1)
        return getattr(values, {"sd": "std"}.get(statistic, statistic))()

    return work_out


def _weighted(records: pd.DataFrame, statistic: str) -> Any:
    present = records[records[VALUE].notna()]
    products = present.assign(**{VALUE: present[VALUE] * present[WEIGHT]}).groupby(CELL)
    total = products[VALUE].sum()
    return total if statistic == "sum" else total / products[WEIGHT].sum()


def around(records: pd.DataFrame, shown: pd.Series[Any]) -> pd.DataFrame:
    """Distinct units with values below and above the number that each cell shows, and with that number (sharing)."""
    present = records[records[VALUE].notna()]
    gap = present[VALUE] - present[CELL].map(shown)
    sides = {"below": gap < 0, "above": gap > 0, "sharing": gap == 0}
    return pd.DataFrame({name: units_in(present[side]) for name, side in sides.items()})


# ---------------------------------------------------------------- models


def design(data: pd.DataFrame, regressors: Sequence[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """The columns of a model: a constant, numbers as they are, and 0/1 for each label but the first.

    Returns them with the first label of each column of labels, which is what the others are compared with.
    """
    columns: dict[str, Any] = {"const": np.ones(len(data))}
    references = {}
    for name in regressors:
        column = data[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            columns[name] = column.to_numpy(dtype=float)
            continue
        codes, order = labels(column)
        references[name] = order[0]
        columns |= {f"{name}={one}": (codes == place).astype(float) for place, one in enumerate(order) if place}
    return pd.DataFrame(columns, index=data.index), references


def least_squares(y: Any, x: Any) -> tuple[Any, Any]:
    """Coefficients and standard errors of ordinary least squares."""
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    freedom = len(y) - x.shape[1]
    if freedom < 1:
        raise CannotMake("There are as many columns as records: nothing is left to estimate errors from.")
    residual = y - x @ coefficients
    return coefficients, np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * (residual @ residual) / freedom)


def _logit(eta: Any, y: Any) -> tuple[Any, Any, Any]:
    share = 1 / (1 + np.exp(-eta))
    slope = share * (1 - share)
    return y - share, slope, slope


def _probit(eta: Any, y: Any) -> tuple[Any, Any, Any]:
    share = np.array([0.5 * math.erfc(-one / math.sqrt(2)) for one in eta])
    density = np.exp(-(eta**2) / 2) / math.sqrt(2 * math.pi)
    spread = np.maximum(share * (1 - share), 1e-300)
    score = density / spread * (y - share)
    return score, density**2 / spread, score * (score + eta)


# Model -> what each record adds to the score, to the expected and to the observed information.
LINKS: Mapping[str, Callable[[Any, Any], tuple[Any, Any, Any]]] = {"logit": _logit, "probit": _probit}


def likeliest(y: Any, x: Any, kind: str) -> tuple[Any, Any]:
    """Coefficients and standard errors of a logit or probit model, by Fisher scoring.

    The errors come from the observed information, as in statsmodels. Raises CannotMake when some of the outcomes are
    predicted perfectly, so that nothing is the likeliest.
    """
    coefficients = np.zeros(x.shape[1])
    for _ in range(100):
        eta = x @ coefficients
        if np.abs(eta).max() > 30:
            break
        score, expected, observed = LINKS[kind](eta, y)
        step = np.linalg.solve((x * expected[:, None]).T @ x, x.T @ score)
        coefficients = coefficients + step
        if np.abs(step).max() <= 1e-10 * (1 + np.abs(coefficients).max()):
            return coefficients, np.sqrt(np.diag(np.linalg.inv((x * observed[:, None]).T @ x)))
    raise CannotMake("The model does not settle: some outcomes are perfectly predicted. Leave a column out.")


# ---------------------------------------------------------------- tables


@dataclass(frozen=True)
class Grid:
    """The records of a table and its cells, row by row: the rows that occur, each with every label across.

    records  the places of labels in their order, and UNIT, VALUE, WEIGHT; PLACE is the record's own in the data
    order    dimension -> its labels in order; behind the last comes the total's
    notes    what was left out of the records
    """

    records: pd.DataFrame
    down: list[str]
    across: str | None
    order: Mapping[str, list[str]]
    margins: bool
    population: str
    notes: list[str]

    @property
    def dims(self) -> list[str]:
        return [*self.down, *several(self.across)]

    def overlap(self) -> dict[str, bool]:
        """What a case says when units are in several cells, so that totals of units are not the sums of their parts."""
        places = len(self.records[[UNIT, *self.dims]].drop_duplicates())
        return {"overlapping": True} if places > self.records[UNIT].nunique() else {}

    def of_everybody(self) -> Grid:
        """The same records as one row."""
        order = {"population": ["all"]}
        return replace(self, records=self.records.assign(population=0), down=list(order), order=order, margins=False)

    def numbered(self, codes: Mapping[str, Any] | pd.DataFrame) -> Any:
        """The number of each cell, from the places of its labels."""
        sizes = [len(self.order[dim]) + 1 for dim in self.dims]
        if math.prod(sizes) * (int(self.records[UNIT].max()) + 1) > 2**62:
            raise CannotMake("These dimensions have too many labels for one table.")
        return np.ravel_multi_index([np.asarray(codes[dim]) for dim in self.dims], sizes)

    def parts(self) -> list[pd.DataFrame]:
        """The records with the numbers of their cells: of the inner ones, and of each kind of margin."""
        kept = [self.dims]
        if self.margins:
            kept += [self.down, [self.across], []] if self.across else [[]]
        total = {dim: np.full(len(self.records), len(self.order[dim])) for dim in self.dims}
        codes = [{dim: self.records[dim] if dim in names else total[dim] for dim in self.dims} for names in kept]
        return [self.records.assign(**{CELL: self.numbered(one)}) for one in codes]

    def places(self) -> pd.DataFrame:
        """The places of the labels of every cell."""
        rows = self.records[self.down].drop_duplicates().sort_values(self.down)
        down = [tuple(row) for row in rows.itertuples(index=False)]
        down += [tuple(len(self.order[dim]) for dim in self.down)] * self.margins
        across = [(place,) for place in range(len(self.order[self.across]) + self.margins)] if self.across else [()]
        return pd.DataFrame([[*row, *place] for row in down for place in across], columns=self.dims)

    def labelled(self) -> pd.DataFrame:
        """The labels of every cell."""
        places = self.places()
        return pd.DataFrame({dim: np.array([*self.order[dim], TOTAL], dtype=object)[places[dim]] for dim in self.dims})

    def filled(self, found: list[Any]) -> Any:
        """What was worked out for the cells of each part, for every cell in order; missing where nobody is."""
        return pd.concat(found).reindex(self.numbered(self.places())).reset_index(drop=True)

    def cells(self, work_out: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
        """Every cell with what is behind it; 0 units, records and values where nobody is."""
        found = self.filled([work_out(part) for part in self.parts()])
        whole = [name for name in ("n", "rows", "values", "cases") if name in found]
        return self.labelled().join(found.assign(**{name: found[name].fillna(0).astype(int) for name in whole}))

    def column(self, work_out: Callable[[pd.DataFrame], Any]) -> Any:
        """A number for every cell, missing where nobody is."""
        return self.filled([work_out(part) for part in self.parts()])


@dataclass(frozen=True)
class Table:
    """A table before it is written: its cells in order, row by row.

    numbers, texts, weak   by measure: the numbers, what is written for them, and where too few are behind them
    n                      columns of counts of units: where one is too small and above 0, a cell may be hidden
    role                   of the file with what is behind it; "" when the table shows all of that itself
    """

    kind: str
    down: list[str]
    across: str | None
    cells: pd.DataFrame
    numbers: Mapping[str, Any]
    texts: Mapping[str, Any]
    weak: Mapping[str, Any]
    n: pd.DataFrame
    behind: pd.DataFrame
    layout: Mapping[str, Any]
    role: str = "evidence"

    def laid_out(self, columns: Mapping[str, Any]) -> pd.DataFrame:
        """Columns of cells as the file shows them: side by side, or spread over the labels across."""
        if not self.across:
            return self.cells[self.down].assign(**columns)
        labels_across = list(dict.fromkeys(self.cells[self.across]))
        rows = self.cells[self.down].iloc[:: len(labels_across)].reset_index(drop=True)
        body = np.asarray(next(iter(columns.values()))).reshape(-1, len(labels_across))
        return rows.join(pd.DataFrame(body, columns=labels_across))

    def marks(self) -> pd.DataFrame:
        """The same shape: where too few are behind a number."""
        found = self.laid_out(self.weak)
        return found.assign(**dict.fromkeys(self.down, False)).astype(bool)


def below(n: pd.DataFrame, threshold: int) -> Any:
    """Where one of several counts is too small, and above 0."""
    return ((n > 0) & (n < threshold)).any(axis=1)


def hidden(texts: Mapping[str, Any], where: Any) -> dict[str, Any]:
    """The texts with the sign of a hidden number in some cells."""
    return {measure: column.mask(where, HIDDEN) for measure, column in texts.items()}


# ---------------------------------------------------------------- outputs


@dataclass
class Output:
    """One output: what was made, what was written, and what a first look at it says.

    frame    the numbers as they are
    written  the text of NAME.csv, which is to be released
    behind   what is not to be released: contributors, counts or groups
    weak     for each cell of `written`, whether too few are behind it
    notes    sentences of a first look. The disclosure check decides, not they
    case     what the check and the request form are told
    """

    name: str
    title: str
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    written: pd.DataFrame = field(default_factory=pd.DataFrame)
    behind: pd.DataFrame = field(default_factory=pd.DataFrame)
    weak: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: list[str] = field(default_factory=list)
    case: dict[str, Any] = field(default_factory=dict)

    @property
    def marked(self) -> pd.DataFrame:
        """What was written, with ! at each cell that has too few behind it. For your eyes only."""
        return self.written.mask(self.weak, self.written + " !")

    def __repr__(self) -> str:
        table = [self.marked.to_string(index=False, max_rows=60)] if len(self.written.columns) else []
        return "\n".join([f"{self.title}  [{self.name}]", *table, *self.notes])

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        table = self.marked.to_html(index=False, max_rows=60) if len(self.written.columns) else ""
        return f"<p><b>{escape(self.title)}</b> <code>{escape(self.name)}</code></p>{table}<ul>{notes}</ul>"


class Session:
    """Makes outputs into one folder and keeps outputs.json there.

    folder           where outputs go; made if need be. What an earlier session wrote there stays in the list
    data             one row per record
    unit             the column that tells whose record it is; without one, each record counts as a unit
    case             the column that tells one court case from another: co-defendants know each other, so that ten
                     people of two cases are not many
    where            a condition that all outputs share: the population of the study
    dataset_version  which version of the data this is, as your workspace calls it
    policy           the policy that you expect to be judged by, such as srs-10
    threshold, nk, p_percent   what the first look marks: counts below it; the n largest with more than the share k;
                               a largest contribution that can be estimated within p percent

    Every method that makes an output also takes `name` and `title`, and what only you know of it: `sensitive`,
    `children`, `structural_zeros` and `nesting`, as the form of a case describes them.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        data: pd.DataFrame,
        unit: str | None = None,
        case: str | None = None,
        where: str = "",
        dataset_version: str = "",
        policy: str = "",
        threshold: int = 10,
        nk: tuple[int, float] = (2, 0.9),
        p_percent: float = 10,
    ) -> None:
        if twice := sorted({str(name) for name in data.columns[data.columns.duplicated()]}):
            raise CannotMake(f"Several columns of the data are called {', '.join(twice)}: rename all but one.")
        if nk[0] not in (1, 2):
            raise CannotMake("nk looks at the largest contributor or at the two largest: n is 1 or 2.")
        self.folder, self.unit, self.case, self.where = Path(folder), unit, case, where
        self.dataset_version, self.policy = dataset_version, policy
        self.threshold, self.nk, self.p_percent = threshold, nk, p_percent
        self.data = data[holds(where, data)]
        self._has([*several(unit), *several(case)])
        if unit and (missing := int(self.data[unit].isna().sum())):
            kept = all_of(where, f"{quoted(unit)} is not null")
            found = several_of(missing, "record")
            raise CannotMake(f"{found} without {unit}: leave them out, where={kept!r}, or name another unit.")
        self.units = pd.factorize(self.data[unit])[0] if unit else np.arange(len(self.data))
        self.court_cases = pd.factorize(self.data[case])[0] if case else None
        self.folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to do: every output is on disk when its call returns."""

    # ------------------------------------------------------------ tables

    def crosstab(
        self,
        rows: str | Sequence[str],
        columns: str | None = None,
        *,
        where: str = "",
        counting: str = "units",
        weight: str | None = None,
        margins: bool = False,
        suppress_below: int | None = None,
        round_to: int | None = None,
        **said: Any,
    ) -> Output:
        """Counts by the labels of some columns.

        counting        "units": each unit once per cell. "rows": records. Units are counted beside either
        weight          sums of these weights instead; units are counted beside them, unweighted
        margins         a total row and column, each counted from the data (a unit may be in several cells)
        suppress_below  write [c] for counts of fewer units than this, above 0; totals may still give them back
        round_to        write the nearest multiple
        """
        asked = _asked(locals())
        if counting not in ("units", "rows"):
            raise CannotMake('counting is "units" or "rows".')
        grid = self._grid(rows, columns, where, weight=weight, margins=margins)
        _check_rows(grid)
        cells = grid.cells(counted)
        shown: Any = cells["n" if counting == "units" else "rows"]
        if weight:
            shown = grid.column(lambda part: part.groupby(CELL)[WEIGHT].sum()).fillna(0.0)
        called = "weighted_count" if weight else "count"
        texts = shown.map(lambda one: number(nearest(one, round_to) if round_to else one))
        few = below(cells[["n"]], self.threshold)
        layout = {"measure": called} | _layout(grid)
        table = Table("frequency", grid.down, columns, cells[grid.dims], {called: shown}, {called: texts},
                      {called: few}, cells[["n"]], cells, layout)  # fmt: skip
        done = _controls(suppress_below, round_to)
        if round_to:
            done["rounding"] = {"base": round_to, "scheme": "nearest"}
        done |= grid.overlap() if counting == "units" else {}
        context = {"statistic": "count", "weight": weight, **done}
        return self._write_table(table, said, self._called(grid.dims, "counts", asked), grid, context, suppress_below)

    def table(
        self,
        rows: str | Sequence[str] | None,
        columns: str | None = None,
        *,
        value: str,
        statistic: str | Sequence[str] = "mean",
        where: str = "",
        weight: str | None = None,
        margins: bool = False,
        show_n: bool = False,
        suppress_below: int | None = None,
        digits: int | None = None,
        **said: Any,
    ) -> Output:
        """Statistics of the values in one column, by the labels of others. Missing values are left out.

        rows            None for one row about everybody
        statistic       sum, mean, sd, var, median, mode, min, max, or percentiles: p25. Several make several columns
        weight          for sums and means
        show_n          show the number of units with a value as well
        suppress_below  write [c] where fewer units than this have a value
        digits          decimals that are written; all of them unless you say so
        """
        asked, wanted = _asked(locals()), several(statistic)
        _check_statistics(wanted, columns, weight, show_n)
        grid = self._grid(rows, columns, where, value, weight, margins)
        grid = grid if grid.dims else grid.of_everybody()
        cells = grid.cells(contributed)
        shown = {one: grid.column(statistic_of(one)) for one in wanted}
        behind = pd.concat([_behind(grid, cells, one, shown[one]) for one in wanted], ignore_index=True)
        if show_n:
            shown = {"n": cells["n"], **shown}
        texts = {one: column.map(lambda each: number(each, digits)) for one, column in shown.items()}
        few = dict.fromkeys(shown, below(cells[["n"]], self.threshold))
        kind = max((kind_of(one) for one in wanted), key=ORDER.index)
        layout = _layout(grid) | ({"measures": list(shown)} if len(shown) > 1 else {"measure": wanted[0]})
        table = Table(kind, grid.down, columns, cells[grid.dims], shown, texts, few, cells[["n"]],
                      behind if len(shown) > 1 else behind.drop(columns="measure"), layout)  # fmt: skip
        done = _controls(suppress_below, None if digits is None else 10.0**-digits)
        only = {"statistic": wanted[0]} if len(wanted) == 1 else {}
        context = {**only, "value": value, "weight": weight, **done, **grid.overlap()}
        grid.notes.extend(self._look_at(cells, {kind_of(one) for one in wanted}))
        called = self._called([*grid.dims, *wanted], value, asked)
        return self._write_table(table, said, called, grid, context, suppress_below)

    def rate(
        self,
        rows: str | Sequence[str],
        *,
        of: str,
        where: str = "",
        digits: int = 1,
        suppress_below: int | None = None,
        **said: Any,
    ) -> Output:
        """Percentages of units of which a condition is true, with the number of units that they are shares of.

        Units of which nobody knows whether it is true are not in the base. A unit with several records is among
        those of which it is true when it is true of one of them.
        """
        asked = _asked(locals())
        known, true = self._truth(of)
        grid = self._grid(rows, None, all_of(where, f"({of}) or not ({of})") if not known.all() else where)
        _check_rows(grid)
        cells = grid.cells(counted)
        part = grid.column(lambda records: units_in(records[true[records[PLACE]]]))
        part = part.fillna(0).astype(int)
        behind = cells[grid.down].assign(denominator=cells["n"], numerator=part, remainder=cells["n"] - part)
        shown: dict[str, Any] = {"base_n": cells["n"], "pct": 100 * part / cells["n"]}
        texts = {one: column.map(lambda each: number(each, digits)) for one, column in shown.items()}
        counts = behind[["denominator", "numerator", "remainder"]]
        few = dict.fromkeys(shown, below(counts, self.threshold))
        layout = _layout(grid) | {
            "measures": list(shown),
            "percent_column": "pct",
            "base_column": "base_n",
            "out_of": 100,
        }
        table = Table(
            "percentage", grid.down, None, cells[grid.down], shown, texts, few, counts, behind, layout, "underlying"
        )
        context = {"statistic": "share", "value": of, **_controls(suppress_below, 10.0**-digits), **grid.overlap()}
        return self._write_table(table, said, self._called(grid.dims, "rate", asked), grid, context, suppress_below)

    def histogram(
        self,
        value: str,
        *,
        edges: Sequence[float] | None = None,
        width: float | None = None,
        where: str = "",
        suppress_below: int | None = None,
        **said: Any,
    ) -> Output:
        """Units by bands of a number, from one edge up to but without the next; the last band has its upper edge.

        edges   where bands begin and end. Values outside of them are left out, and said to be
        width   instead: bands of this width, at multiples of it. Never the smallest and largest value of the data,
                which would each be somebody's
        """
        asked = _asked(locals())
        bounds = edges_of(_numbers(self.data[holds(where, self.data)], value), edges, width)
        limits = f"{quoted(value)} between {number(bounds[0])} and {number(bounds[-1])}"
        grid = self._grid([], None, all_of(where, limits), value)
        left, right = ([label(one) for one in some] for some in (bounds[:-1], bounds[1:]))
        bands = pd.DataFrame({"bin_left": left, "bin_right": right})
        cells = bands.join(banded(grid.records, bounds))
        shown, few = {"count": cells["n"]}, {"count": below(cells[["n"]], self.threshold)}
        if 0 < cells["at_left"].iloc[0] < self.threshold or 0 < cells["at_right"].iloc[-1] < self.threshold:
            grid.notes.append("An outer edge is a value that few have: choose another.")
        dims = ["bin_left", "bin_right"]
        layout = {"form": "long", "dims": dims, "measure": "count"}
        table = Table("histogram", dims, None, bands, shown, {"count": cells["n"].map(number)}, few, cells[["n"]],
                      cells, layout)  # fmt: skip
        overlap = {"overlapping": True} if cells["n"].sum() > grid.records[UNIT].nunique() else {}
        context = {"statistic": "count", "value": value, **_controls(suppress_below, None), **overlap}
        return self._write_table(table, said, self._called([value], "histogram", asked), grid, context, suppress_below)

    def survival(
        self,
        time: str,
        *,
        event: str,
        rows: str | Sequence[str] | None = None,
        every: float | None = None,
        where: str = "",
        **said: Any,
    ) -> Output:
        """A Kaplan-Meier table, one record a unit: time, at risk, events, censored, probability of surviving it.

        event   a column that is 1 or true where the event happened at `time`, else 0 or false: censored then
        every   one row per period of this length, at its end. Without it each row is the time of somebody's event
        """
        asked = _asked(locals())
        self._has([time, event])
        given = all_of(where, f"{quoted(time)} is not null", f"{quoted(event)} is not null")
        grid = self._grid(several(rows), None, given, time)
        records = grid.records.assign(**{EVENT: self.data[event].to_numpy()[grid.records[PLACE]]})
        if records[UNIT].duplicated().any():
            raise CannotMake(f"A survival table needs one record for each {self.unit}.")
        if not records[EVENT].isin([0, 1]).all() or (records[VALUE] < 0).any():
            raise CannotMake(f"{event} must be 0 or 1, and {time} 0 or more.")
        cells = life_tables(records, grid, every)
        counts, dims = ["num_at_risk", "num_events", "num_censored"], [*grid.down, "time"]
        shown = {one: cells[one] for one in (*counts, "surv_prob")}
        few = {one: below(cells[[one]], self.threshold) for one in counts} | {
            "surv_prob": below(cells[["num_events"]], self.threshold)
        }
        texts = {one: column.map(number) for one, column in shown.items()}
        layout = {"form": "long", "dims": dims, "measures": counts, "others": ["surv_prob"]}
        table = Table("survival", dims, None, cells[dims], shown, texts, few, cells[counts], cells[[*dims, *counts]],
                      layout, "")  # fmt: skip
        context = {"statistic": "survival", "value": time}
        return self._write_table(table, said, self._called([*grid.down, time], "survival", asked), grid, context, None)

    # ------------------------------------------------------------ models

    def regression(self, y: str, x: str | Sequence[str], *, kind: str = "ols", where: str = "", **said: Any) -> Output:
        """Coefficients, standard errors and their ratio of a model of `y` by the columns `x`.

        kind   "ols", "logit" or "probit". Columns of labels become 0/1 for each label but the first; records with
               something missing are left out, and said to be. For other models fit one and use `fitted`
        """
        asked, columns = _asked(locals()), several(x)
        if kind != "ols" and kind not in LINKS:
            raise CannotMake(f"kind is ols, {' or '.join(LINKS)}; fit others with statsmodels and use fitted().")
        self._has([y, *columns])
        chosen = self.data[holds(where, self.data)]
        data = chosen.dropna(subset=[y, *columns])
        regressors, references = design(data, columns)
        outcome, matrix = _numbers(data, y), regressors.to_numpy()
        if kind in LINKS and not np.isin(outcome, (0, 1)).all():
            raise CannotMake(f"{y} must be 0 or 1 for a {kind} model.")
        if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
            raise CannotMake("Some columns of the model follow from others: leave one out.")
        found = least_squares(outcome, matrix) if kind == "ols" else likeliest(outcome, matrix, kind)
        units = data[self.unit].to_numpy() if self.unit else np.arange(len(data))
        terms = [str(term) for term in regressors]
        model = Model(kind, y, terms, *found, matrix, outcome, units, len(data) - len(terms), references)
        missing = [f"{quoted(one)} is not null" for one in (y, *columns) if chosen[one].isna().any()]
        notes = [f"Left out: {several_of(len(chosen) - len(data), 'record')} with something missing."] * bool(missing)
        called = self._called([y, *columns], kind, asked)
        return self._write_model(model, said, called, all_of(self.where, where, *missing), notes)

    def fitted(self, result: Any, *, where: str = "", **said: Any) -> Output:
        """Coefficients, standard errors and their ratio of a model that statsmodels fitted.

        The numbers are taken as they are. The size of the model and of the groups behind its 0/1 columns come from
        its own matrix; they are of records, since the model does not say whose they are.
        """
        asked = _asked(locals())
        try:
            own, freedom = result.model, int(result.df_resid)
            terms, y = list(own.exog_names), str(own.endog_names)
            matrix, outcome = np.asarray(own.exog, dtype=float), np.asarray(own.endog, dtype=float)
            coefficients, errors = (np.asarray(one, dtype=float) for one in (result.params, result.bse))
        except AttributeError as missing:
            raise CannotMake(f"This is no result of a statsmodels regression: {missing}.") from None
        if coefficients.shape != (len(terms),) or matrix.shape[1] != len(terms):
            raise CannotMake("This model has more than one equation: write its table yourself and use add_file().")
        kind = type(own).__name__.lower()
        model = Model(kind, y, terms, coefficients, errors, matrix, outcome, np.arange(len(matrix)), freedom, {})
        notes = [f"Groups are counted in records, not by {self.unit}."] * bool(self.unit)
        called = self._called([y], kind, asked | {"result": terms})
        return self._write_model(model, said, called, all_of(self.where, where), notes)

    # ------------------------------------------------------------ other files, and the list

    def add_file(
        self, path: str | os.PathLike[str], description: str, *, kind: str = "file", where: str = "", **said: Any
    ) -> Output:
        """A file that you made otherwise. It is copied into the folder unless it is there.

        Nothing is known of it but what you say, so a person will have to look.
        """
        source, _ = Path(path), _asked(locals())
        if not description.strip():
            raise CannotMake("Say in a sentence what the file shows.")
        if not source.is_file():
            raise CannotMake(f"There is no file {source}.")
        output = Output(said.get("name") or _slug(source.name), said.get("title") or description)
        taken = {file["path"] for case in self.cases() for file in case["files"] if case["id"] != output.name}
        if source.name in {MANIFEST, *taken} or source.name.endswith(".case.json"):
            raise CannotMake(f"{source.name} is the name of a file that is there already: rename yours.")
        if source.resolve() != (self.folder / source.name).resolve():
            shutil.copyfile(source, self.folder / source.name)
        files = [self._file(source.name, "output", description)]
        return self._keep(output, kind, files, None, self._context(files, all_of(self.where, where), said, {}))

    def withdraw(self, name: str) -> None:
        """Take an output back: its case and what was written for it. A file that you added is left where it is."""
        self._remove(name, {})
        (self.folder / f"{name}.case.json").unlink(missing_ok=True)
        self._write_list([case for case in self.cases() if case["id"] != name])

    def cases(self) -> list[dict[str, Any]]:
        """The cases in outputs.json, in the order in which they were first made."""
        path = self.folder / MANIFEST
        return list(json.loads(path.read_text(encoding="utf-8"))["cases"]) if path.exists() else []

    def check(self) -> list[str]:
        """Files that are gone, or are no longer what was written."""
        found = []
        for file in (file for case in self.cases() for file in case["files"]):
            path = self.folder / file["path"]
            if not path.is_file():
                found.append(f"{file['path']} is gone.")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
                found.append(f"{file['path']} was changed after it was written.")
        return found

    # ------------------------------------------------------------ how

    def _has(self, names: Iterable[str]) -> None:
        if missing := [name for name in names if name not in self.data.columns]:
            raise CannotMake(f"The data have no column called {', '.join(missing)}.")

    def _called(self, words: Sequence[str], what: str, asked: Mapping[str, Any]) -> str:
        """A name that says what an output is, and differs whenever something else was asked for."""
        of_session = [self.unit, self.case, self.where, self.dataset_version]
        text = json.dumps([of_session, asked], sort_keys=True, default=str)
        return f"{_slug('_'.join([*words, what]))[:60]}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def _truth(self, condition: str) -> tuple[Any, Any]:
        """For each record whether it is known if a condition is true, and whether it is."""
        true, false = _Condition(condition, self.data).truth()
        return true | false, true

    def _grid(
        self,
        rows: str | Sequence[str] | None,
        columns: str | None,
        where: str,
        value: str | None = None,
        weight: str | None = None,
        margins: bool = False,
    ) -> Grid:
        """The records of an output, who they are, and its cells. Raises CannotMake."""
        dims = [*several(rows), *several(columns)]
        self._has([*dims, *several(value), *several(weight)])
        if clash := [dim for place, dim in enumerate(dims) if dim in BEHIND or dim in dims[:place]]:
            raise CannotMake(f"Rename {', '.join(clash)}: a dimension needs a name of its own.")
        records, order = self._records(dims, where, value, weight)
        unlabelled = [dim for dim in dims if (records[dim] < 0).any()]
        kept = records[(records[dims] >= 0).all(axis=1)]
        if not len(kept):
            raise CannotMake("Nobody is left to count.")
        notes = [f"Left out: {several_of(len(records) - len(kept), 'record')} without {_by(unlabelled)}."] * bool(
            unlabelled
        )
        absent = int(kept[VALUE].isna().sum())
        notes += [f"Not among the contributors: {several_of(absent, 'record')} without {value}."] * bool(absent)
        population = all_of(self.where, where, *(f"{quoted(dim)} is not null" for dim in unlabelled))
        _check_labels(dims, columns, order, margins)
        return Grid(kept, several(rows), columns, order, margins, population, notes)

    def _records(
        self, dims: list[str], where: str, value: str | None, weight: str | None
    ) -> tuple[pd.DataFrame, dict[str, list[str]]]:
        """The records of an output, and the labels of each dimension in order."""
        chosen = np.flatnonzero(holds(where, self.data))
        data = self.data.iloc[chosen]
        found: dict[str, Any] = {PLACE: chosen, UNIT: self.units[chosen]}
        if self.court_cases is not None:
            found[CASE] = self.court_cases[chosen]
        found[VALUE] = _numbers(data, value) if value else np.ones(len(data))
        found[WEIGHT] = _numbers(data, weight) if weight else np.ones(len(data))
        if np.isnan(found[WEIGHT]).any() or (found[WEIGHT] < 0).any():
            raise CannotMake(f"Some weights in {weight} are missing or negative.")
        order = {}
        for dim in dims:
            found[dim], order[dim] = labels(data[dim])
        return pd.DataFrame(found), order

    def _look_at(self, cells: pd.DataFrame, kinds: set[str]) -> list[str]:
        """What a first look says of amounts."""
        found = []
        if "magnitude" in kinds:
            total: Any = cells["absolute_total" if "absolute_total" in cells else "total"]
            second = cells["second_largest"].fillna(0)
            top = cells["largest"] + (second if self.nk[0] == 2 else 0)
            near = total - cells["largest"] - second < self.p_percent / 100 * cells["largest"]
            unsafe = (cells["n"] > 0) & (total > 0) & ((top > self.nk[1] * total) | near)
            found += _count(unsafe, "{} where the largest contributors give themselves away.")
        found += _count(
            (cells["minimum"] == cells["maximum"]) & (cells["n"] > 0), "{} where everybody has the same value."
        )
        if "min_max" in kinds:
            found.append("A minimum or maximum is one person's value unless many share it: show p5 or p95 instead.")
        return found

    def _write_table(
        self,
        table: Table,
        said: Mapping[str, Any],
        called: str,
        grid: Grid,
        context: Mapping[str, Any],
        limit: int | None,
    ) -> Output:
        """Write a table and what is behind it."""
        hide = below(table.n, limit) if limit else np.zeros(len(table.cells), dtype=bool)
        written = table.laid_out(hidden(table.texts, hide))
        of = f" of {context['value']}" if "value" in context else ""
        what = str(context.get("statistic") or ", ".join(table.numbers)).capitalize()
        title = said.get("title") or f"{what}{of} by {_by(table.cells)}"
        output = Output(
            said.get("name") or called, title, table.laid_out(table.numbers), written, table.behind, table.marks()
        )
        few = np.logical_or.reduce([np.asarray(column) for column in table.weak.values()])
        output.notes += [*grid.notes, *_count(few, f"{{}} below {self.threshold}.")]
        output.notes += _count(hide, "{} hidden. Whether totals or other outputs give them back is for the check.")
        output.notes += ["Each record counts as a unit: no column says whose it is."] * (self.unit is None)
        path = f"{output.name}.csv"
        written.to_csv(self.folder / path, index=False)
        for control in context.get("controls", ()):
            control |= {"file": path} | ({"cells": int(hide.sum())} if control["control"] == "suppression" else {})
        files = [self._file(path, "output", title)]
        if table.role:
            beside = f"{output.name}_{table.role}.csv"
            table.behind.map(_plain).to_csv(self.folder / beside, index=False)
            files.append(self._file(beside, table.role) | {"for": path})
        return self._keep(output, table.kind, files, table.layout, self._context(files, grid.population, said, context))

    def _write_model(
        self, model: Model, said: Mapping[str, Any], called: str, population: str, notes: list[str]
    ) -> Output:
        """Write a model: its coefficients, the groups behind its 0/1 columns, and its size."""
        frame, groups, size = model.frame(), model.groups(), model.size()
        small = groups[below(groups[["n", "rest"]], self.threshold)]
        notes = [*notes, *_count(small["n"] > 0, "{} of 0/1 columns have groups below " + f"{self.threshold}.", "term")]
        notes += ["Few residual degrees of freedom."] * (size["df_resid"] < self.threshold)
        notes += ["The model is saturated: its predictions are the averages of groups."] * size["saturated"]
        written = frame.map(lambda one: one if isinstance(one, str) else number(one))
        weak = pd.DataFrame(False, index=frame.index, columns=frame.columns).assign(
            coef=frame["term"].isin(small["term"])
        )
        regressors = [term for term in model.terms if term.lower() not in ("const", "intercept")]
        title = said.get("title") or f"{model.kind.upper()} of {model.about} by {_by(regressors)}"
        output = Output(said.get("name") or called, title, frame, written, groups, weak, notes)
        path, sized, beside = (f"{output.name}{end}" for end in (".csv", "_size.json", "_underlying.csv"))
        written.to_csv(self.folder / path, index=False)
        _write_whole(self.folder / sized, size)
        groups.to_csv(self.folder / beside, index=False)
        files = [self._file(path, "output", title), self._file(sized, "metadata") | {"for": path}]
        files.append(self._file(beside, "underlying") | {"for": path})
        layout = {"form": "long", "dims": ["term"], "others": list(frame.columns[1:])}
        context = self._context(files, population, said, {"statistic": model.kind})
        return self._keep(output, "regression", files, layout, context)

    def _context(
        self, files: list[dict[str, Any]], population: str, said: Mapping[str, Any], context: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What is known of an output besides its numbers."""
        known = {key: said[key] for key in KNOWN if key in said}
        given = {"unit": self.unit, "case": self.case, **context, "dataset_version": self.dataset_version, **known}
        populations = [{"file": files[0]["path"], "filter": population}]
        return {key: value for key, value in given.items() if value not in (None, "")} | {"populations": populations}

    def _file(self, path: str, role: str, description: str = "") -> dict[str, Any]:
        digest = hashlib.sha256((self.folder / path).read_bytes()).hexdigest()
        return {"path": path, "role": role, "sha256": digest} | ({"description": description} if description else {})

    def _keep(
        self,
        output: Output,
        kind: str,
        files: list[dict[str, Any]],
        layout: Mapping[str, Any] | None,
        context: dict[str, Any],
    ) -> Output:
        """Put a case into outputs.json, in place of an earlier one of this name."""
        said = {"layout": layout} if layout else {}
        policy = {"policy": self.policy} if self.policy else {}
        output.case = {
            "id": output.name,
            "title": output.title,
            "kind": kind,
            "files": files,
            **said,
            "context": context,
            **policy,
        }
        self._remove(output.name, output.case)
        cases = {case["id"]: case for case in self.cases()} | {output.name: output.case}
        _write_whole(self.folder / f"{output.name}.case.json", output.case)
        self._write_list(list(cases.values()))
        return output

    def _remove(self, name: str, kept: Mapping[str, Any]) -> None:
        """Remove what was written for an output of this name, but for the files of the case that takes its place."""
        stays = {file["path"] for file in kept.get("files", ())}
        for case in (case for case in self.cases() if case["id"] == name and "layout" in case):
            for path in {file["path"] for file in case["files"]} - stays:
                (self.folder / path).unlink(missing_ok=True)

    def _write_list(self, cases: list[dict[str, Any]]) -> None:
        _write_whole(self.folder / MANIFEST, {"made_by": f"gatehouse_sdc {VERSION}", "cases": cases})


@dataclass(frozen=True)
class Model:
    """A model that was fitted: what is shown of it, and the matrix that it was fitted to."""

    kind: str
    about: str
    terms: list[str]
    coefficients: Any
    errors: Any
    matrix: Any
    outcome: Any
    units: Any
    freedom: int
    references: Mapping[str, str]

    def frame(self) -> pd.DataFrame:
        """What is shown: terms, coefficients, standard errors and their ratio."""
        ratio = {"t" if self.kind == "ols" else "z": self.coefficients / self.errors}
        return pd.DataFrame({"term": self.terms, "coef": self.coefficients, "se": self.errors, **ratio})

    def groups(self) -> pd.DataFrame:
        """For each column of zeros and ones the distinct units in it (n) and not in it (rest)."""
        found = []
        for place, term in enumerate(self.terms):
            column = self.matrix[:, place]
            if set(np.unique(column)) == {0.0, 1.0}:
                found.append((term, *self._units(column == 1)))
        for name, first in self.references.items():
            others = [place for place, term in enumerate(self.terms) if term.startswith(f"{name}=")]
            found.append((f"{name}={first}", *self._units(self.matrix[:, others].sum(axis=1) == 0)))
        if set(np.unique(self.outcome)) == {0.0, 1.0}:
            found.append(("outcome", *self._units(self.outcome == 1)))
        return pd.DataFrame(found, columns=["term", "n", "rest"])

    def categories(self) -> dict[str, dict[str, int]]:
        """The same by variable and label: of 0/1 columns both labels, of columns of labels each."""
        found: dict[str, dict[str, int]] = {}
        for term, n, rest in self.groups().itertuples(index=False):
            name, _, text = term.partition("=")
            labelled = name in self.references
            found.setdefault(name if labelled else term, {}).update({text: n} if labelled else {"1": n, "0": rest})
        return found

    def _units(self, chosen: Any) -> tuple[int, int]:
        return len(pd.unique(self.units[chosen])), len(pd.unique(self.units[~chosen]))

    def size(self) -> dict[str, Any]:
        """What the check wants to know of the model's size."""
        patterns = len(np.unique(self.matrix, axis=0))
        return {
            "model": self.kind, "n_obs": len(self.matrix), "n_units": len(pd.unique(self.units)),
            "df_resid": self.freedom, "k": len(self.terms), "distinct_rows": patterns,
            "saturated": patterns <= len(self.terms), "categories": self.categories(),
        }  # fmt: skip


def life_table(records: pd.DataFrame, every: float | None) -> pd.DataFrame:
    """Steps of a Kaplan-Meier curve: at each event, or at the end of each period of this length.

    num_at_risk is before the step, num_censored within it (of a step at an event: before the next event).
    """
    times, happened = records[VALUE].to_numpy(dtype=float), records[EVENT].to_numpy(dtype=float) == 1
    steps = np.unique(times[happened])
    at_risk = np.array([(times >= step).sum() for step in steps])
    events = np.array([(times[happened] == step).sum() for step in steps])
    survived = np.cumprod(1 - events / at_risk) if len(steps) else steps
    if not every:
        until = np.append(steps[1:], np.inf)
        censored = [
            int((~happened & (times >= step) & (times < end)).sum()) for step, end in zip(steps, until, strict=True)
        ]
        return pd.DataFrame({"time": steps, "num_at_risk": at_risk, "num_events": events, "num_censored": censored,
                             "surv_prob": survived})  # fmt: skip
    ends = every * np.arange(1, max(math.ceil(times.max() / every), 1) + 1)
    period = np.maximum(np.ceil(times / every), 1) - 1
    reached = np.searchsorted(steps, ends, side="right")
    return pd.DataFrame({
        "time": ends,
        "num_at_risk": [int((period >= place).sum()) for place in range(len(ends))],
        "num_events": [int((happened & (period == place)).sum()) for place in range(len(ends))],
        "num_censored": [int((~happened & (period == place)).sum()) for place in range(len(ends))],
        "surv_prob": np.append(1.0, survived)[reached],
    })  # fmt: skip


def life_tables(records: pd.DataFrame, grid: Grid, every: float | None) -> pd.DataFrame:
    """The life tables of all groups, in the order of their labels, one below the other."""
    groups: Any = records.groupby(grid.down) if grid.down else [((), records)]
    tables = [
        life_table(one, every).assign(
            **{dim: grid.order[dim][place] for dim, place in zip(grid.down, key, strict=True)}
        )
        for key, one in groups
    ]
    found = pd.concat(tables, ignore_index=True)
    if not len(found):
        raise CannotMake("Nobody has an event, so there is no step to show.")
    return found.assign(time=found["time"].map(label))


def edges_of(values: Any, edges: Sequence[float] | None, width: float | None) -> list[Any]:
    """Edges of a histogram, rising. Raises CannotMake."""
    if (edges is None) == (width is None):
        raise CannotMake("Give edges, or the width of the bands. Edges from the data would show its extremes.")
    if width is not None:
        present = values[~np.isnan(values)]
        if width <= 0 or not len(present):
            raise CannotMake("The width is above 0, and there must be somebody to count.")
        first, last = (math.floor(one / width) for one in (present.min(), present.max()))
        multiples = [float(f"{width * step:.12g}") for step in range(first, last + 3)]
        return multiples if multiples[-2] <= present.max() else multiples[:-1]
    found = list(edges or ())
    if len(found) < 2 or any(one >= other for one, other in pairwise(found)):
        raise CannotMake("Edges are two numbers or more, each larger than the one before.")
    return found


def banded(records: pd.DataFrame, bounds: Sequence[float]) -> pd.DataFrame:
    """By band: distinct units (n), records (rows), and distinct units whose value is its left or right edge."""
    values, bands = records[VALUE].to_numpy(), len(bounds) - 1
    place = np.minimum(np.searchsorted(bounds, values, side="right") - 1, bands - 1)

    def units(chosen: Any) -> Any:
        return records[UNIT][chosen].groupby(place[chosen]).nunique().reindex(range(bands), fill_value=0).to_numpy()

    at_left, at_right = (values == np.asarray(edge)[place] for edge in (bounds[:-1], bounds[1:]))
    everybody = np.ones(len(values), dtype=bool)
    rows = np.bincount(place, minlength=bands)
    return pd.DataFrame({"n": units(everybody), "rows": rows, "at_left": units(at_left), "at_right": units(at_right)})


def kind_of(statistic: str) -> str:
    """The kind of output that a statistic is; percentiles are quantiles."""
    return STATISTICS.get(statistic, "quantile")


def nearest(value: float, base: float) -> int | float:
    """The nearest multiple; halves go up."""
    rounded = math.floor(value / base + 0.5) * base
    return int(rounded) if float(rounded).is_integer() else rounded


def _behind(grid: Grid, cells: pd.DataFrame, statistic: str, shown: Any) -> pd.DataFrame:
    """The contributors to one statistic, and who is around it: where their number is what decides."""
    found, kind = cells.assign(measure=statistic), kind_of(statistic)
    if kind not in ("quantile", "min_max", "mode"):
        return found
    of_cells = pd.Series(shown.to_numpy(), index=grid.numbered(grid.places()))
    sides = grid.filled([around(part, of_cells) for part in grid.parts()]).fillna(0).astype(int)
    return found.join(sides if kind == "quantile" else sides["sharing"])


def _check_statistics(wanted: list[str], columns: str | None, weight: str | None, show_n: bool) -> None:
    """Raises CannotMake for statistics that are not known, or not in such a table."""
    for one in wanted:
        if one not in STATISTICS and not PERCENTILE.fullmatch(one):
            raise CannotMake(f"A statistic is {', '.join(STATISTICS)} or a percentile such as p25, not {one!r}.")
        if weight and one not in ("sum", "mean"):
            raise CannotMake("Weights are for sums and means only.")
    if not wanted or len(set(wanted)) < len(wanted) or (columns and (len(wanted) > 1 or show_n)):
        raise CannotMake("Ask for each statistic once; a table with labels across its columns shows one.")


def _check_rows(grid: Grid) -> None:
    if not grid.down:
        raise CannotMake("Name at least one column for the rows.")


def _check_labels(dims: list[str], across: str | None, order: Mapping[str, list[str]], margins: bool) -> None:
    """Raises CannotMake for labels that could not be told from a margin or from the name of a dimension."""
    for dim in dims:
        if margins and TOTAL.casefold() in {text.casefold() for text in order[dim]}:
            raise CannotMake(f"{dim} has a label called {TOTAL}, so a margin could not be told from it.")
    if across and (clash := sorted({*order[across]} & {*dims})):
        raise CannotMake(f"{clash[0]} is both a label of {across} and the name of a dimension.")


def _numbers(data: pd.DataFrame, name: str) -> Any:
    """A column of numbers as floats. Raises CannotMake."""
    if name not in data.columns:
        raise CannotMake(f"The data have no column called {name}.")
    if not pd.api.types.is_numeric_dtype(data[name].dtype):
        raise CannotMake(f"The column {name} holds no numbers.")
    found = data[name].to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(found).any():
        raise CannotMake(f"The column {name} holds infinite numbers.")
    return found


def _layout(grid: Grid) -> dict[str, Any]:
    """The layout of a table as a case says it, but for its measures."""
    totals = {"total_labels": [TOTAL]} if grid.margins else {}
    if grid.across:
        return {"form": "wide", "row_dims": grid.down, "col_dim": grid.across, **totals}
    return {"form": "long", "dims": grid.down, **totals}


def _controls(suppress_below: int | None, round_to: float | None) -> dict[str, Any]:
    """What was asked to be done to the numbers, as a case says it."""
    found: list[dict[str, Any]] = []
    found += [{"control": "suppression", "threshold": suppress_below}] if suppress_below else []
    found += [{"control": "rounding", "base": round_to}] if round_to else []
    return {"controls": found} if found else {}


def _plain(value: Any) -> Any:
    """A value as the file of contributors holds it: numbers in full, and nothing for what is missing."""
    if isinstance(value, float | np.floating):
        return "" if math.isnan(value) else repr(float(value))
    return value


def _count(chosen: Any, sentence: str, what: str = "cell") -> list[str]:
    """A sentence with the number of cells, when there are some."""
    found = int(np.asarray(chosen).sum())
    return [sentence.format(several_of(found, what))] if found else []


def several_of(number_of: int, what: str) -> str:
    """ "1 cell", "3 cells"."""
    return f"{number_of} {what}{'' if number_of == 1 else 's'}"


def _by(names: Iterable[Any]) -> str:
    return " and ".join(str(name) for name in names)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "output"


def _asked(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for: the arguments of a call, but for what is only said of the output. Raises CannotMake."""
    said = arguments["said"]
    if strange := sorted(set(said) - {*KNOWN, "name", "title"}):
        raise CannotMake(f"{', '.join(strange)} is nothing that can be said of an output: {', '.join(KNOWN)} can.")
    if said.get("name") and not NAME.fullmatch(said["name"]):
        raise CannotMake("The name of an output has letters, digits, - and _ only.")
    if str(said.get("name", "")).endswith(ENDINGS):
        raise CannotMake(f"The name of an output does not end in {', '.join(ENDINGS)}: files behind outputs do.")
    return {key: value for key, value in arguments.items() if key not in ("self", "said")}


def _write_whole(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON so that a reader finds the old file or the new one, and never half of it."""
    beside = path.with_name(f"{path.name}.part")
    beside.write_text(json.dumps(content, indent=1, ensure_ascii=False, default=label) + "\n", encoding="utf-8")
    os.replace(beside, path)
