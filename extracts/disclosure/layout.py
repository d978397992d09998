"""Layouts: which columns of a table are labels and which are numbers of what kind."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from extracts.disclosure.reading.numbers import read_number

FORMS = ("wide", "long")

# Field of a layout -> kind of the numbers in the columns that it names.
FIELDS = {
    "counts": "count", "totals": "total", "means": "mean", "shapes": "shape", "positions": "position",
    "endpoints": "endpoint", "modes": "mode", "indices": "index", "ratios": "ratio", "weighted": "weighted",
}  # fmt: skip


@dataclass(frozen=True)
class Percentage:
    """A column of shares and the column that holds the count they are shares of.

    out_of is 100 for percentages and 1 for proportions.
    """

    column: str
    base: str = ""
    out_of: int | None = 100


@dataclass(frozen=True)
class Layout:
    """What each column of a table holds. Every column of the file belongs in one place.

    form         long: each column of numbers is a measure of its own.
                 wide: the columns of numbers are the categories of one more dimension
    rows         columns whose labels say what a row is about: years, ages, areas, ranks
    columns      wide only: the name of the dimension whose labels are the headings
    counts       columns that hold counts of units
    totals       columns that hold sums of amounts
    means        columns that hold averages of amounts
    percentages  columns that hold shares of a count
    shapes       columns that hold spreads: standard deviations, variances, skewness
    positions    columns that hold quantiles: medians, percentiles
    endpoints    columns that hold extremes: minima, maxima, ranges
    modes        columns that hold the most frequent value
    indices      columns that hold measures of concentration: Gini, HHI
    ratios       columns that hold odds, risk and hazard ratios
    weighted     columns that hold weighted counts
    others       numbers of no unit's own: coefficients, standard errors, p values
    statistic    the one of `rows` whose labels say what each number is: n, mean, p95, max; "" for none
    hidden       texts that stand for a hidden number, besides those that everybody writes
    """

    form: str = "long"
    rows: tuple[str, ...] = ()
    columns: str = ""
    counts: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    percentages: tuple[Percentage, ...] = ()
    shapes: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    indices: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    weighted: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    statistic: str = ""
    hidden: tuple[str, ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the dimensions of a cell, in the order of its key."""
        return (*self.rows, self.columns) if self.columns else self.rows

    @property
    def magnitudes(self) -> tuple[str, ...]:
        """Columns of amounts, for which the contributors must be known."""
        return (*self.totals, *self.means)

    @property
    def bases(self) -> tuple[str, ...]:
        """Columns named as the base of a percentage, each once."""
        return tuple(dict.fromkeys(share.base for share in self.percentages if share.base))

    @property
    def measured(self) -> dict[str, str]:
        """Column -> kind of the numbers in it: those of FIELDS, and percentage."""
        kinds = dict.fromkeys(self.bases, "count")
        for field, kind in FIELDS.items():
            kinds |= dict.fromkeys(getattr(self, field), kind)
        return kinds | {share.column: "percentage" for share in self.percentages}

    @property
    def placed(self) -> tuple[str, ...]:
        """Every column that has a place, as often as it has one. A base need not be among the counts."""
        shares = (share.column for share in self.percentages)
        bases = (base for base in self.bases if base not in self.counts)
        numbers = (name for field in FIELDS for name in getattr(self, field))
        return (*self.rows, *bases, *numbers, *shares, *self.others)

    @property
    def names(self) -> frozenset[str]:
        """Every column that has a place, and what the headings of a wide table are."""
        return frozenset({*self.placed, *filter(None, [self.columns])})

    def problems(self) -> tuple[str, ...]:
        """Sentences for the researcher; none when the layout makes sense."""
        found = [] if self.form in FORMS else ["Say whether the table is wide or long."]
        if self.form == "wide" and not self.columns:
            found.append("A wide table needs a name for what its column headings are, such as offence.")
        if self.form == "long" and self.columns:
            found.append("Only a wide table has a dimension across its columns; choose wide or leave it empty.")
        if self.columns in self.rows and self.columns:
            found.append(f"The dimension {self.columns} is both down the rows and across the columns.")
        twice = sorted({name for name in self.placed if self.placed.count(name) > 1})
        if twice:
            found.append(f"These columns are described in two ways: {', '.join(twice)}.")
        if any(share.out_of not in (1, 100) for share in self.percentages):
            found.append("A percentage is out of 100, or out of 1 for a proportion.")
        if self.statistic and self.statistic not in self.rows:
            found.append(f"The statistic is named by {self.statistic}, which is not among the columns of labels.")
        if numbers := sorted(text for text in self.hidden if read_number(text).state == "number"):
            found.append(f"A number cannot stand for a hidden one: {', '.join(numbers)}.")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """A dictionary of strings and lists."""
        data = asdict(self)
        lists = ("rows", *FIELDS, "others", "percentages", "hidden")
        return data | {name: list(data[name]) for name in lists}
