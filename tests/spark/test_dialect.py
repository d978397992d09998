"""What DuckDB and Spark say in different words, as a table. Needs neither of them."""

from __future__ import annotations

import pytest

from extracts.linkage.comparisons import COMPARISONS
from extracts.spark.dialect import Known, Untranslatable, as_spark

KNOWN = Known(dates=frozenset({"day", "charged"}), lists=frozenset({"dates_l"}))

SAID = [
    # in DuckDB, in Spark
    ("list_has_any(a, b)", "ARRAYS_OVERLAP(a, b)"),
    ("list_contains(a, b)", "ARRAY_CONTAINS(a, b)"),
    ("list_position(['x', 'y'], a)", "ARRAY_POSITION(ARRAY('x', 'y'), a)"),
    ("['x', 'y'][1]", "TRY_ELEMENT_AT(ARRAY('x', 'y'), CAST(1 AS INT))"),
    ("['x', 'y'][max(a)]", "TRY_ELEMENT_AT(ARRAY('x', 'y'), CAST(MAX(a) AS INT))"),
    ("len(dates_l)", "ARRAY_SIZE(dates_l)"),
    ("length(name)", "LENGTH(name)"),
    ("jaro_winkler_similarity(a, b) >= 0.9", "DUCKDB_JARO_WINKLER(a, b) >= 0.9"),
    ("damerau_levenshtein(a, b) = 1", "DUCKDB_DAMERAU_LEVENSHTEIN(a, b) = 1"),
    ("starts_with(a, b) OR ends_with(a, '01')", "STARTSWITH(a, b) OR ENDSWITH(a, '01')"),
    ("regexp_matches(a, '^[A-Z]')", "a RLIKE '^[A-Z]'"),
    (
        "list_sum(list_transform(list_intersect(a, b), lambda c: c % 256)) / 8.0",
        "AGGREGATE(TRANSFORM(ARRAY_INTERSECT(a, b), c -> c % 256), CAST(0 AS BIGINT), "
        "(total, one) -> total + one) / 8.0",
    ),
    ("day - charged", "DATEDIFF(day, charged)"),
    ("coalesce(day, charged) - min(charged)", "DATEDIFF(COALESCE(day, charged), MIN(charged))"),
    ("day - 3", "day - 3"),
    ("age - years", "age - years"),
    ("try_strptime(a, '%d/%m/%Y')", "TRY_TO_TIMESTAMP(a, 'dd/MM/yyyy')"),
    ("count(*) FILTER (a > 1) OVER (PARTITION BY b)", "COUNT(CASE WHEN a > 1 THEN 1 END) OVER (PARTITION BY b)"),
    ("count(*) FILTER (a > 1)", "COUNT(*) FILTER(WHERE a > 1)"),
    ("\"surrogate_of_crime\"(CAST(a AS VARCHAR))", "SURROGATE_OF_CRIME(CAST(a AS STRING))"),
]  # fmt: skip

STATEMENTS = [
    ("FROM a ORDER BY b", "SELECT * FROM a ORDER BY b NULLS LAST"),
    ("FROM read_parquet('x.parquet')", "SELECT * FROM parquet.`x.parquet`"),
    (
        "SELECT a, sum(b) OVER () AS c FROM t QUALIFY a > 1 ORDER BY a",
        "SELECT * EXCEPT (is_kept) FROM (SELECT a, SUM(b) OVER () AS c, a > 1 AS is_kept FROM t) AS to_choose "
        "WHERE is_kept ORDER BY a NULLS LAST",
    ),
    (
        "SELECT a, k FROM t JOIN u USING (k) LEFT JOIN v USING (m)",
        "SELECT a, t.k FROM t JOIN u USING (k) LEFT JOIN v USING (m)",
    ),
    (
        "SELECT ended - day FROM (SELECT max(charged) AS ended, day FROM t)",
        "SELECT DATEDIFF(ended, day) FROM (SELECT MAX(charged) AS ended, day FROM t)",
    ),
]


@pytest.mark.parametrize(("ours", "sparks"), SAID)
def test_expressions(ours: str, sparks: str) -> None:
    assert as_spark(f"SELECT {ours}", KNOWN) == f"SELECT {sparks}"


@pytest.mark.parametrize(("ours", "sparks"), STATEMENTS)
def test_statements(ours: str, sparks: str) -> None:
    assert as_spark(ours, KNOWN) == sparks


def test_a_pattern_without_a_counterpart_is_refused() -> None:
    with pytest.raises(Untranslatable):
        as_spark("SELECT try_strptime(a, '%j')")


def test_every_condition_of_linkage_can_be_said() -> None:
    """No function is left that only DuckDB has."""
    conditions = [level.sql for comparison in COMPARISONS for level in comparison.levels if level.sql != "ELSE"]
    said = [as_spark(condition) for condition in conditions]
    assert not [sql for sql in said if "LIST_" in sql or "_SIMILARITY" in sql]
