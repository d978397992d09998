"""Dominance, or (n,k): the largest contributors may not hold nearly all of a total."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.policy import Dominance
from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.evidence import ROOM, contributions, judged
from extracts.disclosure.subject import Subject

CODE = "nk"


def unsafe_totals(total: Floats, largest: Floats, second: Floats, *, rule: Dominance) -> Booleans:
    """Find the totals that the n largest contributors dominate.

    total, largest, second  absolute values, in the unit of the published total
    rule                    n of 1 or 2, and the share k above 0 and at most 1

    A total is unsafe when its n largest contributions together are more than k of it. Exactly k
    is safe; sums of decimals have a billionth of the total for room.

    Source: Handbook on Statistical Disclosure Control, section 4.2, "(n,k)-dominance rule".
    """
    top = largest + (second if rule.n == 2 else 0.0)
    unsafe: Booleans = top > rule.k * total + ROOM * total
    return unsafe


def findings(subject: Subject) -> Iterator[Finding]:
    """Amounts that fail one of the policy's dominance rules."""
    cells = judged(subject)
    total, largest, second = contributions(cells)
    for rule in subject.policy.nk:
        who = "largest contributor gives" if rule.n == 1 else f"{rule.n} largest contributors give"
        top = largest + (second if rule.n == 2 else 0.0)
        for place in subject.places(cells, unsafe_totals(total, largest, second, rule=rule)):
            share = f"{top[place] / total[place]:.1%}"
            yield subject.finding(
                CODE, Verdict.FAIL, cells, place,
                problem=f"The {who} {share} of the total, more than {rule.k:.0%}.",
                attack=f"The figure is nearly that of the largest: a reader who knows who they are has it to {share}.",
                cure="Merge the cell with another that has more contributors, or hide it.",
            )  # fmt: skip
