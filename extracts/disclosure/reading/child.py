"""The guarded child: reads files that come in by its standard input and writes what they hold to its output.

Started by `guarded`, with a folder for temporary files, megabytes and seconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import struct
import sys
from typing import IO, Any

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading import walls, wire
from extracts.disclosure.reading.triage import CannotRead

CURE = "Supply the table as a CSV or TSV file."


def main(scratch: str, megabytes: int, seconds: float) -> None:
    """Answer one file after the other until there are no more."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints must not get between the answers.
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    _limit(megabytes)
    refusals = walls.put_up(scratch)
    _send(target, b"ready")
    while (question := _receive(source)) is not None:
        content = _receive(source) or b""
        _limit_processor(seconds)
        refusals.clear()
        answer = _answer(json.loads(question), content)
        if refusals:
            answer = _as_bytes({"problem": f"Reading the file would have {refusals[0]}.", "cure": CURE})
        _send(target, answer)


def _as_bytes(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode()


def _answer(question: dict[str, Any], content: bytes) -> bytes:
    """What one file holds, or why it cannot be read: nothing that a reader raises ends the child."""
    from extracts.disclosure.reading.formats import read

    try:
        return _as_bytes(wire.as_json(read(content, question["name"], Policy.from_json(question["limits"]))))
    except CannotRead as error:
        return _as_bytes(wire.as_json(error))
    except MemoryError:
        return _as_bytes({"problem": "Reading the file takes too much memory.", "cure": CURE, "full": True})
    except BaseException as error:  # readers in Rust raise what is no Exception
        kind = type(error).__name__
        return _as_bytes({"problem": f"The file is damaged ({kind}).", "cure": CURE})


def _limit(megabytes: int) -> None:
    """Limits for good: memory, size of files, number of files and no dump of memory."""
    for what, most in (
        (resource.RLIMIT_AS, megabytes * 2**20), (resource.RLIMIT_FSIZE, 128 * 2**20), (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(what, (most, most))
    with contextlib.suppress(OSError, ValueError):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _limit_processor(seconds: float) -> None:
    """Time of the processor for the next file, beside what was used before."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(struct.pack(">I", len(message)) + message)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    """One message, or None when there are no more."""
    head = stream.read(4)
    return stream.read(struct.unpack(">I", head)[0]) if len(head) == 4 else None


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
