"""kill -9 of the worker in the middle of a build, on real processes, ends in one delivered extract.

Not zero, not two, and no partial folder. The worker is killed at several moments of the same job.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import NamedTuple

import pytest

from extracts import delivery
from extracts.zones import Zones
from tests.journeys.stack import Stack, running_stack

pytestmark = pytest.mark.stack

# Every table that the demonstration has, so that the build takes a while; without what would have it held.
REQUEST = """
from extracts import services
from tests.builders import an_agreement, catalogue, now
known = catalogue()
tables = [table for table in known.requestable if table.name in services.current_release("cjs_linked").tables]
wish = {
    table.name: [one.name for one in table.variables if one.selectable and one.sensitivity not in ("QI", "SC")]
    for table in tables
}
wish = {table: names for table, names in wish.items() if names}
project = an_agreement(wish=wish).project
services.request(project, catalogue=known, by=project.lead, at=now())
"""


class Job(NamedTuple):
    state: str
    attempt: int
    tables_done: int
    rows_done: int
    folder: str
    reason: str


def job(stack: Stack) -> Job:
    with sqlite3.connect(f"file:{stack.data}/gatehouse.sqlite3?mode=ro", uri=True) as database:
        row = database.execute(
            "SELECT state, attempt, tables_done, rows_done, folder, reason FROM extracts_extract"
        ).fetchone()
    return Job(*row)


def wait_until(stack: Stack, holds: Callable[[Job], bool], seconds: float = 120) -> Job:
    deadline = time.monotonic() + seconds
    while not holds(now := job(stack)):
        assert time.monotonic() < deadline, (now, stack.said())
        assert now.state not in {"failed", "stopped"}, now.reason
        time.sleep(0.02)
    return now


def test_one_extract_is_delivered_however_often_the_worker_is_killed(tmp_path):
    with running_stack(tmp_path / "data", GATEHOUSE_DEMO_PEOPLE="8000") as stack:
        stack.await_release()
        stack.run(REQUEST)
        for kill, tables in enumerate((0, 3), 1):
            # The job's row is written as it goes: this attempt has begun, and so far done these tables.
            at = wait_until(
                stack, lambda now, kill=kill, tables=tables: now.attempt >= kill and now.tables_done >= tables
                and (now.rows_done > 0 or now.tables_done > 0)
            )  # fmt: skip
            assert at.state == "building", "the worker must be killed in the middle, not after"
            assert stack.kill_worker()

        end = wait_until(stack, lambda now: now.state == "delivered")
        assert end.attempt >= 3

        zones = Zones(stack.data)
        [workspace] = zones.workspaces.iterdir()
        assert [folder.name for folder in workspace.iterdir()] == [end.folder]
        assert delivery.verify(workspace / end.folder) == []
        assert [path for path in zones.staging.rglob("*") if path.is_file()] == []
        with sqlite3.connect(f"file:{stack.data}/gatehouse.sqlite3?mode=ro", uri=True) as database:
            deliveries = database.execute("SELECT count(*) FROM audit_entry WHERE action = 'deliver'").fetchone()
        assert deliveries == (1,)
