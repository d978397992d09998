"""Is a person's accreditation good at this moment?

Full accreditation lasts five years, and the training behind it has an end of its own
(codelist accreditation_criteria). Both are looked at when something is used, not overnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Standing:
    """What is on record of one person: the last day on which each thing holds, or None for never."""

    accredited_until: date | None = None
    trained_until: date | None = None


def why_not(standing: Standing, *, on: date) -> str | None:
    """Which condition fails on that day and who can cure it, or None when all is well."""
    if standing.accredited_until is None:
        return "You are not an accredited researcher: ask research support to record your accreditation."
    if on > standing.accredited_until:
        return f"Your accreditation ended on {standing.accredited_until:%-d %B %Y}: ask research support to renew it."
    if standing.trained_until is None:
        return "You have no safe researcher training on record: ask research support to record it."
    if on > standing.trained_until:
        return f"Your safe researcher training ended on {standing.trained_until:%-d %B %Y}: take it again."
    return None
