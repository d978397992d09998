"""The provider's own tool: identity records in, tokens or filters out, and nothing that can be read.

    python -m extracts.linkage.encode new-key KEY
    python -m extracts.linkage.encode encode FILE --config CONFIG.toml --key KEY --form tokens --out ENCODED.parquet

The key is made once for a run, by one of the providers, and handed to the others, never to the linker. Files are
standardised exactly as the linker standardises clear text, so that the same values become the same tokens.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import os
import secrets
import stat
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from extracts.linkage import clks, token_blocks, tokens
from extracts.linkage.configuration import BadConfiguration, Configuration, read_configuration
from extracts.linkage.encoded import FORM, KEY_MARK
from extracts.linkage.reading import BadRecords, read_records
from extracts.linkage.standardise import standardise

ENCODED = ("tokens", "clk")
KEY_BYTES = 32


class BadKey(ValueError):
    """A key file that is missing, not a key, or open to others."""


def new_key(path: Path) -> None:
    """Make a key file that only its owner can read. Raises BadKey when the file is there already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadKey(f"{path.name} is there already; a key is never written over") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")


def read_key(path: Path) -> bytes:
    """The key in a file. Raises BadKey when others can read it, too."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BadKey(f"{path.name} can be read by others: chmod 600 it, and make a new key if somebody has read it")
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as problem:
        if isinstance(problem, BadKey):
            raise
        raise BadKey(f"{path.name} is no key file: make one with new-key") from None
    if len(key) != KEY_BYTES:
        raise BadKey(f"{path.name} is no key file: make one with new-key")
    return key


def encode(file: Path, configuration: Configuration, *, key: bytes, form: str) -> pa.Table:
    """The encoded records of one file: `record_id`, then a column for each token, or `filter` and `blocks`.

    What form it is and a mark of the key (not the key) are in the table's metadata.
    Raises BadConfiguration and BadRecords.
    """
    with duckdb.connect(":memory:") as connection:
        read_records(connection, [file], configuration, into="raw")
        made = standardise(connection, "raw", configuration.columns, into="standard")
        year = "REPLACE (birth_year::VARCHAR AS birth_year)" if "birth_year" in made else ""
        columns = connection.sql(
            f"SELECT raw.record_id, standard.* EXCLUDE (rid, source) {year} "
            "FROM standard JOIN raw USING (rid) ORDER BY rid"
        ).to_arrow_table()
    features = {name: columns[name] for name in columns.column_names[1:] if _is_text(columns[name].type)}
    encoded = tokens.encode(features, key=key)
    if form == "clk":
        fields = {name: features[name] for name in features if name in clks.FIELDS}
        if not fields:
            raise BadConfiguration("no column has a place in a filter: encode the file as tokens")
        filters = clks.encode(fields, key=key)
        encoded = pa.table({"filter": _as_binary(filters), "blocks": token_blocks.blocks(encoded)})
    encoded = encoded.add_column(0, "record_id", columns["record_id"])
    return encoded.replace_schema_metadata({FORM: form.encode(), KEY_MARK: mark_of(key)})


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or (pa.types.is_list(kind) and pa.types.is_string(kind.value_type)))


def _as_binary(filters: clks.Filters) -> pa.Array:
    content = np.ascontiguousarray(filters).tobytes()
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(clks.BITS // 8), len(filters), [None, pa.py_buffer(content)])


def mark_of(key: bytes) -> bytes:
    """By which two files can be seen to be of one key: a keyed hash of nothing."""
    return hmac.new(key, b"mark of the key", hashlib.sha256).hexdigest()[:16].encode()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m extracts.linkage.encode", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("new-key", help="make the key of a run")
    making.add_argument("key", type=Path)
    encoding = commands.add_parser("encode", help="encode one file of identity records")
    encoding.add_argument("file", type=Path, help="CSV or Parquet")
    encoding.add_argument(
        "--config", type=Path, required=True, help="which column is what, as for linking in the clear"
    )
    encoding.add_argument("--key", type=Path, required=True)
    encoding.add_argument("--form", choices=ENCODED, default="tokens")
    encoding.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "new-key":
            new_key(asked.key)
            print(f"{asked.key}: hand it to the other providers of this run, never to the linker.")
            return 0
        made = encode(asked.file, read_configuration(asked.config), key=read_key(asked.key), form=asked.form)
        os.umask(0o077)
        pq.write_table(made, asked.out, compression="zstd")
    except (BadKey, BadConfiguration, BadRecords) as problem:
        print(f"Not encoded: {problem}.", file=sys.stderr)
        return 1
    print(f"{len(made):,} records encoded as {asked.form}. The file is personal data: keep it as you keep the names.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
