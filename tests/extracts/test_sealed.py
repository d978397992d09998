"""A sealed process reaches its own folders, and nothing else by any way."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extracts.providers import Finding
from extracts.sealed import (
    Cancelled,
    JobFailed,
    JobRefused,
    SealUnavailable,
    landlock,
    run_sealed,
    sweep_rooms,
    why_no_walls,
)

JOBS = "tests.extracts.sealed_jobs"
needs_walls = pytest.mark.skipif(bool(why_no_walls()), reason=why_no_walls() or "walls stand")


def quiet(what: str, share: float) -> None:
    pass


def run(job: str, arguments: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    options = {"reads": [], "writes": [], "progress": quiet} | options
    return run_sealed(f"{JOBS}:{job}", arguments or {}, **options)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Three zones side by side: one to read, one to write, and the other one, with a file each."""
    found = {name: tmp_path / name for name in ("other", "mine", "reads")}
    for folder in found.values():
        folder.mkdir()
        pq.write_table(pa.table({"x": [1, 2]}), folder / "probe.parquet")
    (found["mine"] / "link").symlink_to(found["other"] / "probe.parquet")
    (found["mine"] / "own").write_text("x")
    return found


def test_a_job_gets_its_arguments_reports_and_answers():
    heard = []
    answer = run("echo", {"number": 3, "text": "é"}, progress=lambda what, share: heard.append((what, share)))
    assert answer == {"number": 3, "text": "é"}
    assert heard == [("step 0", 0.0), ("step 1", 1 / 3), ("step 2", 2 / 3)]


@pytest.mark.slow
@needs_walls
@pytest.mark.parametrize("abi", [3, landlock.HIGHEST_ABI])
def test_no_way_leads_out(folders: dict[str, Path], abi: int):
    """Files, links, libraries, threads, other programs, /proc: all end at the wall."""
    before = (folders["other"] / "probe.parquet").read_bytes()

    reached = run(
        "attempts",
        {
            "other": str(folders["other"] / "probe.parquet"),
            "mine": str(folders["mine"]),
            "outside": str(folders["reads"]),
        },
        reads=[folders["reads"]],
        writes=[folders["mine"]],
        abi=abi,
    )

    open_before = {"signal", "network"} if abi < 4 else set()
    assert {way for way, outcome in reached.items() if outcome == "reached"} <= open_before
    assert (folders["other"] / "probe.parquet").read_bytes() == before
    assert sorted(path.name for path in folders["reads"].iterdir()) == ["probe.parquet"]


@needs_walls
@pytest.mark.parametrize("abi", range(1, landlock.HIGHEST_ABI + 1))
def test_every_version_of_the_walls_gives_and_withholds_the_same_folders(folders: dict[str, Path], abi: int):
    found = run(
        "try_folders",
        {"folders": {name: str(path) for name, path in folders.items()}},
        reads=[folders["reads"]],
        writes=[folders["mine"]],
        abi=abi,
    )
    assert found == {"other": "--", "mine": "rw", "reads": "r-"}


@pytest.mark.slow
def test_without_walls_every_way_leads_out(folders: dict[str, Path]):
    """The same attempts do reach the file when nothing stands in their way: so the walls are what held them."""
    reached = run(
        "attempts",
        {
            "other": str(folders["other"] / "probe.parquet"),
            "mine": str(folders["mine"]),
            "outside": str(folders["reads"]),
        },
        abi=0,
        unsealed_allowed=True,
    )
    # The file was removed by the way before.
    assert {way for way, outcome in reached.items() if outcome != "reached"} == {"rename away"}


def test_a_kernel_without_walls_is_refused_unless_it_is_said(folders: dict[str, Path]):
    with pytest.raises(SealUnavailable, match="no Landlock"):
        run("echo", abi=0)
    heard: list[str] = []
    assert run("echo", {"a": 1}, abi=0, unsealed_allowed=True, progress=lambda what, _: heard.append(what)) == {"a": 1}
    assert "without walls" in heard[0]


def test_data_beneath_what_every_process_reads_are_refused():
    with pytest.raises(SealUnavailable, match="must not lie beneath"):
        run("echo", writes=[Path(sys.prefix) / "data"])
    assert not (Path(sys.prefix) / "data").exists()


def test_secrets_are_neither_on_the_command_line_nor_in_the_environment(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PORTAL_SECRET", "in-the-environment")
    found = run("what_it_is", {"folder": str(folders["mine"])}, writes=[folders["mine"]])

    assert str(folders["mine"]) not in found["command"]
    assert "in-the-environment" not in str(found["environment"].values())
    assert len(found["descriptors"]) <= 5  # three that lead nowhere, the answers, and the listing itself
    assert (found["rights"], found["core"], found["threads"]) == ("0o600", 0, 1)
    assert Path(found["temporary"]).is_relative_to(folders["mine"])
    assert not list(folders["mine"].glob(".sealed-*"))


def test_a_refusal_comes_back_whole():
    with pytest.raises(JobRefused) as refused:
        run("refuse")
    assert refused.value.findings == (
        Finding("a.csv", "It is empty."),
        Finding("b.csv", "No.", "sex", (3, 4), 70),
    )


def test_any_other_error_says_kind_and_place_and_no_value():
    with pytest.raises(JobFailed) as failed:
        run("fail")
    assert "ValueError at sealed_jobs.py:" in str(failed.value)
    assert "Smith" not in str(failed.value)


def test_a_crash_says_how_it_ended():
    with pytest.raises(JobFailed, match="ended by signal 11"):
        run("die")
    with pytest.raises(JobFailed, match="ModuleNotFoundError"):
        run_sealed("tests.extracts.no_such:job", {}, reads=[], writes=[], progress=quiet)


def test_memory_has_a_limit():
    assert run("fill_memory", {"size": 1000}, memory_limit=200 << 20) == {"size": 1000}
    with pytest.raises(JobFailed, match="MemoryError"):
        run("fill_memory", {"size": 300 << 20}, memory_limit=200 << 20)


class Enough(Exception):
    pass


def test_what_progress_raises_ends_the_job(folders: dict[str, Path]):
    def enough(what: str, share: float) -> None:
        raise Enough

    pid_file = folders["mine"] / "pid"
    with pytest.raises(Enough):
        run("wait", {"pid_file": str(pid_file)}, writes=[folders["mine"]], progress=enough)
    assert not alive(int(pid_file.read_text()))


def test_a_job_ends_when_the_caller_asks(folders: dict[str, Path]):
    pid_file = folders["mine"] / "pid"
    with pytest.raises(Cancelled):
        run("wait", {"pid_file": str(pid_file)}, writes=[folders["mine"]], cancelled=pid_file.exists)
    time.sleep(0.05)
    assert not pid_file.exists() or not alive(int(pid_file.read_text() or 0))


def test_a_job_dies_with_its_caller(folders: dict[str, Path]):
    """The caller is killed without a chance to tidy up."""
    pid_file = folders["mine"] / "pid"
    code = (
        "from extracts.sealed import run_sealed; "
        f"run_sealed('{JOBS}:wait', {{'pid_file': {str(pid_file)!r}}}, reads=[], "
        f"writes=[{str(folders['mine'])!r}], progress=lambda *step: None)"
    )
    caller = subprocess.Popen([sys.executable, "-c", code])
    until(lambda: pid_file.exists() and pid_file.read_text() != "")
    pid = int(pid_file.read_text())
    assert alive(pid)

    caller.kill()
    caller.wait()

    until(lambda: not alive(pid))


def test_rooms_of_killed_callers_are_swept(tmp_path: Path):
    """Old ones whose caller is gone, in any zone; not young ones, nor those of a caller that lives."""
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    zone, inner = tmp_path / "identifiers" / "x", tmp_path / "payload" / "x" / ".drafts" / "d"
    old = [zone / f".sealed-{gone.pid}-a", inner / f".sealed-{gone.pid}-b", zone / ".sealed-named_before"]
    stay = [zone / f".sealed-{os.getpid()}-c", zone / "other"]
    young = zone / f".sealed-{gone.pid}-d"
    for room in (*old, *stay, young):
        (room / "spill").mkdir(parents=True)
        (room / "spill" / "part").write_text("x")
    for room in (*old, *stay):
        for path in (*room.rglob("*"), room):
            os.utime(path, (1_000_000_000, 1_000_000_000))
    (zone / f".sealed-{gone.pid}-link").symlink_to(zone / "other")

    assert sorted(sweep_rooms(tmp_path, datetime(2020, 1, 1, tzinfo=UTC))) == sorted(room.name for room in old)

    assert not [room for room in old if room.exists()]
    assert all((room / "spill" / "part").exists() for room in (*stay, young))


def test_two_jobs_run_side_by_side():
    answers: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(run("echo", {"n": n}))) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer["n"] for answer in answers) == [0, 1]


def alive(pid: int) -> bool:
    """Whether it runs; one that ended and was not fetched yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(condition: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It took too long."
        time.sleep(0.02)
