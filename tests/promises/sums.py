"""A benchmark small enough for a test. It imports little, because each measurement starts a process."""

from pathlib import Path

from benchmarks import harness


def prepare(data: Path, size: int) -> None:
    (data / "numbers").write_text(" ".join(map(str, range(size))))


def add_up(data: Path, out: Path, size: int) -> None:
    numbers = [int(number) for number in (data / "numbers").read_text().split()]
    assert len(numbers) == size
    (out / "sum").write_text(str(sum(numbers)))


def give_up(data: Path, out: Path, size: int) -> None:
    raise SystemExit(3)


def benchmark(work: harness.Work) -> harness.Benchmark:
    case = harness.Case("adding", "adding too", prepare, work, add_up)
    return harness.Benchmark("sums", (500, 1000), (50, 100), (case,))
