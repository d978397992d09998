"""How rare each value is, and with it the words of a name as numbers that carry their rarity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

# Words of a name that candidates are looked for with: so many of the rarest.
RAREST = 4
BITS_PER_CODE = 8  # a code's last eight bits are eighths of a bit of information


def with_frequencies(
    connection: duckdb.DuckDBPyConnection, records: str, features: Iterable[str], *, into: str, others: float = 0.0
) -> None:
    """Make the view `into`: the records with `tf_<feature>`, the chance that somebody else's record has the same value.

    others  how many other records a person has on average: they share values without chance
    """
    wanted = list(features)
    total = connection.execute(f"SELECT count(*) FROM {records}").fetchall()[0][0]
    joins, columns = [], []
    for feature in wanted:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE counts_of_{feature} AS SELECT {feature} AS value, count(*) AS n FROM {records} "
            f"WHERE {feature} IS NOT NULL GROUP BY ALL"
        )
        joins.append(f"LEFT JOIN counts_of_{feature} ON counts_of_{feature}.value = r.{feature}")
        columns.append(f", counts_of_{feature}.n AS n_{feature}")
    words = _words(connection, records, total, others)
    connection.execute(
        f"CREATE OR REPLACE TABLE {into}_counted AS SELECT r.* {''.join(columns)} "
        f"{', w.* EXCLUDE (rid)' if words else ''} "
        f"FROM {records} r {' '.join(joins)} {'LEFT JOIN words_of_record w USING (rid)' if words else ''}"
    )
    for feature in wanted:
        connection.execute(f"DROP TABLE counts_of_{feature}")
    _view(connection, wanted, total, into, others)


def allow_for_others(
    connection: duckdb.DuckDBPyConnection, records: str, features: Iterable[str], *, into: str, others: float
) -> None:
    """The same of records that were counted before, with another number of other records."""
    if has_words(connection, records):  # their codes carry rarity
        with_frequencies(connection, records, features, into=into, others=others)
    else:
        total = connection.execute(f"SELECT count(*) FROM {records}").fetchall()[0][0]
        _view(connection, list(features), total, into, others)


def forget(connection: duckdb.DuckDBPyConnection, into: str) -> None:
    """Drop the view that `with_frequencies` made, and what is behind it."""
    connection.execute(f"DROP VIEW {into}; DROP TABLE {into}_counted")


def _view(connection: duckdb.DuckDBPyConnection, features: Sequence[str], total: int, into: str, others: float) -> None:
    chances = [
        f"CASE WHEN n_{feature} > 0 THEN greatest(n_{feature} - 1 - {others}, 1) / {max(total, 1)}::DOUBLE END "
        f"AS tf_{feature}"
        for feature in features
    ]
    counts = f"EXCLUDE ({', '.join(f'n_{feature}' for feature in features)})" if features else ""
    connection.execute(
        f"CREATE OR REPLACE VIEW {into} AS SELECT {', '.join([f'* {counts}', *chances])} FROM {into}_counted"
    )


def has_words(connection: duckdb.DuckDBPyConnection, records: str) -> bool:
    """Whether names came whole, and are compared word by word."""
    return "name_words" in {row[0] for row in connection.execute(f"DESCRIBE {records}").fetchall()}


def _words(connection: duckdb.DuckDBPyConnection, records: str, total: int, others: float) -> bool:
    """The temporary table `words_of_record`: codes, the rarest words and their pairs; False when names have no words."""
    if not has_words(connection, records):
        return False
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE words_of_record AS
        WITH word_of AS (SELECT rid, unnest(name_words) AS word FROM {records}),
        rarity AS (SELECT word, count(*) AS n, log2({max(total, 1)} / greatest(count(*) - 1 - {others}, 1)) AS bits
                   FROM word_of GROUP BY word),
        ranked AS (SELECT rid, word, bits, row_number() OVER (PARTITION BY rid ORDER BY n, word) AS place
                   FROM word_of JOIN rarity USING (word)),
        gathered AS (
            SELECT rid,
                list((((hash(word) >> 10) << {BITS_PER_CODE}) | least(255, round(8 * bits))::UBIGINT)::BIGINT ORDER BY word)
                    AS name_codes,
                list(word ORDER BY word) FILTER (WHERE place <= {RAREST}) AS rare_words
            FROM ranked GROUP BY rid)
        SELECT *, list_filter(flatten(list_transform(rare_words, lambda a: list_transform(rare_words,
            lambda b: CASE WHEN a < b THEN a || ' ' || b END))), lambda pair: pair IS NOT NULL) AS word_pairs
        FROM gathered"""
    )
    return True
