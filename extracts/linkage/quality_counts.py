"""What the measures of quality are made of: counts per person, of persons who contribute alike, by group.

Pairs are never listed. A person whose records lie n in a cluster of m has n(n-1)/2 pairs found there, and n(m-n)
wrong ones, of which half count for this person and half for those on the other side; so groups add up to the whole.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

# Ids at these thresholds are measured; the first are the release's own.
IDS = {"person_id": "The release's own ids", "person_095": "Threshold 0.95", "person_080": "Threshold 0.80"}
DIMENSIONS = ("sex", "age_band", "ethnicity", "area")
NOT_RECORDED = "Not recorded"

# Columns of a table of contributions, besides `dimension`, `grp` and `persons`. Doubled, so that halves are whole.
CONTRIBUTIONS = ("found2", "linked2", "true2", "clusters", "whole", "split", "mixed")


def load(connection: duckdb.DuckDBPyConnection, *, persons: Path, groups: Path, truth: Path) -> None:
    """Make the tables `record` (true person, source, ids) and `person` (true person and its groups).

    A person's group is what most of its true records say, and of equals the last in the alphabet, so that it does
    not depend on what was linked. Rows are matched by a hash of their key of 64 bits, which takes a third of the
    time and memory: of five million, one in a million such files has two rows alike.
    """
    connection.execute(
        f"""
        CREATE TEMP TABLE record AS
        WITH real AS (
            SELECT hash(source, row_id) AS k, hash(min(person)) AS person FROM read_parquet($truth) GROUP BY k
        ),
        linked AS (SELECT hash(source, row_id) AS k, source, {", ".join(IDS)} FROM read_parquet($persons)),
        said AS (SELECT hash(source, row_id) AS k, {", ".join(DIMENSIONS)} FROM read_parquet($groups))
        SELECT * EXCLUDE (k) FROM linked JOIN real USING (k) LEFT JOIN said USING (k)
        """,
        {"persons": str(persons), "truth": str(truth), "groups": str(groups)},
    )
    connection.execute("CREATE TEMP TABLE person AS SELECT DISTINCT person FROM record")
    for dimension in DIMENSIONS:
        connection.execute(_with_group(dimension))


def _with_group(dimension: str) -> str:
    return f"""
        CREATE OR REPLACE TEMP TABLE person AS
        WITH said AS (
            SELECT person, {dimension} AS answer, count(*) AS times FROM record
            WHERE {dimension} <> '{NOT_RECORDED}' GROUP BY ALL
        ), most AS (SELECT person, arg_max(answer, (times, answer)) AS {dimension} FROM said GROUP BY person)
        SELECT person.*, coalesce(most.{dimension}, '{NOT_RECORDED}') AS {dimension}
        FROM person LEFT JOIN most USING (person)
        """


def by_group(connection: duckdb.DuckDBPyConnection, ids: str) -> pa.Table:
    """Contributions at one kind of ids: `dimension` ("overall" too), `grp`, CONTRIBUTIONS, `persons` alike."""
    named = " ".join(f"WHEN grouping({dimension}) = 0 THEN '{dimension}'" for dimension in DIMENSIONS)
    sets = ", ".join(f"({dimension}, {', '.join(CONTRIBUTIONS)})" for dimension in DIMENSIONS)
    return connection.sql(
        f"""
        WITH cell AS (SELECT {ids} AS cluster, person, count(*) AS n FROM record GROUP BY ALL),
        cluster AS (SELECT cluster, sum(n)::BIGINT AS m, count(*) AS people FROM cell GROUP BY cluster),
        contribution AS (
            SELECT person, sum(n * (n - 1))::BIGINT AS found2, sum(n * (m - 1))::BIGINT AS linked2,
                   (sum(n) * (sum(n) - 1))::BIGINT AS true2, round(sum(1 / people), 6) AS clusters,
                   count(*) = 1 AND max(people) = 1 AS whole, count(*) > 1 AS split, max(people) > 1 AS mixed
            FROM cell JOIN cluster USING (cluster) GROUP BY person
        )
        SELECT CASE {named} ELSE 'overall' END AS dimension, coalesce({", ".join(DIMENSIONS)}, 'Everyone') AS grp,
               {", ".join(f"{name}::DOUBLE AS {name}" for name in CONTRIBUTIONS)}, count(*) AS persons
        FROM contribution JOIN person USING (person)
        GROUP BY GROUPING SETS ({sets}, ({", ".join(CONTRIBUTIONS)}))
        ORDER BY ALL
        """
    ).to_arrow_table()


def by_source_pair(connection: duckdb.DuckDBPyConnection, ids: str) -> pa.Table:
    """The same for pairs of records of two sources (or of one): `dimension` is "source_pair", `grp` "a and b".

    Persons contribute with the pairs they have between the two sources; what is counted of whole persons is 0.
    Most persons are found whole and alone: of those with records of the same sources one is worked out for all.
    """
    return connection.sql(
        f"""
        WITH cell AS (SELECT {ids} AS cluster, person, count(*) AS n FROM record GROUP BY ALL),
        people AS (SELECT cluster, count(*) AS people FROM cell GROUP BY cluster),
        wrong AS (
            SELECT person FROM cell JOIN people USING (cluster)
            GROUP BY person HAVING count(*) > 1 OR max(people) > 1
        ), whole AS (
            SELECT person, sum(hash(source)::HUGEINT) AS made_of FROM record ANTI JOIN wrong USING (person)
            GROUP BY person
        ), pattern AS (SELECT min(person) AS person, count(*) AS persons FROM whole GROUP BY made_of),
        contribution AS (
            {_pairs_of_whole()} UNION ALL BY NAME {_pairs_of_wrong(ids)}
        )
        SELECT 'source_pair' AS dimension, a || ' and ' || b AS grp, found2::DOUBLE AS found2,
               linked2::DOUBLE AS linked2, true2::DOUBLE AS true2, 0::DOUBLE AS clusters, 0::DOUBLE AS whole,
               0::DOUBLE AS split, 0::DOUBLE AS mixed, sum(persons)::BIGINT AS persons
        FROM contribution WHERE linked2 > 0 OR true2 > 0 GROUP BY ALL ORDER BY ALL
        """
    ).to_arrow_table()


# Pairs between two parts of one person, each counted from both ends.
_BOTH_WAYS = "CASE WHEN l.source = r.source THEN l.n * (l.n - 1) ELSE 2 * l.n * r.n END"


def _pairs_of_whole() -> str:
    return f"""
        SELECT a, b, n AS found2, n AS linked2, n AS true2, persons FROM (
            SELECT l.source AS a, r.source AS b, {_BOTH_WAYS} AS n, persons
            FROM (SELECT person, source, count(*) AS n, any_value(persons) AS persons
                  FROM record JOIN pattern USING (person) GROUP BY person, source) l
            JOIN (SELECT person, source, count(*) AS n
                  FROM record SEMI JOIN pattern USING (person) GROUP BY person, source) r
            ON l.person = r.person AND l.source <= r.source
        )
        """


def _pairs_of_wrong(ids: str) -> str:
    return f"""
        SELECT a, b, coalesce(found2, 0) AS found2, coalesce(linked2, 0) AS linked2, coalesce(true2, 0) AS true2,
               1 AS persons
        FROM (
            WITH cell AS (
                SELECT {ids} AS cluster, person, source, count(*) AS n FROM record SEMI JOIN wrong USING (person)
                GROUP BY ALL
            ), cluster AS (SELECT cluster, source, sum(n)::BIGINT AS m FROM cell GROUP BY ALL),
            held AS (SELECT person, source, sum(n)::BIGINT AS n FROM cell GROUP BY ALL),
            linked AS (
                SELECT l.person, least(l.source, r.source) AS a, greatest(l.source, r.source) AS b,
                       sum(l.n * (r.m - (l.source = r.source)::INT))::BIGINT AS linked2
                FROM cell l JOIN cluster r USING (cluster) GROUP BY ALL
            ), found AS (
                SELECT l.person, l.source AS a, r.source AS b, sum({_BOTH_WAYS})::BIGINT AS found2
                FROM cell l JOIN cell r ON l.cluster = r.cluster AND l.person = r.person AND l.source <= r.source
                GROUP BY ALL
            ), real AS (
                SELECT l.person, l.source AS a, r.source AS b, {_BOTH_WAYS} AS true2
                FROM held l JOIN held r ON l.person = r.person AND l.source <= r.source
            )
            SELECT * FROM linked FULL JOIN found USING (person, a, b) FULL JOIN real USING (person, a, b)
        )
        """


def split_by_group(table: pa.Table) -> dict[tuple[str, str], tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]]:
    """(dimension, group) -> what persons contribute (rows of CONTRIBUTIONS) and how many persons do so."""
    if not table.num_rows:
        return {}
    values = np.column_stack([np.asarray(table[name]) for name in CONTRIBUTIONS])
    times = np.asarray(table["persons"]).astype(np.int64)
    keys = list(zip(table["dimension"].to_pylist(), table["grp"].to_pylist(), strict=True))
    starts = [0, *(i for i in range(1, len(keys)) if keys[i] != keys[i - 1])]
    ends = [*starts[1:], len(keys)]
    return {keys[start]: (values[start:end], times[start:end]) for start, end in zip(starts, ends, strict=True)}
