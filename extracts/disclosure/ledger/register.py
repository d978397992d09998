"""Numbers for people that stay the same from one version of the data to the next.

What identifies a person in the records is kept only as a keyed 64-bit hash.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.uint32]


def hashes(units: pd.Series, key: str) -> Hashes:
    """A keyed hash of each unit; 5, 5.0 and "5" are one unit. `key` is 16 hexadecimal digits.

    Whole numbers are mixed, other texts hashed (SipHash). The key lies in the ledger's folder: the
    hashes keep names out of sight, not from somebody who has the folder and a list of guesses.
    """
    if pd.api.types.is_float_dtype(units) and (units == units.round()).all():
        units = units.astype("int64")
    if pd.api.types.is_integer_dtype(units):
        return _mixed(units.to_numpy(), key)
    codes, distinct = pd.factorize(units)
    texts = pd.Series([str(unit) for unit in distinct], dtype=object)
    found = np.asarray(pd.util.hash_array(texts.to_numpy(), hash_key=key, categorize=False), dtype=np.uint64)
    whole = texts.str.fullmatch(r"0|-?[1-9][0-9]{0,17}").to_numpy(dtype=np.bool_)
    found[whole] = _mixed(texts[whole].astype("int64").to_numpy(), key)
    return found[codes]


def _mixed(units: npt.NDArray[np.integer[Any]], key: str) -> Hashes:
    """A bijection of 64-bit numbers. Source: the finaliser of SplitMix64 (S. Vigna, public domain)."""
    value = units.astype(np.int64).view(np.uint64) + np.uint64(int(key, 16))
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    value ^= value >> np.uint64(31)
    return value


def numbers(wanted: Hashes, known: Hashes) -> tuple[Numbers, Hashes]:
    """The number of each hash, and the hashes that are new, which are numbered after those known."""
    if len(wanted) <= len(known) and np.array_equal(wanted, known[: len(wanted)]):
        return np.arange(len(wanted), dtype=np.uint32), wanted[:0]
    place = pd.Index(known).get_indexer(pd.Index(wanted))
    unknown = place < 0
    codes, fresh = pd.factorize(wanted[unknown])
    place[unknown] = len(known) + codes
    return place.astype(np.uint32), np.asarray(fresh, dtype=np.uint64)
