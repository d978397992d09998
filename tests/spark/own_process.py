"""`python -m tests.spark.own_process MASTER SETTINGS FOLDER`: the small dataset's extract, as a worker would build it.

In a process of its own, because a session that ends takes with it the Java that other tests run in.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

from extracts.spark.opening import Cluster, engine_for
from extracts.specification import ColumnSpec, ExtractSpec, TableSpec
from governance.catalogue.catalogue import Catalogue
from tests.extracts import small_dataset as small
from tests.spark.comparing import Released


def whole(catalogue: Catalogue) -> ExtractSpec:
    """The default extract of the small dataset, of all times."""
    tables = tuple(
        TableSpec(table.name, tuple(ColumnSpec(one.name, one.default_level) for one in table.defaults))
        for table in catalogue.requestable
    )
    return ExtractSpec("small", "1", tables, date(1, 1, 1), date(9999, 12, 31))


def main(master: str, settings: str, root: Path) -> None:
    from pyspark import SparkContext

    cluster = Cluster(master, partitions=2, memory="1g", settings=json.loads(settings))
    folder, room = root / "releases" / "small" / "1", root / "room"
    room.mkdir()
    catalogue = small.small_catalogue(root)
    with engine_for("spark", cluster, release=folder, room=room) as engine_of:
        java = SparkContext._gateway.proc
        Released(folder, catalogue, root, None).build(whole(catalogue), "spark", engine_of=engine_of)
        # Asked after the build: an executor comes to a cluster's session some time after the session has begun.
        executors = SparkContext._active_spark_context._jsc.sc().getExecutorMemoryStatus().size()
    print(json.dumps({"java_ended": java.poll() is not None, "processes": executors}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
