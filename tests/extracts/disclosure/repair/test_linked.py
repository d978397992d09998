"""Linked tables: hidden as one they are safe together, where tables hidden one by one are not."""

import numpy as np

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.repair.checked import checked
from extracts.disclosure.repair.linked import groups_of, hidden_in_tables
from extracts.disclosure.repair.tables import CountTable, count_table
from extracts.disclosure.repair.write import changes_of, with_changes

from ..tables import lines


def two_tables(seed: int) -> list[CountTable]:
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
        found.append(count_table(name, "\n".join([",".join(heads), *rows]).encode(), SRS_10))
    return found


def published(tables: list[CountTable], hidden: list[np.ndarray]) -> dict[str, bytes]:
    files = {}
    for table, mask in zip(tables, hidden, strict=True):
        now = {place: "[c]" for place in np.flatnonzero(mask).tolist()}
        files[table.name] = with_changes(table.name, table.content, changes_of(table.name, table.cells, now), SRS_10)
    return files


def audit_of(tables: list[CountTable], hidden: list[np.ndarray]):
    described = [table.described for table in tables]
    return checked(published(tables, hidden), described, SRS_10, threshold=10, seconds=20)


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
    table = count_table("h.csv", content, SRS_10)
    hidden = hidden_in_tables([table], threshold=10, zeros=False, by="count", hierarchies=tree)
    assert hidden[0][table.value < 10].all()
    files = published([table], hidden)
    assert checked(files, [table.described], SRS_10, threshold=10, hierarchies=tree, seconds=20).safe
    # Without the tree the regions are areas like any other, and hide nothing of the sort.
    equations = groups_of([table], tree)[0].system.equations
    assert equations.shape[0] == 7 + 4 * 3
