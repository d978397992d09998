"""Small areas: neighbours know each other, and areas of one size overlap those of another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "small_area"
# Output areas and lower layer super output areas of England and Wales, output areas and data zones of Scotland.
SMALL = re.compile(r"[EWS]0[01]\d{6}", re.IGNORECASE)
CALLED = frozenset(["lsoa", "oa", "datazone"])


def findings(subject: Subject) -> Iterator[Finding]:
    """One finding for each dimension of areas of a few hundred or thousand people.

    Counts of areas are for the threshold rule. Source: statbarn "maps": small areas; codes as the Office for National
    Statistics gives them (E00, E01, W00, W01, S00, S01).
    """
    cells = subject.cells.where(subject.cells.states("number"))
    for name in cells.dimensions:
        labels = [str(label) for label in cells.labels.loc[~cells.is_total(name), name].unique()]
        coded = any(SMALL.fullmatch(label) for label in labels)
        if coded or (labels and CALLED & set(words_of(name))):
            yield subject.file_finding(
                CODE, Verdict.REVIEW,
                problem=f"The areas of {name} hold a few hundred or thousand people each.",
                attack="Neighbours recognise each other; the difference of areas that overlap is a smaller area.",
                cure="Use larger areas, such as MSOAs or local authorities, or tell the checker why these are needed.",
            )  # fmt: skip
