"""Explanations: an attack is a sum of published numbers that comes to the number it gives away."""

import re

import numpy as np
import pytest

from extracts.disclosure.audit.explain import Explainer
from extracts.disclosure.audit.intervals import intervals
from extracts.disclosure.audit.tables import system_of

from .test_tables import cells_of


def attacks(text: str, *, seconds: float = 10) -> dict[tuple[str, ...], str]:
    system = system_of(cells_of(text))
    found = intervals(system.equations, system.value, system.hidden, system.low, system.high, seconds=seconds)
    explainer = Explainer(system, found)
    hidden = np.flatnonzero(system.low < system.high).tolist()
    return {tuple(label for _, label in system.keys[at].labels): explainer.attack(at) for at in hidden}


def test_a_part_is_the_total_less_the_others() -> None:
    told = attacks("sex, a, b, c, Total\nmale, [c], 205, 10, 222\nfemale, 20, 30, 10, 60")
    assert told == {("a", "male"): "222 - (205 + 10) = 7."}


def test_a_hidden_total_is_the_sum_of_its_parts() -> None:
    told = attacks("sex, a, b, Total\nmale, 15, 205, [c]\nfemale, 20, 30, 50")
    assert told == {("male",): "15 + 205 = 220."}


def test_many_numbers_are_added_up_first() -> None:
    told = attacks(
        "sex, a, b, c, d, e, f, Total\nmale, [c], 11, 12, 13, 14, 15, 70\nfemale, 20, 20, 20, 20, 20, 20, 120"
    )
    assert told == {("a", "male"): "70 - 65 (the 5 other cells shown) = 5."}


@pytest.mark.parametrize("seed", range(5))
def test_every_sum_that_is_written_comes_to_what_it_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    inner = random.integers(0, 30, (4, 4))
    grid = np.column_stack([inner, inner.sum(1)])
    grid = np.vstack([grid, grid.sum(0)]).astype(object)
    grid[random.random((5, 5)) < 0.25] = "[c]"
    rows = "\n".join(f"{name}, {', '.join(map(str, row))}" for name, row in
                     zip(["p", "q", "r", "s", "Total"], grid.tolist(), strict=True))  # fmt: skip
    for attack in attacks("area, a, b, c, d, Total\n" + rows).values():
        if written := re.fullmatch(r"([\d ()+-]+) = (\d+)\.", attack):
            assert eval(written[1]) == int(written[2])


def test_a_cell_without_a_limit_is_said_to_have_none() -> None:
    told = attacks("sex, a, b, Total\nmale, [c], 205, [c]\nfemale, 20, 30, 50")
    assert told[("a", "male")].endswith("numbers of 0 or more.")
