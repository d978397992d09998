"""Disguised labels: columns of years, ranks or codes whose numbers are not those of years, ranks or codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "disguise"
CURE = "Call counts by that name and describe them as counts, or show the labels in words."

# What numbers a column of this name can hold.
SPANS = {
    "month": (1, 12), "week": (1, 53), "quarter": (1, 4), "day": (1, 366), "hour": (0, 24), "age": (0, 120),
    "ages": (0, 120), "decile": (1, 10), "quintile": (1, 5), "quartile": (1, 4), "percentile": (0, 100),
    "year": (1900, 2100), "years": (1900, 2100),
}  # fmt: skip
# Years and months written together, as in 201904, are larger than any count that would be too small.
STAMPED = 10_000
# Numbers that are all different and no larger may be those of any classification.
A_DOZEN = 12
# A classification of places into these may stand beside the name of each.
OF_PLACES = frozenset(["decile", "quintile", "quartile", "year", "years"])
RANKED = frozenset(["rank", "order", "level", "stage", "grade", "tier", "wave", "cluster", "component", "factor"])
CODES = frozenset(["code", "codes", "id", "no", "number", "ref", "cd", "sic", "soc"])


def findings(subject: Subject) -> Iterator[Finding]:
    """Columns of labels that hold numbers which are no labels of their name, and would be small counts.

    Source: facts, section 5, traps of the row-level score: ranks, years and codes are told by their values.
    """
    table = subject.table
    if table is None:
        return
    labels = [name for name in subject.described.layout.rows if name in table.columns]
    for name in labels:
        numbers = _numbers(table.column(name))
        if not any(0 < number < subject.threshold for number in numbers):
            continue
        others = [other for other in labels if other != name and not _numbers(table.column(other))]
        beside = any(len(set(table.column(other))) == len(table.rows) > 1 for other in others)
        if any(_goes_with(table.column(name), table.column(other)) for other in others):
            continue
        if not natural(set(words_of(name)), numbers, beside_names=beside):
            problem = f"The column {name} holds numbers that are none of a {name}: they may be small counts."
            attack = "Counts by another name are read as counts by whoever knows what they are."
            cell = Cell(None, name, name)
            yield Finding(subject.described.name, CODE, Verdict.REVIEW, problem, attack, CURE, cell)


def natural(heading: set[str], numbers: Sequence[float], *, beside_names: bool) -> bool:
    """Whether numbers may be those of labels of this name.

    heading       the words of the heading
    beside_names  another column has a name of its own for each row, so that these labels tell nothing apart
    """
    distinct = sorted(set(numbers))
    if any(number % 1 for number in distinct) or _run(distinct) or _ranks(numbers):
        return True
    if len(distinct) == len(numbers) and distinct[-1] <= A_DOZEN:
        return True
    spans = [SPANS[word] for word in heading if word in SPANS]
    if spans and not all(low <= number <= high or number >= STAMPED for low, high in spans for number in distinct):
        return False
    if heading & OF_PLACES:
        return True
    if heading & RANKED:
        return False
    if heading & CODES:
        return not beside_names or len(distinct) == len(numbers)
    return not beside_names


def _goes_with(numbers: Sequence[str], names: Sequence[str]) -> bool:
    """Whether each name has its own number wherever it stands, and one stands several times: counts would differ."""
    pairs = set(zip(numbers, names, strict=True))
    return len({name for _, name in pairs}) == len({number for number, _ in pairs}) == len(pairs) < len(names)


def _numbers(values: Sequence[str]) -> list[float]:
    """The numbers of a column of labels, or none where most are something else."""
    read = [reading.value for value in values if value and (reading := read_number(value)).state == "number"]
    return read if 2 * len(read) > len(values) else []


def _run(distinct: Sequence[float]) -> bool:
    """Whether numbers count on from 0 or 1, with none left out."""
    return distinct[:1] in ([0], [1]) and distinct[-1] - distinct[0] == len(distinct) - 1


def _ranks(numbers: Sequence[float]) -> bool:
    """Whether numbers are ranks of which equal ones leave the next out: 1, 2, 2, 4."""
    ordered = sorted(numbers)
    return all(number == 1 + ordered.index(number) for number in ordered)
