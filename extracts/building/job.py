"""The job: from payload and crosswalk to a staged release folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from extracts import delivery
from extracts.building.links import case_tables, person_link, view_crosswalk, write_row_keys
from extracts.building.payload import deliveries_in, view_tables
from extracts.conversion import BadDataset, quoted
from extracts.differences import compared
from extracts.figures import described
from extracts.publishing.engine import Engine, engine
from extracts.publishing.folder import seal, write_json
from extracts.publishing.publish import refuse_version
from extracts.publishing.tables import origin_of, refuse_bad, write_tables
from extracts.specification import Release, ReleasedTable
from governance.catalogue.catalogue import Catalogue, Table, copy_description, read_catalogue

QUALITY, DIFFERENCE, RUN = "quality.json", "difference.json", "run.json"
# What a release says of its linkage; how long it took and what it ran on is no content of the release.
OF_THE_RUN = ("model", "model_version", "thresholds", "counts", "inputs")

Progress = Callable[[str, float], None]


def build(
    progress: Progress,
    *,
    payload: str,
    crosswalk: str,
    description: str,
    code: str,
    version: str,
    key: str,
    into: str,
    created_at: str,
    previous: str = "",
    deliveries: Sequence[Sequence[str]] | None = None,
    memory_limit: str = "2GB",
    threads: int = 2,
) -> dict[str, Any]:
    """Build the release `code` `version` in `into`/release, and the scanner's `into`/row_keys.parquet.

    payload     folder of <provider>/<delivery>/<table>.parquet, as accepted
    crosswalk   folder of the linkage run: persons, events, and what was said of it
    key         the dataset's key in hexadecimal
    into        an empty folder; results and what memory cannot hold go there
    created_at  a moment with a time zone, kept in release.json and in nothing that is compared
    previous    the folder of the release before, to say what changed; "" for the first one
    deliveries  [provider, delivery], oldest first; by default all that are there, in the order of their names

    The same deliveries, crosswalk, description, key and previous release give the same
    bytes. Returns what there is to record: tables, the hash of the manifest, the content's digest,
    quality and difference. Raises BadDataset and SurrogateCollision.
    """
    refuse_version(version)
    room, folder = Path(into), Path(into) / "release"
    folder.mkdir(parents=True)
    catalogue = _described(Path(description), folder / "catalogue", code, version)
    order = [(provider, name) for provider, name in deliveries or deliveries_in(Path(payload))]
    with (
        delivery.staging(room / "spill") as spill,
        engine(
            catalogue.dataset, key=bytes.fromhex(key), spill=spill, memory_limit=memory_limit, threads=threads
        ) as made,
    ):
        progress("Reading what was delivered", 0.0)
        run = view_crosswalk(made.connection, Path(crosswalk))
        delivered = view_tables(made.connection, catalogue, payload=Path(payload), deliveries=order, spill=spill)
        released = _tables(progress, made, catalogue, delivered, folder, run)
        write_row_keys(made.connection, catalogue, room / "row_keys.parquet")
        progress("Looking for surrogates that two keys share", 0.7)
        made.surrogates.refuse_collisions()
        progress("Counting for the catalogue", 0.72)
        said = described(folder, catalogue, released, spill=spill, threads=threads)
    said[QUALITY] = _read(Path(crosswalk) / QUALITY)
    progress("Comparing with the release before", 0.85)
    said[DIFFERENCE] = compared(
        Path(previous) if previous else None, folder, catalogue, said[QUALITY], spill=room, memory_limit=memory_limit
    )
    for name, content in said.items():
        write_json(folder / name, content)
    origin = {"link_run": run, "linkage": _of_the_run(Path(crosswalk)), "deliveries": [list(one) for one in order]}
    digest = seal(folder, Release(code, version, created_at, released), **origin)
    progress("Done", 1.0)
    return {
        "tables": {name: vars(table) for name, table in released.items()},
        "manifest_sha256": delivery.sha256_of(folder / delivery.MANIFEST),
        "content_sha256": digest,
        "quality": said[QUALITY],
        "difference": said[DIFFERENCE],
    }


def _described(description: Path, to: Path, code: str, version: str) -> Catalogue:
    """Copy the description into the release, as that of this version. Raises BadDataset for another dataset's."""
    copy_description(description, to)
    dataset = json.loads((to / "dataset.json").read_bytes())
    if dataset["code"] != code:
        raise BadDataset(f"The description is of {dataset['code']}, not of {code}.")
    write_json(to / "dataset.json", {**dataset, "version": version})
    return read_catalogue(to)


def _tables(
    progress: Progress, made: Engine, catalogue: Catalogue, delivered: list[Table], folder: Path, run: str
) -> dict[str, ReleasedTable]:
    """Write what was delivered and what can be derived of it.

    Cases are worked out while the other tables are written: each alone would leave a core idle.
    """
    connection, codelists = made.connection, folder / "catalogue" / "codelists"
    ready = [(table, quoted(table.name)) for table in delivered] + list(person_link(catalogue, run))
    origins = [origin_of(connection, table, rows) for table, rows in ready]
    refuse_bad(connection, origins)

    def report(table: str, done: int, tables: int) -> None:
        progress(f"Linking cases, writing {table}" if table else "Linking cases", 0.05 + 0.45 * done / tables)

    with ThreadPoolExecutor(1) as beside:
        cursor = connection.cursor()
        cases = beside.submit(lambda: list(case_tables(cursor, catalogue, delivered, codelists=codelists)))
        released = dict(write_tables(connection, origins, folder, report))
        derived = [origin_of(connection, table, rows) for table, rows in cases.result()]
    progress("Writing cases and journeys", 0.6)
    return released | dict(write_tables(connection, derived, folder, lambda *step: None))


def _read(path: Path) -> dict[str, Any]:
    """A JSON file that the linkage wrote, or nothing where it did not."""
    return dict(json.loads(path.read_bytes())) if path.is_file() else {}


def _of_the_run(crosswalk: Path) -> dict[str, Any]:
    said = _read(crosswalk / RUN)
    return {name: said[name] for name in OF_THE_RUN if name in said}
