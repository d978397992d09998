"""The caller's side: start the process, hand it the job, listen, and end it whatever happens."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import extracts
from extracts.providers import Finding, Refusal
from extracts.sealed import landlock

REPOSITORY = Path(extracts.__file__).resolve().parent.parent
ROOM_PREFIX = ".sealed-"
LOOK_UP_SECONDS = 0.5

Progress = Callable[[str, float], None]


class JobRefused(Refusal):
    """The job looked at what was handed in and refused it. `findings` say why."""


class JobFailed(RuntimeError):
    """The job ended by an error. The message is its kind and place only, never a value."""


class SealUnavailable(RuntimeError):
    """The walls cannot be put up, so the job was not started."""


class Cancelled(RuntimeError):
    """The caller asked for the end of the job."""


def run_sealed(
    job: str,
    arguments: Mapping[str, Any],
    *,
    reads: Sequence[Path | str],
    writes: Sequence[Path | str],
    progress: Progress,
    memory_limit: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    unsealed_allowed: bool = False,
    abi: int | None = None,
) -> dict[str, Any]:
    """Run `package.module:function` as `function(progress, **arguments)` in a walled-in process; its result.

    arguments        JSON; secrets travel here and nowhere else, over a pipe
    reads, writes    files and folders that the process may read, and folders that it may write to (made when missing);
                     a path to read that is not there is left out. Beyond them it sees code and system libraries only
    progress         called with what is being done and the share done; what it raises ends the job and rises
    memory_limit     most bytes of data that the process may hold
    cancelled        asked twice a second
    unsealed_allowed go on without walls when the kernel has none, and say so through `progress`
    abi              the kernel's Landlock ABI, found out when left out

    Temporary files go to a room in the first writable folder, which is gone at the end. When the caller dies, the
    process dies with it. Raises JobRefused, JobFailed, SealUnavailable and Cancelled.
    """
    abi = landlock.abi_version() if abi is None else abi
    readable, writable = ([Path(path).resolve() for path in paths] for paths in (reads, writes))
    if reason := why_no_walls(writable, abi=abi):
        if not unsealed_allowed:
            raise SealUnavailable(reason)
        progress(f"{reason} This runs without walls, as only a demonstration may.", 0.0)
        abi = 0
    for folder in writable:
        make_private(folder)
    with _room(writable) as room:
        task = {
            "job": job, "arguments": dict(arguments), "abi": abi, "parent": os.getpid(), "memory": memory_limit,
            "reads": list(map(str, readable)), "writes": list(map(str, writable)),
        }  # fmt: skip
        with _process(room) as process:
            _hand_over(process, json.dumps(task).encode())
            return _answer(process, progress, cancelled)


def why_no_walls(writes: Sequence[Path] = (), *, abi: int | None = None) -> str:
    """Why jobs cannot be walled in here, as a sentence; "" when they can."""
    if (landlock.abi_version() if abi is None else abi) < 1:
        return "This kernel has no Landlock."
    for place in (*SYSTEM, *code_folders()):
        if any(folder.is_relative_to(place.resolve()) for folder in writes):
            return f"Data must not lie beneath {place}, which every process can read."
    return ""


# What every process needs: the interpreter, libraries, what the C library looks up. Data must not lie in any of them.
SYSTEM = tuple(
    dict.fromkeys(
        Path(name) for name in ("/usr", "/lib", "/lib64", "/bin", "/sbin", sys.prefix, sys.base_prefix, sys.exec_prefix)
    )
)


def code_folders() -> list[Path]:
    """The packages of this repository; folders beside them, such as `var`, are not among them."""
    return sorted(path.parent for path in REPOSITORY.glob("*/__init__.py"))


def make_private(folder: Path) -> None:
    """Make a folder, and the folders above it that are missing, for this account alone (0700)."""
    for missing in [path for path in (*reversed(folder.parents), folder) if not path.exists()]:
        missing.mkdir(mode=0o700, exist_ok=True)


def kind_and_place(problem: BaseException) -> str:
    """What kind of error it is and where it rose. Its text is left out: it may hold values from a record."""
    frames = traceback.extract_tb(problem.__traceback__)
    return f"{type(problem).__name__} at " + " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in frames[::-1][:5])


def sweep_rooms(root: Path, older_than: datetime) -> list[str]:
    """Remove the rooms that killed callers left anywhere under `root`; returns their names.

    A room goes when nothing in it changed since that moment, which has a time zone, and its caller is gone. A caller
    on another machine cannot be asked: let the moment be longer ago than any job takes.
    """
    removed: list[str] = []
    for room in sorted(_rooms(root)):
        caller = room.name.removeprefix(ROOM_PREFIX).partition("-")[0]
        if caller.isdecimal() and Path(f"/proc/{caller}").exists():
            continue
        if newest_change(room) < older_than.timestamp():
            shutil.rmtree(room, ignore_errors=True)
            removed.append(room.name)
    return removed


def _rooms(root: Path) -> Iterator[Path]:
    """Folders that are rooms; links are neither followed nor taken for one."""
    for folder, names, _ in os.walk(root):
        rooms = [name for name in names if name.startswith(ROOM_PREFIX)]
        names[:] = [name for name in names if name not in rooms]
        yield from (Path(folder, name) for name in rooms if not Path(folder, name).is_symlink())


def newest_change(folder: Path) -> float:
    """When anything in a folder last changed, as seconds since 1970; 0 when it is gone."""
    newest = 0.0
    for path in (folder, *folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            newest = max(newest, path.lstat().st_mtime)
    return newest


@contextmanager
def _room(writable: Sequence[Path]) -> Iterator[Path | None]:
    """A folder for temporary files, inside what the process may write to anyway."""
    if not writable:
        yield None
        return
    room = Path(tempfile.mkdtemp(prefix=f"{ROOM_PREFIX}{os.getpid()}-", dir=writable[0]))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def _process(room: Path | None) -> Iterator[subprocess.Popen[bytes]]:
    """The process, in a session of its own, with nothing of our environment; gone at the end in any case."""
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"}
    if room:
        environment["TMPDIR"] = str(room)
    process = subprocess.Popen(
        [sys.executable, "-s", "-m", "extracts.sealed"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a library's complaint may hold values
        cwd=REPOSITORY,
        env=environment,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # Also after a good end: what the job started and left behind ends with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


def _hand_over(process: subprocess.Popen[bytes], task: bytes) -> None:
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):  # it died already, which its silence tells
        process.stdin.write(task)
        process.stdin.close()


def _answer(process: subprocess.Popen[bytes], progress: Progress, cancelled: Callable[[], bool]) -> dict[str, Any]:
    for line in _lines(process, cancelled):
        message = json.loads(line)
        kind, content = message["kind"], message["content"]
        if kind == "progress":
            progress(str(content[0]), float(content[1]))
        elif kind == "result":
            return dict(content)
        elif kind == "refused":
            raise JobRefused(Finding.from_json(one) for one in content)
        elif kind == "no walls":
            raise SealUnavailable(content)
        else:
            raise JobFailed(content)
    code = process.wait()
    raise JobFailed(f"ended by signal {-code}" if code < 0 else f"ended with code {code}, without a result")


def _lines(process: subprocess.Popen[bytes], cancelled: Callable[[], bool]) -> Iterator[bytes]:
    """Whole lines as they come. Raises Cancelled soon after the caller asks for it."""
    assert process.stdout
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if cancelled():
                raise Cancelled
            if not selector.select(LOOK_UP_SECONDS):
                continue
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
