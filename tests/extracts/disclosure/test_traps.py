"""Outputs on which a well-known tool gives the wrong verdict (section 1.3 of the facts), through the front door."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.extracts.disclosure.cases import answer, flagged

MEASURES: Mapping[str, Any] = {"form": "wide", "row_dims": ["grp"], "col_dim": "measure"}


def people(sizes: Mapping[str, int], *, rows: int = 1, seed: int = 1) -> pd.DataFrame:
    """So many people in each group, each with some rows and a value of their own in each."""
    chance = np.random.default_rng(seed)
    names = [(grp, f"{grp}{number}") for grp, size in sizes.items() for number in range(size) for _ in range(rows)]
    value = np.round(chance.uniform(50, 500, len(names)), 1)
    return pd.DataFrame({"person_id": [who for _, who in names], "grp": [grp for grp, _ in names], "value": value})


def statistic(records: pd.DataFrame, name: str, *, kind: str = "magnitude", unit: str = "person_id") -> dict[str, Any]:
    """The answer to a table of one statistic by group, with its records."""
    by = records.groupby("grp")["value"]
    shown = (by.sum() if name == "sum" else by.agg(name)).round(2).rename(name).reset_index()
    context = {"unit": unit, "value": "value", "statistic": name}
    return answer(shown, kind, layout={**MEASURES, "measure": name}, context=context, microdata=records)


def test_a_mean_of_30_rows_of_which_3_have_a_value_fails() -> None:
    records = people({"a": 30, "b": 30})
    records.loc[3:29, "value"] = np.nan
    found = statistic(records, "mean")
    assert found["verdict"] == "fail"
    assert "threshold" in flagged(found)["a", "mean"]
    assert ("b", "mean") not in flagged(found)


def test_thirty_rows_of_two_people_are_two_people() -> None:
    records = pd.concat([people({"b": 30}), people({"a": 2}, rows=15)])
    counts = records.groupby("grp").size().rename("count").reset_index()
    found = answer(
        counts, layout={"form": "long", "dims": ["grp"], "measure": "count"},
        context={"unit": "person_id"}, microdata=records,
    )  # fmt: skip
    assert found["verdict"] == "fail"
    assert flagged(found) == {("a", "count"): {"threshold"}}


@pytest.mark.parametrize("name", ["sum", "mean"])
def test_one_person_who_owns_30_of_40_rows_dominates(name: str) -> None:
    records = people({"a": 10, "b": 40})
    records = pd.concat([records, pd.DataFrame({"person_id": "big", "grp": "a", "value": [900.0] * 30})])
    found = statistic(records, name)
    assert found["verdict"] == "fail"
    assert "nk" in flagged(found)["a", name]
    assert ("b", name) not in flagged(found)


@pytest.mark.parametrize("kind", ["min_max", "magnitude", "quantile"])
@pytest.mark.parametrize("name", ["min", "max"])
def test_an_extreme_of_one_person_fails_however_large_the_group(name: str, kind: str) -> None:
    found = statistic(people({"a": 40, "b": 40}), name, kind=kind)
    assert found["verdict"] == "fail"
    assert flagged(found) == {("a", name): {"min_max"}, ("b", name): {"min_max"}}


def test_an_extreme_that_ten_share_passes() -> None:
    records = people({"a": 60, "b": 60})
    records["value"] = records["value"].clip(150, 300)
    assert statistic(records, "max", kind="min_max")["verdict"] == "pass"


def test_a_mean_of_one_value_that_all_have_fails() -> None:
    records = people({"a": 40, "b": 40})
    records.loc[records["grp"] == "a", "value"] = 7.0
    assert flagged(statistic(records, "mean")) == {("a", "mean"): {"all_same"}}


def test_people_with_one_value_and_different_numbers_of_rows_are_all_the_same() -> None:
    records = people({"a": 40, "b": 40}, rows=2)
    records = records[~((records["grp"] == "a") & (records.index % 4 == 0))]
    records.loc[records["grp"] == "a", "value"] = 7.0
    assert flagged(statistic(records, "mean")) == {("a", "mean"): {"all_same"}}


def test_a_spread_of_few_fails_in_their_cell_alone() -> None:
    assert flagged(statistic(people({"a": 4, "b": 40}), "std", kind="shape")) == {("a", "std"): {"threshold"}}


@pytest.mark.parametrize("name", ["sum", "mean", "median", "std"])
def test_safe_statistics_of_people_with_several_rows_pass(name: str) -> None:
    """Means and spreads are of rows, contributions and thresholds of people."""
    found = statistic(people({"a": 40, "b": 50}, rows=3), name, kind="quantile" if name == "median" else "magnitude")
    assert found["verdict"] == "pass", found["findings"]


TERMS = "term,coef,se,p\nconst,1.2,0.3,0.001\ngrp[T.b],0.4,0.2,0.05\ngrp[T.c],0.7,0.2,0.01"


@pytest.mark.parametrize(
    ("metadata", "sizes", "verdict", "rule"),
    [
        ({"n_obs": 200, "df_resid": 197}, None, "pass", ""),
        ({"n_obs": 3, "df_resid": 0}, None, "fail", "dof"),
        ({"n_obs": 200, "df_resid": 197, "categories": {"grp": {"b": 1, "c": 60}}}, None, "fail", "category"),
        ({"n_obs": 161, "df_resid": 158}, {"a": 100, "b": 1, "c": 60}, "fail", "category"),
        ({"n_obs": 200, "df_resid": 197}, {"a": 100, "b": 40, "c": 60}, "pass", ""),
        ({"n_obs": 200, "df_resid": 197, "saturated": True}, None, "review", "saturated"),
        ({"n_obs": 107, "df_resid": 104, "k": 3}, {"a": 7, "b": 40, "c": 60}, "fail", "saturated"),
    ],
)
def test_models_fail_for_a_dummy_of_one_and_for_a_cell_of_few(
    metadata: dict[str, Any], sizes: dict[str, int] | None, verdict: str, rule: str
) -> None:
    behind = {"microdata": people(sizes), "context": {"unit": "person_id"}} if sizes else {}
    found = answer(TERMS, "regression", metadata=metadata, **behind)
    assert found["verdict"] == verdict, found["findings"]
    assert not rule or rule in {one for rules in flagged(found).values() for one in rules}


def crossed(sizes: Mapping[tuple[str, str], int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Records of a table of courts and offences, and its counts."""
    rows = [(court, offence) for (court, offence), size in sizes.items() for _ in range(size)]
    records = pd.DataFrame(rows, columns=["court", "offence"]).assign(person_id=range(len(rows)))
    return records, records.groupby(["court", "offence"]).size().unstack(fill_value=0)


SAFE = {(court, offence): 20 + 7 * i + 3 * j for i, court in enumerate("LYH") for j, offence in enumerate("TFD")}
SHARES = {"form": "wide", "row_dims": ["court"], "col_dim": "offence", "measure": "percent"}


@pytest.mark.parametrize("of", ["row", "column", "table"])
@pytest.mark.parametrize("smallest", [20, 3])
def test_shares_are_judged_by_the_counts_beneath_them(of: str, smallest: int) -> None:
    """Shares of a safe table pass, whatever they are shares of; one of three people fails, and no other cell does."""
    records, counts = crossed({**SAFE, ("L", "D"): smallest})
    whole = {"row": counts.sum(axis=1).to_numpy()[:, None], "column": counts.sum().to_numpy(), "table": len(records)}
    shown = (100 * counts / whole[of]).round(1).reset_index()
    found = answer(shown, "percentage", layout=SHARES, context={"unit": "person_id"}, microdata=records)
    assert found["verdict"] == ("pass" if smallest == 20 else "fail"), found["findings"]
    assert set(flagged(found)) == (set() if smallest == 20 else {("L", "D")})


def test_shares_that_the_records_do_not_give_are_for_a_person() -> None:
    records, counts = crossed(SAFE)
    shown = (100 * counts / 400).round(1).reset_index()
    found = answer(shown, "percentage", layout=SHARES, context={"unit": "person_id"}, microdata=records)
    assert found["verdict"] == "review"


@pytest.mark.slow
def test_a_histogram_of_20_in_each_bin_passes_and_its_maximum_is_in_the_last() -> None:
    edges = range(0, 100, 10)
    bins = pd.DataFrame({"bin_left": edges, "bin_right": [edge + 10 for edge in edges], "count": 20})
    value = np.repeat(np.arange(10) * 10.0 + 5, 20)
    records = pd.DataFrame({"person_id": range(200), "value": np.where(value == 95, 100.0, value)})
    said = {
        "layout": {"form": "long", "dims": ["bin_left", "bin_right"], "measure": "count"},
        "context": {"unit": "person_id", "value": "value"},
    }
    assert answer(bins, "histogram", microdata=records, **said)["verdict"] == "pass"
    records.loc[records["value"] == 100, "value"] = [100.0] + [95.0] * 19
    found = answer(bins, "histogram", microdata=records, **said)
    assert flagged(found) == {("90", "100", "count"): {"histogram_edge"}}


@pytest.mark.slow
def test_a_mean_of_zeros_and_ones_is_a_proportion_of_which_three_are_few() -> None:
    records = people({"a": 100, "b": 100})
    records["value"] = [1.0 if number % 100 < (3 if number < 100 else 40) else 0.0 for number in range(200)]
    assert flagged(statistic(records, "mean")) == {("a", "mean"): {"threshold"}}
    assert flagged(statistic(records, "sum")) == {("a", "sum"): {"threshold"}}
