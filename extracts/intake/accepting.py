"""A delivery is accepted whole or refused whole: both streams are looked at, each in a process of its own, then kept.

Nothing that is read here comes from a record: this side hands folders over, and moves drafts into place.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extracts import delivery as folders
from extracts.intake import folder
from extracts.intake.draft import ACCEPTED
from extracts.intake.findings import Findings
from extracts.providers import Finding, read_provider
from extracts.sealed import JobRefused, make_private, run_sealed
from extracts.zones import Zones

Progress = Callable[[str, float], None]
STREAMS = ("identity", "payload")


@dataclass(frozen=True)
class Stream:
    """One of the two streams of a delivery, and where it goes."""

    name: str
    code: str
    provider: str
    delivery: str
    zones: Zones

    @property
    def _zone(self) -> Path:
        return {"identity": self.zones.identifiers, "payload": self.zones.payload}[self.name] / self.code

    @property
    def draft_name(self) -> str:
        return f"{self.provider}-{self.delivery}"

    @property
    def draft(self) -> Path:
        return self._zone / ".drafts" / self.draft_name

    @property
    def exchange(self) -> Path:
        """Where the encrypted row ids lie between the two processes."""
        return self.zones.crosswalk / self.code / ".row-ids" / self.draft_name

    @property
    def accepted(self) -> Path:
        """The provider's accepted deliveries."""
        return self._zone / "identities" / self.provider if self.name == "identity" else self._zone / self.provider

    @property
    def place(self) -> Path:
        return self.accepted / self.delivery


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

    Safe to repeat: what was accepted is left alone. Also raises JobFailed, SealUnavailable, Cancelled and BadProvider.
    """
    findings, code_of = Findings(), read_provider(provider).code
    about = folder.read_delivery(source / folder.DELIVERY, code_of, findings)
    if count := folder.strangers(source):
        findings.add(folder.DELIVERY, f"{count} {'entry' if count == 1 else 'entries'} beside the two streams.")
    if about is None:
        raise JobRefused(findings.found)
    streams = [Stream(name, code, code_of, about.name, zones) for name in STREAMS]
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
        for stream in streams:
            put_in_place(stream)
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
    shutil.rmtree(stream.draft, ignore_errors=True)
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
        progress=progress,
        cancelled=cancelled,
        unsealed_allowed=unsealed_allowed,
    )


def put_in_place(stream: Stream) -> None:
    """Move a stream's draft to its place. Safe to repeat: without a draft there is nothing to do."""
    if not (stream.draft / ACCEPTED).is_file():
        return
    make_private(stream.accepted)
    folders.move_into_place(stream.draft, stream.accepted, stream.delivery, rights=0o400)


def discard(stream: Stream) -> None:
    """Remove what looking at a stream left behind. Accepted deliveries stay."""
    for leftover in (stream.draft, stream.exchange):
        shutil.rmtree(leftover, ignore_errors=True)
        _remove_if_empty(leftover.parent)


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
