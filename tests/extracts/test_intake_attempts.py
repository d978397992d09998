"""Attempts to accept one delivery may cross or end half way: what stands afterwards is whole, or nothing."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from extracts.intake import NotKept, accepting, sweep_drafts
from extracts.sealed import JobFailed
from extracts.zones import Zones
from tests.extracts.a_delivery import CODE, FILES, PEOPLE, accepted, changed, once, put, snapshot

pytestmark = [pytest.mark.usefixtures("identifiers"), pytest.mark.long]

PATIENT, _, CONTACT = FILES


@pytest.mark.parametrize("phase", ["Looking at identity records", "Looking at mht_referral", "Keeping the payload"])
def test_an_attempt_that_was_overtaken_takes_nothing_from_the_other(
    sent: Path, provider: Path, zones: Zones, phase: str
):
    """A second attempt begins and ends while the first is at work: both find the same delivery in its place."""
    results: list[Any] = []
    results.append(
        accepted(sent, zones, provider, once(phase, lambda: results.append(accepted(sent, zones, provider))))
    )

    assert [result.counts for result in results] == [dict.fromkeys(FILES, PEOPLE)] * 2
    assert_both_stand(zones)
    assert not [name for name in snapshot(zones.root) if ".drafts" in name or ".row-ids" in name]


def assert_both_stand(zones: Zones, name: str = "2026-01") -> None:
    for place in (zones.identities(CODE, "mental_health", name), zones.payload_of(CODE, "mental_health", name)):
        assert (place / "accepted.json").is_file()


def clear(zone: Path, name: str) -> None:
    for path in zone.glob(f"{CODE}/{name}/*"):
        shutil.rmtree(path)


def test_a_draft_that_is_gone_is_no_acceptance(sent: Path, provider: Path, zones: Zones):
    before = snapshot(zones.root)
    with pytest.raises(NotKept, match="draft of the identity records"):
        accepted(sent, zones, provider, once("Keeping the payload", lambda: clear(zones.identifiers, ".drafts")))
    assert snapshot(zones.root) == before


def test_without_the_row_ids_of_the_other_stream_nothing_is_accepted(sent: Path, provider: Path, zones: Zones):
    before = snapshot(zones.root)
    with pytest.raises(JobFailed, match="NoRowIds"):
        accepted(sent, zones, provider, once("Looking at mht_referral", lambda: clear(zones.crosswalk, ".row-ids")))
    assert snapshot(zones.root) == before


def test_when_the_second_move_fails_the_first_is_undone(
    sent: Path, provider: Path, zones: Zones, monkeypatch: pytest.MonkeyPatch
):
    before, move = snapshot(zones.root), accepting.folders.move_into_place

    def full(folder: Path, workspace: Path, *arguments: Any, **options: Any) -> Path:
        if workspace.is_relative_to(zones.payload):
            raise OSError(28, "No space left on device")
        return move(folder, workspace, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(accepting.folders, "move_into_place", full)
        with pytest.raises(OSError, match="No space"):
            accepted(sent, zones, provider)
    assert snapshot(zones.root) == before

    assert not accepted(sent, zones, provider).left_alone
    assert_both_stand(zones)


@pytest.mark.parametrize("stays", ["identity", "payload"])
def test_half_a_delivery_that_a_crash_left_does_not_refuse_the_mended_one(
    sent: Path, provider: Path, zones: Zones, stays: str
):
    accepted(sent, zones, provider)
    identity = zones.identities(CODE, "mental_health", "2026-01")
    payload = zones.payload_of(CODE, "mental_health", "2026-01")
    shutil.rmtree(payload if stays == "identity" else identity)
    changed(sent, PATIENT, put("family", 1, value="Okafor"))
    changed(sent, CONTACT, put("minutes", 1, value=9))

    assert not accepted(sent, zones, provider).left_alone

    assert_both_stand(zones)
    assert pq.read_table(identity / "mht_patient.parquet")["surname"][0].as_py() == "Okafor"
    assert pq.read_table(payload / "mht_contact.parquet")["minutes"][0].as_py() == 9


def test_nothing_is_withdrawn_when_a_whole_zone_is_missing(sent: Path, provider: Path, zones: Zones):
    """A disk that is not mounted looks like half a delivery, and is none."""
    accepted(sent, zones, provider)
    shutil.rmtree(zones.payload)
    before = snapshot(zones.root)
    with pytest.raises(NotKept, match="disk missing"):
        accepted(sent, zones, provider)
    assert snapshot(zones.root) == before


def test_what_killed_attempts_left_is_swept_when_it_is_old(zones: Zones):
    for zone, name in ((zones.identifiers, ".drafts"), (zones.payload, ".drafts"), (zones.crosswalk, ".row-ids")):
        for attempt in ("old", "new"):
            (zone / CODE / name / attempt).mkdir(parents=True)
            (zone / CODE / name / attempt / "x.parquet").write_bytes(b"x")
        for path in (zone / CODE / name / "old" / "x.parquet", zone / CODE / name / "old"):
            os.utime(path, (1_000_000_000, 1_000_000_000))
    assert sweep_drafts(zones, datetime(2020, 1, 1, tzinfo=UTC)) == ["old"] * 3
    assert len(list(zones.root.glob(f"*/{CODE}/.*/new/x.parquet"))) == 3
    assert not list(zones.root.glob(f"*/{CODE}/.*/old"))
