"""The ledger on disk: every released cell, by whom it counts, for as long as the ledger lives.

A folder holds `ledger.json` (seed, width, key), `log.jsonl` (a chain of digests) and one segment per
release with its tables, sketches, sets of people and the people met for the first time. Nothing is
changed after it is written: a withdrawn release stays, as who has seen it still knows it. Writers
take turns; readers see the last whole state and need no lock.
"""

from __future__ import annotations

import fcntl
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyroaring import BitMap

from extracts.disclosure.ledger import log, register
from extracts.disclosure.ledger.contents import Segment, content
from extracts.disclosure.ledger.explained import Apart, Entry, explain
from extracts.disclosure.ledger.hits import Hit
from extracts.disclosure.ledger.microdata import CannotRecompute, Member, Microdata, members
from extracts.disclosure.ledger.released import ReleasedTable
from extracts.disclosure.ledger.segment import LedgerDamaged, sha256, written
from extracts.disclosure.ledger.sketches import Index, Nested, Sketches, nested, sketch

FORMAT = 1
WIDTH = 20  # the strictest threshold of the presets
HEADER = "ledger.json"


class UnknownRelease(ValueError):
    """The ledger has no release by this name, or has one already."""


@dataclass(frozen=True)
class Release:
    """What left together.

    name     unique in the ledger
    project  whose output it was
    dataset  version of the data
    on       ISO date
    """

    name: str
    project: str = ""
    dataset: str = ""
    on: str = ""


class Ledger:
    """All releases so far, as one state of the folder. `add` and `withdraw` move on to the next."""

    def __init__(self, folder: Path, expect: str = "") -> None:
        """Use `open` or `create`."""
        self.folder = folder
        self._read(expect)

    def _read(self, expect: str) -> None:
        """Read and check everything. Raises LedgerDamaged."""
        folder = self.folder
        self.header = _header(folder)
        self.entries = log.read(folder, self._first())
        if expect and expect not in {self._first(), *(entry.digest for entry in self.entries)}:
            raise LedgerDamaged("The ledger lacks an entry that it had when its digest was noted.")
        self.segments = [
            Segment(folder, entry.told, self.header["width"]) for entry in self.entries if entry.what == "add"
        ]
        self.__dict__.pop("sketches", None)

    @classmethod
    def create(cls, folder: Path, *, width: int = WIDTH, seed: int | None = None) -> Ledger:
        """A new ledger in an empty or absent folder. `width` is the largest threshold that it can serve.

        Raises LedgerDamaged when the folder holds something.
        """
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise LedgerDamaged("A ledger can only be made in an empty folder.")
        seed = secrets.randbits(32) if seed is None else seed
        header = {"format": FORMAT, "width": width, "seed": seed, "key": secrets.token_hex(8)}
        log.write(folder, [])
        written(folder / HEADER, json.dumps(header, sort_keys=True).encode())
        return cls(folder)

    @classmethod
    def open(cls, folder: Path | str, *, expect: str = "") -> Ledger:
        """The ledger in a folder. Raises LedgerDamaged when there is none, or any byte is not as written.

        expect  a digest noted before, which the log must hold: so a log cut short is found too
        """
        return cls(Path(folder), expect)

    @property
    def digest(self) -> str:
        """Stands for everything in the ledger; note it elsewhere to notice what is cut off."""
        return self.entries[-1].digest if self.entries else self._first()

    def _first(self) -> str:
        return log.digest("", "ledger", self.header)

    @property
    def releases(self) -> dict[str, Release]:
        """All releases by name, withdrawn ones too."""
        return {entry.told["release"]["name"]: Release(**entry.told["release"]) for entry in self._added}

    @property
    def withdrawn(self) -> frozenset[str]:
        """Names of the releases that were withdrawn. They still count."""
        return frozenset(entry.told["name"] for entry in self.entries if entry.what == "withdraw")

    @property
    def _added(self) -> list[log.Entry]:
        return [entry for entry in self.entries if entry.what == "add"]

    @property
    def tables(self) -> list[ReleasedTable]:
        """Every released table, for differencing without records."""
        return [table for segment in self.segments for table in segment.tables]

    @property
    def unrecorded(self) -> tuple[str, ...]:
        """Releases that have cells whose people are not known: only their tables can be compared."""
        return tuple(segment.name for segment in self.segments if not segment.complete)

    @property
    def known(self) -> register.Hashes:
        """Hashes of all people met, in the order of their numbers."""
        return np.concatenate([np.empty(0, np.uint64), *(segment.people for segment in self.segments)])

    def numbered(self, frame: pd.DataFrame, unit: str) -> Microdata:
        """Records with the ledger's numbers of their people; new people are numbered but not kept.

        Raises CannotRecompute.
        """
        return self._numbered(frame, unit)[0]

    def _numbered(self, frame: pd.DataFrame, unit: str) -> tuple[Microdata, register.Hashes]:
        if unit not in frame or frame[unit].isna().any():
            raise CannotRecompute(f"The records have no column {unit}, or it is missing in some.")
        people, fresh = register.numbers(register.hashes(frame[unit], self.header["key"]), self.known)
        return Microdata(frame, people), fresh

    def add(
        self,
        release: Release,
        tables: Sequence[ReleasedTable],
        frame: pd.DataFrame | None = None,
        unit: str | None = None,
    ) -> None:
        """Add a release, with the records that its tables were made from if they are at hand.

        Tables take the release's name. Those that cannot be made anew from the records are kept
        without people, and the release is named by `unrecorded`. Raises UnknownRelease when the
        name is taken, CannotRecompute without a unit.
        """
        with self._turn():
            if release.name in self.releases:
                raise UnknownRelease("The ledger has a release by this name already.")
            if frame is not None and unit is None:
                raise CannotRecompute("The ledger needs to know which column tells people apart.")
            data, fresh = self._numbered(frame, unit) if frame is not None and unit else (None, self.known[:0])
            named = [replace(table, release=release.name, new=False) for table in tables]
            packed = content(named, data, fresh, self.header["width"], self.header["seed"])
            name = f"{len(self.entries) + 1:06d}-{secrets.token_hex(4)}.segment"
            written(self.folder / name, packed)
            told = {"release": asdict(release), "file": name, "sha256": sha256(self.folder / name)}
            self._append("add", told)

    def withdraw(self, release: str) -> None:
        """Note that a release was withdrawn; its cells still count. Raises UnknownRelease."""
        with self._turn():
            if release not in self.releases or release in self.withdrawn:
                raise UnknownRelease("The ledger has no such release that could be withdrawn.")
            self._append("withdraw", {"name": release})

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The turn to write: the newest state, and nobody else writing."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._read(self.digest)
            yield

    def _append(self, what: str, told: dict[str, Any]) -> None:
        entry = log.Entry(what, told, log.digest(self.digest, what, told))
        log.write(self.folder, [*self.entries, entry])
        self._read(entry.digest)

    @cached_property
    def sketches(self) -> Sketches:
        """The sketches of all released cells whose people are known, over all segments."""
        width = self.header["width"]
        size = np.concatenate([np.empty(0, np.uint32), *(segment.size for segment in self.segments)])
        first = np.concatenate([np.empty((0, width), np.uint32), *(segment.first for segment in self.segments)])
        return Sketches(size, first, self._people)

    def _segment(self, place: int) -> tuple[Segment, int]:
        ends = np.cumsum([len(segment.size) for segment in self.segments])
        number = int(np.searchsorted(ends, place, side="right"))
        return self.segments[number], place - int(ends[number]) + len(self.segments[number].size)

    def _people(self, place: int) -> BitMap:
        segment, own = self._segment(place)
        return segment.cell(own)

    def check(self, tables: Sequence[ReleasedTable], data: Microdata, *, threshold: int) -> list[Hit]:
        """What cells of new tables give away beside any released cell whose people are known.

        data  the records with this ledger's numbers (`numbered`). Cells of `unrecorded` releases
              are not looked at. Raises CannotRecompute and UnreadablePopulation for a table that
              cannot be made anew, ValueError for a threshold above the ledger's width.
        """
        made = [(table, member) for table in tables for member in members(table, data)]
        return self.check_members(made, threshold=threshold)

    def check_members(self, made: Sequence[tuple[ReleasedTable, Member]], *, threshold: int) -> list[Hit]:
        """The same for cells whose people, by this ledger's numbers, are known already."""
        new = sketch((member.people for _, member in made), width=self.header["width"], seed=self.header["seed"])
        index = Index.of(self.sketches, threshold)
        return explain([self._apart(pair, made) for pair in nested(new, index, threshold)], threshold)

    def _apart(self, pair: Nested, made: Sequence[tuple[ReleasedTable, Member]]) -> Apart:
        table, member = made[pair.first]
        mine = Entry(table, member.place, len(member.people), member.measure)
        segment, own = self._segment(pair.second)
        theirs = segment.entry(own)
        return Apart(mine, theirs) if pair.first_is_part else Apart(theirs, mine)


def _header(folder: Path) -> dict[str, Any]:
    """The header of a ledger. Raises LedgerDamaged."""
    try:
        header = json.loads((folder / HEADER).read_text(encoding="utf-8"))
        if header["format"] != FORMAT or not {"width", "seed", "key"} <= header.keys():
            raise LedgerDamaged("The ledger has a form that this version cannot read.")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerDamaged("There is no ledger in this folder, or its header cannot be read.") from error
    return dict(header)
