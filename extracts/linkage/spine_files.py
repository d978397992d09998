"""The standing spine on disk: a folder for each run, made whole, from the one before. Only the last two are kept.

A run reads the spine of the run before it and writes its own, so that running it again begins at the same place and
gives the same bytes. Older spines are removed: they hold records that may have been withdrawn since.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from extracts.linkage.whole_files import write_json
from extracts.providers import Finding, Refusal

FORMAT = 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")

RECORDS, EDGES, PERSONS = "records.parquet", "edges.parquet", "persons.parquet"
USED, DECIDED, PAIRS = "used.parquet", "decided.parquet", "pairs.parquet"


class BadSpine(Refusal):
    """The spine cannot be continued from. The reason names a run or a delivery, never a value."""

    def __init__(self, reason: str, *, file: str = "") -> None:
        super().__init__([Finding(file, reason)])

    def __str__(self) -> str:
        return self.findings[0].reason


@dataclass(frozen=True)
class State:
    """What a spine is made of.

    previous    the run that it continued, or ""
    engine      what scored its pairs: pairs of another engine cannot stand beside them
    deliveries  "provider/delivery" -> SHA-256 of its files
    next_rid    the first number that no record has had
    """

    run: str
    previous: str
    engine: str
    deliveries: dict[str, str]
    next_rid: int


EMPTY = State(run="", previous="", engine="", deliveries={}, next_rid=0)


def predecessor(spine: Path, run: str) -> State:
    """The spine that this run continues: the current one, or, when that is this run's own, the one before it.

    Raises BadSpine when the run is an older one, whose predecessor is gone.
    """
    if not NAME.fullmatch(run):
        raise BadSpine("The name of a run is letters, digits, dots, hyphens and underscores.")
    current = _current(spine)
    if current != run:
        if (spine / run).exists():
            raise BadSpine(f"The spine has gone on since run {run}: it cannot be run again.")
        return _read(spine, current)
    return _read(spine, _read(spine, run).previous)


def _current(spine: Path) -> str:
    path = spine / "current.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["run"]) if path.is_file() else ""


def _read(spine: Path, run: str) -> State:
    if not run:
        return EMPTY
    try:
        read = json.loads((spine / run / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadSpine(f"The spine of run {run} is gone.") from error
    if read.pop("format") != FORMAT:
        raise BadSpine(f"The spine of run {run} is of another format: link all deliveries afresh.")
    return State(**read)


def drafted(spine: Path, run: str) -> Path:
    """An empty folder to make the run's spine in."""
    folder = spine / f".{run}.draft"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def put_in_place(spine: Path, draft: Path, state: State) -> None:
    """Make the drafted folder the current spine, and remove all but its predecessor."""
    write_json(draft / "state.json", {"format": FORMAT, **asdict(state)})
    final = spine / state.run
    if final.exists():
        final.rename(spine / f".{state.run}.old")
    draft.rename(final)
    write_json(spine / "current.json", {"run": state.run})
    for folder in spine.iterdir():
        if folder.is_dir() and folder.name not in {state.run, state.previous}:
            shutil.rmtree(folder)
