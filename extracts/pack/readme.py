"""README.txt: what is here, how to open it, what to mind."""

from __future__ import annotations

from extracts.formats.known import FORMATS
from extracts.formats.names import names_in
from extracts.pack.contents import Contents
from extracts.pack.told import MISSING
from extracts.pack.words import OPENED_BY, SEALED_OPENED_BY, cohort_sentences, undated_sentences
from extracts.specification import CSV, HEX128, INT63, SPSS, STATA, R

# What to mind of each format, beyond what the dictionary says of each column.
CAUTIONS = {
    CSV: ("Tell your program that keys are 64-bit integers or text: most would take them for decimals.",),
    STATA: (
        "Codes are numbered in the order of their list and labelled `code: label`; dictionary-codes.csv joins the two.",
        "Codes that no list knows are numbered after the others. An empty text and a missing one are the same here.",
    ),
    SPSS: (
        "Codes are the codes themselves, with value labels. Spaces at the end of a text are lost, and an empty text",
        "and a missing one are the same here.",
    ),
    R: (
        "Codes are factors whose levels are the codes. For labels instead:",
        '  levels(d$x) <- attr(d$x, "labels")[levels(d$x)]',
    ),
}

KEYS = {
    INT63: (
        "In Parquet and CSV they are 64-bit integers, never to be read as floating-point numbers; Stata, SPSS and R",
        "have no numbers of that size, so there they are text of digits.",
    ),
    HEX128: ("They are text of 32 hexadecimal digits in every format.",),
}


# Of a sealed extract, before its formats.
HOW_TO_OPEN = (
    "The files are encrypted, all but this text, manifest.json, what opens the others and what makes outputs:", "",
    "  Python   import sys; sys.path.insert(0, \"this folder\"); import gatehouse_workspace as gw",
    "           gw.read(\"table\"), gw.arrow(\"table\"), gw.duckdb(), gw.open(\"dictionary.html\"), gw.check()",
    "  R        source(\"this folder/gatehouse_workspace.R\")",
    "           gh_read(\"table\"), gh_duckdb(), gh_bytes(\"dictionary.html\")", "",
    "The key of your workspace is in a file that only you can read, named by the environment variable",
    "GATEHOUSE_WORKSPACE_KEY. Files keep their names: under another one they cannot be opened. For other programs",
    "gw.copy(\"table.dta\", \"/dev/shm/table.dta\") writes a copy that is not encrypted; remove it when you are done.",
    "",
)  # fmt: skip


def readme(contents: Contents) -> str:
    dataset, spec, release = contents.catalogue.dataset, contents.spec, contents.release
    names = [f"  {table.name:<24} {contents.rows[table.name]:>12,} rows" for table in spec.tables]
    return "\n".join(
        [
            f"{dataset.title}, release {release.version}", "",
            dataset.statement, "",
            f"Source: {dataset.source}.", f"Licence: {dataset.licence}.", f"Published: {release.created_at}.",
            f"Period: {spec.period_from} to {spec.period_to}, both days included.",
            *undated_sentences(spec, contents.catalogue), *cohort_sentences(spec, contents.catalogue), "",
            f"Tables, each as {_kinds(contents)}, with the same rows in the same order:", *names, "",
            *(HOW_TO_OPEN if contents.sealed else ()),
            *_formats(contents),
            "Keys are pseudonyms made for this project alone: they join the tables here and nothing elsewhere.",
            *KEYS[spec.pseudonyms],
            "Rows are in the order of their pseudonyms, which says nothing about the source.", "",
            "dictionary.html and dictionary.csv describe every variable, its level of detail and how each format",
            "tells it; dictionary-codes.csv and codelists/ explain the codes. datapackage.json says the same to",
            "programs (Data Package, version 2), and manifest.json lists every file with its SHA-256.",
            "known-breaks.txt tells from when to when records do not mean what they meant before;",
            "suggested-citation.txt says how to cite.",
            *_links(contents), "",
            "Do not try to identify anyone. Results leave the environment by an output request only.",
            "gatehouse_sdc.py makes tables and models together with the counts that the check of a request needs;",
            "make-outputs-that-pass.md shows how.", "",
        ]
    )  # fmt: skip


def _kinds(contents: Contents) -> str:
    *most, last = [one.label for one in contents.formats]
    return f"{', '.join(most)} and {last}" if most else last


def _formats(contents: Contents) -> list[str]:
    """For each format: how to open it, how a missing value is told, what to mind, and which names had to change."""
    lines: list[str] = []
    first = contents.spec.tables[0].name
    opened_by = SEALED_OPENED_BY if contents.sealed else OPENED_BY
    for one in contents.formats:
        numbers, texts = MISSING[one.name]
        lines.append(f"{one.label} ({one.suffix})")
        lines += [f"  {by}: {code.format(first + one.suffix)}" for by, code in opened_by[one.name]]
        lines.append(f"  Missing: {numbers}" + ("" if numbers == texts else f"; of texts: {texts}"))
        lines += [f"  {line}" for line in (*CAUTIONS.get(one.name, ()), *_renamed(contents, one.name))]
        lines.append("")
    return lines


def _renamed(contents: Contents, format: str) -> list[str]:
    renamed = [
        f"{sheet.name}.{name} is called {given} here: {FORMATS[format].label} does not take its name."
        for sheet in contents.sheets
        for name, given in names_in(format, [column.name for column in sheet.columns]).items()
        if name != given
    ]
    return renamed


def _links(contents: Contents) -> list[str]:
    if not contents.quality and not contents.links:
        return ["How good the links between records are was not measured for this release."]
    lines = []
    if contents.quality:
        lines.append("linkage-quality.txt says how good the links between records are, and for whom they are worse.")
    if contents.links:
        lines.append("linkage-of-this-extract.csv says what share of the rows here is linked, by group; blank is fewer")
        lines.append("than ten rows.")
    return lines
