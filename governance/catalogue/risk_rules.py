"""What a dataset says of re-identification: how many must be alike, and how much of an extract may stand out."""

from __future__ import annotations

from dataclasses import dataclass

THRESHOLD = 10


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The greatest shares of a table's rows, 0 to 1, with which an extract is delivered without anybody's decision.

    unique  of rows that are alone with their values
    under   of rows that share their values with fewer than the threshold, themselves counted
    """

    unique: float
    under: float


@dataclass(frozen=True, slots=True)
class RiskRules:
    """How the re-identification risk of an extract is looked at. Variables are named `table.variable`.

    threshold     rows that must be alike for none of them to count as standing out
    ceiling       None for a dataset without one: its extracts are assessed, and never held
    visible       special categories that an intruder can see of a person: they count as quasi-identifiers
    combinations  variables of one table that say together what was reported of a case, such as offence, court, date
    together      keys that several people of one table share, such as the case of co-defendants
    """

    threshold: int = THRESHOLD
    ceiling: Ceiling | None = None
    visible: tuple[str, ...] = ()
    combinations: tuple[tuple[str, ...], ...] = ()
    together: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable that the rules name."""
        return (*self.visible, *(name for names in self.combinations for name in names), *self.together)


NO_RULES = RiskRules()
