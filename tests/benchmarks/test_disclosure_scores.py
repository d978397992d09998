"""Scores: what counts as found, as too much, and as a verdict that is wrong in the dangerous way."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.disclosure_scores import by_class, fits, score, table

CASE = {
    "id": "a", "class": "counts", "files": [{"path": "a.csv", "role": "output"}], "layout": {"form": "long"},
    "expect": {"verdict": "fail", "exhaustive": True, "cells": [{"key": {"sex": "F"}, "rules": ["threshold"]}]},
}  # fmt: skip


def answer(verdict: str, *keys: dict[str, str], rules: tuple[str, ...] = ("threshold",)) -> dict[str, Any]:
    return {"verdict": verdict, "findings": [{"key": key, "rules": list(rules)} for key in keys], "implied": []}


def test_a_cell_is_found_by_its_key_and_another_key_is_too_much() -> None:
    found = score(CASE, answer("fail", {"sex": "F", "measure": "n"}, {"sex": "M"}))
    assert (found.must, found.found, found.flagged, found.flagged_right) == (1, 1, 2, 1)
    assert found.right and found.rules_found == 1 and found.too_much == ({"sex": "M"},)


@pytest.mark.parametrize(
    ("expected", "said", "false_pass", "false_fail"),
    [
        ("fail", "pass", True, False), ("review", "pass", True, False), ("fail", "review", False, False),
        ("pass", "fail", False, True), ("pass", "review", False, False), ("pass", "pass", False, False),
    ],
)  # fmt: skip
def test_which_verdicts_are_wrong_and_how(expected: str, said: str, false_pass: bool, false_fail: bool) -> None:
    case = CASE | {"expect": {"verdict": expected, "cells": []}}
    found = score(case, answer(said))
    assert (found.false_pass, found.false_fail) == (false_pass, false_fail)
    assert found.right == (expected == said)


def test_a_verdict_that_may_be_given_is_right_and_never_a_false_pass() -> None:
    case = CASE | {"expect": {"verdict": "review", "cells": [], "may": ["pass"]}}
    assert score(case, answer("pass")).right
    assert not score(case, answer("pass")).false_pass


@pytest.mark.parametrize(
    ("key", "found", "loose", "fit"),
    [
        ({"a": "1", "measure": "n"}, {"a": "1"}, False, True),
        ({"a": "1", "b": "2"}, {"a": "1"}, False, False),
        ({"a": "1"}, {"a": "1", "b": "2"}, False, True),
        ({"a": "1"}, {"x": "1"}, False, False),
        ({"a": "1"}, {"x": "1"}, True, True),
        ({"a": "1"}, {}, True, False),
        ({"measure": "n"}, {"a": "1"}, False, False),
    ],
)
def test_when_a_finding_is_about_a_cell(key: dict[str, str], found: dict[str, str], loose: bool, fit: bool) -> None:
    assert fits(key, {"key": found}, loose) is fit


def test_implied_values_and_intervals_must_be_exactly_those() -> None:
    wanted = [{"key": {"age": "25"}, "value": 3}, {"key": {"age": "26"}, "low": 0, "high": 4}]
    case = CASE | {"expect": {"verdict": "fail", "cells": [], "implied": wanted}}
    told = {"verdict": "fail", "findings": [], "implied": [wanted[0], {"key": {"age": "26"}, "low": 0, "high": 5}]}
    assert score(case, told).implied_found == 1


def test_an_error_of_the_engine_is_a_row_of_its_own_and_no_verdict() -> None:
    [row, everything] = by_class([score(CASE, {}, failed="ValueError: no")])
    assert row.failures == 1 and not row.sum("right") and everything.name == "all"
    assert table([row]).splitlines()[-1].startswith("| counts | 1 | 1 | 0.0 |")
