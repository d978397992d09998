"""Workers, Redis and the web killed at random moments, with a signal that none of them can handle, while extracts are
built: each is delivered once, none in part, and the audit trail has no gap.

CI does it for eight extracts; GATEHOUSE_CRASH_EXTRACTS=200 for two hundred (docs/benchmarks.md has what came of it).
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing

import pytest

from extracts import delivery
from extracts.zones import Zones
from tests.journeys.stack import NOT_INHERITED, ROOT, Stack, running_stack

pytestmark = pytest.mark.stack

EXTRACTS = int(os.environ.get("GATEHOUSE_CRASH_EXTRACTS", "8"))
PROJECTS = 4
SEED = 20261130
# What is killed, and how often in ten; and how long they are left alone in between, in seconds.
VICTIMS = (("celery -A portal worker", 6), ("redis-server", 2), ("gunicorn", 2))
PAUSE = (1.0, 7.0)
SECONDS_EACH = 60

# In a process of its own: asks for one extract after another in every project, and again for one that gave up.
ASK = """
import random, time
from django.db import OperationalError
from extracts import services
from extracts.lifecycle.extract import AGAIN, OPEN
from extracts.models import Extract
from governance.projects.models import Project
from tests.builders import _an_agreement, catalogue, now
known, wish = catalogue(), {"pol_crime": ["outcome_type"], "crt_case": ["case_outcome"]}
projects = [_an_agreement(wish=wish).project for _ in range(%(projects)s)]
print("ready", flush=True)
while Extract.objects.filter(state="delivered").count() < %(extracts)s:
    for project in projects:
        try:
            if project.extracts.filter(state__in=OPEN).exists():
                continue
            for one in project.extracts.filter(state__in=AGAIN):
                services.retry(one, catalogue=known, by=project.lead, at=now())
                break
            else:
                if Extract.objects.count() < %(extracts)s:
                    services.request(project, catalogue=known, by=project.lead, at=now())
        except OperationalError:
            pass
    time.sleep(0.2)
"""


def asking(stack: Stack) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    redis = next((stack.data / "redis").glob("*.sock"))
    given = {"GATEHOUSE_DEMO": "1", "GATEHOUSE_DATA": str(stack.data), "GATEHOUSE_REDIS_URL": f"unix://{redis}"}
    code = ASK % {"projects": PROJECTS, "extracts": EXTRACTS}
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code]
    return subprocess.Popen(command, cwd=ROOT, env=inherited | given, stdout=subprocess.PIPE, text=True)


def rows(stack: Stack, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{stack.data}/gatehouse.sqlite3?mode=ro", uri=True, timeout=30)) as database:
        return database.execute(sql).fetchall()


def test_every_extract_is_delivered_once_whatever_is_killed(tmp_path):
    chance, killed = random.Random(SEED), Counter()
    names, weights = zip(*VICTIMS, strict=True)
    with running_stack(tmp_path / "data") as stack:
        stack.await_release()
        driver = asking(stack)
        try:
            assert driver.stdout and driver.stdout.readline().strip() == "ready"
            deadline = time.monotonic() + 120 + SECONDS_EACH * EXTRACTS
            while driver.poll() is None:
                assert time.monotonic() < deadline, rows(stack, "SELECT state, attempt, reason FROM extracts_extract")
                time.sleep(chance.uniform(*PAUSE))
                (victim,) = chance.choices(names, weights)
                killed[victim] += bool(stack.kill(victim))
        finally:
            driver.kill()
        assert driver.returncode == 0
        assert sum(killed.values()) >= EXTRACTS // 10 and killed[names[0]] > 0, killed

        extracts = rows(stack, "SELECT id, state, folder FROM extracts_extract")
        assert len(extracts) == EXTRACTS and {state for _, state, _ in extracts} == {"delivered"}
        told = Counter(subject for (subject,) in rows(
            stack, "SELECT subject_id FROM audit_entry WHERE action = 'deliver' AND subject_type = 'extract'"
        ))  # fmt: skip
        assert told == Counter({str(pk): 1 for pk, _, _ in extracts})
        zones = Zones(stack.data)
        there = [folder for workspace in zones.workspaces.iterdir() for folder in workspace.iterdir()]
        assert sorted(folder.name for folder in there) == sorted(folder for _, _, folder in extracts)
        assert [problem for folder in there for problem in delivery.verify(folder)] == []
        stack.manage("verify_trail")
        print(f"{EXTRACTS} extracts, killed: {dict(killed)}")
