"""A Spark session that can run linkage, release builds and extracts: on this machine, or on a cluster that is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pyspark import SparkContext
from pyspark.sql import SparkSession

# What results depend on, wherever they run: one time zone, and moments that are read as they were written.
MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
}
# What speed depends on: columns go to Python as Arrow, small tables need few partitions, and plans with hundreds of
# steps are not described anew, step by step, to a page that is closed.
WORK = {
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ui.explainMode": "simple",
}
# What must not be seen or kept: no web page of queries, and what is spilled or shuffled is enciphered.
PRIVACY = {"spark.ui.enabled": "false", "spark.eventLog.enabled": "false", "spark.io.encryption.enabled": "true"}
JAVA_SECONDS = 30  # to end by itself


@contextmanager
def session_of(
    master: str,
    *,
    partitions: int,
    checkpoint: str = "",
    memory: str = "4g",
    settings: Mapping[str, str] | None = None,
) -> Iterator[SparkSession]:
    """A session on `master`, such as spark://host:7077, yarn or k8s://https://host; stopped at the end.

    partitions  into how many parts tables are divided: two to four for each core of the cluster
    checkpoint  where linkage's intermediate tables go: a path that every machine sees, such as s3a://bucket/scratch.
                Whatever linkage compares passes through it, so it belongs to the identifiers' zone
    memory      of the driver; that of the executors, and keys of the object storage, come as `settings`
    """
    builder = SparkSession.builder.master(master).appName("gatehouse")
    options = {
        **MEANING, **WORK, **PRIVACY,
        "spark.driver.memory": memory,
        "spark.sql.shuffle.partitions": str(partitions),
        "spark.default.parallelism": str(partitions),
        **(settings or {}),
    }  # fmt: skip
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    if checkpoint:
        session.sparkContext.setCheckpointDir(checkpoint)
    here = sys.executable if master.partition("[")[0] == "local" else ""  # its workers see the packages that we see
    if python := options.get("spark.pyspark.python", here):  # which Spark reads of programs that it starts itself
        session.sparkContext.pythonExec = python
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def local_session(folder: Path, *, cores: int = 2, memory: str = "2g") -> Iterator[SparkSession]:
    """A session in this process, for tests and for trying things out; everything it writes is below `folder`."""
    checkpoint = folder / "checkpoint"
    checkpoint.mkdir(parents=True, exist_ok=True)
    with session_of(
        f"local[{cores}]",
        partitions=cores,
        checkpoint=str(checkpoint),
        memory=memory,
        settings=on_this_machine(folder),
    ) as session:
        yield session


def on_this_machine(folder: Path) -> dict[str, str]:
    """Settings of a session in this process alone: it writes below `folder` and listens to no other machine."""
    return {
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }


def end_java() -> None:
    """End the Java of this process's sessions, which outlives them; the next session starts another."""
    gateway, SparkContext._gateway, SparkContext._jvm = SparkContext._gateway, None, None
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()  # what it waits for
        try:
            gateway.proc.wait(JAVA_SECONDS)
        except subprocess.TimeoutExpired:
            gateway.proc.kill()
