"""p%: the second largest contributor may not be able to work out the largest too closely."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.evidence import ROOM, contributions, judged
from extracts.disclosure.subject import Subject

CODE = "p_percent"


def unsafe_totals(total: Floats, largest: Floats, second: Floats, *, p: float) -> Booleans:
    """Find the totals that give away the largest contribution.

    total, largest, second  absolute values, in the unit of the published total
    p                       percent, above 0 and at most 100

    A total is unsafe when total - largest - second is below p% of the largest; so a total above 0
    with one or two contributors always is. Exactly p% is safe, with a billionth of the total for room.

    Source: Handbook on Statistical Disclosure Control, section 4.2, "p%-rule".
    """
    rest = total - largest - second
    unsafe: Booleans = rest < p / 100 * largest - ROOM * total
    return unsafe


def findings(subject: Subject) -> Iterator[Finding]:
    """Amounts that fail the policy's p% rule."""
    cells = judged(subject)
    total, largest, second = contributions(cells)
    p = subject.policy.p_percent
    for place in subject.places(cells, unsafe_totals(total, largest, second, p=p)):
        error = max(0.0, (total - largest - second)[place] / largest[place])
        yield subject.finding(
            CODE, Verdict.FAIL, cells, place,
            problem=f"All but the two largest contributors together are {error:.1%} of the largest, below {p:g}%.",
            attack=f"The second largest takes its own value from the total and has the largest to within {error:.1%}.",
            cure="Merge the cell with another that has more contributors, or hide it.",
        )  # fmt: skip
