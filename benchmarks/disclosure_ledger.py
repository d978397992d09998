"""The ledger of released cells: how long a new output takes, and whether any nested pair is missed.

Made-up people with age, sex, area (nested in region), offence and year; releases are tables over
filters that differ by a year of age, a region or an offence, in bands of their own, as those of
several projects on one version of the data do.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyroaring import BitMap

from extracts.disclosure.ledger.microdata import Microdata, members
from extracts.disclosure.ledger.released import ReleasedTable
from extracts.disclosure.ledger.sketches import Index, nested, sketch
from extracts.disclosure.ledger.store import Ledger, Release
from extracts.disclosure.reading.cells import Cells

Codes = npt.NDArray[np.int64]
THRESHOLD = 10
OFFENCES = [f"Offence {number:02d}" for number in range(12)]


def made_up(persons: int, seed: int = 1) -> pd.DataFrame:
    """One record per person; offences and areas of very different size."""
    random = np.random.default_rng(seed)
    area = np.minimum(random.geometric(0.04, persons) - 1, 119)
    return pd.DataFrame(
        {
            "person_id": np.arange(persons) * 7 + 3,
            "age": np.minimum(10 + random.gamma(3.0, 9.0, persons).astype(np.int64), 89),
            "sex": np.where(random.random(persons) < 0.8, "M", "F"),
            "area": np.char.add("Area ", area.astype(str)),
            "region": np.char.add("Region ", (area // 12).astype(str)),
            "offence": np.array(OFFENCES)[np.minimum(random.geometric(0.3, persons) - 1, 11)],
            "year": 2015 + random.integers(0, 8, persons),
        }
    )


@dataclass(frozen=True)
class Design:
    """One table: filter, width of its bands of age, and its other dimensions."""

    population: str
    width: int
    dimensions: tuple[str, ...]


DESIGNS = (
    Design("", 5, ("area", "offence")),
    Design("age between 16 and 24", 1, ("area", "offence")),
    Design("age between 16 and 25", 1, ("area", "offence")),
    Design("offence <> 'Offence 03'", 2, ("area", "sex")),
    Design("sex = 'F'", 4, ("area", "offence")),
    Design("year >= 2016", 4, ("area", "offence")),
    Design("year >= 2016 and age >= 18", 3, ("area", "offence")),
    Design("region <> 'Region 9'", 3, ("area", "offence")),
)
NEW = Design("age between 16 and 26 and year <> 2022", 4, ("area", "sex"))


def table(frame: pd.DataFrame, design: Design, *, cells: int, release: str) -> ReleasedTable:
    """The first cells of a table of counts with all totals; "" for the request under check."""
    part = frame.query(_as_pandas(design.population)) if design.population else frame
    low = part["age"] // design.width * design.width
    codes = {"age": low.astype(str) + "-" + (low + design.width - 1).astype(str)}
    codes |= {name: part[name] for name in design.dimensions}
    counts = _counts(pd.DataFrame(codes))[:cells]
    labels = pd.DataFrame([key for key, _ in counts], columns=list(codes), dtype=str)
    value = np.array([count for _, count in counts], dtype=np.float64)
    facts = pd.DataFrame({"row": np.arange(2, len(value) + 2), "column": "count", "measure": "count", "kind": "count"})
    facts = facts.assign(state="number", value=value, spread=0.5, low=value, high=value)
    file = f"{release or 'new'}.csv"
    return ReleasedTable(file, release, Cells(labels, labels == "Total", facts), design.population, not release)


def _as_pandas(text: str) -> str:
    text = text.replace("<>", "!=").replace(" = ", " == ")
    return text.replace("age between 16 and ", "age >= 16 and age <= ")


def _counts(codes: pd.DataFrame) -> list[tuple[tuple[str, ...], int]]:
    """Every combination of labels that enough people have to be shown, with totals over every dimension."""
    found: dict[tuple[str, ...], int] = {}
    inner = codes.value_counts()
    for key, count in zip(inner.index, inner.to_numpy().tolist(), strict=True):
        for total in product((False, True), repeat=len(key)):
            label = tuple("Total" if is_total else text for text, is_total in zip(key, total, strict=True))
            found[label] = found.get(label, 0) + count
    return sorted((key, count) for key, count in found.items() if count >= THRESHOLD)


def prepare(folder: Path, frame: pd.DataFrame, cells: int) -> dict[str, float]:
    """A ledger with so many cells over all designs. Returns seconds, cells and MB on disk."""
    start, made, kept = time.perf_counter(), Ledger.create(folder, seed=9), 0
    for number, design in enumerate(DESIGNS):
        release = f"r{number}"
        own = table(frame, design, cells=(cells - kept) // (len(DESIGNS) - number), release=release)
        made.add(Release(release, f"Project {number % 3}", "v1"), [own], frame, "person_id")
        kept += len(own.cells)
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    return {"cells": kept, "seconds": round(time.perf_counter() - start, 2), "megabytes": round(size, 1)}


def check(folder: Path, frame: pd.DataFrame, cells: int) -> dict[str, float]:
    """One new output of so many cells against the ledger: seconds by step, resident growth in MiB, hits.

    The records are read before. CPU seconds are of all threads.
    """
    new = table(frame, NEW, cells=cells, release="")
    before, start, cpu_start = _resident("VmRSS", forget=True), time.perf_counter(), time.process_time()
    made = Ledger.open(folder)
    opened = time.perf_counter()
    data = made.numbered(frame, "person_id")
    numbered = time.perf_counter()
    anew = [(new, member) for member in members(new, data)]
    recomputed = time.perf_counter()
    hits = made.check_members(anew, threshold=THRESHOLD)
    end = time.perf_counter()
    cpu = time.process_time() - cpu_start
    return {
        "new_cells": len(anew),
        "released_cells": len(made.sketches),
        "open": round(opened - start, 3),
        "number_people": round(numbered - opened, 3),
        "recompute": round(recomputed - numbered, 3),
        "compare": round(end - recomputed, 3),
        "seconds": round(end - start, 3),
        "cpu_seconds": round(cpu, 3),
        "resident_growth_mib": round((_resident("VmHWM") - before) / 1024, 1),
        "hits": len(hits),
    }


def _resident(what: str, *, forget: bool = False) -> int:
    """KiB of memory that are resident now (VmRSS) or were at most (VmHWM) since this was last told to forget."""
    if forget:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1])


def completeness(frame: pd.DataFrame, cells: int) -> dict[str, float]:
    """All nested pairs among so many cells, by sketches and by brute force over every pair of sets."""
    data, sets = Microdata(frame, np.arange(len(frame), dtype=np.uint32)), list[BitMap]()
    for number, design in enumerate(DESIGNS):
        share = (cells - len(sets)) // (len(DESIGNS) - number)
        sets += [member.people for member in members(table(frame, design, cells=share, release=f"r{number}"), data)]
    start = time.perf_counter()
    sketches = sketch(sets, width=THRESHOLD, seed=9)
    pairs = nested(sketches, Index.of(sketches, THRESHOLD), THRESHOLD)
    found = {(pair.first, pair.second) for pair in pairs if pair.first_is_part}
    middle = time.perf_counter()
    expected = set(_brute_force(sets, sketches.size))
    end = time.perf_counter()
    return {
        "cells": len(sets),
        "pairs_by_sketches": len(found),
        "pairs_by_brute_force": len(expected),
        "missed": len(expected - found),
        "wrong": len(found - expected),
        "sketch_seconds": round(middle - start, 2),
        "brute_force_seconds": round(end - middle, 2),
    }


def _brute_force(sets: Sequence[BitMap], size: npt.NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
    """Every pair whose sizes are 1 to below the threshold apart, compared set by set."""
    order = np.argsort(size, kind="stable")
    ordered = size[order].astype(np.int64)
    first = np.searchsorted(ordered, ordered, side="right")
    last = np.searchsorted(ordered, ordered + THRESHOLD - 1, side="right")
    for place in np.flatnonzero(ordered > 0).tolist():
        part = sets[order[place]]
        for whole in order[first[place] : last[place]].tolist():
            if part.issubset(sets[whole]):
                yield int(order[place]), whole


def figures(folder: Path, *, persons: int = 1_000_000, cells: int = 60_000, new: int = 1_000) -> Mapping[str, object]:
    """Everything that is measured, in this process: some minutes, most of them brute force.

    folder  empty; a ledger is made in it. Completeness is measured on a tenth of the people.
    """
    frame = made_up(persons)
    return {
        "built": prepare(folder, frame, cells),
        "checked": check(folder, frame, new),
        "complete": completeness(made_up(persons // 10), 28_000 * cells // 60_000),
    }
