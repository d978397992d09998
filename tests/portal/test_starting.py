"""Starting: what is refused before anything runs, the embedded Redis, and the supervisor with real processes."""

import configparser
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from portal.starting import broker, descendants, environment, programs, servers
from portal.starting.demonstration import Place
from portal.starting.folder import LONGEST_SOCKET_PATH, CannotStart, check_port, held, socket_folder
from portal.starting.supervision import supervised

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]


def test_a_taken_port_is_said_in_one_line():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(CannotStart, match=f"^Port {port} on 127.0.0.1 is taken.*GATEHOUSE_PORT.*$"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_said_in_one_line():
    with pytest.raises(CannotStart, match=r"cannot listen on 192\.0\.2\.1 port 8000"):
        check_port("192.0.2.1", 8000)


def test_one_data_folder_serves_one_gatehouse(tmp_path):
    with held(tmp_path), pytest.raises(CannotStart, match=r"already running on .*GATEHOUSE_DATA"), held(tmp_path):
        raise AssertionError("the folder was given twice")
    with held(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_a_long_folder_name_gets_its_sockets_elsewhere_and_in_private(tmp_path):
    near = tmp_path / "near"
    with socket_folder(near, "redis.sock") as folder:
        assert folder == near
        assert folder.stat().st_mode & 0o777 == 0o700
    with socket_folder(tmp_path / ("long" * 30), "redis.sock") as folder:
        assert len(str(folder / "redis.sock")) < LONGEST_SOCKET_PATH
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", ""])
def test_a_port_must_be_a_port(port):
    with pytest.raises(CannotStart, match="GATEHOUSE_PORT"):
        Place.from_environment({"GATEHOUSE_PORT": port})


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:81/"),
        ("0.0.0.0", "http://127.0.0.1:81/"),
        ("::", "http://[::1]:81/"),
        ("gatehouse.example", "http://gatehouse.example:81/"),
    ],
)
def test_the_printed_address_works_in_a_browser(host, address):
    assert Place.from_environment({"GATEHOUSE_HOST": host, "GATEHOUSE_PORT": "81"}).address == address


def test_the_supervisor_reads_back_what_was_written(tmp_path):
    awkward = tmp_path / "100% of it" / "logs"
    wanted = [programs.web("::1", 8000), programs.worker("here"), programs.scheduler("here", awkward / "schedule")]
    text = programs.configuration(wanted, root=tmp_path, run=tmp_path, logs=awkward)

    read = configparser.ConfigParser()
    read.read_string(text)

    for program in wanted:
        section = read[f"program:{program.name}"]
        assert tuple(shlex.split(section["command"])) == program.command
        assert section["stdout_logfile"] == str(awkward / f"{program.name}.log")
        assert section["killasgroup"] == "true"
    assert read["program:worker"]["stopasgroup"] == "false"
    assert "[::1]:8000" in read["program:web"]["command"]


def test_the_embedded_redis_is_private_and_cannot_be_reconfigured(tmp_path):
    with servers.redis(tmp_path) as address:
        client = redis.Redis.from_url(address)
        assert client.eval("return 41 + 1", 0) == 42
        for command in broker.DISABLED:
            with pytest.raises(redis.ResponseError, match="unknown command"):
                client.execute_command(command, "1", "2", "3")
        assert client.info()["maxmemory_policy"] == "noeviction"
        assert client.info()["aof_enabled"] == 1
        assert client.info()["tcp_port"] == 0
        assert (tmp_path / "redis.sock").stat().st_mode & 0o777 == 0o700
        client.close()
    assert not (tmp_path / "redis.sock").exists()


def program(name: str, code: str) -> programs.Program:
    return programs.Program(name, (sys.executable, "-c", code), patience=2)


def test_a_program_that_cannot_start_is_named_with_the_end_of_its_log(tmp_path):
    broken = program("web", "print('No such table: people'); raise SystemExit(3)")
    with (
        pytest.raises(CannotStart, match=r"The web program ended while it was starting(.|\n)*No such table: people"),
        supervised([broken], root=ROOT, run=tmp_path, logs=tmp_path / "logs", environment=dict(os.environ)) as running,
    ):
        running.start("web")
        running.await_ready("web", lambda: False, seconds=20)


def test_a_program_that_is_never_ready_is_named_too(tmp_path):
    silent = program("worker", "import time; print('waiting for nothing', flush=True); time.sleep(60)")
    with (
        pytest.raises(CannotStart, match=r"The worker program was not ready within 2 seconds(.|\n)*waiting for"),
        supervised([silent], root=ROOT, run=tmp_path, logs=tmp_path / "logs", environment=dict(os.environ)) as running,
    ):
        running.start("worker")
        running.await_ready("worker", lambda: False, seconds=2)


def test_a_killed_program_comes_back_and_nothing_outlives_the_supervisor(tmp_path):
    # It ignores the polite signal and has a child in a session of its own: the worst that a program does.
    stubborn = program(
        "worker",
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True);"
        "time.sleep(60)",
    )
    before = descendants.below(os.getpid())  # such as what earlier tests of this process left, which is not ours to end
    with supervised(
        [stubborn], root=ROOT, run=tmp_path, logs=tmp_path / "logs", environment=dict(os.environ)
    ) as running:
        running.start("worker")
        first = wait_for_pid(running, other_than=0)
        # Two below the supervisor: the program and its child.
        wait_until(lambda: len(descendants.below(running.process.pid)) == 2)
        os.kill(first, signal.SIGKILL)
        second = wait_for_pid(running, other_than=first)
        assert second != first
        everything = descendants.below(os.getpid()) - before
        assert {second, running.process.pid} <= everything
    assert descendants.below(os.getpid()) & everything == set()
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def wait_for_pid(running, *, other_than: int) -> int:
    wait_until(lambda: running.state("worker")[1] not in {0, other_than})
    return running.state("worker")[1]


def wait_until(holds, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_old_python_is_refused_in_one_line(tmp_path):
    """The script sees an older python3 first, and nothing else."""
    fake = tmp_path / "python3"
    fake.write_text('#!/bin/sh\ncase "$2" in *sys.exit*) exit 1;; *) echo 3.9.2;; esac\n')
    fake.chmod(0o755)
    answer = find_python(tmp_path)
    assert answer.returncode == 1
    assert answer.stderr == "Gatehouse needs Python 3.11 or newer; python3 here is 3.9.2.\n"

    newer = tmp_path / "python3.11"
    newer.symlink_to(sys.executable)
    assert find_python(tmp_path).stdout == f"{newer}\n"


def test_no_python_at_all_is_said(tmp_path):
    assert "there is no python3 on PATH" in find_python(tmp_path).stderr


def find_python(path: Path) -> subprocess.CompletedProcess[str]:
    script = ROOT / "portal" / "starting" / "python.sh"
    return subprocess.run(["/bin/sh", script], env={"PATH": str(path)}, capture_output=True, text=True)


def test_a_list_is_installed_again_only_when_it_changed(tmp_path, monkeypatch):
    """A real, empty environment: lists with nothing in them need no package index."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".venv" / "stamp")
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    (tmp_path / "requirements-dev.lock").write_text("# nothing either\n")
    (tmp_path / "requirements-spark.lock").write_text("# nor here\n")
    installed = []
    monkeypatch.setattr(environment, "_install", installed.append)

    python = environment.ready("run")
    assert subprocess.run([python, "-c", "import sys; assert sys.prefix != sys.base_prefix"]).returncode == 0
    environment.ready("run")
    environment.ready("test")
    environment.ready("run")
    environment.ready("spark")
    environment.ready("test")
    (tmp_path / "requirements.lock").write_text("# changed\n")
    environment.ready("run")

    assert installed == [
        ("requirements.lock",),
        ("requirements.lock", "requirements-dev.lock"),
        ("requirements.lock", "requirements-dev.lock", "requirements-spark.lock"),
        ("requirements.lock",),
    ]
