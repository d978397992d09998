"""How alike two texts are, on Spark, by the very functions that DuckDB has.

The functions of Splink's jar go by the same names and do not give the same numbers: of 349,924 pairs of surnames 3.5%
had another Jaro-Winkler similarity (docs/scale.md), enough to move a pair across a level. So each machine asks a DuckDB
of its own, column by column.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql.pandas.functions import arrow_udf

# What the dialect calls them -> DuckDB's function, and Spark's type of the answer.
FUNCTIONS = {
    "duckdb_jaro_winkler": ("jaro_winkler_similarity", "double"),
    "duckdb_damerau_levenshtein": ("damerau_levenshtein", "bigint"),
}


def offer_similarities(session: SparkSession) -> None:
    """Teach a session the functions."""
    vectorised: Any = arrow_udf  # its types are too many to tell apart
    for name, (function, kind) in FUNCTIONS.items():
        session.udf.register(name, vectorised(_calculation(function), kind))


def _calculation(function: str) -> Callable[[pa.Array, pa.Array], pa.Array]:
    def calculated(left: pa.Array, right: pa.Array) -> pa.Array:
        texts = pa.table({"a": left, "b": right})
        with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
            connection.register("texts", texts)
            found = connection.sql(f"SELECT {function}(a, b) AS alike FROM texts").to_arrow_table()
        return found["alike"].combine_chunks()

    return calculated
