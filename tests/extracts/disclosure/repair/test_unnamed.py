"""Labels that are sums of others without being called so: found in the true numbers, and asked about."""

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.repair.plan import Task, plans
from extracts.disclosure.repair.tables import CannotRepair, true_tables

from ..tables import lines

# A total by another name, a region above its areas, one below them.
FOREIGN = "Gebiet, n\nNord, 4\nMitte, 33\nOst, 36\nGesamt, 73"
AREAS = ["North, 40, 60, 100", "Leeds, 4, 33, 37", "York, 36, 27, 63"]
REST = ["Bath, 30, 50, 80", "Total, 70, 110, 180"]
ABOVE = "\n".join(["area, a, b, Total", *AREAS, *REST])
BELOW = "\n".join(["area, a, b, Total", *AREAS[1:], AREAS[0], *REST])
# The same numbers added up by chance on one line only; two equal numbers; a total that is named.
CHANCE = "area, n\nNorth, 40\nLeeds, 4\nYork, 36\nBath, 30\nTotal, 110"
EQUAL = "sex, n\nmale, 40\nfemale, 40"
NAMED = "area, a, b\nLeeds, 4, 33\nYork, 36, 27\nTotal, 40, 60"


def repaired(text: str, **chosen) -> list:
    return plans(Task(true_tables("a.csv", lines(text), SRS_10), SRS_10, **chosen), ["suppress"])


@pytest.mark.parametrize(
    ("text", "said"),
    [(FOREIGN, "Gesamt is the sum of Nord, Mitte, Ost"), (ABOVE, "North is the sum of Leeds, York"),
     (BELOW, "North is the sum of Leeds, York")],
)  # fmt: skip
def test_a_sum_that_nobody_named_is_asked_about(text: str, said: str) -> None:
    with pytest.raises(CannotRepair, match=said):
        repaired(text)


@pytest.mark.parametrize("text", [CHANCE, EQUAL, NAMED])
def test_chance_and_named_totals_are_not(text: str) -> None:
    assert repaired(text)


def test_a_sum_that_a_hierarchy_names_is_protected_as_one() -> None:
    (repair,) = repaired(ABOVE, hierarchies={"area": {"Leeds": "North", "York": "North"}})
    changed = {(change.label, change.column) for change in repair.changes}
    assert ("area Leeds, a", "a") in changed and ("area York, a", "a") in changed
