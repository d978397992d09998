"""What a provider's file says: its identity sources and its payload tables. All of it is immutable and hashable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# The roles that an identity column can have. After acceptance the columns bear these names.
ROLES = (
    "forename", "middle_name", "surname", "aliases", "date_of_birth", "sex", "ethnicity", "postcode", "address", "town",
    "pnc", "cro", "prison_number", "person_number", "national_insurance", "asn", "case_reference", "event_date",
    "sentence_dates",
)  # fmt: skip
# Roles that say who somebody is: a payload column never has one of these names.
IDENTIFYING = frozenset(ROLES) - {"sex", "ethnicity", "town", "event_date", "sentence_dates"}

# What every accepted identity record begins with.
RECORD = ("source", "row_id", "person_role")


@dataclass(frozen=True, slots=True)
class IdentitySource:
    """One file of identity records.

    name              as in `xjs_link.source_dataset`; the file is `identity/<name>.parquet` or `.csv`
    row_id            the provider's own name of the column that the payload points at
    columns           pairs of own column name and role, in the order of the file
    each_person_once  whether the source promises one record per person
    """

    name: str
    person_role: str
    row_id: str
    columns: tuple[tuple[str, str], ...]
    each_person_once: bool = False

    @property
    def own_names(self) -> tuple[str, ...]:
        """All columns that the file has, by the provider's own names: the row id first."""
        return (self.row_id, *(own for own, _ in self.columns))

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(role for _, role in self.columns)

    def own_name(self, role: str) -> str:
        """The provider's own name for a role. Raises KeyError for a role that the source lacks."""
        return {given: own for own, given in self.columns}[role]


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A payload table that the provider's file defines itself, as the rows it adds to the catalogue.

    row        the row of `tables.csv`
    variables  the rows of `variables.csv`
    """

    name: str
    row: Mapping[str, str]
    variables: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class OwnCodes:
    """A code list that the provider's file defines itself: the rows of its CSV file, header first."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class NoPerson:
    """Rows of a payload table that need no identity record: where `column` holds one of `values` ("" for none)."""

    table: str
    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider and what its deliveries hold.

    payload      names of all payload tables, those of the catalogue first
    own_tables   those among them that the file defines itself
    no_person    which rows need no identity record
    owners       code and label of owners that the catalogue lacks; likewise key_domains
    """

    code: str
    label: str
    identity: tuple[IdentitySource, ...]
    payload: tuple[str, ...]
    no_person: tuple[NoPerson, ...] = ()
    own_tables: tuple[OwnTable, ...] = ()
    own_codes: tuple[OwnCodes, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    key_domains: tuple[tuple[str, str], ...] = ()

    @property
    def own_names_of_identifiers(self) -> frozenset[str]:
        """What the provider calls its identifying columns."""
        return frozenset(own for source in self.identity for own, role in source.columns if role in IDENTIFYING)
