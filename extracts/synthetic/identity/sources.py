"""The sources of identity records: whose they are, how they print things, how often each kind of mistake is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from extracts.synthetic.identity.stock import rows_of

# How each source writes what can be written in several ways.
CASES = ("upper", "title")
DATES = ("iso", "slashes")
POSTCODES = ("space", "none")
PNC_FORMS = ("long", "short", "bare")
SEXES = {"letters": ("U", "M", "F"), "words": ("", "Male", "Female"), "digits": ("0", "1", "2")}
REFERENCES = ("plain", "slashes")


@dataclass(frozen=True)
class Source:
    """One source of identity records.

    case       of names and addresses, one of CASES
    dates      one of DATES
    postcode   with a space or not, one of POSTCODES
    pnc        long YYYY/NNNNNNNX, short YY/NNNX without leading zeros, bare without a slash
    sex        not known, male and female, by the key of SEXES
    reference  case and arrest numbers, one of REFERENCES
    """

    name: str
    provider: str
    case: str
    dates: str
    postcode: str
    pnc: str
    sex: str
    reference: str


@lru_cache(maxsize=1)
def sources() -> Mapping[str, Source]:
    """Every source by name."""
    return {row["source"]: Source(row.pop("source"), **row) for row in rows_of("sources.csv")}


@lru_cache(maxsize=1)
def rates() -> Mapping[str, Mapping[str, float]]:
    """Percent of records by writer and kind of mistake; kinds that end in `_recorded` are percent that have it at all.

    A writer is a source, but for the courts: magistrates and Crown Court keep their habits on the common platform.
    """
    rows = rows_of("rates.csv")
    writers = [name for name in rows[0] if name != "kind"]
    return {writer: {row["kind"]: float(row[writer]) for row in rows} for writer in writers}
