"""Which filters belong together: possible pairs from shared blocks, scored by the Dice coefficient."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from extracts.linkage.clks import Filters, dice

Ints = npt.NDArray[np.int64]

# A block of more records than this is too common to say anything (a frequent name in a frequent place).
LARGEST_BLOCK = 150
PAIRS_AT_ONCE = 2_000_000
# Dice to match weight in bits: 0 at EVEN, one bit more for each 0.0125. Chosen on febrl4 with its truth in sight and
# not calibrated: the probabilities that follow are a scale, and mean less than those of clear text.
EVEN, BITS_PER_DICE = 0.68, 80.0
LEAST_DICE = 0.60


def scored(filters: Filters, blocks: pa.ListArray, *, connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The pairs worth keeping: `a` < `b` (positions of records), `match_weight` (bits), `match_probability`.

    filters  (records, 16) words, from `clks.encode`
    blocks   per record, from `tokens.blocks`
    """
    parts = []
    for left, right in _candidates(blocks, connection):
        likeness = dice(filters[left], filters[right])
        kept = likeness >= LEAST_DICE
        parts.append((left[kept], right[kept], (likeness[kept] - EVEN) * BITS_PER_DICE))
    a, b, weight = (np.concatenate(column) for column in zip(*parts, strict=True)) if parts else _nothing()
    probability = 1 / (1 + np.exp2(-weight))
    return pa.table({"a": a, "b": b, "match_weight": weight, "match_probability": probability})


def _nothing() -> tuple[Ints, Ints, npt.NDArray[np.float64]]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)


def _candidates(blocks: pa.ListArray, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Ints, Ints]]:
    """Every pair of records that share a block which is not too common, once, some millions at a time."""
    members = pa.table({
        "record": np.repeat(np.arange(len(blocks)), np.diff(np.asarray(blocks.offsets))),
        "block": blocks.flatten(),
    })  # fmt: skip
    connection.register("block_members", members)
    pairs = connection.sql(
        f"""
        WITH useful AS (
            SELECT block FROM block_members GROUP BY block HAVING count(*) BETWEEN 2 AND {LARGEST_BLOCK}
        ), member AS (SELECT record, block FROM block_members SEMI JOIN useful USING (block))
        SELECT DISTINCT l.record AS a, r.record AS b
        FROM member l JOIN member r ON l.block = r.block AND l.record < r.record
        """
    ).to_arrow_reader(PAIRS_AT_ONCE)
    for batch in pairs:
        yield np.asarray(batch["a"]), np.asarray(batch["b"])
    connection.unregister("block_members")
