"""Linked tables: hidden as one they are safe together, where tables hidden one by one are not."""

import numpy as np
import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.cells import Cells, tidy
from extracts.disclosure.repair.checked import Checked, checked
from extracts.disclosure.repair.linked import groups_of, hidden_in_tables
from extracts.disclosure.repair.tables import TrueTable, true_tables
from extracts.disclosure.repair.write import written

from ..tables import lines


def two_tables(seed: int) -> list[TrueTable]:
    """Area by sex and area by age of the same people: they have the totals of the areas in common."""
    chance = np.random.default_rng(seed)
    people = np.floor(60 * chance.uniform(0, 1, (5, 3, 4)) ** 4)
    found = []
    for name, axis, letter in (("sex.csv", 2, "s"), ("age.csv", 1, "g")):
        body = people.sum(axis=axis)
        table = np.vstack([np.column_stack([body, body.sum(1)]), [*body.sum(0), body.sum()]]).astype(int)
        names = [*(f"a{n}" for n in range(5)), "Total"]
        heads = ["area", *(f"{letter}{n}" for n in range(body.shape[1])), "Total"]
        rows = [",".join(map(str, [label, *row])) for label, row in zip(names, table.tolist(), strict=True)]
        found += true_tables(name, "\n".join([",".join(heads), *rows]).encode(), SRS_10)
    return found


def published(tables: list[TrueTable], hidden: list[np.ndarray]) -> list[Cells]:
    """The cells of the tables as their repaired files are read."""
    found = []
    for table, mask in zip(tables, hidden, strict=True):
        made = written([table], [{place: "[c]" for place in np.flatnonzero(mask).tolist()}], SRS_10)
        found.append(tidy(made.tables[0], table.described))
    return found


def audit_of(tables: list[TrueTable], hidden: list[np.ndarray]) -> Checked:
    return checked(published(tables, hidden), SRS_10, threshold=10, seconds=20)


@pytest.mark.slow
def test_tables_hidden_together_are_safe_together_where_hidden_one_by_one_they_are_not() -> None:
    tables = two_tables(38)
    together = hidden_in_tables(tables, threshold=10, zeros=False, by="count")
    assert audit_of(tables, together).safe
    apart = [hidden_in_tables([table], threshold=10, zeros=False, by="count")[0] for table in tables]
    assert all(audit_of([table], [own]).safe for table, own in zip(tables, apart, strict=True))
    assert audit_of(tables, apart).unsafe > 0


def test_a_cell_of_both_tables_is_hidden_in_both_or_in_neither() -> None:
    tables = two_tables(1)
    hidden = hidden_in_tables(tables, threshold=10, zeros=False, by="count")
    at = [
        {
            table.cells.key(place)["area"]: bool(mask[place])
            for place in range(len(table.cells))
            if table.cells.labels.iloc[place, 1] == "Total"
        }
        for table, mask in zip(tables, hidden, strict=True)
    ]
    assert at[0] == at[1]


def test_a_hierarchy_is_protected_at_every_level() -> None:
    content = lines("""
        area,   theft, fraud, arson, Total
        north1, 40,    3,     25,    68
        north2, 31,    44,    17,    92
        North,  71,    47,    42,    160
        south1, 22,    28,    35,    85
        south2, 60,    19,    4,     83
        South,  82,    47,    39,    168
        Total,  153,   94,    81,    328
    """)
    tree = {"area": {"north1": "North", "north2": "North", "south1": "South", "south2": "South",
                     "North": "Total", "South": "Total"}}  # fmt: skip
    (table,) = true_tables("h.csv", content, SRS_10)
    hidden = hidden_in_tables([table], threshold=10, zeros=False, by="count", hierarchies=tree)
    assert hidden[0][table.value < 10].all()
    cells = published([table], hidden)
    assert checked(cells, SRS_10, threshold=10, hierarchies=tree, seconds=20).safe
    # Without the tree the regions are areas like any other, and hide nothing of the sort.
    equations = groups_of([table], tree)[0].system.equations
    assert equations.shape[0] == 7 + 4 * 3
