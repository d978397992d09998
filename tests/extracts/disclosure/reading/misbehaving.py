"""A guarded child whose readers do what the first word of the file says: the walls must hold."""

import ctypes
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading import child, formats
from extracts.disclosure.reading.contents import Contents, Part, PartKind


def _swallowed(content: bytes) -> None:
    try:
        Path("/etc/passwd").read_bytes()
    except OSError:
        return


def _temporary(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a").write_bytes(content)


ACTS = {
    "sleep":      lambda content: time.sleep(60),
    "spin":       lambda content: sum(iter(int, 1)),
    "fill":       lambda content: bytearray(8 * 2**30),
    "die":        lambda content: os._exit(3),
    "segfault":   lambda content: ctypes.string_at(0),
    "raise":      lambda content: 1 / 0,
    "print":      lambda content: print("something", flush=True),
    "read":       lambda content: Path("/etc/passwd").read_bytes(),
    "swallow":    _swallowed,
    "repository": lambda content: (Path(__file__).resolve().parents[4] / "pyproject.toml").read_bytes(),
    "link":       lambda content: Path("/proc/self/root/etc/passwd").read_bytes(),
    "list":       lambda content: os.listdir("/etc"),
    "write":      lambda content: Path("/tmp/outside").write_bytes(content),
    "library":    lambda content: (Path(sys.prefix) / "outside").write_bytes(content),
    "run":        lambda content: subprocess.run(["true"], check=True),
    "system":     lambda content: os.system("true"),
    "fork":       lambda content: os.fork(),
    "connect":    lambda content: socket.create_connection(("192.0.2.1", 80), timeout=1),
    "fetch":      lambda content: urllib.request.urlopen("http://192.0.2.1/", timeout=1),
    "unpickle":   lambda content: pickle.loads(pickle.dumps(Path("a"))),
    "temporary":  _temporary,
    "long":       lambda content: None,
    "nothing":    lambda content: None,
}  # fmt: skip


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """Do what the file says, then give it as text."""
    act = content.decode().split()[0]
    ACTS[act](content)
    text = "x" * (300 * 2**20) if act == "long" else act
    return Contents("text", (Part(PartKind.TEXT, text=text),))


if __name__ == "__main__":
    formats.read = read
    child.main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
