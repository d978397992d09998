"""datapackage.json: the extract described for programs, by the Data Package standard, version 2.

Source: https://datapackage.org/standard/ (Data Package, Data Resource, Table Schema, Table Dialect).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from extracts.formats.columns import Column, Kind, Sheet
from extracts.formats.known import FORMATS, Format
from extracts.formats.names import names_in
from extracts.pack.contents import Contents
from extracts.specification import CSV, PARQUET, SPSS, STATA, R

NAME = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TYPES = {
    Kind.KEY: "integer", Kind.INTEGER: "integer", Kind.DECIMAL: "number", Kind.BOOLEAN: "boolean",
    Kind.DATE: "date", Kind.TEXT: "string", Kind.HEX: "string",
}  # fmt: skip
KEYS_AS_TEXT, TRUTHS_AS_NUMBERS = (STATA, SPSS, R), (STATA, SPSS)


class File(Protocol):
    """A file of the extract as it is once opened: its name in the folder, bytes and SHA-256.

    Of an encrypted Parquet file neither is known: it is never there as a file without encryption.
    """

    @property
    def name(self) -> str: ...
    @property
    def bytes(self) -> int | None: ...
    @property
    def sha256(self) -> str: ...


def datapackage(contents: Contents, files: Iterable[File]) -> dict[str, Any]:
    """The descriptor, ready for JSON. `files` are those of the extract; each table is a resource in each format."""
    by_name = {file.name: file for file in files}
    dataset, spec = contents.catalogue.dataset, contents.spec
    return {
        "$schema": PROFILE,
        "name": f"{dataset.code}-{spec.release_version}-{spec.digest()[:12]}".lower().replace("_", "-"),
        "title": f"{dataset.title}, release {spec.release_version}",
        "description": f"{dataset.statement} Licence: {dataset.licence}. Rows from {spec.period_from} to "
        f"{spec.period_to}, both days included.",
        "version": spec.release_version,
        "created": contents.created_at.isoformat(),
        "sources": [{"title": dataset.source}],
        "contributors": [{"title": owner, "roles": ["rightsHolder"]} for owner in contents.owners],
        "resources": [
            *(
                _table(sheet, one, by_name[sheet.name + one.suffix], contents)
                for one in contents.formats
                for sheet in contents.sheets
            ),
            *(_code_list(name, by_name[name]) for name in sorted(by_name) if name.startswith("codelists/")),
        ],
    }


def resource_name(table: str, format: str) -> str:
    """Of a table in a format: the table's own name is that of its Parquet file."""
    return table if format == PARQUET else f"{table}-{format}"


def _table(sheet: Sheet, one: Format, file: File, contents: Contents) -> dict[str, Any]:
    return {
        "name": resource_name(sheet.name, one.name),
        "title": sheet.label,
        "description": f"{contents.rows[sheet.name]:,} rows.",
        **_file(file, one.suffix.removeprefix("."), one.mediatype),
        **({"encoding": "utf-8", "dialect": {"header": True, "delimiter": ","}} if one.name == CSV else {}),
        "schema": _schema(sheet, one.name, contents),
    }


def _file(file: File, format: str, mediatype: str) -> dict[str, Any]:
    return {
        "path": file.name,
        "type": "table",
        "format": format,
        "mediatype": mediatype,
        **({} if file.bytes is None else {"bytes": file.bytes, "hash": f"sha256:{file.sha256}"}),
    }


def _schema(sheet: Sheet, format: str, contents: Contents) -> dict[str, Any]:
    names = names_in(format, [column.name for column in sheet.columns])
    primary = contents.keys.primary.get(sheet.name, ())
    schema: dict[str, Any] = {
        "fields": [_field(sheet, column, names[column.name], format, contents) for column in sheet.columns],
        # Only in CSV is a missing value a text that stands for it.
        "missingValues": [""] if format == CSV else [],
    }
    if primary:
        schema["primaryKey"] = [names[name] for name in primary]
    if foreign := list(_foreign_keys(sheet, names, format, contents)):
        schema["foreignKeys"] = foreign
    return schema


def _field(sheet: Sheet, column: Column, name: str, format: str, contents: Contents) -> dict[str, Any]:
    variable = contents.catalogue[sheet.name][column.name]
    numbered = bool(column.codes) and format == STATA
    field: dict[str, Any] = {"name": name, "type": "integer" if numbered else _type(column.kind, format)}
    field["title"] = column.label
    if variable.note:
        field["description"] = variable.note
    constraints: dict[str, Any] = {}
    if column.name in contents.keys.primary.get(sheet.name, ()):
        constraints["required"] = True
    if column.codes and (sheet.name, column.name) in contents.keys.listed:
        values: list[Any] = list(range(1, len(column.codes) + 1)) if numbered else [code for code, _ in column.codes]
        constraints["enum"] = values
        field["categories"] = [
            {"value": value, "label": label} for value, (_, label) in zip(values, column.codes, strict=True)
        ]
    if constraints:
        field["constraints"] = constraints
    return field


def _type(kind: Kind, format: str) -> str:
    if kind is Kind.KEY and format in KEYS_AS_TEXT:
        return "string"
    return "integer" if kind is Kind.BOOLEAN and format in TRUTHS_AS_NUMBERS else TYPES[kind]


def _foreign_keys(sheet: Sheet, names: dict[str, str], format: str, contents: Contents) -> Iterator[dict[str, Any]]:
    for key in contents.keys.foreign.get(sheet.name, ()):
        parent = next(one for one in contents.sheets if one.name == key.parent)
        theirs = names_in(format, [column.name for column in parent.columns])
        yield {
            "fields": [names[name] for name in key.columns],
            "reference": {
                "resource": resource_name(key.parent, format),
                "fields": [theirs[name] for name in key.parent_columns],
            },
        }


def _code_list(path: str, file: File) -> dict[str, Any]:
    name = path.removeprefix("codelists/").removesuffix(".csv")
    return {
        "name": f"codelist-{name}",
        "title": f"Code list {name}",
        **_file(file, "csv", FORMATS[CSV].mediatype),
        "encoding": "utf-8",
    }
