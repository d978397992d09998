"""What a twin says about itself: what it keeps and what not, as a table, a page, and the beginning of its README."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape

from extracts.twin.source import Source
from extracts.twin.tables import Kept

KEEPS = "names, types, codes, levels of detail, keys that join, and one-way distributions, rounded"
NOTICE = (
    f"This is a synthetic twin. It keeps {KEEPS}. It keeps no relation between variables, and nothing in it is copied "
    "from a record. Write code against it; do not report results from it."
)
COLUMNS = ("table", "variable", "level", "kept", "missing", "missing_published", "distance")
HEADS = ("Table", "Variable", "Level", "What is kept", "Missing here", "Missing in the release", "Distance")
MEANING = (
    "Distance is how far the column lies from what is published, before its level of detail: the share of rows that "
    "would have to change their value, or for numbers the largest difference of the share of rows below a published "
    "percentile. It is empty for keys, and where nothing is published. Chance alone makes some: the fewer the rows, "
    "the more. A date is moved where it would otherwise come before one that it follows."
)


def csv_of(kept: Iterable[Kept]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_line(one) for one in kept)
    return file.getvalue()


def page_of(kept: Sequence[Kept], source: Source, style: str) -> str:
    """The report as a page that needs nothing else."""
    title = escape(f"Synthetic twin: {source.catalogue.dataset.title}, {source.spec.release_version}")
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in HEADS)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _line(one)) + "</tr>\n" for one in kept)
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{style}</style>\n</head>\n'
        f"<body>\n<main>\n<h1>{title}</h1>\n<p><strong>{escape(NOTICE)}</strong></p>\n<p>{escape(MEANING)}</p>\n"
        f"<table>\n<caption>What is kept of each column</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}"
        f"</tbody>\n</table>\n</main>\n</body>\n</html>\n"
    )


def readme_of(source: Source, of_extract: str) -> str:
    """What comes first, and then what the README of the extract would say."""
    rule = source.figures.get("rule", "")
    figures = f"The figures that it follows are those of release {source.spec.release_version}." if rule else ""
    lines = [
        "A SYNTHETIC TWIN, NOT DATA", "",
        "This is a synthetic twin: made-up rows in the shape of an extract, to write code against.", "",
        f"It keeps: {KEEPS}.",
        "It does not keep: any relation between variables, besides keys and the order of dates in a row;",
        "the cohort; counts of rows; anything rarer than what is published.",
        "Nothing is copied from a record: it was made from the catalogue and from published figures alone.",
        "Do not report results from it.", "",
        figures or "No figures are published, so values are spread evenly over what the catalogue allows.", rule,
        f"Seed {source.seed}, {source.rows:,} rows in the largest table: the same again gives the same files.",
        "A date follows those before it, in the order in which the columns lie in time in the published figures.",
        "Values that begin with X and count up, or say that they are made up, stand for values that are not published.",
        "twin-report.html and twin-report.csv say for every column what was kept and how close it came.", "",
        "What follows is what the README of an extract says; where the two differ, the above holds.", "",
        "-" * 72, "",
    ]  # fmt: skip
    return "\n".join(lines) + of_extract


def noticed(page: str) -> str:
    """A page of the pack with the notice on top."""
    return page.replace("<main>\n", f"<main>\n<p><strong>{escape(NOTICE)}</strong></p>\n", 1)


def _line(one: Kept) -> tuple[str, ...]:
    published = "" if one.published is None else f"{one.published:.3f}"
    distance = "" if one.distance is None else f"{one.distance:.3f}"
    return (one.table, one.variable, one.level, one.kept, f"{one.missing:.3f}", published, distance)
