"""What a release and every extract say about the quality of their links, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_NAMED, MOST_PAIRS_NAMED = 3, 1
SMALL = 0.02

BY = {
    "sex": "people whose sex is recorded as {}", "age_band": "people aged {}",
    "ethnicity": "people of ethnic group {}", "area": "people of the area {}",
    "source_pair": "links between {}", "source": "records of {}", "overall": "{}",
}  # fmt: skip
HARMS = {"missed": "more links are missed", "false": "more links are wrong"}


def statement(quality: Mapping[str, Any]) -> dict[str, Any]:
    """The quality statement: `summary` (a few sentences), `worst` (groups by name), `groups` (each one's link rate).

    quality  as `measure` writes it. What was not measured is said not to have been.
    """
    return {
        "summary": [*_basis(quality), *_rates(quality), *CAUTIONS],
        "worst": _worst(quality),
        "groups": [_group(row) for row in quality.get("link_rates", ()) if row["linked"]],
    }


CAUTIONS = (
    "Linkage errors are not random: results may not represent people whose records were not linked, "
    "and some people carry records of somebody else.",
    "Use the ids at the threshold 0.95 to see whether a result depends on uncertain links.",
)


def is_measured(quality: Mapping[str, Any]) -> bool:
    """Whether anything is known of right and missed links, for everyone at the release's own ids or as reviewed."""
    overall = [row for row in quality.get("measures", ()) if row["by"] == "overall" and row["ids"] == "person_id"]
    reviewed = (quality.get("reviewed") or {}).get("measures", ())
    return any(row["precision"] and row["recall"] for row in [*overall, *reviewed])


def _basis(quality: Mapping[str, Any]) -> list[str]:
    if quality.get("basis") == "truth" and not is_measured(quality):
        return ["The quality of the links is not known: the truth that is known does not cover these records."]
    return {
        "truth": ["Measured against the truth of synthetic data, which real records may not live up to."],
        "reviewed": ["Estimated from pairs of records that two reviewers looked at."],
    }.get(quality.get("basis", ""), ["The quality of the links has not been measured: only link rates are known."])


def _rates(quality: Mapping[str, Any]) -> list[str]:
    for row in quality.get("measures", ()):
        if row["by"] == "overall" and row["ids"] == "person_id" and row["precision"] and row["recall"]:
            return [
                f"Of the links made, {_percent(row['false'])} are wrong; of the true links, "
                f"{_percent(row['missed'])} were missed."
            ]
    for row in (quality.get("reviewed") or {}).get("measures", ()):
        if row["precision"] and row["recall"]:
            return [
                f"At the threshold {row['threshold']:.2f} about {_percent(row['precision'])} of links are right, and "
                f"about {_percent(row['recall'])} of the true links among the pairs compared were made."
            ]
    return []


def _worst(quality: Mapping[str, Any]) -> list[str]:
    """For each harm, at the release's own ids: the groups of people that fare worst, then the pair of sources."""
    rows = [row for row in quality.get("worst", ()) if row["ids"] == "person_id"]
    named: list[Mapping[str, Any]] = []
    for harm in HARMS:
        of_harm = [row for row in rows if row["harm"] == harm]
        named += [row for row in of_harm if row["by"] != "source_pair"][:MOST_NAMED]
        named += [row for row in of_harm if row["by"] == "source_pair"][:MOST_PAIRS_NAMED]
    return [
        f"For {BY[row['by']].format(row['group'])}, {HARMS[row['harm']]}: {_percent(row['rate'])}, "
        f"against {_percent(row['rest'])} for everyone else."
        for row in named
    ]


def _group(row: Mapping[str, Any]) -> dict[str, str]:
    rate = _percent(row["linked"])
    sentence = f"Link rate for this group is {rate}; results may not represent unlinked people."
    return {"by": row["by"], "group": row["group"], "sentence": sentence}


def _percent(rate: Mapping[str, float]) -> str:
    """As percent with its interval, with two decimals where it is small."""
    decimals = 1 if max(rate["value"], rate["high"]) >= SMALL else 2
    value, low, high = (f"{100 * rate[name]:.{decimals}f}" for name in ("value", "low", "high"))
    return f"{value}% ({low} to {high})"
