"""How rare each value is, and with it the words of a name as numbers that carry their rarity."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

# Words of a name that candidates are looked for with: so many of the rarest.
RAREST = 4
BITS_PER_CODE = 8  # a code's last eight bits are eighths of a bit of information


def with_frequencies(
    connection: duckdb.DuckDBPyConnection, records: str, features: Iterable[str], *, into: str, others: float = 0.0
) -> None:
    """Make `into`: the records with `tf_<feature>`, the chance that a record of somebody else has the same value.

    others  how many other records a person has on average: they share values without chance
    """
    wanted = list(features)
    total = connection.execute(f"SELECT count(*) FROM {records}").fetchall()[0][0]
    joins, columns = [], []
    for feature in wanted:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE tf_of_{feature} AS SELECT {feature} AS value, "
            f"greatest(count(*) - 1 - {others}, 1) / {max(total, 1)}::DOUBLE AS tf FROM {records} "
            f"WHERE {feature} IS NOT NULL GROUP BY ALL"
        )
        joins.append(f"LEFT JOIN tf_of_{feature} ON tf_of_{feature}.value = r.{feature}")
        columns.append(f", tf_of_{feature}.tf AS tf_{feature}")
    words = _words(connection, records, total, others)
    connection.execute(
        f"CREATE OR REPLACE TABLE {into} AS SELECT r.* {''.join(columns)} {', w.* EXCLUDE (rid)' if words else ''} "
        f"FROM {records} r {' '.join(joins)} {'LEFT JOIN words_of_record w USING (rid)' if words else ''} ORDER BY rid"
    )
    for feature in wanted:
        connection.execute(f"DROP TABLE tf_of_{feature}")


def _words(connection: duckdb.DuckDBPyConnection, records: str, total: int, others: float) -> bool:
    """The temporary table `words_of_record`: codes, the rarest words and their pairs; False when names have no words."""
    described = connection.execute(f"DESCRIBE {records}").fetchall()
    if "name_words" not in {row[0] for row in described}:
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
