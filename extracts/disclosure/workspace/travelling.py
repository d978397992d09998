"""What travels into a workspace with each extract, so that researchers can use it there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
# Name in the folder of an extract -> where its text is kept. The page is the one that everybody reads.
DELIVERED = {
    "gatehouse_sdc.py": HERE / "gatehouse_sdc.py",
    "make-outputs-that-pass.md": HERE.parents[2] / "docs" / "how-to" / "make-outputs-that-pass.md",
}


@cache
def delivered() -> Mapping[str, str]:
    """Name to text of the files that travel. They need numpy and pandas and nothing of Gatehouse."""
    return {name: path.read_text(encoding="utf-8") for name, path in DELIVERED.items()}
