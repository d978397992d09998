"""Which engine runs the queries of extracts, as the operator set it. Imports pyspark only where Spark is asked for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from extracts.engines import EngineOf, OnDuckDB
from extracts.failures import EngineMissing

DUCKDB, SPARK = "duckdb", "spark"
ENGINES = (DUCKDB, SPARK)
OLDEST_JAVA = 17
# What crosses a network between machines: rows, and the project's key inside the pseudonym functions.
SECRECY = {"spark.authenticate": "true", "spark.network.crypto.enabled": "true"}


class SparkNeedsPyspark(EngineMissing):
    """Spark is asked for, and pyspark is not installed."""


class SparkNeedsJava17(EngineMissing):
    """Spark is asked for, and there is no Java that it could run on."""


class SettingIsFixed(ValueError):
    """A setting of Spark that results or secrecy depend on may not be set to anything else."""


@dataclass(frozen=True)
class Cluster:
    """Where Spark runs: `partitions` and the driver's `memory` as in `session_of`; `settings` go to Spark as given."""

    master: str = "local[*]"
    partitions: int = 16
    memory: str = "4g"
    settings: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def engine_for(engine: str, cluster: Cluster, *, release: Path, room: Path) -> Iterator[EngineOf]:
    """What `pipeline.build` takes as `engine_of`, for the release in that folder.

    engine  one of ENGINES
    room    an empty folder of this machine's that goes away after the build; Spark's driver spills to it

    Spark's session, and the Java that it runs in, end with the context: they have held the project's key.
    Raises SparkNeedsPyspark, SparkNeedsJava17 and SettingIsFixed.
    """
    if engine == DUCKDB:
        yield OnDuckDB
        return
    _refuse_without_spark()
    from extracts.spark.extract import OnSpark
    from extracts.spark.session import end_java, session_of

    settings = _settings(cluster, room)
    try:
        with session_of(
            cluster.master, partitions=cluster.partitions, memory=cluster.memory, settings=settings
        ) as session:
            yield partial(OnSpark, session, release)
    finally:
        end_java()


def why_no_spark() -> str:
    """Why Spark could not run on this machine, as a sentence; empty when it could."""
    try:
        _refuse_without_spark()
    except EngineMissing as problem:
        return str(problem)
    return ""


def _refuse_without_spark() -> None:
    if find_spec("pyspark") is None:
        raise SparkNeedsPyspark(
            "Extracts are set to run on Spark, and pyspark is not installed: "
            "python3 portal/starting/environment.py spark"
        )
    if _java_version() < OLDEST_JAVA:
        raise SparkNeedsJava17(
            "Extracts are set to run on Spark, and there is no Java 17: install it or set JAVA_HOME to it."
        )


def _java_version() -> int:
    """The major version of the Java that Spark's launcher would take; 0 if there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        return 0
    said = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _settings(cluster: Cluster, room: Path) -> dict[str, str]:
    """The cluster's settings with what goes without saying. Raises SettingIsFixed."""
    from extracts.spark.session import MEANING, PRIVACY, on_this_machine

    is_local = cluster.master.partition("[")[0] == "local"
    fixed = {**MEANING, **PRIVACY, **({} if is_local else SECRECY)}
    for name, value in cluster.settings.items():
        if fixed.get(name, value) != value:
            raise SettingIsFixed(f"{name} is always {fixed[name]} for extracts.")
    own = on_this_machine(room) if is_local else {"spark.local.dir": str(room / "local")}
    return {**own, **cluster.settings, **fixed}
