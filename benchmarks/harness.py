"""Measure work against a baseline: interleaved runs, each in a process of its own.

A ratio travels between machines where seconds do not, and runs that alternate share
whatever else the machine is doing.
"""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

# All three are called in another process, so they are plain functions of a module.
Prepare = Callable[[Path, int], None]
Work = Callable[[Path, Path, int], None]
Judge = Callable[[Path, Path], dict[str, float]]
Arguments = tuple[object, ...]

WARM_UP_SIZE = 1_000
OWN_AND_CHILDREN = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


class CannotBeHad(Exception):
    """`prepare` lacks something from outside; a sentence that says what."""


@dataclass(frozen=True)
class Case:
    """One comparison.

    prepare   (data folder, size): makes the data that both sides read
    work      (data folder, an empty folder to write to, size): what is measured
    baseline  the same arguments: what it is compared with; None where there is nothing to compare with
    judge     (data folder, what was written): how good that is, `f1` among other things
    sizes, quick_sizes  instead of the benchmark's own
    """

    name: str
    baseline_name: str
    prepare: Prepare
    work: Work
    baseline: Work | None
    judge: Judge | None = None
    sizes: tuple[int, ...] = ()
    quick_sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Benchmark:
    name: str
    sizes: tuple[int, ...]
    quick_sizes: tuple[int, ...]
    cases: tuple[Case, ...]
    rounds: int = 5
    quick_rounds: int = 3

    def sizes_of(self, case: Case, *, quick: bool) -> tuple[int, ...]:
        return (case.quick_sizes or self.quick_sizes) if quick else (case.sizes or self.sizes)


@dataclass(frozen=True)
class Measured:
    """One run. `cpu_seconds` of all threads; `peak_mib` with the interpreter and all libraries."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    quality: dict[str, float]


@dataclass(frozen=True)
class Result:
    """`ratio` is the median over the rounds of seconds / baseline seconds; the seconds are medians too.

    per_cpu_second  size by the seconds of all cores together
    peak_mib        largest resident memory of a process that did the work, with interpreter and libraries
    quality         of the last round, where it is judged
    """

    benchmark: str
    case: str
    baseline: str
    size: int
    rounds: int
    ratio: float | None
    seconds: float
    baseline_seconds: float | None
    per_cpu_second: float
    peak_mib: float
    baseline_peak_mib: float | None
    quality: dict[str, float]
    baseline_quality: dict[str, float]


def results(benchmark: Benchmark, *, quick: bool, sizes: Sequence[int] = ()) -> Iterator[Result]:
    """Run every case at every size (or at `sizes` alone); each result as soon as it is there. Leaves no file behind.

    Every measured process has done the same work once on a few rows before, because a
    worker pays for its imports once and not once an extract; not in a quick run, whose figures tell nothing.
    """
    rounds = benchmark.quick_rounds if quick else benchmark.rounds
    asked = {case: benchmark.sizes_of(case, quick=quick) for case in benchmark.cases}
    for size in sizes or sorted({size for of_case in asked.values() for size in of_case}):
        cases = [case for case in benchmark.cases if size in asked[case] or (sizes and not case.sizes)]
        with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
            for number, prepare in enumerate(dict.fromkeys(case.prepare for case in cases)):
                own = [case for case in cases if case.prepare is prepare]
                try:
                    for rows in (size,) if quick else (size, WARM_UP_SIZE):
                        _data(Path(name), number, rows).mkdir()
                        measured(prepare, (_data(Path(name), number, rows), rows))
                except CannotBeHad as reason:
                    print(f"SKIPPED {', '.join(case.name for case in own)}: {reason}", file=sys.stderr)
                    continue
                for case in own:
                    yield compare(benchmark.name, case, Path(name), number, size, rounds, warm=not quick)


def compare(
    benchmark: str, case: Case, root: Path, number: int, size: int, rounds: int, *, warm: bool = True
) -> Result:
    """One case at one size: baseline and work by turns, `rounds` times."""
    ours, theirs = [], []
    for _ in range(rounds):
        if case.baseline:
            theirs.append(_once(case.baseline, case.judge, root, number, size, warm))
        ours.append(_once(case.work, case.judge, root, number, size, warm))
    ratios = [our.seconds / their.seconds for our, their in zip(ours, theirs, strict=False)]
    return Result(
        benchmark=benchmark,
        case=case.name,
        baseline=case.baseline_name,
        size=size,
        rounds=rounds,
        ratio=round(statistics.median(ratios), 3) if ratios else None,
        seconds=round(statistics.median(our.seconds for our in ours), 3),
        baseline_seconds=round(statistics.median(their.seconds for their in theirs), 3) if theirs else None,
        per_cpu_second=round(size / statistics.median(our.cpu_seconds for our in ours)),
        peak_mib=round(max(our.peak_mib for our in ours), 1),
        baseline_peak_mib=round(max(their.peak_mib for their in theirs), 1) if theirs else None,
        quality=ours[-1].quality,
        baseline_quality=theirs[-1].quality if theirs else {},
    )


def measured(work: Callable[..., None], arguments: Arguments, *, warm_up: Arguments = ()) -> Measured:
    """One call in a fresh process. Raises CannotBeHad as the call does, and RuntimeError when it fails otherwise."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_in_child, args=(there, work, arguments, warm_up))
    child.start()
    there.close()
    try:
        answer = here.recv()
    except EOFError:
        raise RuntimeError("A benchmark failed in its process; its message is above.") from None
    finally:
        child.join()
    if isinstance(answer, CannotBeHad):
        raise answer
    seconds, cpu_seconds, peak_mib = answer
    return Measured(seconds, cpu_seconds, peak_mib, {})


def _in_child(answer: Connection, work: Callable[..., None], arguments: Arguments, warm_up: Arguments) -> None:
    try:
        if warm_up:
            work(*warm_up)
        start, cpu_start = time.perf_counter(), _cpu_seconds()
        work(*arguments)
        seconds, cpu_seconds = time.perf_counter() - start, _cpu_seconds() - cpu_start
    except CannotBeHad as reason:
        answer.send(reason)
        return
    largest = max(resource.getrusage(who).ru_maxrss for who in OWN_AND_CHILDREN)
    answer.send((seconds, cpu_seconds, largest / 1024))  # Linux counts this in KiB


def _cpu_seconds() -> float:
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, OWN_AND_CHILDREN))


def _once(work: Work, judge: Judge | None, root: Path, number: int, size: int, warm: bool) -> Measured:
    """One measured call that writes to a folder which is empty before and gone after."""
    data = _data(root, number, size)
    with (
        tempfile.TemporaryDirectory(prefix="out-", dir=root) as out,
        tempfile.TemporaryDirectory(prefix="warm-", dir=root) as other,
    ):
        warm_up = (_data(root, number, WARM_UP_SIZE), Path(other), WARM_UP_SIZE) if warm else ()
        found = measured(work, (data, Path(out), size), warm_up=warm_up)
        return replace(found, quality=judge(data, Path(out)) if judge else {})


def _data(root: Path, number: int, size: int) -> Path:
    return root / f"data-{number}-{size}"
