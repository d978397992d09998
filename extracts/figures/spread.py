"""How the values of quasi-identifiers spread over people, alone and in pairs, at every level of detail.

It is what the re-identification meter works with: for each variable at each level, and each pair of those, the mean
and the variance of "how rare are my values" (the natural logarithm of one over the share of people who have them),
and the shares of people in classes of one and of fewer than ten. Two decimals and whole percents: nothing of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from extracts.figures.classes import SMALL, Counts, class_sizes
from extracts.figures.levels import Codes
from extracts.figures.safe import ENOUGH_ROWS, rounded

Step = tuple[str, str]
# More people than this are thinned out evenly: the spread of values does not change with the number.
MOST_PEOPLE = 1 << 21
MOST_CELLS = 1 << 31  # codes of a pair are one 32-bit number


def spread_of(
    finest: Mapping[str, Codes], steps: Mapping[Step, Codes], once: npt.NDArray[np.int64] | None
) -> dict[str, Any]:
    """People, and (variable, level) alone and in pairs with [rarity, variance, unique percent, small percent].

    finest  codes of the rows of each variable, as recorded
    steps   for each variable and level the code there of each finest code
    once    the rows to look at, one a person; all when None. {} when they are too few.
    """
    rows = len(next(iter(finest.values())))
    people = rows if once is None else len(once)
    if people < ENOUGH_ROWS:
        return {}
    every = -(-people // MOST_PEOPLE)
    looked_at = slice(0, rows, every) if once is None else once[::every]
    seen = {name: np.asarray(column[looked_at]) for name, column in finest.items()}
    columns = {step: places[seen[step[0]]] for step, places in steps.items()}
    sizes = {step: int(places.max(initial=0)) + 1 for step, places in steps.items()}
    pairs = [
        (one, other)
        for one, other in combinations(columns, 2)
        if one[0] != other[0] and prod((sizes[one], sizes[other])) < MOST_CELLS
    ]
    return {
        "people": rounded(people),
        "alone": [[*one, *_told(class_sizes([columns[one]], [sizes[one]]))] for one in columns],
        "pairs": [[*a, *b, *_told(class_sizes([columns[a], columns[b]], [sizes[a], sizes[b]]))] for a, b in pairs],
    }


def _corrected_logs(most: int) -> npt.NDArray[np.float64]:
    """Grassberger's G(n) for n up to `most`: near the logarithm of n, and below it for small n."""
    found = np.zeros(most + 1)
    found[1] = -np.euler_gamma - np.log(2)
    found[2::2] = found[1] + np.cumsum(2 / np.arange(1, most, 2))[: len(found[2::2])]
    found[3::2] = found[2:-1:2][: len(found[3::2])]
    return found


LOGS = _corrected_logs(1000)


def _told(counts: Counts) -> list[float | int]:
    mean, variance, unique, small = rarity(counts)
    return [round(mean, 2), round(variance, 2), round(100 * unique), round(100 * small)]


def rarity(counts: Counts) -> tuple[float, float, float, float]:
    """Mean and variance of the rarity of people's values; the shares of people in classes of one and of under ten.

    With Grassberger's correction for classes that hold few of those looked at: without it values that are as many as
    the people would seem no rarer than one in all of them. Source: P. Grassberger, Entropy Estimates from
    Insufficient Samplings (2003).
    """
    by_size = np.bincount(counts)
    size = np.flatnonzero(by_size[1:]) + 1
    share = by_size[size] * size / (by_size[size] * size).sum()
    total = int((by_size[size] * size).sum())
    rare = np.log(total) - np.where(size < len(LOGS), LOGS[np.minimum(size, len(LOGS) - 1)], np.log(size))
    mean = float((share * rare).sum())
    variance = float((share * (rare - mean) ** 2).sum())
    return mean, variance, float(share[size == 1].sum()), float(share[size < SMALL].sum())
