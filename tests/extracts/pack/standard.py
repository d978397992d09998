"""The rules of the Data Package standard, version 2, as far as a descriptor of tables must keep them.

Written from the specifications at datapackage.org/standard (Data Package, Data Resource, Table Schema), rule by rule.
"""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from pathlib import Path

PACKAGE = {
    "$schema", "name", "id", "title", "description", "homepage", "version", "created", "keywords", "image",
    "contributors", "sources", "licenses", "resources",
}  # fmt: skip
RESOURCE = {
    "name", "path", "type", "title", "description", "format", "mediatype", "encoding", "bytes", "hash", "sources",
    "licenses", "schema", "dialect",
}  # fmt: skip
DIALECT = {"header", "delimiter", "lineTerminator", "quoteChar", "doubleQuote", "nullSequence"}
SCHEMA = {"fields", "missingValues", "primaryKey", "foreignKeys", "uniqueKeys", "fieldsMatch"}
FIELD = {"name", "type", "format", "title", "description", "example", "constraints", "categories", "rdfType"}
TYPES = {"string", "number", "integer", "boolean", "object", "array", "list", "datetime", "date", "time", "year",
         "yearmonth", "duration", "geopoint", "geojson", "any"}  # fmt: skip
CONSTRAINTS = {"required", "unique", "minLength", "maxLength", "minimum", "maximum", "pattern", "enum"}
NAME = re.compile(r"[a-z0-9._-]+")
HASH = re.compile(r"sha256:[0-9a-f]{64}")


def problems_of(descriptor: dict, folder: Path) -> list[str]:
    """What is wrong with a descriptor, or with the files that it describes; empty when nothing is."""
    found = _unknown("package", descriptor, PACKAGE)
    if descriptor.get("$schema") != "https://datapackage.org/profiles/2.0/datapackage.json":
        found.append("package: no profile of version 2")
    if not NAME.fullmatch(descriptor.get("name", "")):
        found.append("package: the name is no plain one")
    if datetime.fromisoformat(descriptor["created"]).tzinfo is None:
        found.append("package: created has no time zone")
    for one in descriptor["contributors"]:
        found += _unknown("contributor", one, {"title", "roles"})
    resources = descriptor["resources"]
    names = [one["name"] for one in resources]
    if not resources or len(set(names)) != len(names):
        found.append("package: no resource, or two of one name")
    for one in resources:
        found += _resource(one, {other["name"]: other for other in resources}, folder)
    return found


def _resource(one: dict, others: dict[str, dict], folder: Path) -> list[str]:
    found = _unknown(one["name"], one, RESOURCE)
    if not NAME.fullmatch(one["name"]):
        found.append(f"{one['name']}: the name is no plain one")
    path = one["path"]
    if path.startswith(("/", ".", "~")) or ".." in path or "\\" in path:
        found.append(f"{path}: reaches out of the package")
    content = (folder / path).read_bytes()
    if one["bytes"] != len(content) or one["hash"] != f"sha256:{sha256(content).hexdigest()}":
        found.append(f"{path}: bytes or hash are not those of the file")
    if one["type"] != "table" or not HASH.fullmatch(one["hash"]) or "/" not in one["mediatype"]:
        found.append(f"{path}: type, hash or mediatype")
    found += _unknown(f"{path} dialect", one.get("dialect", {}), DIALECT)
    return found + (_schema(one, others) if "schema" in one else [])


def _schema(one: dict, others: dict[str, dict]) -> list[str]:
    schema, where = one["schema"], one["path"]
    found = _unknown(where, schema, SCHEMA)
    names = [field["name"] for field in schema["fields"]]
    if not names or len(set(names)) != len(names):
        found.append(f"{where}: no field, or two of one name")
    for field in schema["fields"]:
        found += _field(field, where)
    for key in (schema.get("primaryKey", []), *(key["fields"] for key in schema.get("foreignKeys", []))):
        if not isinstance(key, list) or not set(key) <= set(names):
            found.append(f"{where}: a key of fields that are not there")
    for key in schema.get("foreignKeys", []):
        reference = key["reference"]
        theirs = [field["name"] for field in others[reference["resource"]]["schema"]["fields"]]
        if not set(reference["fields"]) <= set(theirs) or len(reference["fields"]) != len(key["fields"]):
            found.append(f"{where}: a foreign key to fields that are not there")
    return found


def _field(field: dict, where: str) -> list[str]:
    found = _unknown(f"{where}.{field['name']}", field, FIELD)
    if field["type"] not in TYPES:
        found.append(f"{where}.{field['name']}: no such type")
    constraints = field.get("constraints", {})
    found += _unknown(f"{where}.{field['name']}", constraints, CONSTRAINTS)
    values = [one["value"] for one in field.get("categories", [])]
    if values and (field["type"] not in ("string", "integer") or values != constraints["enum"]):
        found.append(f"{where}.{field['name']}: categories are of texts and whole numbers, those of the enumeration")
    if len(set(values)) != len(values):
        found.append(f"{where}.{field['name']}: a category twice")
    wanted = {"string": str, "integer": int}.get(field["type"], object)
    if not all(isinstance(value, wanted) for value in constraints.get("enum", [])):
        found.append(f"{where}.{field['name']}: an enumeration of another type")
    return found


def _unknown(where: str, stored: dict, allowed: set[str]) -> list[str]:
    return [f"{where}: {name} is not in the standard" for name in stored if name not in allowed]
