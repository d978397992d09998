"""Append to the trail, read it in order, say how long it is. Verification is in `chain`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from governance.audit import chain
from governance.audit.models import Entry, Head


def lock() -> Head:
    """The head row, locked until the transaction ends: whoever holds it is alone in writing."""
    return Head.objects.select_for_update().get(pk=1)


@transaction.atomic
def append(
    *,
    at: datetime,
    actor: Any,
    action: str,
    subject: Any = None,
    before: str = "",
    after: str = "",
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """Add one entry at the end of the chain, in the transaction of whatever it tells of.

    `actor` has `username` and `name`; `subject`, if any, is a record with a `project`.
    Appending takes the lock of the head row, so entries are numbered without a gap.
    """
    head = lock()
    entry = Entry(
        seq=head.seq + 1,
        at=at.astimezone(UTC),
        actor=actor.username,
        actor_name=actor.name,
        action=action,
        subject_type=subject._meta.model_name if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        subject=str(subject)[:250] if subject is not None else "",
        project=subject.project.reference if subject is not None and hasattr(subject, "project") else "",
        before=before,
        after=after,
        note=note,
        details=dict(details or {}),
        previous=head.digest,
    )
    entry.digest = chain.digest_of(entry.as_hashed())
    entry.save(force_insert=True)
    head.seq, head.digest = entry.seq, entry.digest
    head.save(update_fields=["seq", "digest"])
    return entry


def of(record: Any) -> Any:
    """The entries that tell of one record, newest first."""
    return Entry.objects.filter(subject_type=record._meta.model_name, subject_id=str(record.pk)).order_by("-seq")


def head() -> Head:
    """How long the chain is, and its last digest."""
    return Head.objects.get(pk=1)


def entries() -> Iterator[dict[str, Any]]:
    """Every entry in order, as exported: what was hashed, and the digest."""
    for entry in Entry.objects.order_by("seq").iterator(chunk_size=2000):
        yield {**entry.as_hashed(), "digest": entry.digest}


def export(into: Path) -> int:
    """Write the whole trail to a file, one JSON object a line, and return how many there are."""
    count = 0
    with into.open("wb") as lines:
        for count, entry in enumerate(entries(), 1):  # noqa: B007 (the last number is the answer)
            lines.write(chain.canonical(entry) + b"\n")
    return count
