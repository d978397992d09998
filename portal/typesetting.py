"""Papers to keep: a Typst template filled with data becomes a tagged PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst

FOLDER = Path(__file__).with_name("typst")
NO_GLYPH = "could not be displayed"


def as_pdf(template: str, shown: Mapping[str, Any], at: datetime) -> bytes:
    """The paper in PDF/UA-1: its text can be selected, its headings and tables are tagged. `template` names a file.

    Words travel as data, so that nothing typed is ever read as markup. PDF/UA-1 forbids letters that the fonts
    lack; a paper with such a letter becomes a plain tagged PDF, which shows a box in its place.
    """
    try:
        return _compiled(template, shown, at, "ua-1")
    except typst.TypstError as problem:
        if NO_GLYPH not in str(problem):
            raise
        return _compiled(template, shown, at, "1.7")


def _compiled(template: str, shown: Mapping[str, Any], at: datetime, standard: Literal["ua-1", "1.7"]) -> bytes:
    made = typst.compile(
        (FOLDER / f"{template}.typ").read_bytes(),
        format="pdf",
        sys_inputs={"shown": json.dumps(shown)},
        pdf_standards=standard,
        timestamp=at.replace(microsecond=0),
        ignore_system_fonts=True,
    )
    return bytes(made)
