"""Tables of counts beneath percentages, against shares made of random counts."""

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.reading.beneath import with_counts_beneath
from extracts.disclosure.reading.cells import Cells, tidy
from extracts.disclosure.reading.csv_table import Table


def cells_of(table: pd.DataFrame, **layout: object) -> Cells:
    texts = tuple(tuple(str(one) for one in row) for row in table.itertuples(index=False))
    read = Table(tuple(map(str, table.columns)), texts, tuple(range(2, len(texts) + 2)))
    return tidy(read, FileDescription("t.csv", layout=Layout(**layout)))


def wide(table: pd.DataFrame, across: str, *, percent: bool) -> Cells:
    body = tuple(map(str, table.columns[1:]))
    numbers = {"percentages": tuple(map(Percentage, body))} if percent else {"counts": body}
    return cells_of(table, form="wide", rows=(str(table.columns[0]),), columns=across, **numbers)


def random_counts(seed: int) -> pd.DataFrame:
    counts = np.random.default_rng(seed).integers(0, 90, (4, 3))
    return pd.DataFrame(counts, index=pd.Index(list("abcd"), name="court"), columns=["x", "y", "z"])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("of", ["row", "column", "table"])
def test_shares_of_rows_columns_and_tables_get_their_counts(seed: int, of: str) -> None:
    counts = random_counts(seed)
    whole = {
        "row": counts.sum(axis=1).to_numpy()[:, None],
        "column": counts.sum().to_numpy(),
        "table": counts.to_numpy().sum(),
    }
    bases = np.broadcast_to(whole[of], counts.shape)
    shares = (100 * counts / bases).round(2)
    found = with_counts_beneath(
        wide(shares.reset_index(), "offence", percent=True), wide(counts.reset_index(), "category", percent=False)
    )
    facts = found.facts.sort_values(["column", "row"])
    assert facts["low"].tolist() == counts.to_numpy().T.ravel().tolist()
    assert facts["base"].tolist() == bases.T.ravel().tolist()


def test_the_part_and_the_whole_may_be_columns_of_their_own() -> None:
    counts = pd.DataFrame({"court": ["L", "Y"], "convicted": [3, 40], "charged": [60, 80]})
    shares = cells_of(pd.DataFrame({"court": ["L", "Y"], "pct": ["5.0", "50.0"]}), rows=("court",),
                      percentages=(Percentage("pct"),))  # fmt: skip
    facts = with_counts_beneath(shares, wide(counts, "category", percent=False)).facts
    assert facts[["low", "base"]].to_numpy().tolist() == [[3, 60], [40, 80]]


def test_counts_that_give_other_shares_explain_nothing() -> None:
    counts = random_counts(1)
    shares = (100 * counts / 777).round(1)
    found = with_counts_beneath(
        wide(shares.reset_index(), "offence", percent=True), wide(counts.reset_index(), "offence", percent=False)
    )
    assert found.facts["base"].isna().all()
