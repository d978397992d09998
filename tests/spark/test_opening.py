"""An extract as a worker builds it: a session of its own that leaves nothing behind, here or on a cluster."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pyspark
import pytest
from pyspark.sql import SparkSession

from extracts import delivery, tasks
from extracts import services as extracts
from extracts.engines import EngineOf
from extracts.spark.extract import OnSpark
from extracts.spark.opening import Cluster, SettingIsFixed, engine_for
from extracts.zones import Zones
from tests.builders import an_agreement, catalogue, now
from tests.cast import person
from tests.extracts import small_dataset as small
from tests.spark.comparing import Released
from tests.spark.own_process import whole

pytestmark = pytest.mark.spark

ROOT = Path(__file__).parents[2]
SPARK_HOME = Path(pyspark.__file__).parent
SECONDS = 600


@pytest.fixture
def root(tmp_path: Path) -> Path:
    small.published(tmp_path)
    return tmp_path


def built(root: Path, master: str, settings: dict[str, str]) -> dict[str, Any]:
    """Build on Spark in a process of its own; what it said of it. The files are those of DuckDB."""
    command = [sys.executable, "-m", "tests.spark.own_process", master, json.dumps(settings), str(root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr[-2000:]
    described = small.small_catalogue(root)
    released = Released(root / "releases" / "small" / "1", described, root, None)
    ours, _ = released.build(whole(described), "duckdb")
    theirs = json.loads((root / "spark" / "extract" / "manifest.json").read_bytes())
    assert theirs["files"] == ours.to_json()["files"]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_java_ends_with_the_build_and_nothing_is_left(root: Path) -> None:
    before = set(ROOT.iterdir())
    assert built(root, "local[2]", {}) == {"java_ended": True, "processes": 1}
    assert set(ROOT.iterdir()) <= before
    assert not [path for path in (root / "room").rglob("*") if path.is_file()]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A master and a worker, each a process of its own, that talk to nobody who lacks their secret."""
    settings = {
        "spark.authenticate": "true", "spark.authenticate.secret": secrets.token_hex(16),
        "spark.network.crypto.enabled": "true",
    }  # fmt: skip
    options = " ".join(f"-D{name}={value}" for name, value in settings.items())
    environment = {**os.environ, "SPARK_HOME": str(SPARK_HOME), "SPARK_DAEMON_JAVA_OPTS": options}
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    roles = [
        ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"],
        ["org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "2",
         "--memory", "1g", "--work-dir", str(tmp_path / "work"), master],
    ]  # fmt: skip
    running = []
    try:
        for role in roles:
            running.append(subprocess.Popen([SPARK_HOME / "bin" / "spark-class", *role], env=environment))
            time.sleep(5)
        yield master, settings
    finally:
        for process in running[::-1]:
            process.terminate()
            process.wait()


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_cluster_of_processes_builds_the_same(root: Path, cluster: tuple[str, dict[str, str]]) -> None:
    master, settings = cluster
    executors = {
        "spark.authenticate.secret": settings["spark.authenticate.secret"],
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "512m",
        "spark.pyspark.python": sys.executable, "spark.executorEnv.PYTHONPATH": str(ROOT),
    }  # fmt: skip
    assert built(root, master, executors) == {"java_ended": True, "processes": 2}


@pytest.mark.parametrize(
    ("master", "name"),
    [
        ("local[2]", "spark.ui.enabled"),
        ("local[2]", "spark.sql.ansi.enabled"),
        ("spark://host:7077", "spark.network.crypto.enabled"),
        ("spark://host:7077", "spark.authenticate"),
    ],
)
def test_what_results_and_secrecy_depend_on_stays(tmp_path: Path, master: str, name: str) -> None:
    other = {"spark.ui.enabled": "true"}.get(name, "false")
    with (
        pytest.raises(SettingIsFixed, match=name),
        engine_for("spark", Cluster(master, settings={name: other}), release=tmp_path, room=tmp_path),
    ):
        pass


@pytest.mark.django_db
def test_the_task_builds_on_spark_where_that_is_set(
    release: object, zones: Zones, spark: SparkSession, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the session that the other tests have, as opening one would end it."""
    asked = []

    @contextmanager
    def shared(engine: str, cluster: Cluster, *, release: Path, room: Path) -> Iterator[EngineOf]:
        asked.append((engine, cluster))
        yield partial(OnSpark, spark, release)

    monkeypatch.setattr(tasks, "engine_for", shared)
    settings.GATEHOUSE_EXTRACT_ENGINE = "spark"
    extract = extracts.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    assert extract.state == "delivered", extract.reason
    folder = zones.workspace(extract.project.reference) / extract.folder
    assert "spark" in json.loads((folder / "manifest.json").read_bytes())["engine"]
    assert delivery.verify(folder) == []
    assert asked == [("spark", Cluster())]
