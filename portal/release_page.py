"""What the page of a release shows beside its quality: tables, who uses it, and how it differs from the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from extracts.lifecycle import DELIVERED, UNFINISHED
from extracts.models import Extract, Release
from portal.catalogues import described_in_or_none

MOST_VALUES = 200
SAID = frozenset({"lines", "rule", "bounds"})
SCANNED = {"columns": "columns", "records": "identity records", "sources": "sources"}  # what was compared with what


@dataclass(frozen=True)
class ReleasedTable:
    name: str
    label: str
    rows: int
    sha256: str
    described: bool


def tables_of(release: Release) -> list[ReleasedTable]:
    """The tables with what the catalogue calls them."""
    known = described_in_or_none(release)
    return [
        ReleasedTable(
            name,
            known[name].label if known and name in known else name,
            table["rows"],
            table.get("sha256", ""),
            bool(known and name in known),
        )
        for name, table in release.tables.items()
    ]


def uses_of(release: Release) -> list[dict[str, Any]]:
    """Which projects have extracts of the release, and how many in which state."""
    counted: Any = (
        Extract.objects.filter(release=release)
        .values("project__reference", "project__title")
        .annotate(
            building=Count("pk", filter=Q(state__in=UNFINISHED)),
            delivered=Count("pk", filter=Q(state=DELIVERED)),
            ended=Count("pk", filter=~Q(state__in=[*UNFINISHED, DELIVERED])),
        )
        .order_by("project__reference")
    )
    return list(counted)


def stopped_by_withdrawal(release: Release) -> dict[str, int]:
    """How many builds would stop, and how many delivered extracts would be recalled."""
    counted: dict[str, int] = Extract.objects.filter(release=release).aggregate(
        building=Count("pk", filter=Q(state__in=UNFINISHED)), delivered=Count("pk", filter=Q(state=DELIVERED))
    )
    return counted


@dataclass(frozen=True)
class Difference:
    """What changed: in sentences for anyone, and figure by figure for who decides."""

    against: str
    lines: tuple[str, ...]
    rule: str
    parts: tuple[tuple[str, list[tuple[str, str]]], ...]


def difference_of(release: Release) -> Difference | None:
    """The difference report, or None where none was made."""
    report = release.difference
    if not report:
        return None
    parts = []
    for name, value in report.items():
        if name not in SAID and isinstance(value, Mapping | list) and (lines := list(_flat(value))[:MOST_VALUES]):
            parts.append((_words(name), lines))
    said = tuple(str(line) for line in report.get("lines", ()))
    return Difference(str(report.get("against", "")), said, str(report.get("rule", "")), tuple(parts))


def scanned(release: Release) -> str:
    """What the scanner says, in a sentence; "" for a release that it never saw."""
    scan = release.scan
    if not scan:
        return ""
    if not release.is_scanned_clean:
        return "Not found free of identifiers."
    compared = scan.get("compared", {})
    looked = [f"{compared[name]:,} {words}" for name, words in SCANNED.items() if name in compared]
    return f"No identifier found{': ' + ', '.join(looked) if looked else ''}."


def _flat(value: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Nested figures as lines: "pol_crime, rows, before" and a number."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{before}, {_words(name, capital=False)}" if before else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            if isinstance(inner, Mapping | list):
                yield from _flat(inner, f"{before} {number}".strip())
            else:
                yield before or str(number), _shown(inner)
    elif value not in (None, ""):
        yield before, _shown(value)


def _words(name: str, *, capital: bool = True) -> str:
    text = str(name).replace("_", " ")
    return text[:1].upper() + text[1:] if capital else text


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
