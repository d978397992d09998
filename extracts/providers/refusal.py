"""The one way to say no to what was handed in: findings that name file, row and reason, and never a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a file.

    file    its name within the delivery, such as `identity/pol_victim.parquet`
    reason  a sentence, without any value from a record
    column  the column it is about, or ""
    rows    the first rows it is about, the first record being row 1; empty when it is about the whole file
    count   how many rows it is about; 0 when it is about the whole file
    """

    file: str
    reason: str
    column: str = ""
    rows: tuple[int, ...] = ()
    count: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file, "column": self.column, "rows": list(self.rows), "count": self.count,
            "reason": self.reason,
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Finding:
        return cls(stored["file"], stored["reason"], stored["column"], tuple(stored["rows"]), stored["count"])

    def __str__(self) -> str:
        """As one line: `identity/npd.csv, column sex, rows 3, 9 (2 in all): ...`."""
        column = f", column {self.column}" if self.column else ""
        rows = f", row{'s' if self.count > 1 else ''} {', '.join(map(str, self.rows))}" if self.rows else ""
        total = f" ({self.count:,} in all)" if self.count > len(self.rows) else ""
        return f"{self.file}{column}{rows}{total}: {self.reason}"


class Refusal(Exception):
    """What was handed in cannot be used, and nothing of it was kept. `findings` say why, all of them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} finding{'' if len(self.findings) == 1 else 's'}")
