"""What the page of a release shows beside its quality: tables, who uses it, and how it differs from the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q

from extracts.lifecycle import DELIVERED, UNFINISHED
from extracts.models import Extract, Release
from governance.catalogue.catalogue import Catalogue, UnknownName, find

MOST_VALUES = 200


@dataclass(frozen=True)
class ReleasedTable:
    name: str
    label: str
    rows: int
    sha256: str
    described: bool


def tables_of(release: Release) -> list[ReleasedTable]:
    """The tables with what the catalogue calls them."""
    known = described(release.code)
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


def described(code: str) -> Catalogue | None:
    try:
        return find(code, settings.GATEHOUSE_CATALOGUES)
    except UnknownName:
        return None


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


def difference_of(release: Release) -> list[tuple[str, list[tuple[str, str]]]]:
    """The difference report in parts, each a list of what and how much; nothing when there was no release before."""
    parts: list[tuple[str, list[tuple[str, str]]]] = []
    top: list[tuple[str, str]] = []
    for name, value in release.difference.items():
        if isinstance(value, Mapping | list):
            if lines := list(_flat(value))[:MOST_VALUES]:
                parts.append((_words(name), lines))
        elif value not in (None, ""):
            top.append((_words(name), _shown(value)))
    return [("In short", top), *parts] if top else parts


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
