"""Measure work against a baseline: interleaved runs, each in a process of its own.

A ratio travels between machines where seconds do not, and runs that alternate share
whatever else the machine is doing.
"""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

# All three are called in another process, so they are plain functions of a module.
Prepare = Callable[[Path, int], None]
Work = Callable[[Path, Path, int], None]
Arguments = tuple[object, ...]

WARM_UP_SIZE = 1_000


@dataclass(frozen=True)
class Case:
    """One comparison.

    prepare   (data folder, size): makes the data that both sides read
    work      (data folder, an empty folder to write to, size): what is measured
    baseline  the same arguments: what it is compared with
    """

    name: str
    baseline_name: str
    prepare: Prepare
    work: Work
    baseline: Work


@dataclass(frozen=True)
class Benchmark:
    name: str
    sizes: tuple[int, ...]
    quick_sizes: tuple[int, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Result:
    """`ratio` is the median over the rounds of seconds / baseline seconds; the seconds are medians too.

    peak_mib  largest resident memory of a process that did the work, with interpreter and libraries
    """

    benchmark: str
    case: str
    baseline: str
    size: int
    rounds: int
    ratio: float
    seconds: float
    baseline_seconds: float
    peak_mib: float
    baseline_peak_mib: float


def results(benchmark: Benchmark, *, quick: bool) -> Iterator[Result]:
    """Run every case at every size; each result as soon as it is there. Leaves no file behind.

    Every measured process has done the same work once on a few rows before, because a
    worker pays for its imports once and not once an extract.
    """
    rounds = 3 if quick else 5
    for size in benchmark.quick_sizes if quick else benchmark.sizes:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
            root = Path(name)
            for number, prepare in enumerate(_preparations(benchmark)):
                for rows in (size, WARM_UP_SIZE):
                    _data(root, number, rows).mkdir()
                    measured(prepare, (_data(root, number, rows), rows))
                for case in benchmark.cases:
                    if case.prepare is prepare:
                        yield compare(benchmark.name, case, root, number, size, rounds)


def compare(benchmark: str, case: Case, root: Path, number: int, size: int, rounds: int) -> Result:
    """One case at one size: baseline and work by turns, `rounds` times."""
    pairs = []
    for _ in range(rounds):
        pairs.append(tuple(_once(work, root, number, size) for work in (case.baseline, case.work)))
    ours, theirs = [pair[1] for pair in pairs], [pair[0] for pair in pairs]
    return Result(
        benchmark=benchmark,
        case=case.name,
        baseline=case.baseline_name,
        size=size,
        rounds=rounds,
        ratio=round(statistics.median(our[0] / their[0] for our, their in zip(ours, theirs, strict=True)), 3),
        seconds=round(statistics.median(seconds for seconds, _ in ours), 3),
        baseline_seconds=round(statistics.median(seconds for seconds, _ in theirs), 3),
        peak_mib=round(max(peak for _, peak in ours), 1),
        baseline_peak_mib=round(max(peak for _, peak in theirs), 1),
    )


def measured(work: Callable[..., None], arguments: Arguments, *, warm_up: Arguments = ()) -> tuple[float, float]:
    """Seconds and peak resident MiB of one call in a fresh process. Raises RuntimeError when it fails there."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_in_child, args=(there, work, arguments, warm_up))
    child.start()
    there.close()
    try:
        seconds, peak = here.recv()
    except EOFError:
        raise RuntimeError("A benchmark failed in its process; its message is above.") from None
    finally:
        child.join()
    return seconds, peak


def _in_child(answer: Connection, work: Callable[..., None], arguments: Arguments, warm_up: Arguments) -> None:
    if warm_up:
        work(*warm_up)
    start = time.perf_counter()
    work(*arguments)
    seconds = time.perf_counter() - start
    # Linux counts this in KiB.
    answer.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _once(work: Work, root: Path, number: int, size: int) -> tuple[float, float]:
    """One measured call that writes to a folder which is empty before and gone after."""
    with (
        tempfile.TemporaryDirectory(prefix="out-", dir=root) as out,
        tempfile.TemporaryDirectory(prefix="warm-", dir=root) as warm,
    ):
        return measured(
            work,
            (_data(root, number, size), Path(out), size),
            warm_up=(_data(root, number, WARM_UP_SIZE), Path(warm), WARM_UP_SIZE),
        )


def _data(root: Path, number: int, size: int) -> Path:
    return root / f"data-{number}-{size}"


def _preparations(benchmark: Benchmark) -> Iterable[Prepare]:
    return dict.fromkeys(case.prepare for case in benchmark.cases)
