"""Which job reaches which zone: the table of grants, and real processes that try."""

from __future__ import annotations

from pathlib import Path

import pytest

from extracts.sealed import run_sealed, why_no_walls
from extracts.zones import GRANTS, Zones

CODE, RUN, DRAFT = "cjs_linked", "run-1", "police-2026"

# Where a probe lies in each zone; r can be read, w can be written to, - neither.
PLACES = {
    "names in": "deliveries/police/identity",
    "facts in": "deliveries/police/payload",
    "identifiers": "data/identifiers/cjs_linked/identities/police/2026",
    "payload": "data/payload/cjs_linked/police/2026",
    "crosswalk": "data/crosswalk/cjs_linked/run-1",
    "clerical": "data/clerical/cjs_linked",
    "truth": "data/truth/cjs_linked",
    "releases": "data/releases/cjs_linked/2026.1",
    "staged": "data/staging/release-7",
    "keys": "data/keys",
}  # fmt: skip
GRID = """
                | names in | facts in | identifiers | payload | crosswalk | clerical | truth | releases | staged | keys
accept_identity | r-       | --       | r-          | --      | --        | --       | --    | --       | --     | --
accept_payload  | --       | r-       | --          | r-      | --        | --       | --    | --       | --     | --
link            | --       | --       | rw          | --      | rw        | rw       | --    | --       | --     | --
measure         | --       | --       | --          | --      | rw        | --       | r-    | --       | --     | --
build           | --       | --       | --          | r-      | r-        | --       | --    | r-       | rw     | --
scan            | --       | --       | r-          | --      | --        | --       | --    | --       | r-     | --
"""
CELLS = [[cell.strip() for cell in line.split("|")] for line in GRID.strip("\n").splitlines()]
EXPECTED = {row[0]: dict(zip(CELLS[0][1:], row[1:], strict=True)) for row in CELLS[1:]}


def test_the_grid_speaks_of_every_job_and_zone():
    assert list(EXPECTED) == list(GRANTS)
    assert all(list(row) == list(PLACES) for row in EXPECTED.values())


@pytest.mark.skipif(bool(why_no_walls()), reason=why_no_walls() or "walls stand")
@pytest.mark.parametrize("job", GRANTS)
def test_no_job_opens_a_folder_that_is_not_its_own(tmp_path: Path, job: str):
    """The whole grid: an empty cell is as much a promise as a full one. Linkage opens neither payload nor truth."""
    folders = {name: tmp_path / place for name, place in PLACES.items()}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "probe.parquet").write_bytes(b"probe")
    reads, writes = Zones(tmp_path / "data").granted(
        job, code=CODE, run=RUN, draft=DRAFT, delivery=tmp_path / "deliveries" / "police",
        staged=folders["staged"], description=tmp_path / "description",
    )  # fmt: skip

    found = run_sealed(
        "tests.extracts.sealed_jobs:try_folders",
        {"folders": {name: str(folder) for name, folder in folders.items()}},
        reads=reads,
        writes=writes,
        progress=lambda *step: None,
    )

    assert found == EXPECTED[job]


def test_what_must_not_meet_never_meets_in_one_grant():
    reached = {job: grant.zones for job, grant in GRANTS.items()}
    assert not [job for job, zones in reached.items() if {"identifiers", "payload"} <= zones]
    assert [job for job, zones in reached.items() if "truth" in zones] == ["measure"]
    # The scanner alone sees identifiers and a release that is being made; it writes neither.
    assert "{staged}" in GRANTS["scan"].reads and not GRANTS["scan"].zones & {"payload", "releases"}


def test_a_name_cannot_lead_out_of_its_place(tmp_path: Path):
    zones = Zones(tmp_path)
    for bad in ("..", "", "a/b", "/etc"):
        with pytest.raises(ValueError, match="plain name"):
            zones.granted("link", code=bad, description=tmp_path)
    with pytest.raises(KeyError):
        zones.granted("link", code="cjs_linked")
