"""A small delivery of the sixth agency, as a provider would send it; ways to spoil it, and to have it accepted."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import governance.catalogue
from extracts.intake import accept_delivery
from extracts.sealed import why_no_walls
from extracts.zones import Zones
from tests.extracts.sixth_agency import MENTAL_HEALTH

BASE = Path(governance.catalogue.__file__).parent / "datasets" / "cjs_linked"
CODE = "cjs_linked"
PEOPLE = 60
SURNAMES = ("Whitlock", "Ngozi", "Ó Briain", "Kaur", "Dahl", "Ferreira")

Columns = dict[str, list[Any]]


def key(kind: str, number: int) -> str:
    return f"{ord(kind[0]):08x}{number:024x}"


def patients(start: int = 0) -> Columns:
    numbers = range(start, start + PEOPLE)
    return {
        "patient_ref": [key("row", n) for n in numbers],
        "given": [("Ines", "Tomasz", "Wren")[n % 3] for n in numbers],
        "family": [SURNAMES[n % 6] for n in numbers],
        "born_on": [(date(1970, 1, 1) + timedelta(days=97 * n)).isoformat() for n in numbers],
        "gender": ["MF"[n % 2] for n in numbers],
        "lives_at": [f"LS{1 + n % 9} {n % 9}CI" for n in numbers],
        "nhs_no": [f"94347{n:05}" for n in numbers],
    }


def referrals(start: int = 0) -> Columns:
    numbers = range(start, start + PEOPLE)
    return {
        "referral_id_hash": [key("ref", n) for n in numbers],
        "row_id_hash": [key("row", n) for n in numbers],
        "referred_on": [date(2024, 1, 1) + timedelta(days=n % 300) for n in numbers],
        "team": [("LD", "CR", "CM")[n % 3] for n in numbers],
        "urgency": [("routine", "urgent", None)[n % 3] for n in numbers],
    }


def contacts(start: int = 0) -> Columns:
    numbers = range(start, start + PEOPLE)
    return {
        "contact_id_hash": [key("contact", n) for n in numbers],
        "referral_id_hash": [key("ref", n) for n in numbers],
        "minutes": [1 + n % 90 for n in numbers],
    }


FILES: dict[str, Callable[[int], Columns]] = {
    "identity/mht_patient": patients,
    "payload/mht_referral": referrals,
    "payload/mht_contact": contacts,
}


def provider_file(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mental_health.toml"
    path.write_text(MENTAL_HEALTH, encoding="utf-8")
    return path


def write_delivery(folder: Path, *, name: str = "2026-01", as_csv: Sequence[str] = (), start: int = 0) -> Path:
    """The delivery as it should be; the files of `as_csv` as CSV."""
    for stream in ("identity", "payload"):
        (folder / stream).mkdir(parents=True, exist_ok=True)
    about = {"provider": "mental_health", "delivery": name, "cut": "2026-01-31"}
    (folder / "delivery.json").write_text(json.dumps(about))
    for file, columns in FILES.items():
        if file in as_csv:
            write_csv(folder / f"{file}.csv", columns(start))
        else:
            pq.write_table(pa.table(columns(start)), folder / f"{file}.parquet")
    return folder


def write_csv(path: Path, columns: Columns) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows(["" if cell is None else cell for cell in row] for row in zip(*columns.values(), strict=True))


def changed(folder: Path, file: str, change: Callable[[Columns], Any], *, as_csv: bool = False) -> None:
    """Write one file again with its columns changed in place."""
    columns = FILES[file](0)
    change(columns)
    if as_csv:
        (folder / f"{file}.parquet").unlink()
        write_csv(folder / f"{file}.csv", columns)
    else:
        pq.write_table(pa.table(columns), folder / f"{file}.parquet")


def put(column: str, *rows: int, value: Any) -> Callable[[Columns], None]:
    """Set a value in rows, the first being 1."""

    def change(columns: Columns) -> None:
        for row in rows:
            columns[column][row - 1] = value

    return change


def accepted(delivery: Path, zones: Zones, provider: Path, progress: Any = lambda *step: None) -> Any:
    return accept_delivery(
        delivery, code=CODE, description=BASE, provider=provider, zones=zones, progress=progress,
        unsealed_allowed=bool(why_no_walls()),
    )  # fmt: skip


def once(phase: str, act: Callable[[], Any]) -> Callable[[str, float], None]:
    """A progress that does something the first time that a phase is told."""
    done: list[str] = []

    def progress(what: str, share: float) -> None:
        if what.startswith(phase) and not done:
            done.append(what)
            act()

    return progress


def snapshot(root: Path) -> dict[str, bytes | None]:
    """Every file with its bytes, and every folder."""
    return {str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in root.rglob("*")}
