"""What the ledger keeps of one release: its tables, and the people of every cell that records give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from extracts.disclosure.ledger.explained import Entry
from extracts.disclosure.ledger.microdata import Member, Microdata, members
from extracts.disclosure.ledger.packing import packed_table, unpacked_table
from extracts.disclosure.ledger.register import Hashes
from extracts.disclosure.ledger.released import ReleasedTable
from extracts.disclosure.ledger.segment import LedgerDamaged, packed, sha256, unpacked
from extracts.disclosure.ledger.sketches import sketch


class Segment:
    """One release as it lies on disk."""

    def __init__(self, folder: Path, told: Mapping[str, Any], width: int) -> None:
        path = folder / str(told["file"])
        if sha256(path) != told["sha256"]:
            raise LedgerDamaged(f"{path.name} was changed after it was written.")
        header, arrays = unpacked(path)
        self.name = str(told["release"]["name"])
        self.complete = bool(header["complete"])
        self.measures: list[str] = header["measures"]
        self.size, self.first, self.people = arrays["size"], arrays["first"], arrays["people"]
        self._arrays = arrays
        if self.first.shape != (len(self.size), width):
            raise LedgerDamaged(f"{path.name} does not fit the ledger.")

    def cell(self, place: int) -> BitMap:
        """The people of one cell."""
        start, end = self._arrays["starts"][place : place + 2].tolist()
        return BitMap.deserialize(self._arrays["sets"][start:end].tobytes())

    def entry(self, place: int) -> Entry:
        """One cell as an entry."""
        table, own, measure = (int(self._arrays[name][place]) for name in ("table", "place", "measure"))
        return Entry(self.tables[table], own, int(self.size[place]), self.measures[measure])

    @cached_property
    def tables(self) -> list[ReleasedTable]:
        """The tables of the release."""
        starts = self._arrays["table_starts"].tolist()
        content = self._arrays["tables"]
        try:
            return [unpacked_table(content[a:b].tobytes()) for a, b in pairwise(starts)]
        except (ValueError, KeyError) as error:
            raise LedgerDamaged(f"The tables of release {self.name} cannot be read.") from error


def content(tables: Sequence[ReleasedTable], data: Microdata | None, fresh: Hashes, width: int, seed: int) -> bytes:
    """The segment of a release."""
    made, complete = _made(tables, data)
    sketches = sketch((member.people for _, member in made), width=width, seed=seed)
    sets = [member.people.serialize() for _, member in made]
    packed_tables = [packed_table(table) for table in tables]
    measures = sorted({member.measure for _, member in made} | {""})
    arrays: dict[str, npt.NDArray[Any]] = {
        "size": sketches.size,
        "first": sketches.first,
        "people": fresh,
        "table": np.array([table for table, _ in made], dtype=np.uint32),
        "place": np.array([member.place for _, member in made], dtype=np.uint32),
        "measure": np.array([measures.index(member.measure) for _, member in made], dtype=np.uint32),
        "starts": _starts(sets),
        "sets": np.frombuffer(b"".join(sets), dtype=np.uint8),
        "table_starts": _starts(packed_tables),
        "tables": np.frombuffer(b"".join(packed_tables), dtype=np.uint8),
    }
    return packed({"complete": complete, "measures": measures}, arrays)


def _made(tables: Sequence[ReleasedTable], data: Microdata | None) -> tuple[list[tuple[int, Member]], bool]:
    """The people of every cell that can be made anew, by the number of its table; and whether all could."""
    if data is None:
        return [], not tables
    found, complete = list[tuple[int, Member]](), True
    for number, table in enumerate(tables):
        # Whom a share counts is told by no label, so shares can only be compared without records.
        complete &= not (table.cells.of_kind("percentage").states("number")).any()
        try:
            found += [(number, member) for member in members(table, data)]
        except ValueError:  # CannotRecompute, UnreadablePopulation
            complete = False
    return found, complete


def _starts(pieces: Sequence[bytes]) -> npt.NDArray[np.uint64]:
    starts: npt.NDArray[np.uint64] = np.cumsum([0, *(len(piece) for piece in pieces)], dtype=np.uint64)
    return starts
