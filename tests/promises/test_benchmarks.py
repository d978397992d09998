"""The harness measures what its contract says: a ratio against a named baseline, with memory, at two sizes."""

import subprocess
import sys
from dataclasses import asdict

import pytest
from django.conf import settings

from benchmarks import __main__ as command
from benchmarks import harness
from tests.promises.sums import add_up, benchmark, give_up

FIELDS = {"benchmark", "case", "size", "ratio", "seconds", "baseline_seconds", "peak_mib"}


@pytest.mark.slow
def test_a_quick_run_measures_each_case_at_two_sizes():
    measured = [asdict(result) for result in harness.results(benchmark(add_up), quick=True)]
    assert [row["size"] for row in measured] == [50, 100]
    for row in measured:
        assert row.keys() >= FIELDS
        assert (row["benchmark"], row["case"], row["baseline"], row["rounds"]) == ("sums", "adding", "adding too", 3)
        assert row["ratio"] > 0 and row["peak_mib"] > 1


def test_work_that_fails_is_no_measurement():
    with pytest.raises(RuntimeError, match="failed in its process"):
        list(harness.results(benchmark(give_up), quick=True))


def test_the_first_benchmark_is_of_the_sizes_agreed():
    assert command.BENCHMARKS["extract"].sizes == (1_000_000, 5_000_000, 20_000_000)


def test_permissions_are_measured_on_both_databases_at_a_million_grants():
    permissions = command.BENCHMARKS["permissions"]
    assert permissions.sizes == (10_000, 100_000)
    databases = {case.name.rpartition(", ")[2] for case in permissions.cases}
    assert databases == {"SQLite", "PostgreSQL"} and len(permissions.cases) == 10


@pytest.mark.slow
def test_an_unknown_benchmark_is_named():
    asked = [sys.executable, "-m", "benchmarks", "no-such"]
    result = subprocess.run(asked, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "no-such" in result.stderr
