"""Numbers for people that stay the same from one version of the data to the next.

What identifies a person in the records is kept only as a keyed 64-bit hash.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.uint32]


def hashes(units: pd.Series, key: str) -> Hashes:
    """A keyed hash (SipHash) of each unit; 5, 5.0 and "5" are one unit. `key` is 16 letters."""
    if pd.api.types.is_float_dtype(units) and (units == units.round()).all():
        units = units.astype("int64")
    codes, distinct = pd.factorize(units)
    texts = np.array([str(unit) for unit in distinct], dtype=object)
    found = pd.util.hash_array(texts, hash_key=key, categorize=False)
    return np.asarray(found, dtype=np.uint64)[codes]


def numbers(wanted: Hashes, known: Hashes) -> tuple[Numbers, Hashes]:
    """The number of each hash, and the hashes that are new, which are numbered after those known."""
    if len(wanted) <= len(known) and np.array_equal(wanted, known[: len(wanted)]):
        return np.arange(len(wanted), dtype=np.uint32), wanted[:0]
    place = pd.Index(known).get_indexer(pd.Index(wanted))
    unknown = place < 0
    codes, fresh = pd.factorize(wanted[unknown])
    place[unknown] = len(known) + codes
    return place.astype(np.uint32), np.asarray(fresh, dtype=np.uint64)
