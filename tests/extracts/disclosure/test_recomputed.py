"""Numbers of a file that its records do not give."""

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.policy import ROUNDINGS
from extracts.disclosure.rules.recomputed import unlike_amounts, unlike_counts
from tests.extracts.disclosure.cases import answer, flagged


def test_rounded_counts_are_like_what_was_counted() -> None:
    value, counted = np.array([20.0, 20, 20, 20, 20]), np.array([18.0, 22, 17, 23, 20])
    assert unlike_counts(value, counted, rounding=ROUNDINGS["base5"]).tolist() == [False, False, True, True, False]
    assert unlike_counts(value, counted, rounding=ROUNDINGS[""]).tolist() == [True, True, True, True, False]


def test_amounts_may_differ_by_their_decimals_and_by_half_a_percent() -> None:
    value = np.array([12.3, 12.3, 1000.0, 1000.0, 5.0])
    low = np.array([12.26, 12.5, 1004.9, 1006.0, np.nan])
    assert unlike_amounts(value, np.full(5, 0.05), low, low).tolist() == [False, True, False, True, False]


RECORDS = pd.DataFrame({
    "person_id": range(120),
    "court": ["L"] * 70 + ["Y"] * 50,
    "days": np.round(np.random.default_rng(2).gamma(3, 50, 120), 1),
})  # fmt: skip


@pytest.mark.parametrize("name", ["mean", "sum", "median", "std", "count"])
def test_a_wrong_number_is_named_and_not_told(name: str) -> None:
    by = RECORDS.groupby("court")["days"]
    right = by.agg(name).rename(name).round(1)
    wrong = right.copy()
    wrong["L"] = round(wrong["L"] * 1.25, 1) if name != "count" else 71
    kind = {"median": "quantile", "count": "frequency"}.get(name, "magnitude")
    said = {
        "layout": {"form": "wide", "row_dims": ["court"], "col_dim": "measure", "measure": name},
        "context": {"unit": "person_id", "value": "days", "statistic": name},
        "microdata": RECORDS,
    }
    assert answer(right.reset_index(), kind, **said)["verdict"] == "pass"
    found = answer(wrong.reset_index(), kind, **said)
    assert found["verdict"] == "review"
    assert flagged(found) == {("L", name): {"recomputed"}}
    told = " ".join(one["explanation"] + one["attack"] for one in found["findings"])
    assert not any(character.isdigit() for character in told)


@pytest.mark.slow
def test_a_count_of_records_or_of_people_is_what_the_records_give() -> None:
    twice = pd.concat([RECORDS, RECORDS])
    said = {"context": {"unit": "person_id"}, "microdata": twice}
    for size, verdict in ((1, "pass"), (2, "pass"), (3, "review")):
        table = (RECORDS.groupby("court").size() * size).rename("count").reset_index()
        assert answer(table, **said)["verdict"] == verdict
