"""Do the two streams speak of the same records? Told apart without either process seeing the other's files.

The identity process leaves each row id encrypted (AES-256, one block, under a key made for this delivery and kept
nowhere) with the number of its file and row. The payload process encrypts its own row ids under the same key and
compares. So what lies between the two is of no use to anyone without the key, and afterwards it is removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from extracts.conversion import text
from extracts.intake.findings import MOST_ROWS, Findings

FILE = "row-ids.parquet"
SCHEMA = pa.schema([("token", pa.binary(16)), ("file", pa.int16()), ("row", pa.int64())])
# Instead of a number of a file: records of earlier deliveries, and rows that need no identity record.
EARLIER, NEEDS_NONE = -1, -2
BATCH = 1 << 17
IS_ROW_ID = "regexp_full_match({0}, '[0-9a-f]{{32}}')"


def write_tokens(
    connection: duckdb.DuckDBPyConnection, queries: Sequence[tuple[int, str]], key: bytes, path: Path
) -> None:  # fmt: skip
    """Write the tokens of row ids.

    queries  file number, and a query of `row_id` (text) and `row` (from 0); what is no row id is left out
    """
    encrypt = Cipher(algorithms.AES256(key), modes.ECB()).encryptor()  # one block each, all different: no pattern
    with pq.ParquetWriter(path, SCHEMA) as writer:
        for number, query in queries:
            sql = f"SELECT unhex(row_id) AS id, row FROM ({query}) WHERE {IS_ROW_ID.format('row_id')}"
            batches: pa.RecordBatchReader = connection.sql(sql).to_arrow_reader(BATCH)
            for batch in batches:
                if len(batch):
                    tokens = encrypt.update(b"".join(batch.column("id").to_pylist()))
                    token = pa.Array.from_buffers(pa.binary(16), len(batch), [None, pa.py_buffer(tokens)])
                    files = pa.array(np.full(len(batch), number, dtype=np.int16))
                    writer.write_batch(pa.record_batch([token, files, batch.column("row").cast(pa.int64())], SCHEMA))


def compare(
    connection: duckdb.DuckDBPyConnection, *, identity: Path, payload: Path, identity_files: Sequence[str],
    payload_files: Sequence[str], findings: Findings,
) -> None:  # fmt: skip
    """Findings for payload rows without an identity record, here or before, and for identity records without any row.

    identity, payload  files of `write_tokens`; the names of their files by number
    """
    ours, theirs = f"read_parquet({text(payload)})", f"read_parquet({text(identity)})"
    missing = f"FROM {ours} WHERE file <> {NEEDS_NONE} AND token NOT IN (SELECT token FROM {theirs})"
    _tell(connection, missing, payload_files, "The row id has no identity record.", findings)
    unused = f"FROM {theirs} WHERE file <> {EARLIER} AND token NOT IN (SELECT token FROM {ours})"
    _tell(connection, unused, identity_files, "No row of the payload has this row id.", findings)


def _tell(
    connection: duckdb.DuckDBPyConnection, rows: str, files: Sequence[str], reason: str, findings: Findings
) -> None:  # fmt: skip
    first_rows = f"list_slice(list_sort(list(row)), 1, {MOST_ROWS})"
    query = f"SELECT file, count(*), {first_rows} {rows} GROUP BY file ORDER BY file"
    for number, count, first in connection.execute(query).fetchall():
        findings.add(files[number], reason, rows=tuple(row + 1 for row in first), count=count)
