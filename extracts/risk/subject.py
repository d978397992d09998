"""What of one table of an extract is looked at: who can be seen by what, and what would be learnt of them."""

from __future__ import annotations

from dataclasses import dataclass

from extracts.specification import ColumnSpec, TableSpec
from governance.catalogue.catalogue import Catalogue, Sensitivity, Variable
from governance.catalogue.risk_rules import RiskRules

LEARNT = frozenset({Sensitivity.SV, Sensitivity.CO, Sensitivity.SC})


@dataclass(frozen=True)
class Subject:
    """The columns of one table by the part that they play.

    quasi         quasi-identifiers, and special categories that can be seen of a person, such as ethnicity
    sensitive     what an intruder would learn: sensitive by context, criminal-offence data, other special categories
    combinations  those of the dataset's rare combinations whose variables are all in the table
    together      the key that co-defendants share, "" where there is none
    """

    table: str
    quasi: tuple[ColumnSpec, ...]
    sensitive: tuple[ColumnSpec, ...]
    combinations: tuple[tuple[ColumnSpec, ...], ...]
    together: str

    @property
    def columns(self) -> tuple[ColumnSpec, ...]:
        """Everything that is coded, each once: quasi-identifiers first."""
        combined = (column for columns in self.combinations for column in columns)
        return tuple(dict.fromkeys((*self.quasi, *self.sensitive, *combined)))


def subject_of(table: TableSpec, catalogue: Catalogue) -> Subject:
    """The parts of one table of a specification. Raises UnknownName."""
    rules, described = catalogue.dataset.risk, catalogue[table.name]
    columns = {column.name: column for column in table.columns}
    parts = {name: _part(described[name], rules) for name in columns}
    return Subject(
        table.name,
        tuple(columns[name] for name in columns if parts[name] == "quasi"),
        tuple(columns[name] for name in columns if parts[name] == "sensitive"),
        tuple(
            tuple(columns[name] for name in names)
            for names in (_of_table(table.name, many) for many in rules.combinations)
            if names and columns.keys() >= set(names)
        ),
        next((name for name in _of_table(table.name, rules.together) if name in columns), ""),
    )


def _part(variable: Variable, rules: RiskRules) -> str:
    if variable.sensitivity is Sensitivity.QI or f"{variable.table}.{variable.name}" in rules.visible:
        return "quasi"
    return "sensitive" if variable.sensitivity in LEARNT else ""


def _of_table(table: str, names: tuple[str, ...]) -> list[str]:
    return [name.partition(".")[2] for name in names if name.partition(".")[0] == table]
