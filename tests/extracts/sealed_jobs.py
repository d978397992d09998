"""Jobs for the tests of walls. They run in sealed processes, and report what they could reach."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from extracts.providers import Finding, Refusal

Progress = Callable[[str, float], None]


def echo(progress: Progress, **arguments: Any) -> dict[str, Any]:
    for step in range(3):
        progress(f"step {step}", step / 3)
    print("a library that prints")
    return arguments


def refuse(progress: Progress) -> dict[str, Any]:
    raise Refusal([Finding("a.csv", "It is empty."), Finding("b.csv", "No.", "sex", (3, 4), 70)])


def fail(progress: Progress) -> dict[str, Any]:
    raise ValueError("Smith, 12 High Street")


def die(progress: Progress) -> dict[str, Any]:
    os.kill(os.getpid(), 11)
    return {}


def wait(progress: Progress, *, pid_file: str) -> dict[str, Any]:
    Path(pid_file).write_text(str(os.getpid()))
    progress("waiting", 0.5)
    time.sleep(60)
    return {}


def fill_memory(progress: Progress, *, size: int) -> dict[str, Any]:
    return {"size": len(bytearray(size))}


def what_it_is(progress: Progress, *, folder: str) -> dict[str, Any]:
    """How the process is set up, as seen from inside."""
    new = Path(folder) / "new"
    new.write_text("x")
    with tempfile.NamedTemporaryFile() as file:
        room = file.name
    return {
        "command": Path("/proc/self/cmdline").read_bytes().decode(),
        "environment": dict(os.environ),
        "descriptors": sorted(os.listdir("/proc/self/fd")),
        "rights": oct(new.stat().st_mode & 0o777),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "threads": threading.active_count(),
        "temporary": room,
    }


def attempts(progress: Progress, *, other: str, mine: str, outside: str) -> dict[str, str]:
    """Every way we know of to the file `other`, or to write outside of `mine`: "reached", or the kind of error."""
    return {name: _outcome(lambda way=way: way(Path(other), Path(mine), Path(outside))) for name, way in WAYS.items()}


def try_folders(progress: Progress, *, folders: dict[str, str]) -> dict[str, str]:
    """Whether each folder can be listed and its file `probe.parquet` be read, and written beside it."""
    found = {}
    for name, folder in folders.items():
        place = Path(folder)
        read = _outcome(lambda place=place: (os.listdir(place), (place / "probe.parquet").read_bytes()))
        write = _outcome(lambda place=place: (place / "new").write_bytes(b""))
        found[name] = ("r" if read == "reached" else "-") + ("w" if write == "reached" else "-")
    return found


def _outcome(way: Callable[[], Any]) -> str:
    try:
        way()
    except BaseException as problem:
        return type(problem).__name__
    return "reached"


def _by_duckdb(other: Path, mine: Path, outside: Path) -> None:
    import duckdb

    duckdb.connect(":memory:").execute(f"SELECT count(*) FROM read_parquet('{other}')").fetchall()


def _copy_by_duckdb(other: Path, mine: Path, outside: Path) -> None:
    import duckdb

    duckdb.connect(":memory:").execute(f"COPY (SELECT 1) TO '{outside / 'copy.parquet'}'")


def _by_arrow(other: Path, mine: Path, outside: Path) -> None:
    import pyarrow.parquet as pq

    pq.read_table(other)


def _by_memory_map(other: Path, mine: Path, outside: Path) -> None:
    import pyarrow

    pyarrow.memory_map(str(other)).read()


def _by_subprocess(other: Path, mine: Path, outside: Path) -> None:
    subprocess.run(["/bin/cat", str(other)], check=True, capture_output=True)


def _by_python(other: Path, mine: Path, outside: Path) -> None:
    code = f"open({str(other)!r}, 'rb').read()"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def _by_thread(other: Path, mine: Path, outside: Path) -> None:
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(other.read_bytes()))
    threading.excepthook = lambda _: None
    thread.start()
    thread.join()
    if not found:
        raise PermissionError


def _by_own_link(other: Path, mine: Path, outside: Path) -> None:
    link = mine / "own-link"
    link.symlink_to(other)
    link.read_bytes()


def _by_hard_link(other: Path, mine: Path, outside: Path) -> None:
    os.link(other, mine / "hard-link")


def _by_path_descriptor(other: Path, mine: Path, outside: Path) -> None:
    descriptor = os.open(other, os.O_PATH)
    Path(f"/proc/self/fd/{descriptor}").read_bytes()


def _by_parent_process(other: Path, mine: Path, outside: Path) -> None:
    Path(f"/proc/{os.getppid()}/root{other}").read_bytes()


def _by_local_port(other: Path, mine: Path, outside: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))


WAYS: dict[str, Callable[[Path, Path, Path], Any]] = {
    "open": lambda other, mine, outside: other.read_bytes(),
    "listdir": lambda other, mine, outside: os.listdir(other.parent),
    "list the root of all zones": lambda other, mine, outside: os.listdir(other.parent.parent),
    "duckdb": _by_duckdb,
    "pyarrow": _by_arrow,
    "memory map": _by_memory_map,
    "cat": _by_subprocess,
    "another python": _by_python,
    "thread": _by_thread,
    "a symbolic link left by someone": lambda other, mine, outside: (mine / "link").read_bytes(),
    "a symbolic link of its own": _by_own_link,
    "hard link": _by_hard_link,
    "path descriptor": _by_path_descriptor,
    "/proc/self/root": lambda other, mine, outside: Path(f"/proc/self/root{other}").read_bytes(),
    "/proc/self/cwd": lambda other, mine, outside: os.listdir("/proc/self/cwd/docs"),
    "the parent process": _by_parent_process,
    "its environment": lambda other, mine, outside: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "..": lambda other, mine, outside: (mine / ".." / other.parent.name / other.name).read_bytes(),
    "write": lambda other, mine, outside: (outside / "new").write_text("x"),
    "write by duckdb": _copy_by_duckdb,
    "append": lambda other, mine, outside: other.open("ab"),
    "truncate": lambda other, mine, outside: os.truncate(other, 0),
    "remove": lambda other, mine, outside: other.unlink(),
    "rename away": lambda other, mine, outside: other.rename(mine / "taken"),
    "rename out": lambda other, mine, outside: (mine / "own").rename(outside / "own"),
    "make a folder": lambda other, mine, outside: (outside / "folder").mkdir(),
    "signal": lambda other, mine, outside: os.kill(os.getppid(), 0),
    "network": _by_local_port,
}
