"""An empty database as the migrations leave it: made once, and copied by each process of the tests.

Where it is copied `migrate` runs again, as it would on any database, and finds nothing left to do. A PostgreSQL
database is migrated by each process itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
MADE_FROM = ("requirements.lock", "portal/settings.py", "*/migrations/*.py", "*/*/migrations/*.py")


def put_in_place(kept: Path) -> None:
    """Begin with a copy as the database that the tests are about to open. `kept` is a folder that outlives this run."""
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = kept / f"{_digest()}.sqlite3"
        if not file.exists():
            _make(file)
        Path(connection.settings_dict["TEST"]["NAME"]).write_bytes(file.read_bytes())


def _digest() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _make(file: Path) -> None:
    """By the product's own command, in place of those that were made from other migrations."""
    for old in file.parent.glob("*.sqlite3"):
        old.unlink()
    with tempfile.TemporaryDirectory(dir=file.parent) as data:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("GATEHOUSE_", "DJANGO_"))}
        environment = own | {"GATEHOUSE_DEMO": "1", "GATEHOUSE_DATA": data}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        (Path(data) / "gatehouse.sqlite3").rename(file)
