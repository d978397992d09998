"""What an extract says about itself: data dictionary, code lists, quality of links, README. Texts only, no data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from extracts.formats.columns import column_of
from extracts.specification import CSV, ExtractSpec, Release, TableSpec, has_period
from governance.catalogue.catalogue import Catalogue, CodeList
from governance.catalogue.cohort import in_words

RATES, PARTS = ("precision", "recall", "f1"), ("value", "low", "high")  # of linkage-quality.csv
COLUMNS = ("table", "variable", "label", "type", "level", "sensitivity", "codes", "range", "key", "based_on", "note")

STYLE = """
body { color: #0b0c0c; font-family: sans-serif; line-height: 1.4; margin: 1rem auto; max-width: 80rem; }
table { border-collapse: collapse; margin: 0 0 2rem; width: 100%; }
caption { font-weight: bold; text-align: left; padding: .5rem 0; }
th, td { border-bottom: 1px solid #505a5f; padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; }
td:first-child, th[scope=row] { font-family: monospace; }
"""


def documents(
    spec: ExtractSpec, catalogue: Catalogue, release: Release, rows: Mapping[str, int], quality: Mapping[str, Any]
) -> dict[str, str]:
    """File name to content: dictionary.csv, dictionary.html, README.txt, codelists/*.csv, linkage-quality.txt and .csv.

    rows     number of rows of each table of the extract
    quality  of the release's links, as it says it; the two files are left out when it is {}
    """
    lists = {codes.name: codes for codes in _lists_used(spec, catalogue)}
    return {
        "dictionary.csv": _csv(COLUMNS, (line for table in spec.tables for line in _lines(table, catalogue))),
        "dictionary.html": _page(spec, catalogue, rows),
        "README.txt": _readme(spec, catalogue, release, rows, linked=bool(quality)),
        **(_linkage_quality(quality, release) if quality else {}),
        **{f"codelists/{name}.csv": _csv(codes.columns, codes.rows) for name, codes in sorted(lists.items())},
    }


def _lines(table: TableSpec, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    """One line of the dictionary per column, in the order of COLUMNS."""
    for column in table.columns:
        variable = catalogue[table.name][column.name]
        level = catalogue.ladder(variable.ladder)[column.level].label if variable.ladder else ""
        key = catalogue.dataset.keys[variable.key_domain] if variable.pseudonymised else ""
        yield (
            table.name, variable.name, variable.label, column_of(variable, column, catalogue).kind, level,
            variable.sensitivity.label, variable.codelist, variable.range,
            key and f"Pseudonym, made for this project: {key}", variable.based_on, variable.note,
        )  # fmt: skip


def _lists_used(spec: ExtractSpec, catalogue: Catalogue) -> Iterator[CodeList]:
    for table in spec.tables:
        for column in table.columns:
            if name := catalogue[table.name][column.name].codelist:
                yield catalogue.code_list(name)


def _csv(header: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return file.getvalue()


def _page(spec: ExtractSpec, catalogue: Catalogue, rows: Mapping[str, int]) -> str:
    """The dictionary as one page that needs nothing else: a table per table, with headings for both ways."""
    title = escape(f"Data dictionary: {catalogue.dataset.title}, {spec.release_version}")
    tables = "".join(_table(table, catalogue, rows[table.name]) for table in spec.tables)
    undated = escape("".join(f" {line}" for line in (*_undated(spec, catalogue), *_cohort(spec, catalogue))))
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n<main>\n<h1>{title}</h1>\n<p>{escape(catalogue.dataset.statement)}</p>\n"
        f"<p>Rows from {spec.period_from} to {spec.period_to}.{undated}</p>\n{tables}</main>\n</body>\n</html>\n"
    )


def _undated(spec: ExtractSpec, catalogue: Catalogue) -> list[str]:
    """A sentence on which rows the tables without a date hold, or nothing when there is no such table."""
    names = [table.name for table in spec.tables if not has_period(catalogue[table.name])]
    return [f"Rows without a date share a key with a row of the period: {', '.join(names)}."] if names else []


def _cohort(spec: ExtractSpec, catalogue: Catalogue) -> list[str]:
    """A sentence on whose rows these are, or nothing when they are everybody's."""
    return [in_words(spec.cohort, catalogue.cohort_frame)] if spec.cohort else []


def _table(table: TableSpec, catalogue: Catalogue, rows: int) -> str:
    described = catalogue[table.name]
    heads = "".join(f'<th scope="col">{escape(name.replace("_", " ").capitalize())}</th>' for name in COLUMNS[1:])
    body = "".join(_row(line) for line in _lines(table, catalogue))
    return (
        f"<h2>{escape(described.label)}</h2>\n<p>{escape(described.description)} "
        f"{escape(described.unit_of_observation.capitalize())}; {rows:,} rows.</p>\n"
        f"<table>\n<caption>Variables of {escape(table.name)}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>\n"
    )


def _row(line: tuple[str, ...]) -> str:
    cells = "".join(f"<td>{escape(value)}</td>" for value in line[2:])
    return f'<tr><th scope="row">{escape(line[1])}</th>{cells}</tr>\n'


def _linkage_quality(quality: Mapping[str, Any], release: Release) -> dict[str, str]:
    """The quality statement of the release in sentences, and its rates as a table. They are of the whole release."""
    said = quality["statement"]
    lines = [f"How good the links of release {release.version} are", ""]
    lines += [*said["summary"], "", *(["Who fares worst", "", *said["worst"], ""] if said["worst"] else [])]
    lines += ["Each group", "", *(f"{one['by']}, {one['group']}: {one['sentence']}" for one in said["groups"]), ""]
    lines += [
        "These figures are of the whole release, not of this extract alone. linkage-quality.csv holds the rates.",
        "",
    ]
    rates = [
        [row["ids"], row["by"], row["group"], *(_rate(row[name], part) for name in RATES for part in PARTS)]
        for row in quality["measures"]
    ]
    header = (
        "ids",
        "by",
        "group",
        *(name if part == "value" else f"{name}_{part}" for name in RATES for part in PARTS),
    )
    return {"linkage-quality.txt": "\n".join(lines), "linkage-quality.csv": _csv(header, rates)}


def _rate(rate: Mapping[str, float] | None, part: str) -> str:
    """One number, or nothing where the group is too small to tell."""
    return "" if rate is None else f"{rate[part]:.4f}"


def _readme(spec: ExtractSpec, catalogue: Catalogue, release: Release, rows: Mapping[str, int], *, linked: bool) -> str:
    dataset = catalogue.dataset
    names = [f"  {table.name:<24} {rows[table.name]:>12,} rows" for table in spec.tables]
    kinds = "Parquet, and as CSV with the same rows in the same order" if CSV in spec.formats else "Parquet"
    return "\n".join(
        [
            f"{dataset.title}, release {release.version}", "",
            dataset.statement, "",
            f"Source: {dataset.source}.", f"Licence: {dataset.licence}.", f"Published: {release.created_at}.",
            f"Period: {spec.period_from} to {spec.period_to}, both days included.", *_undated(spec, catalogue),
            *_cohort(spec, catalogue), "",
            f"Tables, each as {kinds}:", *names, "",
            "Keys are pseudonyms made for this project alone: they join the tables here and",
            "nothing elsewhere. Read them as 64-bit integers, never as floating-point numbers.",
            "Rows are in the order of their pseudonyms, which says nothing about the source.", "",
            "dictionary.html and dictionary.csv describe every variable and its level of detail;",
            "codelists/ explains the codes; manifest.json lists every file with its SHA-256.",
            "linkage-quality.txt says how good the links between records are, and for whom they are worse."
            if linked else "How good the links between records are was not measured for this release.", "",
            "Do not try to identify anyone. Results leave the environment by an output request only.", "",
        ]
    )  # fmt: skip
