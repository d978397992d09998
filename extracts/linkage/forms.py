"""Forms of records (clear text, tokens, filters): what each is compared on, and how its pairs are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import duckdb

from extracts.linkage.blocking import KEYS, Blocks, block
from extracts.linkage.comparisons import COMPARISONS, Comparison
from extracts.linkage.filter_comparisons import FILTER_COMPARISONS, no_parts
from extracts.linkage.frequencies import forget, has_words, with_frequencies
from extracts.linkage.model import CLEAR, Model, Parts, clear_parts, untrained
from extracts.linkage.token_blocks import block_filters, block_tokens
from extracts.linkage.token_comparisons import TOKEN_COMPARISONS, token_parts

Blocking = Callable[[duckdb.DuckDBPyConnection, str, int, str], Blocks]

# Types of features, where they are not text, and not one token.
CLEAR_KINDS = {
    "name_words": "VARCHAR[]", "names": "VARCHAR[]", "postcodes": "VARCHAR[]", "sentence_dates": "VARCHAR[]",
    "forename_keys": "UBIGINT[]", "birth_year": "INTEGER",
}  # fmt: skip
# What a first look sees of clear text.
SEEN = (
    "forename", "forename_1", "surname_3", "sound", "middle", "born", "year", "year_month", "year_day", "month_day",
    "outcode", "town", "house", "address", "sex", "pnc", "cro", "prison_number", "national_insurance", "identifier",
)  # fmt: skip
NO_FEATURES = ("rid", "source")
TOKEN_LISTS = ("names", "postcodes", "sentence_dates", "forename_full")


@dataclass(frozen=True)
class Form:
    """`columns`: SQL, the table of records from an encoded file. `block` makes blocks from records and their number.

    `only_candidates`: chance is what happens among candidates alone, not among all pairs.
    """

    name: str
    columns: str
    comparisons: Sequence[Comparison]
    parts: Parts
    block: Blocking
    only_candidates: bool = False

    def kind(self, feature: str) -> str:
        """The SQL type of a feature."""
        if self.name == CLEAR:
            return CLEAR_KINDS.get(feature, "VARCHAR")
        return "BIGINT[]" if feature in TOKEN_LISTS else "BIGINT"

    def seen(self, features: Iterable[str]) -> dict[str, str]:
        """What a first look sees of records with these features, each as SQL; nothing of filters."""
        there = set(features)
        if self.name == CLEAR:
            return {key: KEYS[key][1] for key in SEEN if set(KEYS[key][0]) <= there}
        single = {feature for feature in there - {*TOKEN_LISTS, *NO_FEATURES} if not feature.startswith("tf_")}
        return {feature: feature for feature in sorted(single)} if self.name == "tokens" else {}

    def untrained(self, features: Iterable[str]) -> Model:
        """What is compared of records with these features."""
        return untrained(features, form=self.name, comparisons=self.comparisons, parts=self.parts)


def _block_clear(connection: duckdb.DuckDBPyConnection, records: str, count: int, into: str) -> Blocks:
    worded = records
    if has_words(connection, records):
        worded = "worded"
        with_frequencies(connection, records, (), into=worded)
    columns = [str(row[0]) for row in connection.execute(f"DESCRIBE {worded}").fetchall()]
    made = block(connection, worded, columns, count, into=into)
    if worded != records:
        forget(connection, worded)
    return made


FILTER = "rid, source, filter::BIT AS clk, bit_count(filter::BIT) AS bits, blocks"
FORMS = {
    form.name: form
    for form in (
        Form(CLEAR,    "",                      COMPARISONS,        clear_parts, _block_clear),
        Form("tokens", "* EXCLUDE (record_id)", TOKEN_COMPARISONS,  token_parts, block_tokens),
        Form("clk",    FILTER,                  FILTER_COMPARISONS, no_parts,    block_filters, only_candidates=True),
    )
}  # fmt: skip
