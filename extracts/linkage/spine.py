"""The standing spine: every record ever delivered and not withdrawn, its scored pairs, and the persons made of them.

A delivery is linked on to it. Only its own pairs and its pairs with standing records are scored, each once; only
components that it touches are clustered again; every other person stays as it is. Decisions of people lie over the
scores, so that they can change without scoring again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extracts.linkage import spine_files
from extracts.linkage.spine_clusters import cluster, find_touched
from extracts.linkage.spine_engine import Engine, number
from extracts.linkage.spine_files import State
from extracts.linkage.spine_ids import name_persons
from extracts.linkage.spine_records import Counts, Delivery, gather, unseen
from extracts.linkage.spine_scores import lay_over, score
from extracts.linkage.stable_ids import Changes
from extracts.linkage.whole_files import write_rows

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Linked:
    """What a run made: `changes` of persons by kind of ids. `apart`: decided pairs that could not be made one."""

    state: State
    counts: Counts
    changes: dict[str, Changes]
    scored: int
    touched: int
    apart: int
    features: tuple[str, ...]


def link_on(
    connection: duckdb.DuckDBPyConnection,
    engine: Engine,
    deliveries: Collection[Delivery],
    *,
    spine: Path,
    run: str,
    key: bytes,
    settled: dict[str, str],
    progress: Progress,
    afresh: bool = False,
) -> tuple[Linked, Path]:
    """Link what is new, and give the drafted spine of this run, to be put in place when everything else is written.

    settled  token -> "same" or "different", for pairs that an earlier run put up for review
    afresh   score every pair again; so it is, too, when the engine is another one than before

    Afterwards the connection has `record` (as delivered), `standard`, `edge` (decisions laid over), `person` (rid,
    ids, match_probability). Raises BadSpine.
    """
    before = spine_files.predecessor(spine, run)
    old = spine / before.run if before.run else None
    draft = spine_files.drafted(spine, run)
    news = unseen(deliveries, before.deliveries)
    progress("Reading deliveries", 0.0)
    counts = gather(
        connection, [delivery for delivery, _ in news],
        standing=old / spine_files.RECORDS if old else None, next_rid=before.next_rid,
    )  # fmt: skip
    write_rows(connection, "SELECT rid, * EXCLUDE (rid) FROM record ORDER BY rid", draft / spine_files.RECORDS)
    progress("Standardising", 0.05)
    features = engine.standardise(connection, "record", into="standard")
    progress("Scoring pairs", 0.15)
    again = afresh or before.engine != engine.name
    scored = score(connection, engine, None if again else old)
    # Only now has an engine a name that learns its model from the first records.
    state = _next_state(connection, before, run=run, engine=engine.name, news=news)
    write_rows(connection, "SELECT * FROM scored ORDER BY id_a, id_b", draft / spine_files.EDGES)
    progress("Clustering", 0.7)
    changed = lay_over(connection, old, settled)
    write_rows(connection, "SELECT * FROM decided ORDER BY a, b", draft / spine_files.DECIDED)
    everything = again or old is None
    records = find_touched(connection, engine, None if everything else old, changed)
    apart = cluster(connection, engine)
    progress("Naming persons", 0.8)
    changes = name_persons(connection, old, key)
    write_rows(connection, "SELECT * FROM person ORDER BY rid", draft / spine_files.PERSONS)
    write_rows(connection, "SELECT * FROM used ORDER BY kind, id", draft / spine_files.USED)
    return Linked(state, counts, changes, scored, records, apart, features), draft


def _next_state(
    connection: duckdb.DuckDBPyConnection, before: State, *, run: str, engine: str, news: list[tuple[Delivery, str]]
) -> State:
    added = number(connection, "SELECT count(*) FROM fresh")
    return State(
        run=run, previous=before.run, engine=engine, next_rid=before.next_rid + added,
        deliveries=dict(sorted({**before.deliveries, **{delivery.name: digest for delivery, digest in news}}.items())),
    )  # fmt: skip
