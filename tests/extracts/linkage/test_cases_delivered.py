"""Case linkage on what providers deliver: numbers as they print them, and the truth that only this test reads."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from extracts.linkage.case_quality import evaluate_events
from extracts.linkage.cases import link_cases
from extracts.synthetic.deliveries import write_deliveries
from tests.extracts.linkage.delivered import crosswalk
from tests.extracts.linkage.test_cases import TARGETS

pytestmark = pytest.mark.long

DESCRIPTION = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked"
PEOPLE = 50_000


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    """Quality by stage."""
    folder = tmp_path_factory.mktemp("sources") / "out"
    lists, providers = DESCRIPTION / "codelists", DESCRIPTION / "providers"
    write_deliveries(PEOPLE, seed=21, codelists=lists, providers=providers, into=folder)
    with duckdb.connect() as connection:
        crosswalk(connection, folder, providers)
        link_cases(connection, lists)
        truth: pa.Table = connection.sql(f"FROM '{folder / 'truth' / 'events.parquet'}'").to_arrow_table()
        table = evaluate_events(connection.table("event_links").to_arrow_table(), truth)
    print(table.to_pandas().to_string())
    return {row["stage"]: row for row in table.to_pylist()}


def test_courts_and_cps_reach_their_targets(found: dict[str, dict[str, float]]) -> None:
    assert {"cps", "magistrates", "crown"} <= found.keys()
    for stage in found:
        names = ("precision", "recall", "certain_precision", "certain_recall")
        reached = [found[stage][name] for name in names]
        assert all(value >= least for value, least in zip(reached, TARGETS[stage], strict=True)), (stage, reached)
