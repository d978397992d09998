"""Figures of a release for the catalogue's pages: read from the release's folder, where the build made them safe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from extracts.models import Release
from extracts.zones import Zones

NAME = "figures.json"
MOST_CODES, MOST_NAMED = 5, 3
NOTHING: Mapping[str, Any] = {}


def figures_of(release: Release | None, table: str) -> Mapping[str, Any]:
    """Variable -> figures of one table, or nothing where the release has none."""
    whole = whole_of(release)
    found: Mapping[str, Any] = whole.get("tables", {}).get(table, {}).get("variables", {})
    return found


def rule_of(release: Release | None) -> str:
    """The sentence that says how the figures were made safe."""
    return str(whole_of(release).get("rule", ""))


def whole_of(release: Release | None) -> Mapping[str, Any]:
    """Everything that the release's build wrote of its variables."""
    return content_of(release, NAME)


def content_of(release: Release | None, name: str) -> Mapping[str, Any]:
    """What one JSON file of aggregates in the release's folder says, or nothing where it is not there to read."""
    if release is None:
        return NOTHING
    path = Zones(Path(settings.GATEHOUSE_DATA)).release(release.code, release.version) / name
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return NOTHING


@lru_cache(maxsize=32)  # a page of one variable reads each published release of its dataset
def _read(path: Path, changed: int) -> Mapping[str, Any]:
    """The file, read once: a release never changes."""
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def told(figures: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """One variable's figures in words: missing, range, the commonest codes with their labels."""
    codes = figures.get("codes") or ()
    shown = [one for one in codes if one.get("percent") is not None][:MOST_CODES]
    return {
        "missing": _missing(figures),
        "range": _range(figures),
        "distinct": figures.get("distinct"),
        "codes": [
            {"code": one["code"], "label": labels.get(str(one["code"]), ""), "percent": one["percent"]} for one in shown
        ],
        "more": len(codes) - len(shown) + int(figures.get("more_codes") or 0),
    }


def looks_like(figures: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """One variable's values in a few words: its range, or its commonest codes; "" where none are told."""
    if words := _range(figures):
        return words
    shown = [one for one in figures.get("codes") or () if one.get("percent") is not None][:MOST_NAMED]
    return ", ".join(f"{labels.get(str(one['code'])) or one['code']} {one['percent']:g}%" for one in shown)


def _missing(figures: Mapping[str, Any]) -> str:
    if figures.get("missing") == 0:
        return "Never"
    share = figures.get("missing_percent")
    return "Too few rows to say" if share is None else f"{share:g}% of rows"


def _range(figures: Mapping[str, Any]) -> str:
    if quarters := [figures[name] for name in ("first_quarter", "last_quarter") if figures.get(name)]:
        return f"From {_quarter(quarters[0])} to {_quarter(quarters[-1])}"
    if shares := figures.get("percentiles"):
        half = f"Half of them between {shares['25']:,} and {shares['75']:,}"
        return f"{half}, nine in ten between {shares['5']:,} and {shares['95']:,}, median {shares['50']:,}"
    return ""


def _quarter(name: str) -> str:
    year, _, number = name.partition("Q")
    return f"quarter {number} of {year}"
