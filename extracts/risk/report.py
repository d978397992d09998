"""What an assessment says: counts of rows and classes, table by table. It holds no value of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from governance.catalogue.risk_rules import Ceiling

FORM = 1
# The smallest size of each band of classes; the last has no end.
BANDS = (1, 2, 3, 5, 10, 20)


class BadReport(ValueError):
    """A stored report cannot be read."""


@dataclass(frozen=True)
class Diversity:
    """What the classes of a table tell of one sensitive variable. A missing value counts as a value.

    one_value     rows in classes whose rows all have the same value: who is found in one is known by it
    least         the lowest number of different values in a class (distinct l-diversity)
    distance_max  the largest distance between the spread of values in a class and in the whole table, 0 to 1
    distance_95   the distance that 95 of 100 classes do not exceed

    Source: Machanavajjhala and others, l-Diversity (2007); Li, Li and Venkatasubramanian, t-Closeness (2007), with
    the variational distance: half the sum of the differences of shares.
    """

    variable: str
    one_value: int
    least: int
    distance_max: float
    distance_95: float


@dataclass(frozen=True)
class Special:
    """Minimal sample uniques: the smallest sets of variables by which a row is the only one of its kind.

    rows    how many rows have such a set of one, two and three variables
    parts   variable and in how many of these sets it takes part
    passed  how many sets of variables were too large to be looked at: what is told is too little by these

    Source: Elliot, Manning and Ford, A computational algorithm for handling the special uniques problem (2002).
    """

    rows: tuple[int, int, int]
    parts: tuple[tuple[str, int], ...]
    passed: int = 0

    def share_of(self, variable: str) -> float:
        """Of all sets, the share in which a variable takes part."""
        whole = sum(number for _, number in self.parts)
        return dict(self.parts)[variable] / whole if whole else 0.0


@dataclass(frozen=True)
class Together:
    """Cases with more than one row, by the key that the rows share, and those whose people are together unique."""

    key: str
    cases: int
    alone: int


@dataclass(frozen=True)
class Rare:
    """Rows that share a combination such as offence, court and date with fewer than the threshold."""

    variables: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class TableReport:
    """One table as it would be delivered.

    quasi   variable and level of what an intruder could know; a table without any is one class
    bands   rows in classes of the sizes of BANDS: alone, 2, 3 to 4, 5 to 9, 10 to 19, 20 and more
    under   rows in classes of fewer than the threshold
    """

    table: str
    quasi: tuple[tuple[str, str], ...]
    rows: int
    classes: int
    smallest: int
    bands: tuple[int, ...]
    under: int
    diversity: tuple[Diversity, ...] = ()
    special: Special = Special((0, 0, 0), ())
    together: Together | None = None
    rare: tuple[Rare, ...] = ()

    @property
    def unique(self) -> int:
        """Rows that are alone with their values: sample uniques."""
        return self.bands[0]

    @property
    def unique_share(self) -> float:
        return self.unique / self.rows if self.rows else 0.0

    @property
    def under_share(self) -> float:
        return self.under / self.rows if self.rows else 0.0

    def is_above(self, ceiling: Ceiling | None) -> bool:
        """Whether it is more identifying than the ceiling; a table without quasi-identifiers never is."""
        if ceiling is None or not self.quasi:
            return False
        return self.unique_share > ceiling.unique or self.under_share > ceiling.under


@dataclass(frozen=True)
class RiskReport:
    """An extract, table by table, and the ceiling of its dataset, if that has one."""

    dataset: str
    release: str
    threshold: int
    ceiling: Ceiling | None
    tables: tuple[TableReport, ...]

    @property
    def above(self) -> tuple[TableReport, ...]:
        """The tables that are more identifying than the dataset allows."""
        return tuple(table for table in self.tables if table.is_above(self.ceiling))

    def to_json(self) -> dict[str, Any]:
        return {"form": FORM, **asdict(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RiskReport:
        """Read what `to_json` wrote, also after it was stored as JSON. Raises BadReport for anything else."""
        try:
            if stored["form"] != FORM:
                raise BadReport(f"A report of form {stored['form']} cannot be read.")
            ceiling = Ceiling(**stored["ceiling"]) if stored["ceiling"] else None
            tables = tuple(_table(table) for table in stored["tables"])
            return cls(stored["dataset"], stored["release"], stored["threshold"], ceiling, tables)
        except (KeyError, TypeError, AttributeError) as problem:
            raise BadReport("The stored report cannot be read.") from problem


def _table(stored: Mapping[str, Any]) -> TableReport:
    special, together = stored["special"], stored["together"]
    read = {
        "quasi": tuple((name, level) for name, level in stored["quasi"]),
        "bands": tuple(stored["bands"]),
        "diversity": tuple(Diversity(**one) for one in stored["diversity"]),
        "special": Special(
            tuple(special["rows"]),
            tuple((name, number) for name, number in special["parts"]),
            special.get("passed", 0),
        ),
        "together": Together(**together) if together else None,
        "rare": tuple(Rare(tuple(one["variables"]), one["rows"]) for one in stored["rare"]),
    }
    return TableReport(**{**stored, **read})
