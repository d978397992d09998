"""The process's own side: read the job from standard input, put up the walls, then load and run it."""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from extracts.providers import Refusal
from extracts.sealed import landlock
from extracts.sealed.calling import SYSTEM, code_folders, kind_and_place

# What the C library, Python, DuckDB and Arrow look up about the machine, and the devices that hold nothing.
LOOKED_UP = (
    "/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf", "/etc/passwd", "/usr/share/zoneinfo", "/dev/urandom",
    "/dev/random", "/dev/zero", "/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/sys/fs/cgroup",
    "/sys/devices/system/cpu",
)  # fmt: skip
NOWHERE = Path("/dev/null")


def main() -> None:
    task = json.load(sys.stdin)
    landlock.end_with_parent(task["parent"])
    answers = _keep_standard_output_for_answers()

    def say(kind: str, content: Any) -> None:
        os.write(answers, (json.dumps({"kind": kind, "content": content}) + "\n").encode())

    try:
        _prepare(task)
    except OSError as problem:
        say("no walls", f"The walls could not be put up (error {problem.errno}).")
        return
    try:
        # The job's modules are loaded behind the walls: what they start, such as threads, is inside too.
        module, _, name = task["job"].partition(":")
        job = getattr(importlib.import_module(module), name)
        result = job(lambda what, share: say("progress", [what, share]), **task["arguments"])
        say("result", result)
    except Refusal as refusal:
        say("refused", [finding.to_json() for finding in refusal.findings])
    except BaseException as problem:
        say("failed", kind_and_place(problem))


def _keep_standard_output_for_answers() -> int:
    """A descriptor of our own for answers. What a library prints goes nowhere."""
    answers = os.dup(1)
    nowhere = os.open(NOWHERE, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return answers


def _prepare(task: dict[str, Any]) -> None:
    """Limits, rights of new files, and the walls."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if task["memory"]:
        resource.setrlimit(resource.RLIMIT_DATA, (task["memory"], task["memory"]))
    # The repository's folder itself stays closed, so the packages in it are found now.
    for package in {"extracts", "governance", task["job"].partition(".")[0].partition(":")[0]}:
        importlib.import_module(package)
    if task["abi"]:
        grants = [(place, landlock.RUN) for place in SYSTEM]
        grants += [(Path(place), landlock.READ) for place in LOOKED_UP]
        grants += [(place, landlock.READ) for place in code_folders()]
        grants += [(NOWHERE, landlock.READ | landlock.WRITE_FILE)]
        grants += [(Path(place), landlock.READ) for place in task["reads"]]
        grants += [(Path(place), landlock.WRITE) for place in task["writes"]]
        landlock.wall_in(grants, abi=min(task["abi"], landlock.HIGHEST_ABI))


if __name__ == "__main__":
    main()
