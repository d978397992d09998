"""The cube against a naive twin that goes through the records of each cell in pandas."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.microdata.cube import MEASURES, cube
from extracts.disclosure.microdata.records import Records

EXPRESSIONS = {"court": 'CAST("court" AS VARCHAR)', "year": 'CAST("year" AS DOUBLE)', "sex": 'CAST("sex" AS VARCHAR)'}


def random_records(seed: int, *, rows: int, units: int, missing: float, negative: bool) -> pd.DataFrame:
    """Records with several rows per unit, missing labels and values, text and number labels."""
    chance = np.random.default_rng(seed)
    value = np.round(chance.gamma(1.5, 40, rows) - (40 if negative else 0), 2)
    return pd.DataFrame({
        "person": [f"P{number}" for number in chance.integers(0, units, rows)],
        "court": pd.Series(chance.choice(["Leeds", "York", "Hull", ""], rows)).replace("", None),
        "year": np.where(chance.random(rows) < 0.1, np.nan, chance.integers(2010, 2014, rows)),
        "sex": chance.choice(["f", "m"], rows),
        "value": np.where(chance.random(rows) < missing, np.nan, value),
    })  # fmt: skip


def naive(records: pd.DataFrame, names: Sequence[str], *, unit: str, value: str) -> dict[tuple[str, ...], list[float]]:
    """Key of each cell, with * where it is summed over -> its measures."""
    found = {}
    for over in product([False, True], repeat=len(names)):
        kept = [name for name, summed in zip(names, over, strict=True) if not summed]
        for key, cell in records.groupby(kept, dropna=False) if kept else [((), records)]:
            labels = iter(key if isinstance(key, tuple) else (key,))
            found[tuple("*" if summed else str(next(labels)) for summed in over)] = measures(cell, unit, value)
    return found


def measures(cell: pd.DataFrame, unit: str, value: str) -> list[float]:
    by_unit = cell.groupby(unit) if unit else cell.groupby(np.arange(len(cell)))
    filled = cell[value].notna().sum() if value else 0
    given = [g[value].sum() for _, g in by_unit if g[value].notna().any()] if value else []
    largest = sorted((abs(one) for one in given), reverse=True)
    second = largest[1] if len(largest) > 1 else np.nan
    amounts = [sum(given), sum(largest), largest[0], second] if given else [np.nan] * 4
    ends = [cell[value].min(), cell[value].max()] if value else [np.nan] * 2
    return [len(cell), by_unit.ngroups, len(given) if value else by_unit.ngroups, filled, *amounts, *ends]


def as_read(found: pd.DataFrame, names: Sequence[str]) -> dict[tuple[str, ...], list[float]]:
    """The cube in the form of `naive`."""
    rows = {}
    for row in found.to_dict("records"):
        over = [row["summed"] >> (len(names) - 1 - place) & 1 for place in range(len(names))]
        labels = ("nan" if pd.isna(row[name]) else str(row[name]) for name in names)
        rows[tuple("*" if summed else label for summed, label in zip(over, labels, strict=True))] = [
            float(row[name]) for name in MEASURES
        ]
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("unit", ["", "person"])
def test_every_cell_and_margin_is_what_pandas_finds(seed: int, unit: str) -> None:
    records = random_records(seed, rows=60, units=(8, 25, 200)[seed % 3], missing=0.2, negative=seed % 2 == 0)
    names = list(EXPRESSIONS)[: seed % 3 + 1]
    value = "value" if seed % 4 else ""
    found = cube(Records.of_frame(records, unit), {name: EXPRESSIONS[name] for name in names}, value=value)
    wanted = naive(records, names, unit=unit, value=value)
    got = as_read(found, names)
    assert got.keys() == wanted.keys()
    for key, numbers in wanted.items():
        assert got[key] == pytest.approx(numbers, nan_ok=True), key


def test_units_with_one_row_each_give_the_same_as_rows() -> None:
    records = random_records(3, rows=50, units=10, missing=0.1, negative=True)
    records["person"] = range(50)
    by_row, by_unit = (
        cube(Records.of_frame(records, unit), {"court": EXPRESSIONS["court"]}, value="value") for unit in ("", "person")
    )
    assert as_read(by_row, ["court"]) == as_read(by_unit, ["court"])


def test_a_population_without_records_has_no_cells() -> None:
    records = pd.DataFrame({"person": [1, 1, 2], "court": list("aab"), "value": [1.0, 2.0, 3.0]})
    nobody = cube(Records.of_frame(records, "person"), {"court": '"court"'}, value="value", where="court = 'c'")
    assert len(nobody) <= 1  # SQL may give the grand total of nothing
    assert not nobody["rows"].sum()


def test_only_the_margins_asked_for_are_made() -> None:
    records = pd.DataFrame({"person": [1, 1, 2], "court": list("aab"), "sex": list("fmf"), "value": [1.0, 2.0, 3.0]})
    labels = {"court": '"court"', "sex": '"sex"'}
    found = cube(Records.of_frame(records, "person"), labels, value="value", margins=[frozenset({"sex"})])
    assert found[["court", "units", "total", "largest"]].values.tolist() == [["a", 1, 3.0, 3.0], ["b", 1, 3.0, 3.0]]


def test_two_contributions_of_one_unit_are_one() -> None:
    """Thirty of forty rows are one person's: their sum is the largest contribution."""
    records = pd.DataFrame({
        "person": ["P0"] * 30 + [f"P{number}" for number in range(1, 11)],
        "grp": "a",
        "value": [100.0] * 30 + [10.0] * 10,
    })  # fmt: skip
    found = cube(Records.of_frame(records, "person"), {"grp": '"grp"'}, value="value", margins=[frozenset()])
    assert found[["rows", "units", "largest", "second_largest"]].values.tolist() == [[40, 11, 3000.0, 10.0]]


def test_many_sparse_dimensions_do_not_overflow() -> None:
    """Products of label numbers beyond what a number can hold are numbered anew."""
    chance = np.random.default_rng(5)
    rows = 400
    records = pd.DataFrame({f"d{place}": chance.integers(0, 300, rows) for place in range(7)})
    records["person"], records["value"] = chance.integers(0, 90, rows), 1.0
    found = cube(
        Records.of_frame(records, "person"),
        {f"d{place}": f'"d{place}"' for place in range(7)},
        value="value",
        margins=[frozenset(), frozenset(f"d{place}" for place in range(7))],
    )
    assert found["rows"].tolist()[-1] in (1, rows)
    assert sorted(found.groupby("summed")["rows"].sum()) == [rows, rows]
