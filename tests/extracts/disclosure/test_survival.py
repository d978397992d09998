"""Survival curves and life tables."""

import numpy as np
import pytest

from extracts.disclosure.rules.survival import single_steps, unsafe_steps
from tests.extracts.disclosure.cases import answer, flagged

NAN = np.nan
SAFE = "time, at_risk, events, censored\n0, 200, 0, 0\n6, 200, 20, 15\n12, 165, 25, 20\n18, 120, 22, 18"


def test_few_events_and_few_censored_are_unsafe_and_none_are_safe() -> None:
    at_risk, events, censored = np.array([[100.0, 90, 60, 40], [10, 3, 0, 20], [0, 27, 20, 5]])
    assert unsafe_steps(at_risk, events, censored, threshold=10).tolist() == [False, True, False, True]


def test_those_censored_are_worked_out_from_who_is_still_at_risk() -> None:
    at_risk, events = np.array([100.0, 87, 57]), np.array([10.0, 30, 12])
    assert unsafe_steps(at_risk, events, np.full(3, NAN), threshold=10).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("people", "decimals", "seen"), [(40, 6, True), (12, 4, True), (500, 1, False), (40, 1, False)]
)
def test_steps_of_one_person_are_seen_as_far_as_decimals_allow(people: int, decimals: int, seen: bool) -> None:
    curve = np.round(np.arange(people - 1, people // 2, -1) / people, decimals)
    spread = np.full(len(curve), 0.5 * 10.0**-decimals)
    assert single_steps(curve, spread).any() == seen


def test_steps_of_many_are_not_taken_for_one() -> None:
    curve = np.array([0.9, 0.75, 0.6, 0.4])
    assert not single_steps(curve, np.full(4, 0.005)).any()


@pytest.mark.parametrize(
    ("table", "verdict"),
    [
        (SAFE, "pass"),
        (SAFE.replace("22, 18", "3, 18"), "fail"),
        (SAFE.replace("22, 18", "22, 4"), "fail"),
        (SAFE + "\n24, 8, 0, 0", "fail"),
        ("age, lx, dx, qx\n0, 1000, 3, 0.003\n1, 997, 20, 0.02\n2, 977, 25, 0.026", "fail"),
        ("time, survival\n0, 1.00\n6, 0.90\n12, 0.75\n18, 0.60", "review"),
        ("time, survival\n" + "\n".join(f"{t}, {(40 - t) / 40:.4f}" for t in range(31)), "fail"),
    ],
)
def test_curves(table: str, verdict: str) -> None:
    assert answer(table, "survival")["verdict"] == verdict


def test_each_group_has_a_curve_of_its_own() -> None:
    """The step from the last time of one group to the first of the next is none."""
    rows = [f"{group}, {row}" for group in ("f", "m") for row in SAFE.splitlines()[1:]]
    table = "\n".join(["sex, " + SAFE.splitlines()[0], *rows])
    assert answer(table, "survival")["verdict"] == "pass"
    assert {key[:2] for key in flagged(answer(table.replace("22, 18", "2, 18", 1), "survival"))} == {("f", "18")}
