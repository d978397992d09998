"""The list of withheld records as a file: surrogates by key domain, each version holding all that came before."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from extracts.delivery import flush_entry, sha256_of
from extracts.surrogates import surrogates_of

SCHEMA = pa.schema([("domain", pa.string()), ("id", pa.int64())])


def extend(
    before: Path | None, into: Path, *, domain: str, source_keys: Iterable[str], dataset_key: bytes
) -> tuple[int, int, str]:
    """Write the list `into` with more keys of one domain; returns how many are new, how many there are, the SHA-256.

    before       the list so far, or None
    source_keys  as the provider delivered them; only their surrogates are kept
    The file appears whole, readable by its owner and group only.
    """
    known = parquet.read_table(before, schema=SCHEMA) if before else SCHEMA.empty_table()
    texts = pa.array(sorted({key.strip() for key in source_keys} - {""}), pa.string())
    ids = surrogates_of(texts, domain=domain, dataset_key=dataset_key)
    more = pa.table({"domain": pa.array([domain] * len(ids), pa.string()), "id": ids}, schema=SCHEMA)
    whole = pa.concat_tables([known, more]).group_by(["domain", "id"]).aggregate([])
    whole = whole.select(["domain", "id"]).sort_by([("domain", "ascending"), ("id", "ascending")])
    into.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    draft = into.with_name(f".{into.name}.draft")
    parquet.write_table(whole, draft)
    draft.chmod(0o440)
    os.replace(draft, into)
    flush_entry(into.parent)
    return len(whole) - len(known), len(whole), sha256_of(into)


def occurring(listed: Path, domain: str, columns: Iterable[tuple[Path, str]]) -> int:
    """How many keys of a domain on the list occur in these columns, each of a Parquet file, batch by batch."""
    wanted = parquet.read_table(listed, schema=SCHEMA, filters=[("domain", "=", domain)])["id"].combine_chunks()
    found: set[int] = set()
    for path, column in columns:
        for batch in parquet.ParquetFile(path).iter_batches(columns=[column]):
            found.update(batch[0].filter(pc.is_in(batch[0], wanted)).to_pylist())
    return len(found)
