"""Pairs of records and how likely each is one person: candidates from blocks, scored by Splink, part by part.

Parts are independent of each other: several processes or machines can each take some, and all parts together are the
whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker

from extracts.linkage import scale
from extracts.linkage.blocking import pairs_sql, repeated_pairs
from extracts.linkage.first_look import first_look
from extracts.linkage.forms import FORMS
from extracts.linkage.model import Model, settings

Progress = Callable[[str, float], None]

# Pairs with less are not kept: below, the evidence speaks against one person.
LEAST_WEIGHT = -5.0
CANDIDATES = "(match_key VARCHAR, join_key_l BIGINT, join_key_r BIGINT)"


def quiet(_what: str, _share: float) -> None:
    """Nobody is told."""


def linker_of(connection: duckdb.DuckDBPyConnection, records: str, model: Model) -> Linker:
    """Splink over the table of records, which has its term frequencies already."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    interface = DuckDBAPI(connection)
    linker = Linker(interface.register(records), settings(model))
    for feature in model.frequencies:
        there_already = pa.table({feature: pa.array([], pa.string()), f"tf_{feature}": pa.array([], pa.float64())})
        linker.table_management.register_term_frequency_lookup(interface.register(there_already), feature)
    return linker


def score_part(
    connection: duckdb.DuckDBPyConnection, linker: Linker, pairs: str, *, into: str, least: float = LEAST_WEIGHT
) -> None:
    """Append the scored pairs of the table `pairs` (join_key_l, join_key_r) to the table `into`."""
    logging.getLogger("splink").setLevel(logging.ERROR)  # making a linker sets it back
    interface = linker._db_api
    linker.table_management.register_blocked_pairs_for_predict(interface.register(pairs))
    scored = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
    connection.execute(
        f"INSERT INTO {into} SELECT least(rid_l, rid_r), greatest(rid_l, rid_r), match_weight, match_probability "
        f"FROM {scored.physical_name}"
    )
    scored.drop_table_from_database_and_remove_from_cache()


def make_edges(connection: duckdb.DuckDBPyConnection, into: str) -> None:
    connection.execute(
        f"CREATE OR REPLACE TABLE {into} (id_a BIGINT, id_b BIGINT, match_weight DOUBLE, match_probability DOUBLE)"
    )


def score_blocks(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    members: str,
    model: Model,
    *,
    into: str,
    parts: int = 0,
    only: Iterable[int] | None = None,
    crossing: str = "",
    progress: Progress = quiet,
    least: float = LEAST_WEIGHT,
) -> int:
    """Score the candidate pairs of the blocks in `parts` parts (or `only` some of them) into `into`.

    records  with term frequencies
    parts    0 for as many as memory needs

    Of very many candidates those are left out that a first look tells apart (`extracts.linkage.first_look`). Returns
    how many pairs were compared in full.
    """  # fmt: skip
    linker = linker_of(connection, records, model)
    columns = [str(row[0]) for row in connection.execute(f"DESCRIBE {records}").fetchall()]
    seen, rough = FORMS[model.form].seen(columns), repeated_pairs(connection, members)
    look = first_look(connection, records, members, model, keys=seen, pairs=rough, crossing=crossing)
    parts = parts or max(1, -(-rough // (scale.SCALE.thinned_at_once if look else scale.SCALE.pairs_at_once)))
    make_edges(connection, into)
    taken = list(range(parts) if only is None else only)
    pairs = waiting = 0
    for done, part in enumerate(taken):
        progress("score", done / len(taken))
        if not waiting:
            connection.execute(f"CREATE OR REPLACE TABLE candidates {CANDIDATES}")
        found = connection.sql(pairs_sql(members, part=(part, parts), crossing=crossing, rules=look is not None))
        if look:
            worthwhile = look.worthwhile(found.to_arrow_table())
            found = connection.from_arrow(worthwhile)
        connection.execute("INSERT INTO candidates SELECT '0', join_key_l, join_key_r FROM found")
        waiting = connection.execute("SELECT count(*) FROM candidates").fetchall()[0][0]
        if waiting >= scale.SCALE.scored_at_once or part == taken[-1]:
            score_part(connection, linker, "candidates", into=into, least=least)
            pairs, waiting = pairs + waiting, 0
    connection.execute("DROP TABLE IF EXISTS candidates")
    progress("score", 1.0)
    return pairs
