"""How good the links are: what the release says of all its records, and what was counted of this extract's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extracts.pack.contents import Contents
from extracts.pack.csv_text import csv_text
from extracts.pack.links import LinkRate

RATES, PARTS = ("precision", "recall", "f1"), ("value", "low", "high")  # of linkage-quality.csv
OF_THIS_EXTRACT = "linkage-of-this-extract.csv"
HEADER = ("table", "linked_to", "by", "group", "rows", "share")


def of_release(contents: Contents) -> dict[str, str]:
    """The quality statement of the release in sentences, and its rates as a table. They are of the whole release."""
    said = contents.quality["statement"]
    lines = [f"How good the links of release {contents.release.version} are", ""]
    lines += [*said["summary"], "", *(["Who fares worst", "", *said["worst"], ""] if said["worst"] else [])]
    lines += ["Each group", "", *(f"{one['by']}, {one['group']}: {one['sentence']}" for one in said["groups"]), ""]
    lines += ["These figures are of the whole release, not of this extract alone. linkage-quality.csv holds the rates."]
    lines += [f"{OF_THIS_EXTRACT} says how many of this extract's records are linked."] if contents.links else []
    rates = [
        [row["ids"], row["by"], row["group"], *(_rate(row[name], part) for name in RATES for part in PARTS)]
        for row in contents.quality["measures"]
    ]
    measured = [name if part == "value" else f"{name}_{part}" for name in RATES for part in PARTS]
    return {
        "linkage-quality.txt": "\n".join([*lines, ""]),
        "linkage-quality.csv": csv_text(("ids", "by", "group", *measured), rates),
    }


def of_extract(links: Sequence[LinkRate]) -> str:
    """One line per table, what it is linked to, and group; rows and share are blank of groups that are too small."""
    lines = [
        (one.table, one.linked_to, one.by, one.group, _blank(one.rows), "" if one.share is None else f"{one.share:.4f}")
        for one in links
    ]
    return csv_text(HEADER, lines)


def _blank(number: int | None) -> str:
    return "" if number is None else str(number)


def _rate(rate: Mapping[str, float] | None, part: str) -> str:
    """One number, or nothing where the group is too small to tell."""
    return "" if rate is None else f"{rate[part]:.4f}"
