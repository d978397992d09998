"""What the page of a linkage run shows of the run's own report: phases, counts, stable ids, and Splink's charts.

A report is read as it is: what a stage did not write is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from extracts.lifecycle.linkage import Stage
from extracts.models import LinkageRun
from portal.charts import Axis, bar, curve

COUNTS = {
    "records": "Records that stand",
    "new": "New records",
    "corrected": "Records corrected",
    "withdrawn": "Records withdrawn",
    "scored": "Pairs scored now",
    "pairs": "Pairs scored in all",
    "clustered_again": "Records put together anew",
    "persons": "Persons",
    "put_up_for_review": "Pairs sent to review",
    "decided_but_apart": "Pairs decided to be one that could not be made one",
}
CHANGES = {
    "kept": "Kept their id",
    "merged": "Ids that went into another person's",
    "split": "New ids of persons who were part of another",
    "new": "New persons",
    "gone": "Ids with no record left",
}
PRIOR, FINAL = "Prior", "Final score"


# Comparisons whose names are not plain words.
NAMES = {
    "pnc": "PNC number", "cro": "CRO number", "asn": "Arrest/summons number",
    "national_insurance": "National Insurance number",
}  # fmt: skip


@dataclass(frozen=True)
class Phase:
    """What one part of the work took. `drawn` is its share of the longest."""

    name: str
    seconds: float
    mebibytes: float | None
    drawn: SafeString


@dataclass(frozen=True)
class Step:
    """One line of a chart of weights: what was compared, which way it points, how far."""

    name: str
    level: str
    weight: float
    drawn: SafeString
    total: float | None = None


def phases(run: LinkageRun) -> list[Phase]:
    """Seconds and memory of every phase, in the order in which they ran."""
    found = [one for stage in Stage for one in _phases_of(run.part(stage))]
    axis = Axis.around([0.0, *(seconds for _, seconds, _ in found)])
    return [Phase(name, seconds, memory, bar(axis, 0.0, seconds)) for name, seconds, memory in found]


def _phases_of(part: Mapping[str, Any]) -> Iterable[tuple[str, float, float | None]]:
    """Phases as a list of objects, or as one object of phase -> object."""
    given = part.get("phases", ())
    rows = [{"name": name, **row} for name, row in given.items()] if isinstance(given, Mapping) else given
    for row in rows:
        name = str(row.get("name", "")).replace("_", " ").capitalize()
        yield name, float(row.get("seconds", 0)), row.get("peak_mib", row.get("mebibytes"))


def counts(run: LinkageRun) -> list[tuple[str, int]]:
    """From the records that came in to the persons that came out."""
    given = run.part(Stage.LINKING).get("counts", {})
    known = [(label, given[name]) for name, label in COUNTS.items() if isinstance(given.get(name), int)]
    rest = [(name, number) for name, number in given.items() if name not in COUNTS and isinstance(number, int)]
    return known + [(name.replace("_", " ").capitalize(), number) for name, number in rest]


def changes(run: LinkageRun) -> list[tuple[str, int]]:
    """What became of the ids of the run before."""
    linking = run.part(Stage.LINKING)
    given = linking.get("stable_ids") or linking.get("ids") or linking.get("changes") or {}
    return [(label, given[name]) for name, label in CHANGES.items() if isinstance(given.get(name), int)]


def contradictions(run: LinkageRun) -> list[tuple[str, int]]:
    """How many persons contradict themselves, by kind."""
    given = run.part(Stage.LINKING).get("contradictions", {})
    if isinstance(given, int):
        return [("Persons", given)]
    return [(str(kind).capitalize(), number) for kind, number in given.items() if isinstance(number, int)]


def thresholds(run: LinkageRun) -> list[str]:
    """The probabilities at which persons were put together."""
    given = run.part(Stage.LINKING).get("thresholds", ())
    values = given.values() if isinstance(given, Mapping) else given
    return [f"{value:.2f}" if isinstance(value, float) else str(value) for value in values]


def match_weights(run: LinkageRun) -> list[tuple[str, list[Step]]]:
    """How much each level of agreement speaks for or against, by what is compared, in bits."""
    rows = [row for row in _records(run.charts.get("match_weights")) if _weight(row) is not None]
    axis = Axis.around([0.0, *(_weight(row) or 0.0 for row in rows)])
    groups: dict[str, list[Step]] = {}
    for row in rows:
        name, weight = _name(row), _weight(row) or 0.0
        groups.setdefault(name, []).append(Step(name, _level(row), weight, bar(axis, 0.0, weight)))
    return list(groups.items())


def waterfalls(run: LinkageRun) -> list[tuple[str, list[Step]]]:
    """Made-up pairs: from the prior, comparison by comparison, to the final weight."""
    given = run.charts.get("waterfalls") or run.charts.get("waterfall") or []
    several = given if given and isinstance(given[0], Sequence | Mapping) and not _is_record(given[0]) else [given]
    return [(_title(one, number), _falling(_records(one))) for number, one in enumerate(several, 1) if _records(one)]


def _title(one: Any, number: int) -> str:
    return str(one.get("title", f"Example {number}")) if isinstance(one, Mapping) else f"Example {number}"


def _falling(rows: list[Mapping[str, Any]]) -> list[Step]:
    """Each bar begins where the one before ended; the final score is what they come to."""
    totals = [0.0]
    for row in rows:
        totals.append(totals[-1] + (_weight(row) or 0.0) if not _is_final(row) else totals[-1])
    axis = Axis.around(totals)
    return [
        Step(_name(row), _level(row), total if _is_final(row) else (_weight(row) or 0.0),
             bar(axis, 0.0 if _is_final(row) else before, total), total)
        for row, before, total in zip(rows, totals, totals[1:], strict=False)
    ]  # fmt: skip


def unlinkables(run: LinkageRun) -> tuple[SafeString | str, list[tuple[str, str]]]:
    """The share of records that could not be linked even with themselves, by threshold: drawn, and as a table."""
    rows = [row for row in _records(run.charts.get("unlinkables")) if "match_weight" in row and "cum_prop" in row]
    if len(rows) < 2:
        return "", []
    points = sorted((float(row["match_weight"]), float(row["cum_prop"])) for row in rows)
    drawn = curve(
        points,
        x_label="Threshold as match weight, in bits",
        y_label="Records below it",
        title="Share of records that reach no higher match weight than this even against themselves",
    )
    return drawn, [(f"{weight:.1f}", f"{100 * share:.2f}%") for weight, share in _some(points)]


def _some(points: list[tuple[float, float]], most: int = 12) -> list[tuple[float, float]]:
    step = max(1, len(points) // most)
    return points[::step]


def _records(given: Any) -> list[Mapping[str, Any]]:
    """The rows behind a chart: a list, or what Splink wraps around one."""
    if isinstance(given, Mapping):
        given = given.get("records") or given.get("values") or (given.get("data") or {}).get("values") or []
    return [row for row in given or [] if isinstance(row, Mapping)]


def _is_record(row: Any) -> bool:
    return isinstance(row, Mapping) and _weight(row) is not None


def _is_final(row: Mapping[str, Any]) -> bool:
    return row.get("label_for_charts") == FINAL or row.get("column_name") == FINAL


def _weight(row: Mapping[str, Any]) -> float | None:
    value = row.get("log2_bayes_factor", row.get("match_weight", row.get("weight")))
    return float(value) if isinstance(value, int | float) else None


def _name(row: Mapping[str, Any]) -> str:
    name = str(row.get("comparison_name") or row.get("column_name") or row.get("name") or "").removeprefix("tf_")
    return NAMES.get(name, name.replace("_", " ").capitalize())


def _level(row: Mapping[str, Any]) -> str:
    return str(row.get("label_for_charts") or row.get("level") or "")
