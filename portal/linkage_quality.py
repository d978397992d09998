"""A quality report as pages show it: headlines, a table for each way of grouping people, link rates, the worst off.

The report is what `measure` wrote; figures that may not be shown are already missing from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.safestring import SafeString

from extracts.linkage.quality_words import is_measured, statement
from portal.charts import Axis, interval

IDS = {"person_id": "The release's own ids", "person_095": "At 0.95", "person_080": "At 0.80"}
GROUPINGS = {
    "sex": "Sex", "age_band": "Age", "ethnicity": "Ethnic group", "area": "Area", "source_pair": "Pair of sources",
    "source": "Source",
}  # fmt: skip
HEADLINES = ("precision", "recall", "f1")
LABELS = {
    "precision": "Precision", "recall": "Recall", "f1": "F1", "missed": "Missed links", "false": "Wrong links",
    "cluster_precision": "Persons: precision", "cluster_recall": "Persons: recall", "cluster_f1": "Persons: F1",
    "split": "Persons with several ids", "mixed": "Persons sharing an id",
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One rate with its interval, as text and as a drawing. Empty where too few people stand behind it."""

    text: str
    drawn: SafeString | str = ""


@dataclass(frozen=True)
class Line:
    group: str
    persons: int | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Grouped:
    """One table: people grouped one way. `axis` says from where to where the drawings reach."""

    key: str
    short: str
    title: str
    head: str
    lines: tuple[Line, ...]
    axis: str


def ids_asked(asked: str) -> str:
    """At which ids the tables by group are read: the release's own, or those of a threshold."""
    return asked if asked in IDS else "person_id"


def percent(rate: Mapping[str, float] | None) -> str:
    """ "98.2% (97.9 to 98.5)", or the words for a figure that is not shown."""
    if not rate:
        return "Too few to show"
    return f"{100 * rate['value']:.1f}% ({100 * rate['low']:.1f} to {100 * rate['high']:.1f})"


def headlines(quality: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Precision, recall and F1 of pairs for everyone, one row for each kind of ids that was measured."""
    found = {row["ids"]: row for row in quality.get("measures", ()) if row["by"] == "overall"}
    return [
        {"ids": ids, "label": label, "rates": [percent(found[ids].get(name)) for name in HEADLINES]}
        for ids, label in IDS.items()
        if ids in found
    ]


def measured(quality: Mapping[str, Any]) -> bool:
    """Whether anything is known of how good the links are."""
    return bool(quality) and is_measured(quality)


def short_headline(quality: Mapping[str, Any], ids: str) -> dict[str, str]:
    """Precision, recall and F1 as plain per cents, for lists; {} where they were not measured."""
    for row in quality.get("measures", ()):
        if (row["by"], row["ids"]) == ("overall", ids):
            return {name: f"{100 * row[name]['value']:.1f}%" for name in HEADLINES if row.get(name)}
    return {}


def everyone(quality: Mapping[str, Any], ids: str) -> list[tuple[str, str]]:
    """Every rate for everyone at one kind of ids, in words."""
    for row in quality.get("measures", ()):
        if (row["by"], row["ids"]) == ("overall", ids):
            return [(label, percent(row[name])) for name, label in LABELS.items() if name in row]
    return []


def grouped(quality: Mapping[str, Any], ids: str) -> list[Grouped]:
    """A table of pair rates for each way of grouping, at one kind of ids."""
    rows = [row for row in quality.get("measures", ()) if row["ids"] == ids and row["by"] != "overall"]
    return list(_tables(rows, "persons", HEADLINES, [LABELS[name] for name in HEADLINES]))


def link_rates(quality: Mapping[str, Any]) -> list[Grouped]:
    """How many records found company in another source, by group: known also where the truth is not."""
    rows = [row for row in quality.get("link_rates", ()) if row["by"] != "overall"]
    return list(_tables(rows, "records", ("linked",), ["Linked to another source"]))


def agency_pairs(quality: Mapping[str, Any]) -> list[Grouped]:
    """A table for each source: how many of its persons have a record in each of the others."""
    rows: list[Mapping[str, Any]] = [
        {"by": "source", "group": row["in"], "persons": row["persons"], "linked": row["linked"], "of": row["of"]}
        for row in quality.get("agency_pairs", ())
    ]
    tables = []
    for source in sorted({row["of"] for row in rows}):
        mine = [row for row in rows if row["of"] == source]
        for table in _tables(mine, "persons", ("linked",), ["With a record there"]):
            head = table.head.replace("Group|", "Other source|", 1)
            tables.append(replace(table, key=source, head=head, title=f"Persons of {source} found in other sources"))
    return tables


def overall_link_rate(quality: Mapping[str, Any]) -> str:
    rows = [row for row in quality.get("link_rates", ()) if row["by"] == "overall" and row["linked"]]
    return percent(rows[0]["linked"]) if rows else ""


def _tables(rows: list[Mapping[str, Any]], counted: str, names: Iterable[str], columns: list[str]) -> Iterable[Grouped]:
    names = tuple(names)
    for key, title in GROUPINGS.items():
        here = [row for row in rows if row["by"] == key]
        if not here:
            continue
        known = [row[name] for row in here for name in names if row.get(name)]
        axis = Axis.around([end for one in known for end in (one["low"], one["high"])], least=0.0, most=1.0)
        lines = tuple(
            Line(row["group"], row.get(counted), tuple(_figure(row.get(name), axis) for name in names)) for row in here
        )
        reach = f"{100 * axis.low:g}% to {100 * axis.high:g}%"
        yield Grouped(
            key,
            title,
            f"{title}: {columns[0].lower()}" if len(columns) == 1 else title,
            "|".join(["Group", f"{counted.capitalize()}:numeric", *columns]),
            lines,
            reach,
        )


def _figure(rate: Mapping[str, float] | None, axis: Axis) -> Figure:
    drawn = interval(axis, rate["low"], rate["value"], rate["high"]) if rate else ""
    return Figure(percent(rate), drawn)


def as_reviewed(quality: Mapping[str, Any]) -> dict[str, Any]:
    """What reviewed pairs say: how many and how far reviewers agree, and the rates estimated from them."""
    given = quality.get("reviewed") or {}
    if not given.get("settled"):
        return {}
    twice = given.get("agreement") or {}
    sentence = f"{given['settled']:,} pairs are settled as one person or two; pairs that nobody can tell teach nothing."
    if twice.get("agreed") is not None:
        sentence += f" The first two reviewers agreed on {100 * twice['agreed']:.0f}% of {twice['pairs']:,} pairs"
        sentence += f" (kappa {twice['kappa']:.2f})." if twice.get("kappa") is not None else "."
    lines = [
        (f"{row['threshold']:.2f}", percent(row.get("precision")), percent(row.get("recall")))
        for row in given.get("measures", ())
    ]
    return {"sentence": sentence, "lines": lines}


def words(quality: Mapping[str, Any]) -> dict[str, Any]:
    """The quality statement in sentences: `summary`, `worst`. {} for a release without a report."""
    return statement(quality) if quality else {}
