"""Code lists and calibration tables, read from CSV into columns of text."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from extracts.synthetic.chance import Floats, Ints

CALIBRATION = Path(__file__).parent / "calibration"


class UnknownCode(KeyError):
    """A code that the list does not hold."""


@dataclass(frozen=True)
class Coded:
    """A column of codes: positions in `values`, -1 where missing."""

    index: Ints
    values: tuple[str, ...]


@dataclass(frozen=True)
class CodeList:
    """One CSV file: `key` is the column that holds the codes."""

    key: str
    rows: tuple[dict[str, str], ...]

    def text(self, column: str) -> tuple[str, ...]:
        """One column, in the order of the file."""
        return tuple(row[column] for row in self.rows)

    def number(self, column: str) -> Floats:
        """One column as numbers; empty is 0."""
        return np.array([float(row[column] or 0) for row in self.rows])

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return self.text(self.key)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {code: place for place, code in enumerate(self.codes)}

    def place(self, code: str) -> int:
        """The position of a code. Raises UnknownCode."""
        if code not in self._places:
            raise UnknownCode(f"{code!r} is not in the list")
        return self._places[code]

    def places(self, *codes: str) -> Ints:
        """The positions of several codes. Raises UnknownCode."""
        return np.array([self.place(code) for code in codes], dtype=np.int64)

    def column(self, index: Ints) -> Coded:
        """A column of this list's codes."""
        return Coded(index, self.codes)


def read_list(path: Path, key: str) -> CodeList:
    """Read one CSV file whose codes are in column `key`."""
    with path.open(newline="", encoding="utf-8") as file:
        return CodeList(key, tuple(csv.DictReader(file)))


@dataclass(frozen=True)
class Codes:
    """The code lists and calibration tables that the generator looks things up in."""

    folder: Path

    @cached_property
    def forces(self) -> CodeList:
        return read_list(self.folder / "police_forces.csv", "code")

    @cached_property
    def offences(self) -> CodeList:
        return read_list(self.folder / "offence_codes.csv", "code")

    @cached_property
    def charges(self) -> CodeList:
        return read_list(self.folder / "cjs_offences.csv", "code")

    @cached_property
    def courts(self) -> CodeList:
        return read_list(self.folder / "courts.csv", "code")

    @cached_property
    def ethnicity(self) -> CodeList:
        return read_list(self.folder / "ethnicity.csv", "code")

    @cached_property
    def reasons(self) -> CodeList:
        return read_list(self.folder / "attrition_reasons.csv", "code")

    @cached_property
    def results(self) -> CodeList:
        return read_list(self.folder / "result_codes.csv", "code")

    @cached_property
    def prosecution_outcomes(self) -> CodeList:
        return read_list(self.folder / "prosecution_outcomes.csv", "code")

    @cached_property
    def disposals(self) -> CodeList:
        return read_list(self.folder / "disposals.csv", "code")

    @cached_property
    def groups(self) -> CodeList:
        return read_list(self.folder / "offence_groups.csv", "code")

    @cached_property
    def outcomes(self) -> CodeList:
        """Outcome mix and durations by subgroup, the published targets."""
        return read_list(CALIBRATION / "outcomes.csv", "offence_subgroup")

    @cached_property
    def subgroups(self) -> CodeList:
        """What else is assumed of each subgroup, in the order of `outcomes`."""
        table = read_list(CALIBRATION / "subgroups.csv", "offence_subgroup")
        order = table.places(*self.outcomes.codes)
        return CodeList(table.key, tuple(table.rows[place] for place in order))

    @cached_property
    def offence_weights(self) -> CodeList:
        """How common each offence code is in its subgroup, and whom it can happen to."""
        return read_list(CALIBRATION / "offences.csv", "ho_offence_code")

    @cached_property
    def stand_in_charges(self) -> CodeList:
        """The charge to use for subgroups that the list of charges does not reach."""
        return read_list(CALIBRATION / "charges.csv", "offence_subgroup")
