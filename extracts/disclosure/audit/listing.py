"""Listings: what an audit found, cell by cell, as data and as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from extracts.disclosure.audit.bounds import Bounds
from extracts.disclosure.audit.components import components
from extracts.disclosure.audit.explain import Explainer
from extracts.disclosure.audit.judgement import Audit
from extracts.disclosure.audit.linked import Linked


def listing(group: Linked, audit: Audit, *, names: Sequence[str], threshold: int) -> dict[str, Any]:
    """What was found in one group of linked tables: numbers of cells, and the interval of each protected one."""
    system = audit.system
    sizes = [len(part) for part in components(system.equations, Bounds(system.low, system.high, settled=True))]
    shown = audit.shown_elsewhere(group.hidden, threshold=threshold)
    unsafe = audit.unsafe | shown
    listed = group.listed & (audit.protected | group.hidden) | unsafe | (audit.exact & group.listed)
    explainer = Explainer(system, audit.found)
    return {
        "tables": [names[at] for at in group.tables],
        "cells": len(system),
        "protected": int((audit.protected & group.listed).sum()),
        "components": sorted(sizes, reverse=True),
        "exact": int((audit.exact & group.listed).sum()),
        "unsafe": int(unsafe.sum()),
        "not_proven": int((audit.open & group.listed).sum()),
        "totals_that_do_not_add_up": sum(len(one.doubts) for one in group.systems),
        "intervals": [_interval(audit, explainer, at, bool(unsafe[at])) for at in np.flatnonzero(listed).tolist()],
    }


def _interval(audit: Audit, explainer: Explainer, at: int, unsafe: bool) -> dict[str, Any]:
    """One cell: its key, its interval (None for no bound) and what was made of it."""
    low, high = float(audit.found.low[at]), float(audit.found.high[at])
    verdict = "unsafe" if unsafe else "doubtful" if audit.doubtful[at] else "not proven" if audit.open[at] else "safe"
    attack = ""
    if unsafe or audit.doubtful[at]:
        attack = explainer.attack(at)
    return {
        "key": audit.system.keys[at].as_dict(),
        "low": low if np.isfinite(low) else None,
        "high": high if np.isfinite(high) else None,
        "proven": bool(audit.found.proven[at]),
        "verdict": verdict,
        "attack": attack,
    }


def as_text(one: Mapping[str, Any]) -> Iterator[str]:
    """The report on one group as lines for a person."""
    yield f"{', '.join(one['tables'])}: {one['cells']:,} cells, {one['protected']:,} hidden or rounded."
    largest = f", the largest of {one['components'][0]:,} cells" if one["components"] else ""
    yield f"{len(one['components']):,} components{largest}; {one['exact']:,} cells worked out exactly, "\
          f"{one['unsafe']:,} unsafe, {one['not_proven']:,} not proven."  # fmt: skip
    if one["totals_that_do_not_add_up"]:
        yield f"{one['totals_that_do_not_add_up']:,} totals are not the sum of their parts."
    for cell in one["intervals"]:
        key = ", ".join(f"{name} {label}" for name, label in cell["key"].items()) or "the total of all"
        high = "no limit" if cell["high"] is None else f"{cell['high']:,.10g}"
        low = "no limit" if cell["low"] is None else f"{cell['low']:,.10g}"
        yield f"{low:>10} to {high:<10} {cell['verdict']:<10} {key}{'. ' if cell['attack'] else ''}{cell['attack']}"
