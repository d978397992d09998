"""Systems of tables: totals and their parts become equations that the true numbers satisfy."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.audit.bounds import Contradiction
from extracts.disclosure.audit.intervals import intervals
from extracts.disclosure.audit.part import TooSparse
from extracts.disclosure.audit.system import System
from extracts.disclosure.audit.tables import system_of
from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.cells import Cells, tidy
from extracts.disclosure.reading.csv_table import read_table
from extracts.disclosure.rounding import Rounding

from ..tables import lines


def cells_of(text: str, *, rows: int = 1, across: str = "outcome", **said) -> Cells:
    """The cells of a wide table (or a long one, if there is no dimension across)."""
    content = lines(text)
    headings = content.decode().splitlines()[0].split(",")
    form = "wide" if across else "long"
    layout = Layout(form, rows=tuple(headings[:rows]), columns=across, counts=tuple(headings[rows:]))
    return tidy(read_table("t.csv", content, SRS_10), FileDescription("t.csv", "FREQ", layout=layout, **said))


def implied(system: System) -> dict[tuple[str, ...], tuple[float, float]]:
    """Labels of each hidden cell and its interval."""
    found = intervals(system.equations, system.value, system.hidden, system.low, system.high,
                      seconds=10, whole=system.whole)  # fmt: skip
    return {
        tuple(label for _, label in system.keys[at].labels): (found.low[at], found.high[at])
        for at in np.flatnonzero(system.hidden).tolist()
    }


def test_totals_are_the_sums_of_their_parts_over_every_dimension() -> None:
    shown = cells_of("""
        sex,   a,   b,   Total
        male,  [c], 30,  35
        other, 20,  [c], 50
        Total, 25,  60,  85
    """)
    system = system_of(shown)
    true = np.array([5, 30, 35, 20, 30, 50, 25, 60, 85.0])
    assert np.abs(system.equations @ true).max() == 0
    assert system.equations.shape == (6, 9)
    assert implied(system) == {("a", "male"): (5, 5), ("b", "other"): (30, 30)}


@pytest.mark.slow
def test_random_tables_satisfy_their_equations_whatever_the_order_of_their_rows() -> None:
    random = np.random.default_rng(5)
    for _ in range(8):
        sizes = random.integers(2, 4, 3)
        names = ["p", "q", "r"]
        rows = list(product(*[range(size) for size in sizes]))
        people = pd.DataFrame(rows, columns=names).astype(str).assign(count=random.integers(0, 40, len(rows)))
        parts = [people]
        for name in names:
            parts += [part.groupby([other for other in names if other != name], as_index=False)["count"].sum()
                      .assign(**{name: "Total"}) for part in parts]  # fmt: skip
        table = pd.concat(parts)[[*names, "count"]].sample(frac=1, random_state=int(random.integers(99)))
        system = system_of(cells_of(table.to_csv(index=False), rows=3, across=""))
        assert len(system) == len(table) and not system.hidden.any() and not system.doubts
        assert np.abs(system.equations @ system.value).max() == 0
        assert system.equations.shape[0] == sum(np.prod(np.delete(sizes + 1, axis)) for axis in range(3))


def test_a_row_left_out_is_a_hidden_cell() -> None:
    shown = cells_of("""
        sex,    offence, count
        male,   theft,   20
        male,   fraud,   30
        male,   Total,   50
        female, theft,   12
        female, Total,   15
        Total,  theft,   32
        Total,  fraud,   33
        Total,  Total,   65
    """, rows=2, across="")  # fmt: skip
    system = system_of(shown)
    assert implied(system) == {("fraud", "female"): (3, 3)}
    assert system.cells[system.hidden].tolist() == [-1]


def test_a_hierarchy_gives_the_sums_of_regions() -> None:
    shown = cells_of("""
        area,  count
        North, 40
        A,     [c]
        B,     33
        South, 20
        Total, 60
    """, across="")  # fmt: skip
    assert implied(system_of(shown, hierarchies={"area": {"A": "North", "B": "North"}})) == {("a",): (7, 7)}


def test_subtotals_are_told_from_the_order_of_rows_and_the_numbers() -> None:
    shown = cells_of("""
        offence,        2020, 2021
        theft,          20,   30
        fraud,          10,   [c]
        Total property, 30,   34
        assault,        15,   12
        robbery,        25,   [c]
        Total violence, 40,   15
        Total,          70,   49
    """)
    system = system_of(shown)
    assert not system.doubts
    assert implied(system) == {("fraud", "2021"): (4, 4), ("robbery", "2021"): (3, 3)}


def test_a_total_above_its_parts_has_a_part_that_is_not_listed() -> None:
    shown = cells_of("""
        sex,    a,   b,  Total
        male,   20,  30, 53
        female, [c], 30, 50
    """)
    system = system_of(shown)
    assert [(doubt.least, doubt.most) for doubt in system.doubts] == [(3, 3)]
    found = implied(system)
    assert found[("a", "female")] == (0, 20), "the rest may be of the part that is not listed"
    assert found[("(not listed)", "male")] == (3, 3)


def test_a_total_below_its_parts_is_in_no_equation() -> None:
    system = system_of(cells_of("sex, a, b, Total\nmale, 20, 30, 45\nfemale, [c], 30, 50"))
    assert [doubt.most for doubt in system.doubts] == [-5]
    assert implied(system) == {("a", "female"): (0, np.inf)}


def test_markers_bound_what_they_hide() -> None:
    system = system_of(cells_of("sex, a, b, Total\nmale, <10, <10, 18\nfemale, 20, 30, 50"))
    assert set(implied(system).values()) == {(9, 9)}


def test_two_numbers_for_one_cell_contradict_each_other() -> None:
    system = system_of(cells_of("sex, count\nmale, 20\nmale, 21\nTotal, 41", across=""))
    with pytest.raises(Contradiction):
        implied(system)


def test_measures_have_equations_of_their_own() -> None:
    shown = cells_of("sex, victims, suspects\nmale, [c], 20\nfemale, 30, 40\nTotal, 34, 60", across="")
    system = system_of(shown)
    assert implied(system) == {("male",): (4, 4)}
    assert {key.measure for key in system.keys} == {"victims", "suspects"}


def test_a_table_of_few_combinations_is_refused_rather_than_passed() -> None:
    labels = [f"{at}" for at in range(400)]
    text = "a,b,count\n" + "\n".join(f"{label},{label},20" for label in labels) + "\nTotal,Total,8000\n"
    with pytest.raises(TooSparse):
        system_of(cells_of(text, rows=2, across=""))


@pytest.mark.parametrize("name", ["base5", "base10", "random5", "midpoint6", "cellkey3"])
def test_the_true_counts_satisfy_what_a_rounded_table_tells(name: str) -> None:
    rounding, random = Rounding.named(name), np.random.default_rng(2)
    for _ in range(5):
        inner = random.poisson(random.choice([1, 8, 40]), (3, 3))
        true = np.column_stack([inner, inner.sum(1)])
        true = np.vstack([true, true.sum(0)])
        text = "sex, a, b, c, Total\n" + "\n".join(
            f"{label}, {', '.join(str(int(moved(rounding, number, random))) for number in row)}"
            for label, row in zip(["x", "y", "z", "Total"], true, strict=True)
        )
        system = system_of(cells_of(text), rounding=rounding)
        grid = np.array([true[row, column] for row in range(4) for column in range(4)], dtype=float)
        assert (system.low <= grid).all() and (grid <= system.high).all()
        assert np.abs(system.equations @ grid).max() == 0


def moved(rounding: Rounding, number: int, random: np.random.Generator) -> float:
    """A count as it is published, written anew and plainly."""
    if rounding.kind == "midpoint":
        return 0 if number == 0 else -(-number // rounding.by) * rounding.by - rounding.by // 2
    if rounding.kind == "cellkey":
        return max(0, number + random.integers(-rounding.by, rounding.by + 1)) if number else 0
    if rounding.kind == "random":
        return number // rounding.by * rounding.by + (
            rounding.by * random.integers(0, 2) if number % rounding.by else 0
        )
    return rounding.by * ((2 * number + rounding.by) // (2 * rounding.by))


def test_totals_of_rounded_parts_tell_nothing_of_their_own() -> None:
    """Totals that are exactly the sums of rounded cells were made from them: they are no closer to the truth."""
    shown = [[5, 10, 15], [10, 20, 5], [15, 5, 10]]
    grid = np.array([[*row, sum(row)] for row in shown])
    grid = np.vstack([grid, grid.sum(0)])
    text = "sex, a, b, c, Total\n" + "\n".join(
        f"{label}, {', '.join(map(str, row))}" for label, row in zip("xyz", grid[:3].tolist(), strict=True)
    ) + "\nTotal, " + ", ".join(map(str, grid[3].tolist()))  # fmt: skip
    system = system_of(cells_of(text), rounding=Rounding.named("base5"))
    found = intervals(system.equations, system.value, system.hidden, system.low, system.high, seconds=10)
    assert (found.low[:3].tolist(), found.high[:3].tolist()) == ([3, 8, 13], [7, 12, 17])
