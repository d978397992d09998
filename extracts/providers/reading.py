"""A provider's TOML file, read and checked; the first wrong key is named with its file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from extracts.providers.entries import IDENTIFYING, ROLES, IdentitySource, NoPerson, OwnCodes, OwnTable, Provider

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")

# Keys of the file and of its parts, with the type of each; those in the second set may be left out.
OF_PROVIDER = (
    {"code": str, "label": str, "identity": list},
    {"payload": list, "no_person": list, "table": list, "codes": list, "owner": dict, "key_domain": dict},
)
OF_IDENTITY = ({"source": str, "person_role": str, "row_id": str, "columns": dict}, {"each_person_once": bool})
OF_TABLE = (
    {"name": str, "label": str, "owner": str, "unit_of_observation": str, "primary_key": list, "variable": list},
    {"tier": str, "description": str, "period_column": str, "period_parent": str, "requestable": bool},
)
OF_VARIABLE = (
    {"name": str, "label": str, "dtype": str, "sensitivity_class": str},
    {
        "codelist": str, "range": str, "ladder": str, "default_level": str, "in_default_extract": bool,
        "key_domain": str, "missing_pct": (int, float), "based_on": str, "source_format": str, "note": str,
    },
)  # fmt: skip
OF_NO_PERSON: tuple[dict[str, type], dict[str, type]] = ({"table": str, "column": str, "values": list}, {})
OF_CODES = ({"name": str, "source": str, "rows": list}, {"columns": list})


class BadProvider(ValueError):
    """A provider's file cannot be used. The message names the file, the key and what is wrong."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}, {key}: {problem}" if key else f"{file}: {problem}")
        self.file, self.key, self.problem = file, key, problem


def read_providers(folder: Path) -> tuple[Provider, ...]:
    """The providers of a folder of TOML files, by file name. Raises BadProvider, also when two share a source or table.

    Names are shared out over all of them: a source, a table or a code belongs to one provider.
    """
    providers = tuple(read_provider(path) for path in sorted(folder.glob("*.toml")))
    taken: dict[tuple[str, str], str] = {}
    for provider in providers:
        for kind, names in (("source", [s.name for s in provider.identity]), ("table", provider.payload)):
            for name in names:
                other = taken.setdefault((kind, name), provider.code)
                if other != provider.code:
                    raise BadProvider(f"{provider.code}.toml", kind, f"{name} belongs to {other} already.")
    return providers


def read_provider(path: Path) -> Provider:
    """The provider of one TOML file, which is named for its code. Raises BadProvider for the first wrong key."""
    part = _Part(path.name, "", _stored(path))
    part.check(OF_PROVIDER)
    code = part.name("code")
    if code != path.stem:
        raise part.wrong("code", f"The file must be named {code}.toml.")
    sources = tuple(_source(one) for one in part.parts("identity"))
    tables = tuple(_table(one) for one in part.parts("table"))
    provider = Provider(
        code=code,
        label=part.text("label"),
        identity=sources,
        payload=(*part.names("payload"), *(table.name for table in tables)),
        no_person=tuple(_no_person(one) for one in part.parts("no_person")),
        own_tables=tables,
        own_codes=tuple(_codes(one) for one in part.parts("codes")),
        owners=part.pairs("owner"),
        key_domains=part.pairs("key_domain"),
    )
    _check_whole(part, provider)
    return provider


class _Part:
    """One table of the file: its values, and where it stands."""

    def __init__(self, file: str, where: str, values: Mapping[str, Any]) -> None:
        self.file, self.where, self.values = file, where, values

    def key(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def wrong(self, name: str, problem: str) -> BadProvider:
        return BadProvider(self.file, self.key(name), problem)

    def check(self, keys: tuple[Mapping[str, Any], Mapping[str, Any]]) -> None:
        """Refuse missing and unknown keys, and values of another type."""
        needed, optional = keys
        known = {**needed, **optional}
        for name, value in self.values.items():
            if name not in known:
                raise self.wrong(name, "There is no such key.")
            kind = known[name]
            if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
                raise self.wrong(name, "The value is of the wrong type.")
        for name in needed:
            if self.values.get(name) in (None, "", [], {}):
                raise self.wrong(name, "It is missing or empty.")

    def text(self, name: str, otherwise: str = "") -> str:
        return str(self.values.get(name, otherwise)).strip()

    def flag(self, name: str, otherwise: bool) -> bool:
        return bool(self.values.get(name, otherwise))

    def name(self, name: str, pattern: re.Pattern[str] = NAME) -> str:
        if not pattern.fullmatch(self.text(name)):
            raise self.wrong(name, "It must be letters, digits and underscores, beginning with a letter.")
        return self.text(name)

    def names(self, name: str) -> tuple[str, ...]:
        found = self.values.get(name, [])
        if not all(isinstance(one, str) and NAME.fullmatch(one) for one in found):
            raise self.wrong(name, "It must be a list of names: lower-case letters, digits and underscores.")
        _once(self, name, found)
        return tuple(found)

    def pairs(self, name: str, pattern: re.Pattern[str] = NAME) -> tuple[tuple[str, str], ...]:
        found = self.values.get(name, {})
        for own, value in found.items():
            if not pattern.fullmatch(own) or not isinstance(value, str) or not value.strip():
                raise self.wrong(f"{name}.{own}", "It must be a name and a text.")
        return tuple(found.items())

    def parts(self, name: str) -> list[_Part]:
        found = self.values.get(name, [])
        if not all(isinstance(one, dict) for one in found):
            raise self.wrong(name, f"Write each one as [[{self.key(name)}]].")
        return [_Part(self.file, f"{self.key(name)}[{number}]", one) for number, one in enumerate(found, start=1)]


def _stored(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadProvider(path.name, "", "The file is missing.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadProvider(path.name, "", f"The file cannot be read as TOML ({problem}).") from problem


def _source(part: _Part) -> IdentitySource:
    part.check(OF_IDENTITY)
    columns = part.pairs("columns", COLUMN)
    for own, role in columns:
        if role not in ROLES:
            raise part.wrong(f"columns.{own}", f"There is no role {role}.")
    _once(part, "columns", [role for _, role in columns])
    row_id = part.name("row_id", COLUMN)
    _once(part, "columns", [name.lower() for name in (row_id, *(own for own, _ in columns))])
    return IdentitySource(
        name=part.name("source"),
        person_role=part.name("person_role"),
        row_id=row_id,
        columns=columns,
        each_person_once=part.flag("each_person_once", False),
    )


def _table(part: _Part) -> OwnTable:
    part.check(OF_TABLE)
    name = part.name("name")
    row = {key: part.text(key) for key in ("label", "owner", "unit_of_observation", "description")} | {
        "table": name,
        "primary_key": " + ".join(part.names("primary_key")),
        "tier": part.text("tier", "extension"),
        "period_column": part.text("period_column"),
        "period_parent": part.text("period_parent"),
        "requestable": _yes_no(part.flag("requestable", True)),
    }
    variables = tuple(_variable(name, one) for one in part.parts("variable"))
    _once(part, "variable", [variable["variable"] for variable in variables])
    return OwnTable(name, row, variables)


def _variable(table: str, part: _Part) -> dict[str, str]:
    part.check(OF_VARIABLE)
    name = part.name("name")
    if name in IDENTIFYING or part.text("sensitivity_class") == "DI":
        raise part.wrong("name", f"{name} says who somebody is: it belongs into an identity source.")
    same = ("label", "dtype", "codelist", "range", "sensitivity_class", "ladder", "default_level", "key_domain",
            "source_format", "note")  # fmt: skip
    return {key: part.text(key) for key in same} | {
        "table": table,
        "variable": name,
        "in_default_extract": _yes_no(part.flag("in_default_extract", False)),
        "missing_pct_target": part.text("missing_pct"),
        "based_on": part.text("based_on", "the provider's own description"),
    }


def _codes(part: _Part) -> OwnCodes:
    """Rows are code, label and one text per further column; the source is the same for all."""
    part.check(OF_CODES)
    header = ("code", "label", *part.names("columns"))
    rows = part.values["rows"]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != len(header) or not all(isinstance(cell, str) for cell in row):
            raise part.wrong(f"rows[{number}]", f"A row holds {len(header)} texts: {', '.join(header)}.")
    source = part.text("source")
    return OwnCodes(part.name("name"), ((*header, "source"), *((*row, source) for row in rows)))


def _no_person(part: _Part) -> NoPerson:
    part.check(OF_NO_PERSON)
    values = part.values["values"]
    if not all(isinstance(value, str) for value in values):
        raise part.wrong("values", "It must be a list of texts.")
    return NoPerson(part.name("table"), part.name("column"), tuple(values))


def _check_whole(part: _Part, provider: Provider) -> None:
    if not provider.payload:
        raise part.wrong("payload", "There is no payload table.")
    _once(part, "identity", [source.name for source in provider.identity])
    _once(part, "payload", provider.payload)
    for number, rule in enumerate(provider.no_person, start=1):
        if rule.table not in provider.payload:
            raise part.wrong(f"no_person[{number}].table", f"{rule.table} is not a payload table of this provider.")
    for number, table in enumerate(provider.own_tables, start=1):
        for variable in table.variables:
            if variable["variable"] in provider.own_names_of_identifiers:
                problem = f"{variable['variable']} is a name of an identity column."
                raise part.wrong(f"table[{number}].variable", problem)


def _once(part: _Part, key: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise part.wrong(key, f"{name} is there twice.")
        seen.add(name)


def _yes_no(value: bool) -> str:
    return "Y" if value else "N"
