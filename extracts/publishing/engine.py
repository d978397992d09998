"""A DuckDB of one's own for making a release: bounded memory, a folder to spill to, surrogates under one key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extracts.conversion import text
from extracts.surrogates import Surrogates
from governance.catalogue.catalogue import Dataset


@dataclass(frozen=True)
class Engine:
    connection: duckdb.DuckDBPyConnection
    surrogates: Surrogates


@contextmanager
def engine(
    dataset: Dataset, *, key: bytes, spill: Path, memory_limit: str, threads: int | None = None
) -> Iterator[Engine]:
    """A connection that knows the surrogates of every key domain; `threads` is all cores when not given.

    spill  a folder that is made if need be, for what memory cannot hold
    """
    spill.mkdir(parents=True, exist_ok=True)
    with closing(duckdb.connect(":memory:")) as connection, closing(Surrogates(key, spill)) as surrogates:
        settings = {
            "temp_directory": text(spill / "duckdb"),
            "memory_limit": text(memory_limit),
            "enable_progress_bar": "false",
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            **({"threads": str(int(threads))} if threads else {}),
        }
        for name, value in settings.items():
            connection.execute(f"SET {name} = {value}")
        surrogates.offer(connection, dataset.keys)
        yield Engine(connection, surrogates)
