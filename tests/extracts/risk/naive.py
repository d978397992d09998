"""The same figures once more, straight from their definitions: rows as tuples, loops, and nothing clever."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import combinations

EDGES = (1, 2, 3, 5, 10, 20)


def class_sizes(rows):
    """For each row, how many rows have the same values."""
    counts = Counter(rows)
    return [counts[row] for row in rows]


def bands(rows):
    sizes = class_sizes(rows)
    ends = [*EDGES[1:], math.inf]
    return tuple(sum(low <= size < high for size in sizes) for low, high in zip(EDGES, ends, strict=True))


def diversity(rows, values):
    """Rows in classes with one value, the lowest number of values, the largest distance and that of 95 of 100."""
    classes = defaultdict(list)
    for row, value in zip(rows, values, strict=True):
        classes[row].append(value)
    one_value = sum(len(one) for one in classes.values() if len(set(one)) == 1)
    least = min(len(set(one)) for one in classes.values())
    distances = sorted(distance(one, values) for one in classes.values())
    return one_value, least, distances[-1], distances[math.ceil(0.95 * len(distances)) - 1]


def distance(some, everything):
    """Half the sum of the differences of shares."""
    return sum(abs(some.count(v) / len(some) - everything.count(v) / len(everything)) for v in set(everything)) / 2


def special(rows):
    """For each row its minimal unique sets of at most three places."""
    number = len(rows[0])
    found = []
    for row in rows:
        sets = []
        for size in (1, 2, 3):
            for places in combinations(range(number), size):
                alike = sum(all(other[place] == row[place] for place in places) for other in rows)
                if alike == 1 and not any(set(smaller) < set(places) for smaller in sets):
                    sets.append(places)
        found.append(sets)
    return found


def together(rows, cases):
    """Cases of several rows, and those whose rows no other case has."""
    members = defaultdict(list)
    for row, case in zip(rows, cases, strict=True):
        if case is not None:
            members[case].append(str(row))
    several = [tuple(sorted(one)) for one in members.values() if len(one) > 1]
    return len(several), sum(several.count(one) == 1 for one in several)


def rare(values, threshold):
    return sum(size < threshold for size in class_sizes(values))
