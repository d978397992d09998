"""The same seed writes the same bytes; another seed writes others."""

import hashlib
from pathlib import Path

import pyarrow.parquet as pq

from extracts.synthetic.generate import BUILDERS
from extracts.synthetic.write import write

CODELISTS = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked" / "codelists"


def digests(files: dict[str, Path]) -> dict[str, str]:
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def test_same_seed_same_bytes_and_another_seed_other_bytes(tmp_path):
    first = digests(write(5_000, seed=1, codelists=CODELISTS, into=tmp_path / "a"))
    again = digests(write(5_000, seed=1, codelists=CODELISTS, into=tmp_path / "b"))
    other = digests(write(5_000, seed=2, codelists=CODELISTS, into=tmp_path / "c"))

    assert first == again
    assert all(first[name] != other[name] for name in BUILDERS)


def test_each_table_is_one_zstd_file_and_progress_runs_from_start_to_end(tmp_path):
    told = []
    files = write(
        500, seed=1, codelists=CODELISTS, into=tmp_path / "new" / "folder", progress=lambda *step: told.append(step)
    )

    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(
        f"{t}.parquet" for t in BUILDERS
    )
    for path in files.values():
        group = pq.ParquetFile(path).metadata.row_group(0)
        assert {group.column(place).compression for place in range(group.num_columns)} == {"ZSTD"}
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
