"""Person linkage, against a bare Splink script on the same records.

The work: `link` from file to clusters, the model learnt on the way. The baseline: Splink's own steps one after the
other, with the same standardised records, comparisons, blocking rules and numbers of sampled pairs (chance from
random pairs, sessions of expectation-maximisation, predict, connected components at 0.95). Records are made up,
of all sources, without PNC numbers; febrl3 and febrl4 (`benchmarks/febrl.py`) only show that nothing is broken.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker, block_on

from benchmarks import febrl
from benchmarks.harness import Benchmark, Case
from benchmarks.sources import DESCRIPTION, make_up
from extracts.linkage import scale
from extracts.linkage.blocking import KEYS, LISTS, RULES_FOR_MANY, usable
from extracts.linkage.configuration import configuration
from extracts.linkage.evaluate import evaluate
from extracts.linkage.link import LARGEST_MEMORY, link
from extracts.linkage.model import settings, untrained
from extracts.linkage.reading import read_records
from extracts.linkage.standardise import standardise
from extracts.linkage.training import RANDOM_PAIRS, SAMPLED_PAIRS
from extracts.providers import read_providers

# Nothing that bears on quality was chosen with a look at seeds 403 and 404; memory and sizes were timed on them.
SEEDS = {1_000_000: 403, 5_000_000: 404}
USUAL_SEED = 3
ROLES = (
    "forename", "middle_name", "surname", "aliases", "date_of_birth", "sex", "address", "town", "postcode",
    "cro", "prison_number", "national_insurance", "sentence_dates",
)  # fmt: skip
RECORDS = configuration({"data": {"id": "record_id"}, "columns": {role: role for role in ROLES}})
# Of all true pairs, those with one name and one date of birth: what Splink asks the analyst to guess for the prior.
SURE_RECALL = 0.7
# Each session learns about what it does not block on.
SESSIONS = (("name", "birth_year"), ("born", "outcode"), ("name", "outcode"))


def prepare(folder: Path, records: int) -> None:
    """`records.parquet` with all sources, in roles, and `truth.parquet`."""
    made = folder / "made"
    make_up(records, made, identity_only=True, seed=SEEDS.get(records, USUAL_SEED))
    parts = []
    for provider in read_providers(DESCRIPTION / "providers"):
        for source in provider.identity:
            path = made / "deliveries" / provider.code / "identity" / f"{source.name}.parquet"
            if path.is_file():
                own = {role: column for column, role in source.columns}
                columns = [f'"{own[role]}" AS {role}' if role in own else f"NULL AS {role}" for role in ROLES]
                named = f"'{source.name} ' || \"{source.row_id}\" AS record_id"
                parts.append(f"SELECT {named}, {', '.join(columns)} FROM '{path}'")
    truth = f"SELECT source || ' ' || row_id AS record_id, person AS person_id FROM '{made}/truth/persons.parquet'"
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"COPY ({' UNION ALL '.join(parts)}) TO '{folder / 'records.parquet'}'")
        connection.execute(f"COPY ({truth}) TO '{folder / 'truth.parquet'}'")


def ours(data: Path, out: Path, records: int) -> None:
    link([data / "records.parquet"], RECORDS, out=out / "clusters.parquet")


def bare(data: Path, out: Path, records: int) -> None:
    """The baseline: Splink's own steps."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{LARGEST_MEMORY}'; SET temp_directory = '{out / 'spill'}'")
    connection.execute("SET enable_progress_bar = false")
    read_records(connection, [data / "records.parquet"], RECORDS, into="raw")
    features = standardise(connection, "raw", RECORDS.columns, into="standard")
    rules = _keyed(connection, [rule for rule in RULES_FOR_MANY if rule in usable(features)], records)
    told = settings(untrained(features))
    told["blocking_rules_to_generate_predictions"] = [block_on(*columns) for columns in rules]
    linker = Linker(DuckDBAPI(connection).register("keyed"), told, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match([block_on("name", "born")], recall=SURE_RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=1)
    for columns in SESSIONS:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns), max_pairs=SAMPLED_PAIRS)
    scored = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=0.95)
    connection.execute(
        f"COPY (SELECT record_id, cluster_id AS person_id FROM {clusters.physical_name} JOIN raw USING (rid)) "
        f"TO '{out / 'clusters.parquet'}' (FORMAT parquet)"
    )


def _keyed(connection: duckdb.DuckDBPyConnection, rules: list[tuple[str, ...]], records: int) -> list[list[str]]:
    """Make `keyed`, records with a column for each key; the columns of each rule that makes no more pairs than we let.

    A list gives its first value: rules that take lists apart are no plain script's.
    """
    keys = sorted({key for rule in rules for key in rule})
    values = ", ".join(f"{KEYS[key][1]}{'[1]' if key in LISTS else ''} AS key_{key}" for key in keys)
    connection.execute(f"CREATE TABLE keyed AS SELECT *, {values} FROM standard")
    kept = []
    for rule in rules:
        columns = [f"key_{key}" for key in rule]
        there = " AND ".join(f"{column} IS NOT NULL" for column in columns)
        blocks = f"SELECT count(*) AS n FROM keyed WHERE {there} GROUP BY {', '.join(columns)}"
        pairs = connection.execute(f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM ({blocks})").fetchall()[0][0]
        if pairs <= scale.SCALE.pairs_per_rule * records:
            kept.append(columns)
    return kept


def judge(data: Path, out: Path) -> dict[str, float]:
    """Over all true pairs, also those that were never compared."""
    found = evaluate(out / "clusters.parquet", next(data.glob("truth.*")))
    return {name: round(found[name], 5) for name in ("precision", "recall", "f1")}


BENCHMARK = Benchmark(
    name="linkage",
    sizes=(1_000_000, 5_000_000),
    quick_sizes=(2_000,),
    cases=(
        Case("made-up records", "bare Splink", prepare, ours, bare, judge),
        Case("febrl3", "", febrl.prepare_febrl3, febrl.link_febrl3, None, judge, (5_000,), (5_000,)),
        Case("febrl4, one-to-one", "", febrl.prepare_febrl4, febrl.link_febrl4, None, judge, (10_000,), (10_000,)),
    ),
    rounds=1,
    quick_rounds=1,
)
