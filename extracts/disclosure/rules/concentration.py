"""Concentration: an index of inequality says how much the largest contributor holds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.named import named
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.dominance import CODE as DOMINANCE
from extracts.disclosure.rules.dominance import unsafe_totals
from extracts.disclosure.rules.evidence import contributions
from extracts.disclosure.subject import Subject

CODE = "concentration"
SQUARES = frozenset(["hhi", "herfindahl", "hirschman"])
CURE = "Join groups until no one holds so much, or leave the index out."


def share_of_largest(index: Floats) -> tuple[Floats, Floats]:
    """Between which numbers the largest share lies that a Herfindahl index is made of.

    index  the sum of the squared shares, from 0 to 1, or to 10,000 where shares are percentages

    The largest share is at least the index, as the index is a mean of shares, and at most its square root.
    Source: Hirschman-Herfindahl index; arithmetic.
    """
    of_one = np.where(index > 1, index / 10_000, index)
    return of_one, np.sqrt(of_one)


def findings(subject: Subject) -> Iterator[Finding]:
    """Indices of a few units, of a dominated total, or of which neither is known.

    Source: statbarn "Gini, Lorenz, HHI, concentration": number of units and top share.
    """
    cells = subject.cells.of_kind("index")
    cells = cells.where(cells.states("number") & ~cells.flags("structural"))
    for place in subject.places(cells, np.isnan(cells.numbers("n"))):
        problem = "How many units this index is made of is not known."
        cure = "Show the number of units beside it, or supply it as evidence."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure=cure)
    certain, possible = _dominated(subject, cells)
    for place in subject.places(cells, certain):
        problem = "So few hold nearly all of what this index is about that the policy's dominance rule fails."
        attack = "A reader who knows who is largest knows that the total is nearly theirs."
        yield subject.finding(DOMINANCE, Verdict.FAIL, cells, place, problem, attack, CURE)
    for place in subject.places(cells, possible & ~certain):
        problem = "The index is so high that a few may hold nearly all."
        yield subject.finding(CODE, Verdict.REVIEW, cells, place, problem, cure="Supply the largest contributions.")


def _dominated(subject: Subject, cells: Cells) -> tuple[Booleans, Booleans]:
    """Which indices are surely of a dominated total, and which may be."""
    total, largest, second = contributions(cells)
    known = ~np.isnan(total + largest + second)
    squares = np.array([bool(SQUARES & set(words_of(name))) for name in named(cells)], dtype=np.bool_)
    low, high = share_of_largest(cells.numbers("value"))
    certain, possible = np.zeros((2, len(cells)), dtype=np.bool_)
    for rule in subject.policy.nk:
        certain |= known & unsafe_totals(total, largest, second, rule=rule)
        certain |= ~known & squares & (low > rule.k)
        possible |= ~known & squares & (high * np.sqrt(rule.n) > rule.k)
    return certain, possible
