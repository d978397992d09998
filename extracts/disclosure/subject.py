"""What a rule is given, and the words rules share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from extracts.disclosure.audit.judgement import Audit, audited
from extracts.disclosure.audit.system import System
from extracts.disclosure.audit.tables import system_of
from extracts.disclosure.description import FileDescription
from extracts.disclosure.microdata.records import Records
from extracts.disclosure.policy import ROUNDINGS, Policy
from extracts.disclosure.reading.cells import Booleans, Cells
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rounding import Rounding

# What is not worked out after so long is for a person.
SECONDS = 15.0


@dataclass(frozen=True)
class Subject:
    """The cells of one file, what was said of it and the policy to judge it by.

    table    the table as it was read
    records  the microdata behind it, where they are at hand
    beneath  the cells of the tables of counts that were supplied beneath its ratios, which are judged
    systems, audits  what has been worked out of its counts, so that it is worked out once
    beyond  numbers of cells that `places` found and left out, for the report to add up
    """

    described: FileDescription
    cells: Cells
    policy: Policy
    table: Table | None = None
    records: Records | None = None
    beneath: tuple[Cells, ...] = ()
    beyond: list[int] = field(default_factory=list, compare=False)
    systems: dict[bool, System] = field(default_factory=dict, compare=False)
    audits: dict[bool, Audit] = field(default_factory=dict, compare=False)

    @property
    def underlying(self) -> bool:
        """Whether counts beneath the table were supplied."""
        return any(cells.of_kind("count").states("number").any() for cells in self.beneath)

    @property
    def threshold(self) -> int:
        """Smallest count that this file may show."""
        return self.policy.threshold_for(self.described.layout.names, sensitive=self.described.sensitive)

    @property
    def rounding(self) -> Rounding | None:
        """How the counts shown differ from the true ones: as the description says, or else as the policy asks."""
        said = self.described.rounding
        return Rounding.named(said) if said else ROUNDINGS[self.policy.rounding]

    @property
    def unit(self) -> str:
        """What is counted, in the plural."""
        return self.described.unit

    def system(self, *, unlisted: bool = True) -> System:
        """The equations between the table's counts, rounded as they were; `unlisted` as for `system_of`.

        Raises TooSparse.
        """
        if unlisted not in self.systems:
            self.systems[unlisted] = system_of(self.cells, rounding=self.rounding, unlisted=unlisted)
        return self.systems[unlisted]

    def audit(self, *, unlisted: bool = True) -> Audit:
        """What a reader can work out of the table's counts by the table alone. Raises TooSparse and Contradiction."""
        if unlisted not in self.audits:
            system, zeros = self.system(unlisted=unlisted), self.policy.zeros_disclosive
            self.audits[unlisted] = audited(system, threshold=self.threshold, zeros=zeros, seconds=SECONDS)
        return self.audits[unlisted]

    def places(self, cells: Cells, chosen: Booleans) -> list[int]:
        """Where the first of the chosen cells stand, by row: at most as many as the policy reports.

        The rest are only counted, so that a large file costs no more than a small one.
        """
        found = np.flatnonzero(chosen)
        limit = self.policy.max_findings
        if len(found) > limit:
            self.beyond.append(len(found) - limit)
            rows = cells.facts["row"].to_numpy()[found]
            found = found[np.argsort(rows, kind="stable")[:limit]]
        return [int(place) for place in found]

    def file_finding(self, rule: str, verdict: Verdict, problem: str, attack: str = "", cure: str = "") -> Finding:
        """A finding about the file as a whole."""
        return Finding(self.described.name, rule, verdict, problem, attack, cure)

    def finding(
        self,
        rule: str,
        verdict: Verdict,
        cells: Cells,
        place: int,
        problem: str,
        attack: str = "",
        cure: str = "",
        *,
        within: Sequence[str] | None = None,
    ) -> Finding:
        """A finding about the cell in one place of `cells`, or the group it stands for (`within`)."""
        cell = cells.cell(place, within=within)
        return Finding(self.described.name, rule, verdict, problem, attack, cure, cell)

    def are(self, number: float) -> str:
        """ "8 people are", "1 of the people is"."""
        return f"1 of the {self.unit} is" if number == 1 else f"{number:,.0f} {self.unit} are"
