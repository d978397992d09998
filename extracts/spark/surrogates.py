"""Surrogates on Spark: the function that DuckDB calls, over Arrow columns, on whichever machine has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql.pandas.functions import arrow_udf
from pyspark.sql.types import LongType

from extracts.conversion import values_of
from extracts.pseudonyms import first_subkey
from extracts.publishing.tables import Origin
from extracts.spark.connection import SparkConnection
from extracts.surrogates import (
    KEY_BYTES,
    BadSurrogateKey,
    SurrogateCollision,
    cmacs_of,
    domain_key,
    leading_bits,
    surrogate_of,
)


def offer(session: SparkSession, key: bytes, domains: Iterable[str]) -> None:
    """Teach a session the functions that `surrogate_of` calls, under the dataset's key.

    The key is in no SQL text and no plan, but goes to the executors inside the function: a cluster that is shared, or
    whose network is not enciphered, must not be given it.
    """
    if len(key) != KEY_BYTES:
        raise BadSurrogateKey("A dataset key is 32 bytes long.")
    vectorised: Any = arrow_udf  # its types are too many to tell apart
    for domain in domains:
        name = surrogate_of("", domain=domain).partition("(")[0].strip('"')
        session.udf.register(name, vectorised(calculation(domain_key(key, domain)), LongType()))


def calculation(key: bytes) -> Callable[[pa.Array], pa.Array]:
    """Texts to surrogates under a domain's key, null for null."""
    subkey = first_subkey(key)

    def calculated(texts: pa.Array) -> pa.Array:
        there = np.flatnonzero(np.asarray(texts.is_valid()))
        found = cmacs_of(texts.drop_null().cast(pa.string()), key=key, subkey=subkey)
        surrogates = np.zeros(len(texts), np.int64)
        surrogates[there] = leading_bits(found.view(np.uint64)[:, 0]).view(np.int64)
        return pa.array(surrogates, mask=~np.asarray(texts.is_valid()))

    return calculated


def refuse_collisions(connection: SparkConnection, origins: Iterable[Origin]) -> None:
    """Raise SurrogateCollision when two keys of one domain share a surrogate in these tables, or one is 0."""
    keys: dict[str, list[str]] = defaultdict(list)
    for origin in origins:
        for variable in origin.published:
            if variable.pseudonymised:
                value = values_of(variable, origin.kinds[variable.name])
                keys[variable.key_domain].append(f"SELECT {value} AS source_key FROM {origin.sql} AS origin")
    for domain, parts in keys.items():
        distinct = f"SELECT DISTINCT source_key FROM ({' UNION ALL '.join(parts)}) WHERE source_key IS NOT NULL"
        number = f"SELECT {surrogate_of('source_key', domain=domain)} AS surrogate FROM ({distinct})"
        ((all_keys, surrogates, least),) = connection.execute(
            f"SELECT count(*), count(DISTINCT surrogate), min(surrogate) FROM ({number})"
        ).fetchall()
        if all_keys != surrogates or least == 0:
            raise SurrogateCollision(f"The domain {domain} has a surrogate that is 0 or stands for two keys.")
