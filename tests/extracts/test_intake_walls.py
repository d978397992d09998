"""What lies outside the walls of the jobs is not followed, waited for, or read without end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extracts.intake import accepting
from extracts.intake.findings import Findings
from extracts.intake.folder import read_delivery
from extracts.sealed import JobRefused
from extracts.zones import Zones
from tests.extracts.a_delivery import FILES, accepted, once

pytestmark = pytest.mark.usefixtures("identifiers")

PATIENT, *_ = FILES


def link_to(target: Path, path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.symlink_to(target)


@pytest.mark.parametrize("which", ["identity", "payload", "delivery.json", "delivery"])
def test_a_delivery_of_links_is_refused_before_any_process_is_started(
    sent: Path, provider: Path, zones: Zones, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
):
    """A grant follows links: an identity stream that points into the payload zone would open it to that process."""
    elsewhere = shutil.copytree(sent, tmp_path / "elsewhere")
    if which == "delivery":
        link_to(elsewhere, sent)
    else:
        link_to(elsewhere / which, sent / which)
    monkeypatch.setattr(accepting, "run_sealed", lambda *args, **options: pytest.fail("A process was started."))
    with pytest.raises(JobRefused) as refused:
        accepted(sent, zones, provider)
    assert [one.file for one in refused.value.findings] == [which]
    assert os.listdir(zones.root) == ["identifiers"]


def test_a_stream_that_is_a_file_is_refused(sent: Path, provider: Path, zones: Zones):
    shutil.rmtree(sent / "payload")
    (sent / "payload").write_text("x")
    with pytest.raises(JobRefused, match="finding"):
        accepted(sent, zones, provider)


def as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def as_huge_file(path: Path) -> None:
    with path.open("ab") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (as_pipe, "not a JSON object"),
        (as_huge_file, "not a JSON object"),
        (lambda path: path.write_text("[" * 60_000), "not a JSON object"),
        (lambda path: path.write_text('{"cut": ' + "9" * 5_000 + "}"), "not a JSON object"),
        (lambda path: path.write_text(path.read_text()[:-1] + " " * (64 << 10) + "}"), "not a JSON object"),
        (lambda path: path.write_text(path.read_text()[:-1] + ', "empty": [["x"]]}'), "empty must be a list"),
        (lambda path: path.write_text(path.read_text()[:-1] + ', "empty": [{}]}'), "empty must be a list"),
    ],
)
def test_a_delivery_json_that_is_none_is_a_finding(sent: Path, spoil: Callable[[Path], Any], reason: str):
    spoil(sent / "delivery.json")
    findings = Findings()
    assert read_delivery(sent / "delivery.json", "mental_health", findings) is None
    assert [reason in one.reason for one in findings.found] == [True]


@pytest.mark.slow
def test_a_file_that_is_rewritten_in_place_is_found_also_when_its_time_is_set_back(
    tmp_path: Path, sent: Path, provider: Path, zones: Zones
):
    """The inbox holds links to the provider's own files, so whoever has the other name can still write."""
    path = sent / f"{PATIENT}.parquet"

    def rewrite() -> None:
        was, content = path.stat(), bytearray(path.read_bytes())
        with path.open("r+b") as file:
            file.write(content)
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    with pytest.raises(JobRefused) as refused:
        accepted(sent, zones, provider, once("Looking at identity records", rewrite))
    assert [one.reason for one in refused.value.findings] == ["The file changed while it was looked at."]
