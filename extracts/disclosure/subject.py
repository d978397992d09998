"""What a rule is given, and the words rules share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extracts.disclosure.description import FileDescription
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.report import Finding, Verdict


@dataclass(frozen=True)
class Subject:
    """The cells of one file, what was said of it and the policy to judge it by."""

    described: FileDescription
    cells: Cells
    policy: Policy

    @property
    def threshold(self) -> int:
        """Smallest count that this file may show."""
        return self.policy.sensitive_threshold if self.described.sensitive else self.policy.threshold

    @property
    def unit(self) -> str:
        """What is counted, in the plural."""
        return self.described.unit

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
