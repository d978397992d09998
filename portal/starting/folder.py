"""What must be free before anything is started: the data folder, the port, room for a socket's path."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The kernel holds 108 bytes of a socket's path; supervisord adds its process id while it makes one.
LONGEST_SOCKET_PATH = 92


class CannotStart(Exception):
    """Nothing was left running; the message is for the person who started it."""


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Hold the data folder for this process alone, until it ends in whichever way.

    The lock is on the folder itself, so it leaves no file behind and cannot go stale.
    Raises CannotStart when another process holds it.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise CannotStart(
            f"Gatehouse is already running on {data}. Stop it first, or set GATEHOUSE_DATA to another folder."
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)


def check_port(host: str, port: int) -> None:
    """Raises CannotStart unless a server can listen on `host` and `port` now."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as problem:
        raise CannotStart(_why_not(host, port, problem)) from None


def _why_not(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken. Stop what uses it, or set GATEHOUSE_PORT to a free one."
    return f"Gatehouse cannot listen on {host} port {port}: {problem.strerror or problem}."


@contextmanager
def socket_folder(wanted: Path, longest_name: str) -> Iterator[Path]:
    """`wanted`, private to its owner, or a short temporary folder when a socket's path there would be too long."""
    if len(os.fsencode(wanted / longest_name)) <= LONGEST_SOCKET_PATH:
        wanted.mkdir(parents=True, exist_ok=True)
        wanted.chmod(0o700)
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="gatehouse-", ignore_cleanup_errors=True) as short:
        yield Path(short)
