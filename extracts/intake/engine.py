"""The engine that looks at deliveries: DuckDB with bounded memory, spilling into the process's own room."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from extracts.conversion import text

MEMORY = "1GB"
THREADS = 2


@contextmanager
def engine(memory: str = MEMORY) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection, and a room for drafts that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="intake-") as room:
        connection = duckdb.connect(":memory:")
        settings = {
            "temp_directory": text(Path(room) / "spill"),
            "memory_limit": text(memory),
            "threads": str(THREADS),
            "enable_progress_bar": "false",
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        try:
            for name, value in settings.items():
                connection.execute(f"SET {name} = {value}")
            yield connection, Path(room)
        finally:
            connection.close()
