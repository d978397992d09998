"""Subtotals among the labels of one dimension: which labels each is the sum of, by words, order and the numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from extracts.disclosure.audit.bounds import Floats
from extracts.disclosure.audit.wholes import adds_up
from extracts.disclosure.ledger.bands import sets_of
from extracts.disclosure.ledger.values import Values, union
from extracts.disclosure.ledger.within import LESS, is_cumulative, named, parts, words
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared


def parents(cells: Cells, along: str) -> dict[str, str]:
    """Child label -> parent label, when labels of a dimension are sums or parts of others.

    The total of all is the one that is never below another. Each other one is the sum of the labels
    just before it, back to the last total, or else of those just after it, if the numbers say so on
    every line that shows them all. One that fits neither is its own parent, which means: in no sum.
    So is a label that is a part of another by its words ("of which domestic"), unless the parts are
    known to be all of that other one.
    """
    totals = [str(label) for label in cells.labels[along][cells.is_total(along)].unique()]
    order = list(cells.labels[along].astype(str).unique())
    said = _said(cells, along, [label for label in order if label not in totals])
    several = len({as_compared(label) for label in totals}) > 1
    if not (several or said):
        return {}
    values = _values(cells, along, order)
    return (_among_totals(order, totals, values) if several else {}) | _by_words(said, values)


def _values(cells: Cells, along: str, order: Sequence[str]) -> dict[str, Floats]:
    """The numbers of each label, one for each line."""
    labels = cells.labels[along].astype(str).to_numpy()
    table = pd.DataFrame({"line": cells.lines(along), "label": labels, "value": cells.numbers("value")})
    grid = table.pivot_table(index="line", columns="label", values="value", aggfunc="first", dropna=False)
    return {label: grid[label].to_numpy(dtype=np.float64) for label in order}


def _said(cells: Cells, along: str, labels: Sequence[str]) -> dict[str, tuple[str, bool]]:
    """Label -> the least of those that hold it by their words, and whether its parts are known to be all of that one.

    Nothing is a part where a total is the sum of all the labels.
    """
    bands = sets_of(labels)
    pairs = parts(labels, cumulative=is_cumulative(along) or any(map(is_cumulative, cells.facts["measure"].unique())))
    pairs |= _within_bands({label: values for label, values in bands.items() if values.numbers})
    if not pairs or adds_up(cells, along):
        return {}
    size = Counter(whole for _, whole in pairs)
    above: dict[str, str] = {}
    for part, whole in sorted(pairs):
        if part not in above or size[whole] < size[above[part]]:
            above[part] = whole
    everything = {whole: _all_of(whole, own, bands) for whole, own in _by_whole(above).items()}
    return {part: (whole, everything[whole]) for part, whole in above.items()}


def _by_whole(above: Mapping[str, str]) -> dict[str, list[str]]:
    """The parts of each whole."""
    found: dict[str, list[str]] = {}
    for part, whole in above.items():
        found.setdefault(whole, []).append(part)
    return found


def _within_bands(bands: Mapping[str, Values]) -> set[tuple[str, str]]:
    """Pairs of bands of numbers of which the first lies inside the second; they begin inside it too."""
    order = sorted(bands, key=lambda label: bands[label].numbers.parts[0])
    starts = [bands[label].numbers.parts[0][0] for label in order]
    found = set[tuple[str, str]]()
    for whole in order:
        parts = bands[whole].numbers.parts
        inside = order[bisect_left(starts, parts[0][0]) : bisect_left(starts, parts[-1][1])]
        found |= {(part, whole) for part in inside if bands[part] != bands[whole] and bands[part].within(bands[whole])}
    return found


def _all_of(whole: str, own: Sequence[str], bands: Mapping[str, Values]) -> bool:
    """Whether parts are all of a whole by definition: bands that fill it, or what it is without another, and that."""
    if bands[whole].numbers and all(bands[part].numbers for part in own):
        return union(bands[part] for part in own) == bands[whole]
    known = {words(part): part for part in own}
    lacking = {part: named(less["part"], known) for text, part in known.items() if (less := LESS.fullmatch(text))}
    return any({part, *others} == set(own) and others for part, others in lacking.items())


def _by_words(said: Mapping[str, tuple[str, bool]], values: Mapping[str, Floats]) -> dict[str, str]:
    """The parents of parts: a whole that they are all of, or that they add up to on every line; else themselves."""
    found: dict[str, str] = {}
    for whole, own in _by_whole({part: whole for part, (whole, _) in said.items()}).items():
        everything = said[own[0]][1]
        fits = everything or (len(own) > 1 and _same(values[whole], np.sum([values[one] for one in own], axis=0)))
        found |= {part: whole if fits else part for part in own}
    return found


def _among_totals(order: Sequence[str], totals: Sequence[str], values: dict[str, Floats]) -> dict[str, str]:
    """The parents of labels that read as totals, and of the labels that they are the sums of."""
    whole = max(totals, key=lambda label: (np.nansum(values[label]), -order.index(label)))
    found: dict[str, str] = {}
    for label in totals:
        if label != whole and not _same(values[label], values[whole]):
            found |= {label: whole} | dict.fromkeys(_parts(label, order, totals, values), label)
            if label not in found.values():
                found[label] = label
    return found


def _parts(label: str, order: Sequence[str], totals: Sequence[str], values: dict[str, Floats]) -> list[str]:
    """The labels just before or just after a subtotal that add up to it; none if neither do."""
    at = order.index(label)
    for run in (list(reversed(order[:at])), list(order[at + 1 :])):
        ends = next((place for place, other in enumerate(run) if other in totals), len(run))
        parts = run[:ends]
        if len(parts) > 1 and _same(values[label], np.sum([values[part] for part in parts], axis=0)):
            return parts
    return []


def _same(one: Floats, other: Floats) -> bool:
    """Whether numbers are equal wherever both are shown, and both are shown somewhere."""
    both = ~np.isnan(one) & ~np.isnan(other)
    return bool(both.any() and (np.abs(one - other)[both] < 0.5).all())
