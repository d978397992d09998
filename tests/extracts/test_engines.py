"""Batches are even whoever makes them, and an engine that is not there is said to be missing."""

import errno
import json

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts import apps, engines, tasks
from extracts import services as extracts
from extracts.engines import OnDuckDB
from extracts.failures import NO_ENGINE
from extracts.spark import opening
from extracts.spark.opening import Cluster, SparkNeedsJava17, SparkNeedsPyspark, engine_for, why_no_spark
from extracts.specification import compile_specification
from tests.builders import an_agreement, catalogue, now
from tests.cast import person
from tests.extracts import small_dataset as small

SCHEMA = pa.schema([("number", pa.int64())])


@given(st.lists(st.integers(0, 25), max_size=8))
def test_batches_are_even_whatever_they_were(sizes):
    rows, parts = list(range(sum(sizes))), []
    for size in sizes:
        first = sum(map(len, parts))
        parts.append(pa.record_batch([pa.array(rows[first : first + size], pa.int64())], schema=SCHEMA))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "BATCH_ROWS", 10)
        made = engines.even(pa.RecordBatchReader.from_batches(SCHEMA, parts))
        assert made.schema == SCHEMA
        found = [batch["number"].to_pylist() for batch in made]
    assert found == [rows[first : first + 10] for first in range(0, len(rows), 10)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "problem",
    [
        MemoryError(), OSError(errno.ENOSPC, "No space left on device"), duckdb.OutOfMemoryException("no"),
        duckdb.InterruptException("stopped"),
    ],
    ids=["memory", "disk", "the engine's memory", "stopped"],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False], ids=["at once", "after some rows"])
def test_what_goes_wrong_before_the_sorting_is_raised_as_it_was(tmp_path, monkeypatch, problem, first):
    small.published(tmp_path)
    described = small.small_catalogue(tmp_path)
    spec = compile_specification(small.scope(crime=[("force", "force")]), described, "1")
    with small.open_small(tmp_path) as store:
        engine = OnDuckDB(spec, described, store, small.KEY)
        plain = engine._plain(spec.tables[0]).read_all()

        def some_rows():
            if not first:
                yield from plain.to_batches()
            raise problem

        with monkeypatch.context() as patch, pytest.raises(type(problem)):
            patch.setattr(engine, "_plain", lambda _: pa.RecordBatchReader.from_batches(plain.schema, some_rows()))
            engine.read(spec.tables[0]).read_all()
        assert engine.read(spec.tables[0]).read_all().num_rows == plain.num_rows, "the engine goes on"


def test_duckdb_is_the_engine_if_nothing_is_said(tmp_path):
    with engine_for("duckdb", Cluster(), release=tmp_path, room=tmp_path) as engine_of:
        assert engine_of is OnDuckDB


@pytest.fixture
def no_pyspark(monkeypatch):
    monkeypatch.setattr(opening, "find_spec", lambda name: None)


def test_spark_without_pyspark_is_refused(tmp_path, no_pyspark):
    with (
        pytest.raises(SparkNeedsPyspark, match="pyspark is not installed"),
        engine_for("spark", Cluster(), release=tmp_path, room=tmp_path),
    ):
        pass


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ('openjdk version "17.0.15" 2025-04-15', ""),
        ('openjdk version "21" 2023-09-19', ""),
        ('openjdk version "11.0.2" 2019-01-15', "no Java 17"),
        ('java version "1.8.0_202"', "no Java 17"),
        ("Picked up nothing", "no Java 17"),
    ],
)
def test_java_has_to_be_new_enough(tmp_path, monkeypatch, says, reason):
    """JAVA_HOME decides, as for Spark's own launcher."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    java.chmod(0o700)
    monkeypatch.setattr(opening, "find_spec", lambda name: name)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert reason in why_no_spark()
    assert bool(reason) == bool(why_no_spark())


def test_no_java_at_all_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "find_spec", lambda name: name)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with (
        pytest.raises(SparkNeedsJava17),
        engine_for("spark", Cluster(), release=tmp_path, room=tmp_path),
    ):
        pass


def test_checks_tell_that_spark_is_missing(settings, no_pyspark):
    assert apps.engine_is_there(None) == []
    settings.GATEHOUSE_EXTRACT_ENGINE = "spark"
    (warning,) = apps.engine_is_there(None)
    assert "pyspark is not installed" in warning.msg


@pytest.mark.slow
@pytest.mark.django_db
def test_an_extract_says_which_engine_made_it_or_was_missing(release, zones, settings, monkeypatch):
    """A task on the engine that is set; where that cannot be had the extract fails, says so, and can be retried."""
    extract = extracts.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())
    settings.GATEHOUSE_EXTRACT_ENGINE = "spark"
    with monkeypatch.context() as patch:
        patch.setattr(opening, "find_spec", lambda name: None)
        tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert (extract.state, extract.reason) == ("failed", NO_ENGINE)

    settings.GATEHOUSE_EXTRACT_ENGINE = "duckdb"
    extract = extracts.retry(extract, catalogue=catalogue(), by=person("ruth"), at=now())
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert extract.state == "delivered", extract.reason
    folder = zones.workspace(extract.project.reference) / extract.folder
    assert "duckdb" in json.loads((folder / "manifest.json").read_bytes())["engine"]
