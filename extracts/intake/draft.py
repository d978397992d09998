"""What is kept of a stream beside its records: what was accepted, so that the same is known again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from extracts.intake.findings import Findings
from extracts.intake.folder import DELIVERY, Delivery, File

ACCEPTED = "accepted.json"
CHANGED = "The file changed while it was looked at."


def already_accepted(about: Delivery | None, files: Sequence[File], accepted: Path, findings: Findings) -> bool:
    """Whether this very delivery was accepted before. One of that name with other content is a finding."""
    if about is None:
        return False
    try:
        stored = json.loads((accepted / about.name / ACCEPTED).read_bytes())
    except FileNotFoundError:
        return False
    if stored["cut"] == about.cut and stored["files"] == _hashes(files):
        return True
    findings.add(DELIVERY, "A delivery of this name was accepted before, with other content. Give it another name.")
    return False


def end_draft(
    about: Delivery | None, files: Sequence[File], rows: Mapping[str, int], into: Path, *, left_alone: bool
) -> dict[str, Any]:  # fmt: skip
    """Write `accepted.json` and make files read-only. Raises Refusal when a file is not the one that was looked at."""
    findings = Findings()
    for file in files:
        if file.has_changed():
            findings.add(file.name, CHANGED)
    findings.refuse_if_any()
    assert about is not None  # without one there were findings
    counts = {file.name.rpartition(".")[0]: rows[file.holds] for file in files}
    if not left_alone:
        stated = {"provider": about.provider, "delivery": about.name, "cut": about.cut, "files": _hashes(files),
                  "rows": counts}  # fmt: skip
        (into / ACCEPTED).write_text(json.dumps(stated, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return {"delivery": about.name, "cut": about.cut, "counts": counts, "left_alone": left_alone}


def _hashes(files: Sequence[File]) -> dict[str, str]:
    return {file.name: file.sha256 for file in files}
