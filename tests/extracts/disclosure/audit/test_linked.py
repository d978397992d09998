"""Linked tables: the same cell in two tables is one, and what each hides the other may show."""

import numpy as np
import pytest

from extracts.disclosure.audit.across import told_across
from extracts.disclosure.audit.intervals import intervals
from extracts.disclosure.audit.linked import linked
from extracts.disclosure.audit.system import joined
from extracts.disclosure.audit.tables import system_of
from extracts.disclosure.description import FileDescription
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.rules import secondary_suppression
from extracts.disclosure.subject import Subject

from .test_tables import cells_of

# Each hides two cells on every line that has any, so that neither gives a cell back alone.
BY_OFFENCE = cells_of("""
    sex,    theft, fraud, drugs, Total
    male,   [c],   [c],   31,    60
    female, [c],   [c],   29,    70
    Total,  34,    36,    60,    130
""", across="offence")  # fmt: skip
BY_AGE = cells_of("""
    offence, young, old, Total
    theft,   14,    20,  34
    fraud,   25,    11,  36
    drugs,   30,    30,  60
    Total,   69,    61,  130
""", across="age")  # fmt: skip
# Theft of men is a line of its own here: its total is hidden above.
MALE_THEFT = cells_of("""
    sex,  offence, young, old, Total
    male, theft,   12,    13,  25
    male, drugs,   11,    20,  31
""", rows=2, across="age")  # fmt: skip
OTHER_YEAR = cells_of("""
    sex,    theft, fraud, drugs, Total
    male,   21,    22,    31,    74
    female, 23,    24,    29,    76
    Total,  44,    46,    60,    150
""", across="offence")  # fmt: skip


def subject(cells, name="t.csv", **said) -> Subject:
    return Subject(FileDescription(name, "FREQ", **said), cells, SRS_10)


def test_the_same_cell_of_two_tables_is_one() -> None:
    systems = [system_of(cells) for cells in (BY_OFFENCE, BY_AGE)]
    together, members = joined(systems)
    shared = {together.keys[at] for at in np.intersect1d(*members).tolist()}
    assert {key.labels for key in shared} == {
        (), (("offence", "theft"),), (("offence", "fraud"),), (("offence", "drugs"),),
    }  # fmt: skip
    assert len(together) == 24 - 4
    assert len(set(together.keys)) == len(together)


def test_what_two_tables_give_back_together_neither_gives_back_alone() -> None:
    alone = [system_of(cells) for cells in (BY_OFFENCE, MALE_THEFT)]
    for system in alone:
        found = intervals(system.equations, system.value, system.hidden, system.low, system.high, seconds=5)
        assert not (system.hidden & (system.cells >= 0) & (found.low == found.high)).any()
    (group,) = linked([BY_OFFENCE, MALE_THEFT])
    system = group.system
    found = intervals(system.equations, system.value, system.hidden, system.low, system.high, seconds=5)
    values = {system.keys[at].labels: found.low[at] for at in np.flatnonzero(found.low == found.high).tolist()}
    assert values[(("offence", "fraud"), ("sex", "male"))] == 4
    assert values[(("offence", "theft"), ("sex", "female"))] == 9


def test_findings_name_the_file_and_what_its_own_rule_cannot_see() -> None:
    subjects = [subject(BY_OFFENCE, "a.csv"), subject(MALE_THEFT, "b.csv")]
    assert not list(secondary_suppression.findings(subjects[0]))
    found = [finding for finding, _ in told_across(subjects)]
    assert [(one.file, one.verdict, one.cell.key) for one in found if one.cell] == [
        ("a.csv", "fail", {"sex": "male", "offence": "fraud"}),
        ("a.csv", "fail", {"sex": "female", "offence": "theft"}),
    ]
    assert "= 9." in found[1].attack or "9" in found[1].attack


def test_a_cell_that_an_earlier_release_shows_is_not_hidden() -> None:
    hidden = cells_of("sex, theft, fraud\nmale, [c], 30\nfemale, 20, [c]", across="offence")
    shown = cells_of("sex, theft, fraud\nmale, 3, 30\nfemale, 20, 0", across="offence")
    ((finding, _),) = told_across([subject(hidden)], earlier=[shown])
    assert (finding.cell.key, finding.attack) == ({"sex": "male", "offence": "theft"}, "Another table shows this cell.")


@pytest.mark.parametrize("said", [{}, {"unit": "offences"}])
def test_tables_about_others_are_not_put_together(said: dict[str, str]) -> None:
    other = OTHER_YEAR if not said else MALE_THEFT
    assert not list(told_across([subject(BY_OFFENCE), subject(other, "b.csv", **said)]))
    assert len(linked([BY_OFFENCE, OTHER_YEAR])) == 2


def test_a_dimension_without_a_name_is_known_by_its_labels() -> None:
    unnamed = cells_of("""
        sex,    theft, fraud, drugs, Total
        male,   [c],   [c],   31,    60
        female, [c],   [c],   29,    70
        Total,  34,    36,    60,    130
    """, across="category")  # fmt: skip
    (group,) = linked([unnamed, MALE_THEFT])
    assert group.tables == (0, 1)
    assert {name for key in group.system.keys for name, _ in key.labels} == {"sex", "offence", "age"}


@pytest.mark.slow
def test_protecting_each_table_alone_is_not_enough() -> None:
    """Random pairs of tables that share a margin: the joint audit never knows less than each alone."""
    random = np.random.default_rng(4)
    for _ in range(5):
        people = random.poisson(6, (2, 3, 3))
        first = _as_table(people.sum(2), "sex", "offence", random)
        second = _as_table(people.sum(0).T, "age", "offence", random)
        (group,) = linked([first, second])
        joint = _intervals(group.system)
        for system, members in zip(group.systems, group.members, strict=True):
            alone = _intervals(system)
            assert (joint.low[members] >= alone.low).all() and (joint.high[members] <= alone.high).all()


def _intervals(system):
    return intervals(system.equations, system.value, system.hidden, system.low, system.high, seconds=10)


def _as_table(counts: np.ndarray, down: str, across: str, random: np.random.Generator):
    grid = np.column_stack([counts, counts.sum(1)])
    grid = np.vstack([grid, grid.sum(0)]).astype(object)
    inner = random.random(counts.shape) < 0.5
    grid[: len(counts), : counts.shape[1]][inner] = "[c]"
    headings = [down, *(f"{across} {at}" for at in range(counts.shape[1])), "Total"]
    rows = [[*([f"{down} {at}"] if at < len(counts) else ["Total"]), *row] for at, row in enumerate(grid.tolist())]
    return cells_of("\n".join(",".join(map(str, row)) for row in [headings, *rows]), across=across)


def test_a_table_too_sparse_to_audit_does_not_hide_what_the_others_tell() -> None:
    labels = [f"{at}" for at in range(400)]
    rows = "\n".join(f"{label},{label},20" for label in labels)
    sparse = cells_of(f"a,b,count\n{rows}\nTotal,Total,8000", rows=2, across="")
    found = list(told_across([subject(sparse, "s.csv"), subject(BY_OFFENCE, "a.csv"), subject(MALE_THEFT, "b.csv")]))
    assert [(finding.file, implied.low, implied.high) for finding, implied in found] == [
        ("a.csv", 4, 4),
        ("a.csv", 9, 9),
    ]
