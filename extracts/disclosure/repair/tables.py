"""Tables that can be repaired: tables of true counts, sums and means, in a CSV file or a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from extracts.disclosure.audit.bounds import Contradiction, propagated
from extracts.disclosure.audit.system import System
from extracts.disclosure.description import FileDescription
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Booleans, Cells, Floats, tidy
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.csv_table import Table, read_table
from extracts.disclosure.reading.figures import is_figure
from extracts.disclosure.reading.opening import contents_of
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.repair.movement import Places
from extracts.disclosure.repair.workbook import SUFFIXES, kept_elsewhere, without_pictures_of_itself
from extracts.disclosure.report import Evidence, Verdict
from extracts.disclosure.rules import identifiers, pseudonyms, records
from extracts.disclosure.rules.class_disclosure import whole_groups
from extracts.disclosure.rules.evidence import faults
from extracts.disclosure.suggest import suggest_for
from extracts.disclosure.supporting import with_evidence

# Differences of sums below this are rounding of the arithmetic.
SLIGHT = 1e-6

Describe = Callable[[str, Table], FileDescription]
SEPARATORS = {".csv": "commas", ".tsv": "tabs"}


AMOUNTS = ("total", "mean")


class CannotRepair(ValueError):
    """A table cannot be repaired for certain; the message is a sentence for a person."""


@dataclass(frozen=True)
class TrueTable:
    """A table of true numbers: counts, and sums or means with the contributors behind them.

    content   its whole file
    place     where it is in the file, "" for a file that is one table
    beside    all that the file holds, for a workbook
    """

    name: str
    content: bytes
    place: str
    described: FileDescription
    table: Table
    cells: Cells
    beside: Contents | None = None

    @property
    def value(self) -> Floats:
        """The numbers, in the order of the cells."""
        return self.cells.numbers("value")

    @property
    def said(self) -> str:
        """What it is called in a sentence."""
        return ", ".join(filter(None, (self.name, self.place)))

    @property
    def sums(self) -> bool:
        """Whether it holds sums of amounts, or means."""
        return bool(self.cells.facts["kind"].isin(AMOUNTS).any())

    def unsafe(self, *, threshold: int, zeros: bool) -> Booleans:
        """Which counts may not be shown: those that are too small, and a zero of each group that tells all of it."""
        found = np.zeros(len(self.cells), dtype=np.bool_)
        counts = self.cells.of_kind("count")
        small = unsafe_counts(counts.numbers("value"), threshold=threshold, zeros=zeros)
        found[(self.cells.facts["kind"] == "count").to_numpy()] = small | telling_zeros(counts)
        return found


def _of_people(name: str, table: Table, policy: Policy) -> bool:
    """Whether a table identifies people, or has a row for each."""
    found = (
        *identifiers.findings(name, table, policy),
        *pseudonyms.findings(name, table),
        *records.findings(name, table, policy),
    )
    return any(one.verdict is Verdict.FAIL for one in found)


def true_tables(
    name: str,
    content: bytes,
    policy: Policy,
    describe: Describe = suggest_for,
    supplied: Mapping[str, bytes] | None = None,
) -> list[TrueTable]:
    """The tables of a CSV, TSV, XLSX or ODS file.

    describe  what is said of a table of this file; by default what its columns seem to hold
    supplied  the other files, among them the evidence that a description names

    Raises CannotRead for a file that holds no table, CannotRepair for one that holds anything but true counts,
    sums and means with their evidence, as percentages would give hidden counts back, and for a workbook that keeps its
    numbers in other places too.
    """
    suffix, read = PurePath(name).suffix.lower(), None
    if suffix in SEPARATORS:
        found = [("", read_table(name, content, policy))]
        if len(found[0][1].columns) == 1:
            raise CannotRead(f"{name} has one column only.", f"Separate its values by {SEPARATORS[suffix]}.")
    elif suffix in SUFFIXES:
        content = without_pictures_of_itself(content, policy)
        read = contents_of(name, content, policy)
        if kept := kept_elsewhere(read):
            raise CannotRepair(f"{name} may keep a number after its cell has changed. {' '.join(kept)}")
        found = [(part.place, part.table) for part in read.tables if part.table and _has_figures(part.table)]
    else:
        raise CannotRepair(f"{name} is no CSV, TSV, XLSX or ODS file: save its tables as one of these.")
    if not found:
        raise CannotRead(f"No table was found in {name}.")
    made = (
        _true_table(name, content, place, table, describe(name, table), policy, supplied or {})
        for place, table in found
    )
    return [replace(table, beside=read) for table in made]


def _has_figures(table: Table) -> bool:
    """Whether a table holds any number, or a sign for a hidden one; else it is text in columns."""
    return any(is_figure(text) for row in table.rows for text in row)


def _true_table(
    name: str,
    content: bytes,
    place: str,
    table: Table,
    described: FileDescription,
    policy: Policy,
    supplied: Mapping[str, bytes],
) -> TrueTable:
    said, layout = ", ".join(filter(None, (name, place))), described.layout
    if _of_people(name, table, policy):
        raise CannotRepair(f"{said} seems to hold records of people: only tables can be made safe.")
    missing = sorted({column for column in layout.placed if column not in table.columns})
    if missing:
        raise CannotRepair(f"{said} has no columns called {', '.join(missing)}; it has {', '.join(table.columns)}.")
    if unsaid := [column for column in table.columns if column not in layout.placed]:
        raise CannotRepair(f"It is not said what these columns of {said} hold: {', '.join(unsaid)}.")
    cells = tidy(table, described)
    if odd := _neither_counts_nor_sums(table, described, cells):
        raise CannotRepair(
            f"{said} holds numbers that could give hidden ones back: {', '.join(odd)}. "
            "Leave them out, or name the columns that hold labels, counts, sums or means."
        )
    if not cells.states("number").all():
        raise CannotRepair(f"{said} already hides cells, or has some that are no numbers: supply the true numbers.")
    counts = cells.of_kind("count").numbers("value")
    if ((counts < 0) | (counts != np.floor(counts))).any():
        raise CannotRepair(f"{said} holds numbers that are no counts: supply the true counts.")
    if set(AMOUNTS) <= set(cells.facts["kind"]):
        raise CannotRepair(f"{said} holds both sums and means, which give the numbers behind them: leave one out.")
    if cells.facts["kind"].isin(AMOUNTS).any():
        cells = _with_contributors(said, cells, table, described, policy, supplied)
    return TrueTable(name, content, place, described, table, cells)


def _neither_counts_nor_sums(table: Table, described: FileDescription, cells: Cells) -> list[str]:
    """Columns of numbers that are not known to be counts or sums; all of them where there are none of these."""
    layout = described.layout
    odd = {name for name, kind in layout.measured.items() if kind not in ("count", *AMOUNTS)} | {*layout.others}
    odd |= {str(name) for name in cells.facts["column"][~cells.facts["kind"].isin(("count", *AMOUNTS))].unique()}
    return [name for name in table.columns if name in odd or not layout.measured]


def _with_contributors(
    said: str,
    cells: Cells,
    table: Table,
    described: FileDescription,
    policy: Policy,
    supplied: Mapping[str, bytes],
) -> Cells:
    """The cells with the contributors behind their sums. Raises CannotRepair where these are not known for certain."""
    found, grade, wrong = with_evidence(cells, table, described, supplied, policy)
    if wrong:
        raise CannotRepair(f"{said}: {wrong[0].problem} {wrong[0].cure}")
    if grade is Evidence.FILE_ALONE:
        raise CannotRepair(
            f"{said} shows amounts, but not who contributed to them. Supply evidence: a CSV file with its columns of "
            "labels and n, total, largest and second_largest of each cell."
        )
    for sentence, faulty in faults(found.of_kind(*AMOUNTS)).items():
        if faulty.any():
            raise CannotRepair(f"{said}: {sentence} That is so in {int(faulty.sum()):,} of its cells.")
    return found


def as_sums(cells: Cells) -> Cells:
    """The cells with means as the sums that they are of: whoever knows how many contribute knows these too.

    The numbers of contributors and the sums are those of the evidence.
    """
    means, facts = (cells.facts["kind"] == "mean").to_numpy(), cells.facts
    shown = np.where(cells.states("number"), cells.numbers("total"), np.nan)
    return replace(
        cells,
        facts=facts.assign(
            kind=facts["kind"].where(~means, "total"),
            value=np.where(means, shown, cells.numbers("value")),
            spread=np.where(means, cells.numbers("spread") * cells.numbers("n"), cells.numbers("spread")),
        ),
    )


def true_values(system: System) -> Floats:
    """The number of every cell of a system, those of rows left out worked out from the totals, or 0 without any.

    Sums may be rounded: those shown are taken as they stand.

    Raises CannotRepair when totals do not add up or a row left out cannot be worked out.
    """
    try:
        bounds = propagated(system.equations, system.low, system.high, whole=system.whole)
    except Contradiction:
        raise CannotRepair("Totals do not agree with one another: correct the tables first.") from None
    # What is in no sum gives nothing back, whatever it may be.
    summed = np.asarray(abs(system.equations).sum(axis=0)).ravel() > 0
    decimals = np.where(np.isfinite(system.high - system.low), system.high - system.low, 0.0).sum()
    if (summed & (bounds.high - bounds.low > (0.0 if system.whole else decimals + SLIGHT))).any():
        raise CannotRepair("Rows are left out whose numbers the totals do not tell: supply all the rows.")
    between = bounds.low if system.whole else (bounds.low + np.where(summed, bounds.high, bounds.low)) / 2
    return np.where(np.isnan(system.value), between, system.value)


def unsafe_counts(value: Floats, *, threshold: int, zeros: bool) -> Booleans:
    """Which true counts may not be shown: those below the threshold, and zeros where they are unsafe too."""
    unsafe: Booleans = (value < threshold) & ((value > 0) | zeros)
    return unsafe


def telling_zeros(cells: Cells) -> Booleans:
    """A zero to hide in every group of which everybody is in one category, so that nobody knows that they are.

    The zero is one that serves several such groups, where there is one; it must be protected as a
    small count is. Returns booleans over the cells.
    """
    groups = [group for along in cells.dimensions for group in _whole_groups(cells, along)]
    found = np.zeros(len(cells), dtype=np.bool_)
    serves = np.bincount(np.concatenate([*groups, np.zeros(0, np.int64)]).astype(np.int64), minlength=len(cells))
    for zeros in groups:
        if not found[zeros].any():
            found[zeros[np.argmax(serves[zeros])]] = True
    return found


def _whole_groups(cells: Cells, along: str) -> list[Places]:
    """For each group that the rule on class disclosure would find along a dimension, the places of its zeros."""
    part = np.flatnonzero(~cells.is_total(along))
    inner = cells.where(~cells.is_total(along))
    possible, line, value = ~inner.flags("structural"), inner.lines(along), inner.numbers("value")
    told = np.unique(line[whole_groups(value, line, possible)])
    return [part[(line == one) & (value == 0) & possible] for one in told]
