"""What the papers of an extract tell of, gathered once it is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from extracts.formats.columns import Column, Sheet, sheets_of
from extracts.formats.known import FORMATS, Format
from extracts.pack.keys import Keys
from extracts.pack.links import LinkRate
from extracts.specification import ExtractSpec, Release
from governance.catalogue.catalogue import Catalogue


@dataclass(frozen=True)
class Contents:
    """rows     number of rows of each table of the extract
    quality  of the release's links, as it says it; {} where nothing was measured
    project  reference of the project that the extract is for, "" where there is none
    keys     which keys hold within the extract, and which columns hold listed codes only
    links    share of this extract's records that are linked; empty where the dataset links none
    sealed   whether the files are encrypted
    """

    spec: ExtractSpec
    catalogue: Catalogue
    release: Release
    rows: Mapping[str, int]
    quality: Mapping[str, Any]
    created_at: datetime
    project: str = ""
    keys: Keys = field(default_factory=Keys)
    links: Sequence[LinkRate] = ()
    sealed: bool = False

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        return sheets_of(self.spec, self.catalogue, self.created_at)

    @property
    def formats(self) -> tuple[Format, ...]:
        return tuple(one for one in FORMATS.values() if one.name in self.spec.formats)

    @property
    def owners(self) -> tuple[str, ...]:
        """The owners of the tables, each once."""
        codes = dict.fromkeys(self.catalogue[table.name].owner for table in self.spec.tables)
        return tuple(self.catalogue.owner(code).label for code in codes)

    def columns(self) -> list[tuple[Sheet, Column]]:
        return [(sheet, column) for sheet in self.sheets for column in sheet.columns]
