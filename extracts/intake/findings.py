"""Findings as they are collected: many at once, each with its first rows, and no value in any of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from extracts.providers import Finding, Refusal

MOST_ROWS = 50
MOST_FINDINGS = 50


@dataclass
class Findings:
    """What is wrong with the files of one stream."""

    found: list[Finding] = field(default_factory=list)

    def add(self, file: str, reason: str, *, column: str = "", rows: tuple[int, ...] = (), count: int = 0) -> None:
        self.found.append(Finding(file, reason, column, rows[:MOST_ROWS], count or len(rows)))

    def of(self, file: str) -> list[Finding]:
        return [finding for finding in self.found if finding.file == file]

    def refuse_if_any(self) -> None:
        """Raise Refusal with all of them; of each file at most 50 are told and the rest is counted."""
        if not self.found:
            return
        told: list[Finding] = []
        for file in dict.fromkeys(finding.file for finding in self.found):
            mine = self.of(file)
            told += mine[:MOST_FINDINGS]
            if len(mine) > MOST_FINDINGS:
                told.append(Finding(file, f"{len(mine) - MOST_FINDINGS:,} more findings are not listed."))
        raise Refusal(told)
