"""Criminal justice: groups that are recognised sooner than others, and people who come in groups.

Children, victims of sexual offences and facts that are sensitive by context take the policy's stricter threshold,
whether or not the description calls the file sensitive. So do offences by court or area and month: such a cell
can be looked up in a newspaper. Co-defendants of one case know each other, so that a count of defendants must come
from enough cases.

Source: the stricter rule for sensitive cells of the domain facts, section 7 (threshold 20); class SV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import numpy as np

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.suspicion import plainly_base
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules import justice_words as words
from extracts.disclosure.rules.threshold import unsafe_counts
from extracts.disclosure.subject import Subject

CODE, CO_DEFENDANTS, RARE = "threshold", "co_defendants", "rare_offence"
CURE = "Merge this category with another, or hide the cell together with others so that it cannot be worked out."


def findings(subject: Subject, *, cases: Floats | None = None) -> Iterator[Finding]:
    """Small sensitive cells, small cells of an offence at one place and time, and cells of few cases.

    cases  for each of the subject's cells the number of distinct cases behind it, NaN where it is not known;
           by default what the records say
    """
    cells = subject.cells
    cases = cells.numbers("cases") if cases is None else cases
    small = small_cells(subject, cells, subject.policy.sensitive_threshold)
    reasons = sensitive_cells(subject)
    for why, chosen in reasons.items():
        yield from _sensitive(subject, cells, small & chosen, why)
    seen = np.logical_or.reduce([*reasons.values(), np.zeros(len(cells), dtype=np.bool_)])
    if names := offence_place_time(cells):
        yield from _rare(subject, cells, small & ~seen, names)
    yield from _few_cases(subject, cells, cases)
    yield from _of_one_case(subject, cells, small & ~seen & _labelled(cells, words.of_one_case) & np.isnan(cases))


def small_cells(subject: Subject, cells: Cells, limit: int) -> Booleans:
    """Cells of which a reader knows that fewer units than `limit` are in them, but not fewer than the threshold.

    Counts and percentages go by their own numbers, amounts by the contributors in the evidence.
    """
    low, high, n = (cells.numbers(name) for name in ("low", "high", "n"))
    amounts = np.isin(cells.facts["kind"].to_numpy(), ["count", "percentage"], invert=True)
    low, high = np.where(amounts, n, low), np.where(amounts, n, high)
    below = unsafe_counts(low, high, threshold=limit, zeros=False)
    # The threshold rule has the smaller ones already.
    already = unsafe_counts(low, high, threshold=subject.threshold, zeros=False)
    found: Booleans = below & ~already & ~cells.flags("structural")
    return found


def sensitive_cells(subject: Subject) -> dict[tuple[str, bool], Booleans]:
    """Why cells are sensitive and whether that is beyond doubt -> which cells are: each has one reason.

    Children and sexual offences are beyond doubt where the file speaks of victims or of justice; else a person
    must look, since the children may be of a nursery.
    """
    cells = subject.cells
    said = as_one_text(subject)
    victims, justice = words.VICTIMS.search(said) is not None, words.JUSTICE.search(said) is not None
    children = _labelled(cells, words.of_children if justice else _of_children_in_words)
    sexual = _labelled(cells, words.of_sexual_offence) | (words.SEXUAL.search(said) is not None)
    of_victims = sexual if victims else sexual & _labelled(cells, _is_victim)
    found = {("victims of sexual offences", True): of_victims, ("children", justice): children}
    # What the file is about holds for all its cells, but a title may name what is left out as well.
    everywhere = np.ones(len(cells), dtype=np.bool_)
    about = " ".join([subject.described.text, *words_of(PurePosixPath(subject.described.name).stem)])
    if what := words.sensitive_fact(about) or ("children" if words.of_children("", about) else ""):
        found[what, False] = everywhere
    for what, chosen in _of_facts(cells):
        found[what, True] = found.get((what, True), np.zeros(len(cells), dtype=np.bool_)) | chosen
    return _each_once(found, len(cells))


def _of_facts(cells: Cells) -> Iterator[tuple[str, Booleans]]:
    """What is sensitive by context, and the cells that a label or heading says it of."""
    named = [(heading, cells.labels[heading]) for heading in cells.dimensions]
    for heading, labels in [*named, ("", cells.facts["column"])]:
        for label in labels.unique():
            if what := words.sensitive_fact(heading) or words.sensitive_fact(str(label)):
                yield what, (labels == label).to_numpy(dtype=np.bool_)


def offence_place_time(cells: Cells) -> tuple[str, str, str] | None:
    """The dimensions of offence, place and time, where a table has all three and the time is finer than a quarter."""
    labels = {name: [str(label) for label in cells.labels[name].unique()] for name in cells.dimensions}
    time = next((name for name in labels if words.is_dated(name, labels[name])), None)
    offence = next((name for name in labels if name != time and words.is_offence(name, labels[name])), None)
    place = next((name for name in labels if name not in (time, offence) and words.is_place(name, labels[name])), None)
    return (offence, place, time) if offence and place and time else None


def as_one_text(subject: Subject) -> str:
    """What a file says of itself: its text, unit, headings and the names of its measures, in small letters."""
    described = subject.described
    measures = subject.cells.facts["column"].unique() if len(subject.cells) else ()
    headings = (*subject.cells.dimensions, *described.layout.placed, *map(str, measures))
    return " ".join([described.text.lower(), described.unit.lower(), *(" ".join(words_of(name)) for name in headings)])


def _labelled(cells: Cells, of: Callable[[str, str], bool]) -> Booleans:
    """Which cells have a label of some kind in some dimension, or a heading of their own of that kind."""
    found = np.zeros(len(cells), dtype=np.bool_)
    for heading in cells.dimensions:
        named = [label for label in cells.labels[heading].unique() if of(heading, str(label))]
        found |= cells.labels[heading].isin(named).to_numpy(dtype=np.bool_)
    columns = cells.facts["column"].astype(str)
    names = [name for name in columns.unique() if not (plainly_base(name) and columns.nunique() == 1)]
    found |= columns.isin([name for name in names if of("", name.replace("_", " "))]).to_numpy(dtype=np.bool_)
    return found


def _of_children_in_words(heading: str, label: str) -> bool:
    """Labels of children but for bare numbers, which are ages, ranks or anything where nothing speaks of justice."""
    return words.of_children(heading, label) and not label.strip().isdigit()


def _is_victim(heading: str, label: str) -> bool:
    return words.VICTIMS.search(label.lower()) is not None


def _each_once(found: dict[tuple[str, bool], Booleans], size: int) -> dict[tuple[str, bool], Booleans]:
    """The same with every cell under its first reason only; those beyond doubt come first."""
    seen, once = np.zeros(size, dtype=np.bool_), {}
    for why in sorted(found, key=lambda reason: not reason[1]):
        once[why] = found[why] & ~seen
        seen = seen | found[why]
    return once


def _sensitive(subject: Subject, cells: Cells, chosen: Booleans, why: tuple[str, bool]) -> Iterator[Finding]:
    """Cells about a sensitive group below the stricter threshold."""
    what, sure = why
    limit = subject.policy.sensitive_threshold
    for place in subject.places(cells, chosen):
        problem = f"This cell is about {what}, and its count is below {limit}, which holds for sensitive cells."
        attack = "Few people are in it, and somebody near to them may recognise them by what it says."
        verdict = Verdict.FAIL if sure else Verdict.REVIEW
        yield subject.finding(CODE, verdict, cells, place, problem, attack, CURE)


def _rare(subject: Subject, cells: Cells, chosen: Booleans, names: tuple[str, str, str]) -> Iterator[Finding]:
    """Small cells of one offence at one place and time."""
    offence, place_name, time = names
    for place in subject.places(cells, chosen):
        if any(cells.is_total(name)[place] for name in names):
            continue
        problem = (
            f"The cell is of one {offence}, {place_name} and {time}, and below {subject.policy.sensitive_threshold}."
        )
        attack = "Hearings are public: such a cell can be found in a court list or a newspaper."
        cure = "Use quarters or years, larger areas or groups of offences."
        yield subject.finding(RARE, Verdict.REVIEW, cells, place, problem, attack, cure)


def _of_one_case(subject: Subject, cells: Cells, chosen: Booleans) -> Iterator[Finding]:
    """Small cells of people who are together in a case, where nobody says of how many cases they are."""
    for place in subject.places(cells, chosen):
        problem = "This cell counts people who are together in a case, and it is not known how many cases they are of."
        attack = "Those of one case know each other: any of them can say much about the others."
        cure = "Count cases as well, or merge the cell with others."
        yield subject.finding(CO_DEFENDANTS, Verdict.REVIEW, cells, place, problem, attack, cure)


def _few_cases(subject: Subject, cells: Cells, cases: Floats) -> Iterator[Finding]:
    """Cells with enough units that come from too few cases."""
    shown = cells.states("number") & ~cells.flags("structural")
    few = shown & (cases > 0) & (cases < subject.threshold)
    enough = few & ~unsafe_counts(cells.numbers("low"), cells.numbers("high"), threshold=subject.threshold, zeros=False)
    for place in subject.places(cells, enough):
        problem = f"The {subject.unit} of this cell come from {cases[place]:,.0f} cases, below {subject.threshold}."
        attack = "Those of one case know each other: any of them can say much about the others."
        yield subject.finding(CO_DEFENDANTS, Verdict.FAIL, cells, place, problem, attack, CURE)
