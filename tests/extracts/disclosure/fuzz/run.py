"""The run: mutants through guarded children, and what became of each."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.guarded import Guard
from extracts.disclosure.reading.triage import CannotRead

from .corpus import CORPUS, TELLING
from .mutations import Mutant, mutant

LIMITS = Policy("fuzz", "1", max_bytes=4 * 2**20, max_cells=100_000)
SECONDS = 10.0


@dataclass
class Tally:
    """What became of the files. All but `read`, `turned_away` and `refused` must stay empty."""

    read: int = 0
    turned_away: int = 0
    unexpected: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    reached_outside: list[str] = field(default_factory=list)
    passed_unseen: list[str] = field(default_factory=list)
    means: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")

    @property
    def faults(self) -> list[str]:
        """Everything that must not happen."""
        return [*self.crashes, *self.hangs, *self.reached_outside, *self.passed_unseen]


def fuzz(files: int, seed: int, *, workers: int = 2, seconds: float = SECONDS) -> Tally:
    """Read so many mutants of the corpus; the same seed makes the same files."""
    bases = {name: make(TELLING) for name, make in CORPUS.items()}
    with Guard(seconds=60.0) as guard:
        wanted = {name: guard.read(name, content, LIMITS) for name, content in bases.items()}
    tally, lock = Tally(), threading.Lock()
    numbers = iter(range(files))

    def work() -> None:
        with Guard(seconds=seconds) as guard:
            for number in _taken(numbers, lock):
                one = mutant(random.Random(f"{seed}-{number}"), bases)
                started = time.monotonic()
                result = _read(guard, one)
                with lock:
                    _count(tally, number, one, result, wanted[one.base], time.monotonic() - started)

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work) for _ in range(workers)]:
            done.result()  # a worker that broke off must not pass for one that found nothing
    assert tally.read + tally.turned_away == files
    return tally


def _taken(numbers: Iterator[int], lock: threading.Lock) -> Iterator[int]:
    """Numbers that no other thread has taken."""
    while True:
        with lock:
            number = next(numbers, None)
        if number is None:
            return
        yield number


def _read(guard: Guard, one: Mutant) -> Contents | CannotRead:
    try:
        return guard.read(one.name, one.content, LIMITS)
    except CannotRead as error:
        return error


def _count(
    tally: Tally, number: int, one: Mutant, result: Contents | CannotRead, wanted: Contents, seconds: float
) -> None:
    """Put one result where it belongs."""
    said = f"{number}: {one.base} as {one.name}, {one.how}"
    tally.means[one.how] += 1
    tally.slowest = max(tally.slowest, (round(seconds, 2), said))
    if isinstance(result, Contents):
        tally.read += 1
        if one.seen and result == wanted:
            tally.passed_unseen.append(said)
        return
    tally.turned_away += 1
    if "broke off" in result.problem:
        tally.crashes.append(said)
    elif "too long" in result.problem and "Reading" in result.problem:
        tally.hangs.append(said)
    elif "would have" in result.problem:
        tally.reached_outside.append(f"{said}: {result.problem}")
    elif match := re.search(r"is damaged \((\w+)\)", result.problem):
        tally.unexpected[f"{one.base} {match[1]}"] += 1
