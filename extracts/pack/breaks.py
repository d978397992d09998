"""The known breaks that touch the tables and the period of an extract."""

from __future__ import annotations

from datetime import date

from extracts.pack.contents import Contents
from extracts.pack.csv_text import csv_text
from governance.catalogue.breaks import BREAK_COLUMNS, Break

SYNTHETIC = (
    "These records are synthetic: the breaks are those of the sources in whose shape they are, and need not show."
)


def touching(contents: Contents) -> list[Break]:
    spec, names = contents.spec, [table.name for table in contents.spec.tables]
    return [one for one in contents.catalogue.breaks if one.touches(names, spec.period_from, spec.period_to)]


def table(contents: Contents) -> str:
    """One line per break, with those of its tables that are in the extract."""
    lines = [
        (_day(one.first), _day(one.last), " + ".join(_tables(one, contents)), one.what, one.source)
        for one in touching(contents)
    ]
    return csv_text(BREAK_COLUMNS, lines)


def text(contents: Contents) -> str:
    dataset, spec = contents.catalogue.dataset, contents.spec
    lines = [f"Known breaks in {dataset.title} from {spec.period_from} to {spec.period_to}", ""]
    lines += [SYNTHETIC, ""] if dataset.synthetic else []
    found = touching(contents)
    for one in found:
        lines += [_when(one), f"  Tables: {', '.join(_tables(one, contents))}", f"  {one.what}", f"  {one.source}.", ""]
    if not found:
        lines += [
            "The dataset's description tells of none for these tables and days. That none is known is no promise.",
            "",
        ]
    return "\n".join(lines)


def _tables(one: Break, contents: Contents) -> list[str]:
    return [table.name for table in contents.spec.tables if table.name in one.tables]


def _when(one: Break) -> str:
    if one.first and one.last:
        return f"From {one.first} to {one.last}"
    if one.first:
        return f"From {one.first} on"
    return f"Until {one.last}" if one.last else "Always"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
