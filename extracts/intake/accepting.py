"""A delivery is accepted whole or refused whole: both streams are looked at, each in a process of its own, then kept.

Nothing that is read here comes from a record: this side hands folders over, and moves drafts into place.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from extracts import delivery as folders
from extracts.intake import folder
from extracts.intake.draft import ACCEPTED
from extracts.intake.findings import Findings
from extracts.providers import Finding, read_provider
from extracts.sealed import JobRefused, make_private, newest_change, run_sealed
from extracts.zones import Zones

Progress = Callable[[str, float], None]
STREAMS = ("identity", "payload")
# Most bytes of data of a process: DuckDB takes up to 1 GB, Arrow and Python hold a file's name list and row groups.
MEMORY_LIMIT = 8 << 30
DRAFTS, ROW_IDS = ".drafts", ".row-ids"


class NotKept(RuntimeError):
    """What was looked at was gone before it stood in its place, or half of a delivery cannot be judged."""


@dataclass(frozen=True)
class Stream:
    """One of the two streams of a delivery, and where it goes.

    attempt  a name that no other attempt has, so that one that was given up on never clears away what another made
    """

    name: str
    code: str
    provider: str
    delivery: str
    zones: Zones
    attempt: str

    @property
    def zone(self) -> Path:
        return {"identity": self.zones.identifiers, "payload": self.zones.payload}[self.name] / self.code

    @property
    def draft_name(self) -> str:
        return f"{self.provider}-{self.delivery}-{self.attempt}"

    @property
    def draft(self) -> Path:
        return self.zone / DRAFTS / self.draft_name

    @property
    def exchange(self) -> Path:
        """Where the encrypted row ids lie between the two processes."""
        return self.zones.crosswalk / self.code / ROW_IDS / self.draft_name

    @property
    def accepted(self) -> Path:
        """The provider's accepted deliveries."""
        return self.zone / "identities" / self.provider if self.name == "identity" else self.zone / self.provider

    @property
    def place(self) -> Path:
        return self.accepted / self.delivery

    @property
    def stands(self) -> bool:
        """Whether it is in its place."""
        return (self.place / ACCEPTED).is_file()


@dataclass(frozen=True)
class Accepted:
    """Records by file, such as `identity/pol_victim`, and whether all of it had been accepted before."""

    provider: str
    delivery: str
    cut: str
    counts: dict[str, int]
    left_alone: bool


def accept_delivery(
    source: Path, *, code: str, description: Path, provider: Path, zones: Zones, progress: Progress,
    cancelled: Callable[[], bool] = lambda: False, unsealed_allowed: bool = False,
) -> Accepted:  # fmt: skip
    """Accept a delivery whole, or raise JobRefused with the findings of both streams and keep nothing.

    source       the folder of the delivery
    code         of the dataset, `description` its folder
    provider     the provider's TOML file

    Safe to repeat, also while another attempt is at work: what was accepted is left alone. Also raises JobFailed,
    SealUnavailable, Cancelled, BadProvider, and NotKept when drafts were cleared away in the meantime.
    """
    findings, code_of = Findings(), read_provider(provider).code
    _refuse_other_kinds(source)
    about = folder.read_delivery(source / folder.DELIVERY, code_of, findings)
    if count := folder.strangers(source):
        findings.add(folder.DELIVERY, f"{count} {'entry' if count == 1 else 'entries'} beside the two streams.")
    if about is None:
        raise JobRefused(findings.found)
    attempt = secrets.token_hex(8)
    streams = [Stream(name, code, code_of, about.name, zones, attempt) for name in STREAMS]
    withdraw_half(streams)
    missing = _missing_folders(streams)
    key, told, results = secrets.token_hex(32), list(findings.found), []
    try:
        for number, stream in enumerate(streams):
            try:
                results.append(
                    check(
                        stream, source, description=description, provider=provider, key=key,
                        progress=_share(progress, number), cancelled=cancelled, unsealed_allowed=unsealed_allowed,
                    )
                )  # fmt: skip
            except JobRefused as refused:
                told += refused.findings
        if told:
            raise JobRefused(_once(told))
        keep([stream for stream, result in zip(streams, results, strict=True) if not result["left_alone"]], streams)
    finally:
        for stream in streams:
            discard(stream)
        for path in missing:  # those that hold something now stay
            _remove_if_empty(path)
    counts = {name: rows for result in results for name, rows in result["counts"].items()}
    return Accepted(code_of, about.name, about.cut, counts, all(result["left_alone"] for result in results))


def check(
    stream: Stream, source: Path, *, description: Path, provider: Path, key: str, progress: Progress,
    cancelled: Callable[[], bool] = lambda: False, unsealed_allowed: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Look at one stream in a sealed process and leave a draft. First identity, then payload, with the same key.

    Returns what `accept_identity` or `accept_payload` return. Raises JobRefused, JobFailed, SealUnavailable, Cancelled.
    """
    _refuse_other_kinds(source)
    job = f"accept_{stream.name}"
    reads, writes = stream.zones.granted(
        job, code=stream.code, draft=stream.draft_name, delivery=source.resolve(), description=description.resolve()
    )
    arguments = {"description": description.resolve(), "provider": provider.resolve(), "delivery": source.resolve(),
                 "into": stream.draft, "accepted": stream.accepted, "exchange": stream.exchange}  # fmt: skip
    return run_sealed(
        f"extracts.intake.{stream.name}:{job}",
        {name: str(path) for name, path in arguments.items()} | {"key": key},
        reads=[*reads, provider.resolve()],
        writes=writes,
        memory_limit=MEMORY_LIMIT,
        progress=progress,
        cancelled=cancelled,
        unsealed_allowed=unsealed_allowed,
    )


def keep(new: Sequence[Stream], streams: Sequence[Stream]) -> None:
    """Move the drafts of `new` to their places; afterwards all streams stand there, or what was moved is withdrawn.

    Raises NotKept when a draft or a stream that had been accepted is gone.
    """
    for stream in new:
        _settle(stream)
    with _alone(streams[0].zones):
        moved: list[Stream] = []
        try:
            for stream in new:
                stood = stream.stands  # then another attempt was faster, and what it accepted is not ours to withdraw
                put_in_place(stream)
                moved += [] if stood else [stream]
            if gone := [stream.name for stream in streams if not stream.stands]:
                raise NotKept(f"The accepted {' and '.join(gone)} records are not in their place.")
        except BaseException:
            for stream in moved:
                _withdraw(stream)
            raise


def put_in_place(stream: Stream) -> None:
    """Move a stream's draft to its place. Raises NotKept without a draft, AlreadyThere when other records stand there.

    Only `keep` sees to it that both streams stand in their places afterwards.
    """
    if not (stream.draft / ACCEPTED).is_file():
        raise NotKept(f"The draft of the {stream.name} records is gone.")
    make_private(stream.accepted)
    folders.move_into_place(stream.draft, stream.accepted, stream.delivery, rights=0o400)


def withdraw_half(streams: Sequence[Stream]) -> None:
    """Remove one stream that stands without the other: an attempt ended between two moves, so nothing was accepted.

    Raises NotKept when the other's zone has nothing of the dataset: then a disk may be missing, and nothing is removed.
    """
    if not any(os.path.lexists(stream.place) for stream in streams):
        return
    with _alone(streams[0].zones):
        if all(stream.stands for stream in streams):
            return
        for stream in streams:
            if not stream.zone.is_dir():
                raise NotKept(f"Half of the delivery is there, and nothing at all of {stream.name}: is a disk missing?")
        for stream in streams:
            _withdraw(stream)


def _withdraw(stream: Stream) -> None:
    """Remove a stream from its place, whole at once for whoever looks there."""
    if not os.path.lexists(stream.place):
        return
    away = stream.draft.with_name(f"{stream.draft_name}-withdrawn")
    make_private(away.parent)
    os.rename(stream.place, away)
    folders.flush_entry(stream.accepted)
    shutil.rmtree(away, ignore_errors=True)
    _remove_if_empty(away.parent)


def _settle(stream: Stream) -> None:
    """Have a draft on the disk before others wait for us."""
    if stream.draft.is_dir():
        folders.settle(stream.draft, rights=0o400)


@contextmanager
def _alone(zones: Zones) -> Iterator[None]:
    """No other attempt moves or withdraws anything meanwhile. The kernel ends this when the process dies.

    The lock is on the zone, not on the storage root: that one says that a demonstration runs there.
    """
    make_private(zones.identifiers)
    descriptor = os.open(zones.identifiers, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def discard(stream: Stream) -> None:
    """Remove what looking at a stream left behind. Accepted deliveries stay."""
    for leftover in (stream.draft, stream.exchange):
        shutil.rmtree(leftover, ignore_errors=True)
        _remove_if_empty(leftover.parent)


def sweep_drafts(zones: Zones, older_than: datetime) -> list[str]:
    """Remove what killed attempts left: drafts and encrypted row ids in which nothing changed since that moment.

    Returns the names removed. `older_than` has a time zone; make it longer ago than any attempt takes.
    """
    removed: list[str] = []
    for zone, name in ((zones.identifiers, DRAFTS), (zones.payload, DRAFTS), (zones.crosswalk, ROW_IDS)):
        for left in sorted(zone.glob(f"*/{name}/*")):
            if newest_change(left) < older_than.timestamp():
                shutil.rmtree(left, ignore_errors=True)
                _remove_if_empty(left.parent)
                removed.append(left.name)
    return removed


def _refuse_other_kinds(source: Path) -> None:
    """Raise JobRefused when the delivery leads elsewhere by links: a process would be granted what lies there."""
    findings = Findings()
    folder.look_at_kinds(source, findings)
    if findings.found:
        raise JobRefused(findings.found)


def _missing_folders(streams: Sequence[Stream]) -> list[Path]:
    """Folders that a check makes and that are not there yet, innermost first."""
    places = [place for stream in streams for place in (stream.draft, stream.exchange, stream.accepted)]
    parents = {parent for place in places for parent in (place, *place.parents) if not parent.exists()}
    return sorted(parents, key=lambda path: len(path.parts), reverse=True)


def _remove_if_empty(path: Path) -> None:
    with contextlib.suppress(OSError):
        os.rmdir(path)


def _share(progress: Progress, number: int) -> Progress:
    """The progress of one of two streams as that of both."""
    return lambda what, share: progress(what, (number + share) / len(STREAMS))


def _once(findings: list[Finding]) -> list[Finding]:
    """Both streams read delivery.json, and may say the same of it."""
    return list(dict.fromkeys(findings))
