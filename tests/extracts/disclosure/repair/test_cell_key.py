"""Cell keys: the same people give the same noise, which is bounded, 0 on average and never below 0."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts.disclosure.repair.cell_key import BadNoise, Noise, cell_key

SECRET = b"of a test"
NOISE = Noise.of(most=3, variance=1.5)


@settings(max_examples=40)
@given(st.lists(st.text(max_size=5), max_size=8), st.randoms())
def test_the_key_is_a_function_of_the_set_of_people(people: list[str], chance) -> None:
    again = [*people, *people[:2]]
    chance.shuffle(again)
    assert cell_key(people, secret=SECRET) == cell_key(again, secret=SECRET)


def test_keys_differ_by_person_and_by_secret() -> None:
    keys = {cell_key([str(n)], secret=SECRET) for n in range(1000)}
    assert len(keys) > 990
    assert cell_key(["a"], secret=SECRET) != cell_key(["a"], secret=b"another")


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_noise_is_0_on_average_with_the_variance_asked_for(count: int) -> None:
    chances, moves = NOISE.chances[min(count, 3)], np.arange(-3, 4)
    assert chances.sum() == pytest.approx(1) and chances @ moves == pytest.approx(0, abs=1e-6)
    assert chances @ moves**2 == pytest.approx(1.5, abs=1e-6)


def test_of_all_noise_with_this_variance_none_has_more_entropy() -> None:
    p, moves = NOISE.chances[3], np.arange(-3.0, 4.0)
    entropy, chance = -(p * np.log(p)).sum(), np.random.default_rng(0)
    keeps = np.vstack([np.ones(7), moves, moves**2])
    for _ in range(200):
        step = chance.standard_normal(7)
        step -= keeps.T @ np.linalg.lstsq(keeps @ keeps.T, keeps @ step, rcond=None)[0]
        other = p + 0.01 * step / np.abs(step).max()
        if (other > 0).all():
            assert -(other * np.log(other)).sum() <= entropy + 1e-12


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2**32 - 1)), min_size=1))
def test_published_numbers_are_near_and_zero_stays_zero(cells: list[tuple[int, int]]) -> None:
    count, key = (np.array(column) for column in zip(*cells, strict=True))
    found = NOISE.perturbed(count.astype(float), key.astype(np.uint64))
    assert (np.abs(found - count) <= 3).all() and (found >= 0).all() and (found[count == 0] == 0).all()


def test_keys_choose_moves_as_often_as_their_chances_say() -> None:
    key = np.random.default_rng(2).integers(0, 2**32, 200_000).astype(np.uint64)
    moved = NOISE.perturbed(np.full(len(key), 9.0), key) - 9
    shares = np.array([(moved == move).mean() for move in range(-3, 4)])
    assert np.abs(shares - NOISE.chances[3]).max() < 0.005


@pytest.mark.parametrize(("most", "variance"), [(0, 1.0), (3, 0.0), (3, 9.0)])
def test_impossible_noise_is_refused(most: int, variance: float) -> None:
    with pytest.raises(BadNoise):
        Noise.of(most=most, variance=variance)
