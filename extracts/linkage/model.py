"""A linkage model: comparisons with what was learnt about them, as versioned JSON, and as settings for Splink."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import log2
from pathlib import Path
from typing import Any

from extracts.linkage.comparisons import COMPARISONS, PLACE_PARTS, Comparison, Level, either_null

Parts = Callable[[set[str]], dict[str, str]]

FORMAT = 1
SHIPPED = Path(__file__).parent / "models"
SMALLEST = 1e-12
CLEAR = "clear text"
# What says that two records are one person although the forenames differ.
NUMBERS = ("pnc", "cro", "prison_number", "national_insurance", "identifier")
OTHER_NAMES = {
    "forename_keys": "list_has_any(forename_keys_l, forename_keys_r)",
    "names": "list_has_any(names_l, names_r)",
    "middle": "forename_l = middle_r OR middle_l = forename_r",
}


class UnknownModel(ValueError):
    """No model of that name is shipped, or the file is not a model."""


@dataclass(frozen=True)
class Learnt:
    """A level of a model: `m` and `u` are its shares among pairs of one person and of two people."""

    label: str
    sql: str
    m: float
    u: float
    frequency: str = ""
    given: bool = False
    fixed: float | None = None
    most: float = 1.0

    @property
    def weight(self) -> float:
        """Bits for a match, before rarity."""
        return self.fixed if self.fixed is not None else log2(self.m / self.u)


@dataclass(frozen=True)
class Compared:
    name: str
    missing: str
    levels: tuple[Learnt, ...]
    given: str = ""


@dataclass(frozen=True)
class Model:
    """`prior`: the share of all pairs that are one person's. `features`: what records must have (NULL where unknown).

    `form`: of the records that it is for. `trained_on`: said by whoever trained it.
    """

    name: str
    version: str
    features: tuple[str, ...]
    comparisons: tuple[Compared, ...]
    prior: float
    form: str = CLEAR
    trained_on: str = ""

    @property
    def frequencies(self) -> tuple[str, ...]:
        """Features whose rarity counts."""
        return tuple(sorted({level.frequency for c in self.comparisons for level in c.levels if level.frequency}))

    def with_prior(self, prior: float) -> Model:
        return replace(self, prior=prior)


def untrained(
    features: Iterable[str], *, name: str = "untrained", form: str = CLEAR,
    comparisons: Sequence[Comparison] = COMPARISONS, parts: Parts | None = None,
) -> Model:  # fmt: skip
    """What is compared when records have these features, with what is expected of each level.

    parts  the SQL of the words that stand for conditions in the comparisons, by what features there are
    """
    there = set(features)
    words = (parts or clear_parts)(there)
    chosen = [_chosen(c, there, words) for c in comparisons if set(c.needs) <= there and not set(c.unless) & there]
    return Model(name, "0", tuple(sorted(there)), tuple(c for c in chosen if c), 1e-4, form)


def _chosen(comparison: Comparison, there: set[str], parts: Mapping[str, str]) -> Compared | None:
    usable = [level for level in comparison.levels if _usable(level, there, parts)]
    if len(usable) == 1 and usable[0].fixed in (None, 0.0):
        return None
    levels = [
        Learnt(level.label, _filled(level.sql, parts), level.m, _guess(level, len(usable)),
               level.frequency if level.frequency in there else "", level.given, level.fixed, level.most)
        for level in usable
    ]  # fmt: skip
    given = _filled(comparison.given, parts) if any(level.given for level in levels) else ""
    return Compared(comparison.name, _filled(comparison.missing, parts), tuple(_normalised(levels)), given)


def _usable(level: Level, there: set[str], parts: Mapping[str, str]) -> bool:
    unknown = any(re.search(rf"\b{word}\b", level.sql) for word, sql in parts.items() if not sql)
    return set(level.needs) <= there and not unknown


def _guess(level: Level, count: int) -> float:
    if level.u is not None:
        return level.u
    return 0.9 if level.sql == "ELSE" else 0.1 / count


def _normalised(levels: list[Learnt]) -> Iterable[Learnt]:
    """Shares that add up to 1 among the levels that hold together: given, and not given."""
    for level in levels:
        together = [other for other in levels if other.given == level.given]
        total_m, total_u = sum(other.m for other in together), sum(other.u for other in together)
        yield replace(level, m=level.m / total_m, u=level.u / total_u)


def clear_parts(there: set[str]) -> dict[str, str]:
    """Conditions on where people live, as far as the features can tell."""
    postcode, address, town = "postcode" in there, "address_key" in there, "town" in there
    same_postcode = "(postcode_l = postcode_r OR list_has_any(postcodes_l, postcodes_r))"
    areas = [f"{f}_l = {f}_r" for f in ("outcode", "town") if f in there] or (
        ["region_l = region_r"] if "region" in there else ["true"]
    )
    apart = [f"{f}_l <> {f}_r" for f in ("outcode", "town") if f in there]
    far_apart = f"({' AND '.join(apart)})" if len(apart) == (postcode + town) and apart else "false"
    same = []
    if address:
        same.append(f"(address_key_l = address_key_r AND NOT coalesce({far_apart}, false))")
    if postcode:
        same.append(f"({same_postcode} AND regexp_matches(postcode_l, '^[A-Z]') AND length(postcode_l) >= 5)")
    places = [part for part in PLACE_PARTS if part in there]
    day_or_place = [
        *same,
        *(["list_has_any(sentence_dates_l, sentence_dates_r)"] if "sentence_dates" in there else []),
    ]
    return {
        "same_place": any_of(same),
        "same_day_or_place": any_of(day_or_place),
        "same_by_number": any_of([f"damerau_levenshtein({f}_l, {f}_r) <= 1" for f in NUMBERS if f in there]) or "false",
        "same_by_other_names": any_of([sql for f, sql in OTHER_NAMES.items() if f in there]) or "false",
        "same_postcode": same_postcode,
        "same_sector": "sector_l = sector_r",
        "same_area": " OR ".join(areas),
        "far_apart": far_apart,
        "nothing_of_place": " AND ".join(either_null(part) for part in places) or "true",
    }


def any_of(conditions: list[str]) -> str:
    """One of the conditions holds for certain; nothing when there is none."""
    return f"coalesce({' OR '.join(f'coalesce({sql}, false)' for sql in conditions)}, false)" if conditions else ""


def _filled(sql: str, parts: Mapping[str, str]) -> str:
    if not parts:
        return sql
    return re.sub(r"\b(" + "|".join(parts) + r")\b", lambda found: parts[found[0]], sql)


def settings(model: Model, rules: Iterable[str] = ()) -> dict[str, Any]:
    """The model as Splink 5 settings over one table of records with `rid`; `rules` are blocking rules as SQL."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "rid",
        "probability_two_random_records_match": model.prior,
        "comparisons": [_splink_comparison(comparison) for comparison in model.comparisons],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule, "sql_dialect": "duckdb"} for rule in rules],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }


def _splink_comparison(comparison: Compared) -> dict[str, Any]:
    missing = {"sql_condition": comparison.missing, "label_for_charts": "not known", "is_null_level": True}
    return {
        "output_column_name": comparison.name,
        "comparison_description": comparison.name.replace("_", " "),
        "comparison_levels": [missing, *(_splink_level(level) for level in comparison.levels)],
    }


def _splink_level(level: Learnt) -> dict[str, Any]:
    m, u = (level.m, level.u) if level.fixed is None else _shares(level.fixed)
    made: dict[str, Any] = {
        "sql_condition": level.sql,
        "label_for_charts": level.label,
        "m_probability": max(m, SMALLEST) if level.fixed is None else m,
        "u_probability": max(u, SMALLEST) if level.fixed is None else u,
    }
    if level.frequency:
        made |= {"tf_adjustment_column": level.frequency, "disable_tf_exact_match_detection": True}
    return made


def _shares(bits: float) -> tuple[float, float]:
    """m and u of a level that weighs so many bits."""
    return (1.0, 2.0**-bits) if bits >= 0 else (2.0**bits, 1.0)


def as_json(model: Model) -> str:
    """The same model always as the same text. Holds shares and SQL, no value of any record."""
    return json.dumps({"format": FORMAT, **asdict(model)}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def from_json(text: str) -> Model:
    """The model that `as_json` wrote. Raises UnknownModel."""
    try:
        read = json.loads(text)
        comparisons = tuple(
            Compared(c["name"], c["missing"], tuple(Learnt(**level) for level in c["levels"]), c["given"])
            for c in read["comparisons"]
        )
        if read["format"] != FORMAT:
            raise UnknownModel(f"a model of format {read['format']} cannot be read, only {FORMAT}")
        form, trained_on = read.get("form", CLEAR), read.get("trained_on", "")
        return Model(
            read["name"], read["version"], tuple(read["features"]), comparisons, read["prior"], form, trained_on
        )
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise UnknownModel("this is not a linkage model") from error


def shipped(name: str) -> Model:
    """A model that comes with Gatehouse. Raises UnknownModel."""
    path = SHIPPED / f"{name}.json"
    if not path.is_file():
        raise UnknownModel(
            f"there is no model {name}; there are: {', '.join(sorted(p.stem for p in SHIPPED.glob('*.json')))}"
        )
    return from_json(path.read_text(encoding="utf-8"))
