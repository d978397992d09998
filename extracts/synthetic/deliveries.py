"""Deliveries: what each provider hands over, in two streams, written chunk by chunk so that any size fits in memory.

Every chunk (see `worlds`) is appended to one Parquet file per source and table. Rows are shuffled within a chunk, in
every file differently, so that their order joins nothing. The truth goes to a folder of its own.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from extracts.providers import IdentitySource, Provider, read_providers
from extracts.synthetic.chance import Ints, stream
from extracts.synthetic.codes import Codes
from extracts.synthetic.crimes import CUT_DAY, EPOCH
from extracts.synthetic.files import File, Files
from extracts.synthetic.generate import BUILDERS
from extracts.synthetic.identity.appearances import Appearances
from extracts.synthetic.identity.records import joined_columns, written
from extracts.synthetic.identity.text import Text, arrow, as_matrix, blank, picked
from extracts.synthetic.journeys import Progress
from extracts.synthetic.layout import build, shapes
from extracts.synthetic.worlds import World, record_worlds, worlds

CHUNK = 50_000
CUT = str(np.datetime64(EPOCH) + np.timedelta64(CUT_DAY))
DELIVERY = CUT[:7]
IDENTITY, PAYLOAD, TRUTH = "identity", "payload", "truth"

# Roles with few different values; columns of keys are the only ones of the payload that have many.
REPEATED = ("forename", "middle_name", "surname", "date_of_birth", "sex", "ethnicity", "town", "event_date")


class TooFewPeople(ValueError):
    """Less than one person or record was asked for."""


class FolderInUse(ValueError):
    """The folder already holds something."""


@dataclass(frozen=True)
class Summary:
    """What was written: distinct people, identity records, payload rows, chunks, seconds, and the files."""

    people: int
    records: int
    payload_rows: int
    chunks: int
    seconds: float
    files: tuple[File, ...]


def write_deliveries(
    people: int, *, seed: int, codelists: Path, providers: Path, into: Path,
    progress: Progress | None = None, chunk: int = CHUNK, identity_only: bool = False, delivery: str = DELIVERY,
) -> Summary:  # fmt: skip
    """Write one delivery of every provider, and the truth, into an empty folder.

    people         about how many distinct people there are in it, within 2% from some thousands on
    codelists      folder with the code lists of the linked dataset
    providers      folder with the configuration of the providers, one TOML file each
    chunk          crimes played out at a time, on which memory depends
    identity_only  write identity records and nothing else: then `people` is about the number of these records, of
                   a third as many people, and `chunk` a number of people
    delivery       what providers call it: a name is delivered once

    The same arguments give the same bytes. Raises TooFewPeople, FolderInUse.
    """
    if people < 1:
        raise TooFewPeople("At least one person is needed.")
    if into.exists() and any(into.iterdir()):
        raise FolderInUse("The folder is not empty.")
    began, tell = time.perf_counter(), progress or (lambda step, share: None)
    codes, known = Codes(codelists), read_providers(providers)
    if identity_only:
        chunks = record_worlds(people, seed=seed, codes=codes, chunk=chunk)
    else:
        chunks = worlds(people, seed=seed, codes=codes, chunk=chunk, progress=tell)
    with Files(into) as files:
        number = persons = records = rows = 0
        for number, world in enumerate(chunks, start=1):
            persons, records = persons + len(world.persons), records + world.records
            rows += _append(files, world, known, codes)
            tell(f"Wrote chunk {number}", min((records if identity_only else persons) / people, 1.0))
    found = files.written()
    _say_what_it_is(into, known, [file.path for file in found if not file.rows], delivery)
    return Summary(persons, records, rows, number, time.perf_counter() - began, found)


def _append(files: Files, world: World, providers: tuple[Provider, ...], codes: Codes) -> int:
    """Append one world to the files. Returns the rows of the payload."""
    rows = 0
    for provider in providers:
        for source in provider.identity:
            parts = [part for part in world.parts if part.source == source.name]
            if parts:
                _append_identity(files, world, parts, provider.code, source, codes)
        for table in provider.payload:
            if world.journeys is not None and table in BUILDERS:
                rows += _append_table(files, world, f"{_folder(provider.code)}/{PAYLOAD}/{table}.parquet", table)
    return rows


def _folder(provider: str) -> str:
    return f"deliveries/{provider}"


def _append_identity(
    files: Files, world: World, parts: list[Appearances], provider: str, source: IdentitySource, codes: Codes
) -> None:  # fmt: skip
    """The identity records of one source in the provider's own columns, and whose they are."""
    name = source.name
    columns = joined_columns([
        written(part, world.persons, codes, stream(world.seed, f"records {name} {part.writer}"))[0]
        for part in parts
    ])  # fmt: skip
    keys = np.concatenate([part.key for part in parts])
    order = stream(world.seed, f"order of identities {name}").permutation(len(keys))
    row_id = arrow(as_matrix(keys[order]))
    table = pa.table({source.row_id: row_id} | _own_columns(source, columns, order))
    repeated = [own for own, role in source.columns if role in REPEATED]
    files.append(f"{_folder(provider)}/{IDENTITY}/{name}.parquet", table, repeated=repeated)
    _append_truth(files, world, parts, row_id, order)


def _own_columns(source: IdentitySource, columns: dict[str, Text], order: Ints) -> dict[str, pa.Array]:
    nothing = blank(len(order))
    return {own: arrow(picked(columns.get(role, nothing), order)) for own, role in source.columns}


def _append_truth(files: Files, world: World, parts: list[Appearances], row_id: pa.Array, order: Ints) -> None:
    """The person behind each record, and the arrest that a later record comes from."""
    name = pa.array([parts[0].source]).take(pa.array(np.zeros(len(order), dtype=np.int32)))
    person = world.persons.number[np.concatenate([part.person for part in parts])[order]]
    truth = {"source": name, "row_id": row_id, "person": pa.array(person)}
    files.append(f"{TRUTH}/persons.parquet", pa.table(truth), repeated=["source"])
    if parts[0].source == "pol_suspect":
        return
    suspect = np.concatenate([part.suspect for part in parts])[order]
    from_arrest = np.flatnonzero(suspect >= 0)
    if len(from_arrest):
        arrest = arrow(as_matrix(world.arrests[suspect[from_arrest]]))
        events = {"source": name, "row_id": row_id}
        rows = pa.table(events).take(pa.array(from_arrest)).append_column("arrest", arrest)
        files.append(f"{TRUTH}/events.parquet", rows, repeated=["source"])


def _append_table(files: Files, world: World, path: str, table: str) -> int:
    """The rows of one payload table. Returns how many there are."""
    assert world.journeys is not None
    rows = build(table, BUILDERS[table](world.journeys), seed=world.seed)
    order = stream(world.seed, f"order of payload {table}").permutation(rows.num_rows)
    repeated = [shape.variable for shape in shapes()[table] if shape.kind != "key"]
    files.append(path, rows.take(pa.array(order)), repeated=repeated)
    return len(order)


def _say_what_it_is(root: Path, providers: tuple[Provider, ...], empty: list[str], delivery: str) -> None:
    """A delivery.json beside the streams of every provider that has delivered; it names files without a record."""
    for provider in providers:
        folder = root / _folder(provider.code)
        if folder.is_dir():
            said: dict[str, object] = {"provider": provider.code, "delivery": delivery, "cut": CUT}
            beneath = f"{_folder(provider.code)}/"
            if mine := [path for path in empty if path.startswith(beneath)]:
                said["empty"] = [path.removeprefix(beneath).removesuffix(".parquet") for path in mine]
            (folder / "delivery.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
