"""A dataset of two visits tables small enough to check by eye: its description, its source, its release."""

import csv
import json
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyarrow import parquet

from extracts.publishing import publish
from extracts.store import open_release
from governance.agreements.scope import GrantedTable, GrantedVariable, Scope
from governance.catalogue.catalogue import read_catalogue

KEY = bytes(range(32))
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)

TABLES = """
table  |label  |owner |unit_of_observation|primary_key     |tier|description |period_column|period_parent|requestable
crime  |Crimes |police|one row per crime  |crime_id        |core|Recorded.   |recorded_on  |             |Y
victim |Victims|police|one row per victim |crime_id+number |core|Who it hit. |             |crime.crime_id|Y
secret |Secret |police|one row per crime  |crime_id        |core|Not offered.|             |             |N
"""

VARIABLES = """
table |variable   |dtype       |codelist|class|ladder     |default_level|in_default|key_domain|source_format
crime |crime_id   |string      |        |KEY  |           |             |Y         |crime     |
crime |recorded_on|date        |        |OR   |date       |month        |Y         |          |-04:00
crime |closed_on  |date        |        |OR   |date       |month        |Y         |          |%d/%m/%Y
crime |force      |category    |forces  |OR   |force      |force        |Y         |          |
crime |weapon     |boolean     |        |CO   |           |             |Y         |          |
crime |loss       |decimal(9,2)|        |OR   |amount     |exact        |Y         |          |
victim|crime_id   |string      |        |KEY  |           |             |Y         |crime     |
victim|number     |integer     |        |KEY  |           |             |Y         |          |
victim|person     |string      |        |KEY  |           |             |Y         |person    |
victim|name       |string      |        |DI   |           |             |N         |          |
victim|age        |integer     |        |QI   |age        |band         |Y         |          |
victim|score      |integer     |        |SV   |score      |any          |Y         |          |
victim|needs      |list        |        |SV   |           |             |N         |          |
secret|crime_id   |string      |        |KEY  |           |             |N         |crime     |
"""

FORCES = (
    "code,label,cj_region,source\nN,Northshire,North,invented\nS,Southshire,South,invented\nE,Eastshire,,invented\n"
)


def rows_of(text):
    """A table in text, as one dict per line."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def describe(folder: Path, *, version="1", variables=None, tables=None) -> Path:
    """Write the description folder.

    variables, tables  further cells of rows: (table, variable) or table -> {column: cell}
    """
    further, of_tables = variables or {}, tables or {}
    (folder / "codelists").mkdir(parents=True)
    dataset = {
        "code": "small", "title": "Small <data>", "version": version, "licence": "none", "source": "invented",
        "synthetic": True, "statement": "Nobody real & nothing true.",
        "keys": {"crime": "A crime", "person": "A person"},
    }  # fmt: skip
    (folder / "dataset.json").write_text(json.dumps(dataset))
    (folder / "owners.csv").write_text("owner,label\npolice,Police\n")
    (folder / "codelists" / "forces.csv").write_text(FORCES)
    variables = [
        {**row, "label": row["variable"].title(), "range": "", "sensitivity_class": row.pop("class"),
         "in_default_extract": row.pop("in_default"), "missing_pct_target": "", "based_on": "design", "note": ""}
        for row in rows_of(VARIABLES)
    ]  # fmt: skip
    rules = {"top": "", "bottom": "", "merge_below": ""}
    variables = [{**row, **rules, **further.get((row["table"], row["variable"]), {})} for row in variables]
    described = [{**row, "only": "", **of_tables.get(row["table"], {})} for row in rows_of(TABLES)]
    for name, rows in (("tables", described), ("variables", variables)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return folder


def moment(day, hour=4):
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00")


def tables():
    """The source tables, by name; the texts and dates are those of the tests below."""
    crime = pa.table({
        "crime_id":    ["c1", "c2", "c3", "c4", "c5"],
        "recorded_on": [moment("2019-01-05"), moment("2019-05-01", 3), moment("2020-12-31"), None,
                        moment("2021-02-01")],
        "closed_on":   ["31/01/2019", None, "01/06/2021", "02/03/2019", "09/03/2021"],
        "force":       ["N", "S", "E", "N", None],
        "weapon":      ["true", "false", None, "True", "false"],
        "loss":        [10.5, 100.0, None, 5000.0, 0.0],
    })  # fmt: skip
    victim = pa.table({
        "crime_id": ["c1", "c1", "c2", "c3", "c4", "c5", None],
        "number":   pa.array([1, 2, 1, 1, 1, 1, 1], pa.int32()),
        "person":   ["p1", "p2", "p1", "p3", None, "p4", "p5"],
        "name":     ["Ann", "Ben", "Ann", "Cy", "Di", "Ed", "Flo"],
        "age":      pa.array([9, 10, 11, 95, None, 30, 40], pa.int64()),
        "score":    pa.array([0, 3, None, 1, 0, 0, 0], pa.int64()),
        "needs":    [["a", "b"], [], None, ["c"], [], [], []],
    })  # fmt: skip
    return {"crime": crime, "victim": victim}


def write_source(folder: Path, **tables) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        parquet.write_table(table, folder / f"{name}.parquet")
    return folder


def published(root: Path, *, version="1", source=None, catalogue=None, key=KEY):
    """Publish a version of the dataset below `root`; returns the release and what was reported."""
    reports = []
    release = publish(
        source or write_source(root / "source", **tables()),
        catalogue_folder=catalogue or describe(root / "description" / version, version=version),
        releases=root / "releases",
        key=key,
        created_at=NOON,
        progress=lambda *report: reports.append(report),
    )
    return release, reports


def surrogate(source_key: str, domain: str, *, key=KEY) -> int:
    """The surrogate of one source key, with the cryptography library's own HKDF and CMAC."""
    derived = HKDF(hashes.SHA256(), 32, None, f"gatehouse domain|{domain}".encode()).derive(key)
    mac = CMAC(algorithms.AES(derived))
    mac.update(source_key.encode())
    return int.from_bytes(mac.finalize()[:8], "big") >> 1


def surrogates(domain: str) -> dict[str, int]:
    """Source key to surrogate, for every key of a domain that the source tables hold."""
    held = {
        "crime": [f"c{number}" for number in range(1, 6)],
        "person": [f"p{number}" for number in range(1, 6)],
    }
    return {source_key: surrogate(source_key, domain) for source_key in held[domain]}


def small_catalogue(root: Path, **rules):
    folder = root / "described"
    return read_catalogue(folder if folder.exists() else describe(folder, **rules))


@contextmanager
def open_small(root: Path, *, version="1", **options):
    """The published dataset, open and sealed, with `root/staging` to write to."""
    (root / "staging").mkdir(exist_ok=True)
    with open_release(root / "releases" / "small" / version, staging=root / "staging", **options) as store:
        yield store


def scope(*, first=date(2019, 1, 1), last=date(2020, 12, 31), **granted) -> Scope:
    """A scope on the small dataset: table=[variable or (variable, level)]."""
    tables = tuple(
        GrantedTable(
            name,
            tuple(GrantedVariable(*(entry if isinstance(entry, tuple) else (entry,))) for entry in entries),
        )
        for name, entries in granted.items()
    )
    return Scope("small", tables, first, last)
