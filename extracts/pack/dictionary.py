"""The data dictionary: every column at its level, its codes, and how each format of the extract tells it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from extracts.formats.columns import Column, Kind, Sheet
from extracts.formats.names import names_in
from extracts.formats.stata import value_label
from extracts.pack.contents import Contents
from extracts.pack.csv_text import csv_text
from extracts.pack.told import missing_in, type_in
from extracts.pack.words import cohort_sentences, undated_sentences
from extracts.specification import SPSS, STATA, R

COLUMNS = ("table", "variable", "label", "type", "level", "sensitivity", "codes", "range", "key", "based_on", "note")
FEW_CODES = 12  # of which a page shows all at once

STYLE = """
body { color: #0b0c0c; font-family: sans-serif; line-height: 1.4; margin: 1rem auto; max-width: 80rem; }
table { border-collapse: collapse; margin: 0 0 2rem; width: 100%; }
caption { font-weight: bold; text-align: left; padding: .5rem 0; }
th, td { border-bottom: 1px solid #505a5f; padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; }
td:first-child, th[scope=row] { font-family: monospace; }
ul { margin: 0; padding-left: 1rem; }
"""


def dictionary_csv(contents: Contents) -> str:
    """One line per column: what it is, then for each format its name, its type and how it tells a missing value."""
    added = [f"{part}_in_{one.name}" for one in contents.formats for part in ("name", "type", "missing")]
    lines = [
        (*line, *_in_formats(column, sheet, contents))
        for sheet in contents.sheets
        for column, line in zip(sheet.columns, _lines(sheet, contents), strict=True)
    ]
    return csv_text((*COLUMNS, *added), lines)


def codes_csv(contents: Contents) -> str:
    """One line per code of a column, with what stands for it in each format and what it is labelled with."""
    header = ["table", "variable", "code", "label"]
    chosen = {one.name for one in contents.formats}
    header += ["number_in_stata", "label_in_stata"] if STATA in chosen else []
    header += ["value_in_spss"] if SPSS in chosen else []
    header += ["level_in_r"] if R in chosen else []
    lines = []
    for sheet, column in contents.columns():
        for number, (code, label) in enumerate(column.codes, 1):
            line = [sheet.name, column.name, code, label]
            line += [str(number), value_label(code, label)] if STATA in chosen else []
            line += [code] * ((SPSS in chosen) + (R in chosen))
            lines.append(line)
    return csv_text(header, lines)


def _in_formats(column: Column, sheet: Sheet, contents: Contents) -> Iterator[str]:
    for one in contents.formats:
        names = names_in(one.name, [other.name for other in sheet.columns])
        yield from (names[column.name], type_in(one.name, column), missing_in(one.name, column))


def _lines(sheet: Sheet, contents: Contents) -> Iterator[tuple[str, ...]]:
    """One line of the dictionary per column, in the order of COLUMNS."""
    catalogue = contents.catalogue
    table = next(one for one in contents.spec.tables if one.name == sheet.name)
    for chosen, column in zip(table.columns, sheet.columns, strict=True):
        variable = catalogue[table.name][chosen.name]
        level = catalogue.ladder(variable.ladder)[chosen.level].label if variable.ladder else ""
        key = catalogue.dataset.keys[variable.key_domain] if variable.pseudonymised else ""
        yield (
            table.name, variable.name, variable.label, column.kind, level,
            variable.sensitivity.label, variable.codelist, variable.range,
            key and f"Pseudonym, made for this project: {key}", variable.based_on, variable.note,
        )  # fmt: skip


def dictionary_html(contents: Contents) -> str:
    """The dictionary as one page that needs nothing else: a table per table, with headings for both ways."""
    spec, dataset = contents.spec, contents.catalogue.dataset
    title = escape(f"Data dictionary: {dataset.title}, {spec.release_version}")
    tables = "".join(_table(sheet, contents) for sheet in contents.sheets)
    said = [*undated_sentences(spec, contents.catalogue), *cohort_sentences(spec, contents.catalogue)]
    undated = escape("".join(f" {line}" for line in said))
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n<main>\n<h1>{title}</h1>\n<p>{escape(dataset.statement)}</p>\n"
        f"<p>Rows from {spec.period_from} to {spec.period_to}.{undated}</p>\n{tables}{_told(contents)}"
        "</main>\n</body>\n</html>\n"
    )


def _table(sheet: Sheet, contents: Contents) -> str:
    described = contents.catalogue[sheet.name]
    heads = "".join(f'<th scope="col">{escape(name.replace("_", " ").capitalize())}</th>' for name in COLUMNS[1:])
    body = "".join(_row(line, column) for column, line in zip(sheet.columns, _lines(sheet, contents), strict=True))
    return (
        f"<h2>{escape(described.label)}</h2>\n<p>{escape(described.description)} "
        f"{escape(described.unit_of_observation.capitalize())}; {contents.rows[sheet.name]:,} rows.</p>\n"
        f"<table>\n<caption>Variables of {escape(sheet.name)}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>\n"
    )


def _row(line: tuple[str, ...], column: Column) -> str:
    cells = {name: escape(value) for name, value in zip(COLUMNS, line, strict=True)}
    cells["codes"] += _codes(column)
    rest = "".join(f"<td>{cells[name]}</td>" for name in COLUMNS[2:])
    return f'<tr><th scope="row">{cells["variable"]}</th>{rest}</tr>\n'


def _codes(column: Column) -> str:
    """The codes with their labels, folded away where there are many."""
    if not column.codes:
        return ""
    items = "".join(
        f"<li>{escape(code)}</li>" if code == label else f"<li>{escape(code)}: {escape(label)}</li>"
        for code, label in column.codes
    )
    shown = " open" if len(column.codes) <= FEW_CODES else ""
    return f"<details{shown}><summary>{len(column.codes)} codes</summary><ul>{items}</ul></details>"


def _told(contents: Contents) -> str:
    """How each format tells each kind of value, and that there is none."""
    kinds = {column.kind: column for _, column in contents.columns() if not column.codes}
    shown = [(kind.value, kinds[kind]) for kind in Kind if kind in kinds]
    coded = next((column for _, column in contents.columns() if column.codes), None)
    shown += [("coded text", coded)] if coded else []
    body = "".join(
        f'<tr><th scope="row">{escape(one.label)}</th><td>{escape(name)}</td>'
        f"<td>{escape(type_in(one.name, column))}</td><td>{escape(missing_in(one.name, column))}</td></tr>\n"
        for one in contents.formats
        for name, column in shown
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("Format", "Type", "Is there", "When missing"))
    return (
        "<h2>How each format tells it</h2>\n<table>\n<caption>Types and missing values</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
    )
