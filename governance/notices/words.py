"""The words of messages: a reference, one of a few sentences, and a link. Whoever reads mail learns nothing else.

A message holds no title, no name, no reason and no decision: mail is read by others, forwarded and kept for years.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from governance.notices.groups import Kind


@dataclass(frozen=True)
class Words:
    """Subject and text of one message."""

    subject: str
    body: str


def of_notice(*, reference: str, kind: Kind, link: str, preferences: str) -> Words:
    """One notice, sent at once."""
    return Words(
        f"Gatehouse: {reference}",
        f"{reference}: {kind.said}\n\nSign in to read it: {link}\n\n{_end(preferences)}",
    )


def of_digest(lines: Iterable[tuple[str, Kind]], *, link: str, preferences: str) -> Words:
    """Several notices in one message: (reference, kind) of each. The same line is said once."""
    said = dict.fromkeys(f"- {reference}: {kind.said}" for reference, kind in lines)
    return Words(
        "Gatehouse: your daily digest",
        "\n".join(said) + f"\n\nSign in to read them: {link}\n\n{_end(preferences)}",
    )


def _end(preferences: str) -> str:
    return f"You choose which notices come by email, and when: {preferences}\n"
