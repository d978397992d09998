"""Files from outside are read in a child process that has nothing but their bytes.

The child has limits of memory and time, opens no file but Python's own libraries, no connection and no
program, and gives back JSON. Whatever kills, stops or fills it is a file that cannot be read.

    with Guard() as guard:
        contents = guard.read("table.xlsx", content, SRS_10)
"""

from __future__ import annotations

import json
import os
import selectors
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading import wire
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.triage import KINDS, CannotRead, require_size, triage

SECONDS, MEGABYTES = 30.0, 1536
LARGEST_ANSWER = 256 * 2**20
START_SECONDS = 20.0
CURE = "Supply the table as a CSV or TSV file."
ROOT = Path(__file__).resolve().parents[3]


def read_all(
    files: Mapping[str, bytes], limits: Policy, *, seconds: float = SECONDS, megabytes: int = MEGABYTES
) -> dict[str, Contents | CannotRead]:
    """What each file holds, or why it cannot be read, by name. One child reads them all, unless one of them ends it.

    seconds    for each file, of the clock and of the processor
    megabytes  that the child may have in all
    """
    found: dict[str, Contents | CannotRead] = {}
    with Guard(seconds=seconds, megabytes=megabytes) as guard:
        for name, content in files.items():
            try:
                found[name] = guard.read(name, content, limits)
            except CannotRead as error:
                found[name] = error
    return found


def is_plain(name: str, content: bytes, limits: Policy) -> bool:
    """Whether a file is a CSV or TSV table of nothing but printable ASCII, which no parser could be misled by."""
    from extracts.disclosure.reading.encodings import CONTROL
    from extracts.disclosure.reading.formats import PLAIN

    if KINDS.get(Path(name).suffix.lower()) not in PLAIN or not content.isascii() or CONTROL.search(content):
        return False
    # Text that begins with a letter or digit is told by its first bytes alone: nothing is parsed or unpacked for it.
    return content[:1].isalnum() and triage(name, content, limits).kind in PLAIN


class Guard:
    """A child process that reads one file after the other. It starts with the first file, and anew after a mishap."""

    module = "extracts.disclosure.reading.child"

    def __init__(self, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self.seconds, self.megabytes = seconds, megabytes
        self.process: subprocess.Popen[bytes] | None = None
        self.scratch: tempfile.TemporaryDirectory[str] | None = None
        self.mishaps: dict[str, int] = {}

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, name: str, content: bytes, limits: Policy) -> Contents:
        """What a file holds. Raises CannotRead, also when reading it took too long, too much, or ended the child."""
        from extracts.disclosure.reading.formats import read

        require_size(content, limits)
        if is_plain(name, content, limits):
            return read(content, name, limits)
        answer = self._asked(json.dumps({"name": name, "limits": limits.to_json()}).encode(), content)
        if isinstance(answer, dict) and answer.get("full"):
            self.close()  # what a child without room left would make of the next file is not certain
        return wire.contents_of(answer)

    def _asked(self, question: bytes, content: bytes) -> Any:
        """The answer of the child. Raises CannotRead for whatever is none."""
        try:
            child = self.process or self._start()
            assert child.stdin and child.stdout
            _send(child.stdin, question)
            _send(child.stdin, content)
            answer = _receive(child.stdout, time.monotonic() + self.seconds)
            return json.loads(answer)
        except TimeoutError:
            raise self._mishap("hang", "Reading the file takes too long.") from None
        except (OSError, EOFError, ValueError, RecursionError):
            raise self._mishap("crash", "Reading the file broke off.") from None

    def _mishap(self, kind: str, problem: str) -> CannotRead:
        """End the child, and say what befell it."""
        self.mishaps[kind] = self.mishaps.get(kind, 0) + 1
        self.close()
        return CannotRead(problem, CURE)

    def _start(self) -> subprocess.Popen[bytes]:
        """A child that is ready. Raises OSError and its like when it doesn't become so."""
        self.scratch = tempfile.TemporaryDirectory(prefix="reading-")
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-B", "-m", self.module, self.scratch.name,
             str(self.megabytes), str(self.seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self.scratch.name,
            env=_environment(self.scratch.name), close_fds=True, start_new_session=True,
        )  # fmt: skip
        assert self.process.stdout
        if _receive(self.process.stdout, time.monotonic() + START_SECONDS) != b"ready":
            raise EOFError
        return self.process

    def close(self) -> None:
        """End the child. The next file starts another."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                try:
                    if stream:
                        stream.close()
                except OSError:
                    continue  # what was left in the pipe went with the child
        if self.scratch is not None:
            self.scratch.cleanup()
            self.scratch = None


def _environment(scratch: str) -> dict[str, str]:
    """Nothing of this process but where Python finds its modules; one thread for each library."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"), "1")
    return {**threads, "PYTHONPATH": str(ROOT), "HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8", "TZ": "UTC"}


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(struct.pack(">I", len(message)) + message)
    stream.flush()


def _receive(stream: IO[bytes], until: float) -> bytes:
    """One message. Raises TimeoutError, EOFError when the other end is gone, ValueError when it is too long."""
    (length,) = struct.unpack(">I", _exactly(stream, 4, until))
    if length > LARGEST_ANSWER:
        raise ValueError
    return _exactly(stream, length, until)


def _exactly(stream: IO[bytes], size: int, until: float) -> bytes:
    """So many bytes, as they come in."""
    pieces, left = [], size
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while left:
            if not selector.select(max(0.0, until - time.monotonic())):
                raise TimeoutError
            piece = os.read(stream.fileno(), min(left, 2**20))
            if not piece:
                raise EOFError
            pieces.append(piece)
            left -= len(piece)
    return b"".join(pieces)
