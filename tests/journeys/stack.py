"""The real thing, started as a person starts it, for tests that need real processes."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.starting import descendants, readiness

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 180.0
RELEASE_SECONDS = 400.0
STOP_SECONDS = 30.0
# What the test run itself was given must not reach the portal that it starts.
NOT_INHERITED = (
    "GATEHOUSE_DEMO",
    "GATEHOUSE_DATABASE_URL",
    "GATEHOUSE_REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
)
QUICK = {"GATEHOUSE_DEMO_PEOPLE": "1000", "GATEHOUSE_SWEEP_SECONDS": "1", "GATEHOUSE_LEASE_SECONDS": "5"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Stack:
    """A portal that was started: where it answers, where its data are, which processes it has."""

    process: subprocess.Popen[str]
    address: str
    data: Path
    output: Path

    def workers(self) -> list[int]:
        """The ids of the worker and its children."""
        return [pid for pid in sorted(self.processes()) if "celery -A portal worker" in command_line(pid)]

    def processes(self) -> set[int]:
        return {self.process.pid} | descendants.below(self.process.pid)

    def kill_worker(self) -> list[int]:
        """End the worker and its children at once, with a signal that none of them can handle."""
        return self.kill("celery -A portal worker")

    def kill(self, program: str) -> list[int]:
        """The same for every process whose command has these words, and whatever belongs to it."""
        killed = [pid for pid in sorted(self.processes()) if program in command_line(pid)]
        for pid in killed:
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(pid) != os.getpgrp():
                    os.killpg(os.getpgid(pid), signal.SIGKILL)
        return killed

    def run(self, code: str) -> None:
        """Run code inside the running portal's own database, files and broker."""
        self.manage("shell", "--verbosity", "0", "-c", code)

    def manage(self, *arguments: str) -> None:
        """Run one of the portal's commands on its database, files and broker. Raises CalledProcessError."""
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        redis = next((self.data / "redis").glob("*.sock"))
        given = {"GATEHOUSE_DEMO": "1", "GATEHOUSE_DATA": str(self.data), "GATEHOUSE_REDIS_URL": f"unix://{redis}"}
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=inherited | given, check=True)

    def await_release(self) -> None:
        """Wait until the release of the linked dataset, which is built while the portal is up, is published."""
        began = time.monotonic()
        while b"Release 2026.1," not in self.page("about-the-data"):
            assert time.monotonic() - began < RELEASE_SECONDS, f"no release yet:\n{self.logged('worker')}"
            time.sleep(0.5)

    def page(self, path: str) -> bytes:
        """What a visitor who is not signed in gets."""
        with urllib.request.urlopen(self.address + path, timeout=20) as answer:
            return bytes(answer.read())

    def logged(self, program: str) -> str:
        return (self.data / "logs" / f"{program}.log").read_text(errors="replace")[-4000:]

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self, sign: signal.Signals = signal.SIGINT) -> None:
        """Ask it to stop, and hold it to leaving nothing behind: no process, no socket, no pid file."""
        started = self.processes()
        self.process.send_signal(sign)
        status = self.process.wait(STOP_SECONDS)
        assert status == 0, f"ended with {status}:\n{self.said()}"
        assert self.left_behind(started) == []

    def left_behind(self, started: set[int]) -> list[str]:
        processes = [f"{pid} {command_line(pid)}" for pid in sorted(started) if command_line(pid)]
        files = [str(path) for path in self.data.rglob("*") if path.is_socket() or path.suffix == ".pid"]
        return processes + files + [str(path) for path in (self.data / "run").glob("*")]


def command_line(pid: int) -> str:
    """The command of a living process; empty for one that is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    return ""


def start(data: Path, **environment: str) -> Stack:
    """Start the portal on a free port and its own data folder, and return at once."""
    port = int(environment.get("GATEHOUSE_PORT", 0)) or free_port()
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    given = {"GATEHOUSE_DATA": str(data), "GATEHOUSE_PORT": str(port), **QUICK, **environment}
    output = data.with_name(f"{data.name}-output.txt")
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.starting"],  # what `make run` becomes once the environment is there
            cwd=ROOT,
            env=inherited | given,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )
    return Stack(process, f"http://127.0.0.1:{port}/", data, output)


def started(data: Path, **environment: str) -> Stack:
    """Start the portal and wait until it says that it is ready."""
    began, stack = time.monotonic(), start(data, **environment)
    while not ("Gatehouse is ready" in stack.said() and readiness.web(stack.address)):
        if stack.process.poll() is not None or time.monotonic() - began > READY_SECONDS:
            end_by_force(stack)
            raise AssertionError(f"the portal did not become ready:\n{stack.said()}")
        time.sleep(0.1)
    return stack


def end_by_force(stack: Stack) -> None:
    for pid in stack.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    stack.process.wait()


@contextmanager
def running_stack(data: Path, **environment: str) -> Iterator[Stack]:
    """A started portal that is stopped, and seen to leave nothing, at the end of the block."""
    stack = started(data, **environment)
    try:
        yield stack
    except BaseException:
        end_by_force(stack)
        raise
    if stack.process.poll() is None:
        stack.stop(signal.SIGTERM)
