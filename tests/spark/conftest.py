"""Fixtures of the distributed engine: one local session for all. Without pyspark only the dialect is tested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WITHOUT_SPARK = {"test_dialect.py"}
MODULES = {path.name for path in Path(__file__).parent.glob("test_*.py")}
# Tests are over before Java has compiled well what it compiles twice: one compiler, and a collector without threads.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
collect_ignore = [] if find_spec("pyspark") else sorted(MODULES - WITHOUT_SPARK)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from extracts.spark.session import local_session

    with local_session(tmp_path_factory.mktemp("spark")) as session:
        yield session
