"""What travels into a workspace so that researchers can use it there."""

from __future__ import annotations

from pathlib import Path

DELIVERED = ("gatehouse_sdc.py",)


def delivered() -> dict[str, str]:
    """Name to text of the files that travel. They need numpy and pandas and nothing of Gatehouse."""
    return {name: (Path(__file__).parent / name).read_text(encoding="utf-8") for name in DELIVERED}
