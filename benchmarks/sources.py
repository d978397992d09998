"""Making up deliveries, against writing the same tables to Parquet.

The work: journeys, identities, mistakes, shuffling, both streams and the truth, written chunk by chunk. The baseline:
pyarrow writes the same finished tables, read beforehand, with the same settings. Sizes are people, or identity records
where nothing else is made. Memory must not grow with size; `rows` counts both streams, not the truth.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.harness import Benchmark, Case
from extracts.synthetic.deliveries import write_deliveries
from extracts.synthetic.files import Files

DESCRIPTION = Path(__file__).parents[1] / "governance" / "catalogue" / "datasets" / "cjs_linked"
SEED = 1


def prepare(folder: Path, people: int) -> None:
    """The deliveries, for the baseline to write again."""
    make_up(people, folder / "made", identity_only=False)


def prepare_identities(folder: Path, records: int) -> None:
    """The same for identity records alone."""
    make_up(records, folder / "made", identity_only=True)


def make(data: Path, out: Path, people: int) -> None:
    make_up(people, out / "made", identity_only=False)


def make_identities(data: Path, out: Path, records: int) -> None:
    make_up(records, out / "made", identity_only=True)


def write_again(data: Path, out: Path, size: int) -> None:
    """The baseline: every file read and written once more, a row group at a time."""
    made = data / "made"
    with Files(out / "again") as files:
        for path in sorted(made.rglob("*.parquet")):
            file = pq.ParquetFile(path)
            for group in range(file.num_row_groups):
                files.append(str(path.relative_to(made)), file.read_row_group(group), repeated=file.schema_arrow.names)


def make_up(size: int, into: Path, *, identity_only: bool, seed: int = SEED) -> None:
    """Deliveries and their truth in a folder."""
    write_deliveries(
        size, seed=seed, codelists=DESCRIPTION / "codelists", providers=DESCRIPTION / "providers", into=into,
        identity_only=identity_only,
    )  # fmt: skip


BENCHMARK = Benchmark(
    name="sources",
    sizes=(100_000, 500_000),
    quick_sizes=(5_000,),
    cases=(
        Case("deliveries",       "Parquet read and written again", prepare,            make,            write_again),
        Case("identity records", "Parquet read and written again", prepare_identities, make_identities, write_again,
             sizes=(1_000_000, 5_000_000)),
    ),
    quick_rounds=1,
)  # fmt: skip
