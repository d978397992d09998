"""Histograms: an outer edge that is somebody's value gives away the smallest or the largest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.microdata.records import TABLE, Records, quoted
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.histogram import edges_of
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "histogram_edge"
ROOM = 1e-9


def findings(subject: Subject) -> Iterator[Finding]:
    """Outer edges that are the value of fewer units than the threshold.

    Source: statbarn "histogram, density": edge equals a single extreme. Small bins are for the threshold rule.
    """
    cells = subject.cells.of_kind("count")
    edges = edges_of(cells)
    if edges is None:
        return
    low, high = edges
    for place, edge, side in (
        (int(np.argmin(low)), float(low.min()), "at_left"),
        (int(np.argmax(high)), float(high.max()), "at_right"),
    ):
        n = _at_edge(subject, edge) if subject.records is not None else float(cells.numbers(side)[place])
        if 0 < n < subject.threshold:
            yield _edge(subject, cells, place, n)


def _edge(subject: Subject, cells: Cells, place: int, n: float) -> Finding:
    return subject.finding(
        CODE, Verdict.FAIL, cells, place,
        problem=f"The outer edge of this bin is the value of {n:,.0f} of the {subject.unit}.",
        attack="The edge of the outermost bin is the smallest or the largest value.",
        cure="Round the outer edges away from the data, or leave the outer bins open.",
    )  # fmt: skip


def _at_edge(subject: Subject, edge: float) -> float:
    """How many units of the records have an edge as their value; none where it is not known of what."""
    recipe, records = subject.described.recipe, subject.records
    return _with_value(records, recipe.value, recipe.where, edge) if records is not None and recipe.value else 0.0


def _with_value(records: Records, value: str, where: str, edge: float) -> float:
    """How many units have the value; none where the edge is open."""
    column = records.column(value)
    if column is None or not records.is_number(column) or not np.isfinite(edge):
        return 0.0
    unit = f"DISTINCT {quoted(records.unit)}" if records.unit else "*"
    near = f"abs({quoted(column)} - {edge!r}) <= {ROOM * max(1.0, abs(edge))!r}"
    asked = f"SELECT count({unit}) AS n FROM {TABLE} WHERE ({where or 'TRUE'}) AND {near}"
    return float(records.frame(asked)["n"].iloc[0])
