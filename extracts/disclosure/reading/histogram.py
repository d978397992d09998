"""Bins: the edges of a histogram, from two columns of edges or from labels such as `10-20`."""

from __future__ import annotations

import re

import numpy as np

from extracts.disclosure.reading.bands import band_of
from extracts.disclosure.reading.cells import Cells, Floats

LEFT = frozenset(["left", "from", "lower", "low", "start", "min"])
RIGHT = frozenset(["right", "to", "upper", "high", "end", "max"])
INTERVAL = re.compile(r"[\[(]\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*[\])]")


def sides(dimensions: tuple[str, ...]) -> tuple[str, str] | None:
    """The two dimensions that hold the left and the right edge of each bin, or None."""
    words = {name: set(re.findall(r"[a-z]+", name.lower())) for name in dimensions}
    left = [name for name, found in words.items() if LEFT & found]
    right = [name for name, found in words.items() if RIGHT & found]
    return (left[0], right[0]) if len(left) == 1 and len(right) == 1 and left != right else None


def bin_dimension(cells: Cells) -> str | None:
    """The dimension whose labels are bins: bands of numbers under a heading that says bin, or interval notation."""
    for name in cells.dimensions:
        labels = [str(label) for label in cells.labels[name].unique()]
        words = set(re.findall(r"[a-z]+", name.lower()))
        if labels and all(INTERVAL.fullmatch(label) for label in labels):
            return name
        if words & {"bin", "bins", "interval"} and labels and all(band_of(label) for label in labels):
            return name
    return None


def dimensions_of(cells: Cells) -> tuple[str, ...]:
    """The dimensions that say which bin a cell is: two of edges, one of labels, or none."""
    if pair := sides(cells.dimensions):
        return pair
    name = bin_dimension(cells)
    return (name,) if name else ()


def edges_of(cells: Cells) -> tuple[Floats, Floats] | None:
    """Left and right edge of each cell's bin, or None where the table is no histogram. Open ends are infinite."""
    if pair := sides(cells.dimensions):
        found = [[_number(str(label)) for label in cells.labels[name]] for name in pair]
        left, right = (np.array(one, dtype=np.float64) for one in found)
        return (left, right) if len(left) and not (np.isnan(left) | np.isnan(right)).any() else None
    if (name := bin_dimension(cells)) is None:
        return None
    bins = [_bin(str(label)) for label in cells.labels[name]]
    return np.array([low for low, _ in bins]), np.array([high for _, high in bins])


def _bin(label: str) -> tuple[float, float]:
    if match := INTERVAL.fullmatch(label):
        return float(match[1]), float(match[2])
    band = band_of(label)
    return (band.low, band.high) if band else (np.nan, np.nan)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return {"-inf": -np.inf, "inf": np.inf}.get(text.strip().lower(), np.nan)
