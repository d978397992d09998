"""Pairs put up for review by a run: files for the reviewers, tokens for the service, records for the spine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from extracts.linkage.clerical import draw
from extracts.linkage.clerical_pairs import pair_content, token_of
from extracts.linkage.contradictions import contradictions
from extracts.linkage.spine_files import PAIRS
from extracts.linkage.spine_records import COLUMNS
from extracts.linkage.whole_files import write_json, write_rows

PAIR = pa.schema([("token", pa.string()), ("a", pa.int64()), ("b", pa.int64())])


def put_up(
    connection: duckdb.DuckDBPyConnection, *, features: Iterable[str], each: int, seed: int, key: bytes,
    clerical: Path, draft: Path, old: Path | None,
) -> dict[str, Any]:  # fmt: skip
    """Draw pairs and write them down; what is known of them without names.

    Gives `pairs` (token, stratum, reason), `strata` with their numbers of pairs, `contradictions` by kind. The spine's
    draft gets every pair that was ever put up and whose records still stand as they were; the files of others go.
    """
    connection.execute("CREATE OR REPLACE VIEW rid_person AS SELECT rid, person_id AS person FROM person")
    contradictions(connection, features=features, records="standard", persons="rid_person", into="contradicting")
    strata = draw(connection, edges="scored", contradictions="contradicting", into="drawn", each=each, seed=seed)
    kinds = connection.sql(
        "SELECT reason, count(DISTINCT person) FROM contradicting GROUP BY reason ORDER BY reason"
    ).fetchall()
    pairs = _write_pairs(connection, clerical / "pairs", key)
    _keep_pairs(connection, pairs, draft / PAIRS, old)
    _remove_stale(connection, clerical / "pairs", old)
    shown = [{name: pair[name] for name in ("token", "stratum", "reason")} for pair in pairs]
    return {"pairs": shown, "strata": strata, "contradictions": dict(kinds)}


def _write_pairs(connection: duckdb.DuckDBPyConnection, folder: Path, key: bytes) -> list[dict[str, Any]]:
    """A file for each drawn pair; the pairs with their tokens, in the order of these."""
    wanted = ", ".join(f"l.{name} AS l_{name}, r.{name} AS r_{name}" for name in COLUMNS)
    rows = connection.sql(
        f"SELECT a, b, stratum, reason, {wanted} FROM drawn JOIN record l ON l.rid = a JOIN record r ON r.rid = b"
    ).to_arrow_table()
    pairs = []
    for row in rows.to_pylist():
        left, right = ({name: row[f"{side}_{name}"] for name in COLUMNS} for side in "lr")
        # The number is part of the name: a corrected record makes another pair, to be looked at again.
        names = (f"{one['source']} {one['row_id']} {row[side]}" for one, side in ((left, "a"), (right, "b")))
        token = token_of(*names, key=key)
        write_json(folder / f"{token}.json", pair_content(token, left, right))
        pairs.append({"token": token, **{name: row[name] for name in ("a", "b", "stratum", "reason")}})
    return sorted(pairs, key=lambda pair: str(pair["token"]))


def _keep_pairs(
    connection: duckdb.DuckDBPyConnection, pairs: list[dict[str, Any]], path: Path, old: Path | None
) -> None:
    rows = pa.Table.from_pylist([{name: pair[name] for name in PAIR.names} for pair in pairs], PAIR)
    connection.register("put_up_now", rows)
    before = f"UNION SELECT token, a, b FROM read_parquet('{old / PAIRS}') WHERE {_STANDING}" if old else ""
    write_rows(connection, f"SELECT token, a, b FROM put_up_now {before} ORDER BY token", path)
    connection.unregister("put_up_now")


_STANDING = "a IN (SELECT rid FROM record) AND b IN (SELECT rid FROM record)"


def _remove_stale(connection: duckdb.DuckDBPyConnection, folder: Path, old: Path | None) -> None:
    """Files of pairs with a record that was withdrawn or corrected: it must not be seen any more."""
    if old is None:
        return
    stale = connection.sql(f"SELECT token FROM read_parquet('{old / PAIRS}') WHERE NOT ({_STANDING})").fetchall()
    for (token,) in stale:
        (folder / f"{token}.json").unlink(missing_ok=True)
