"""Cell-key perturbation: noise that is the same wherever the same people are counted.

Every person has a key that nobody outside knows. The keys of a cell's people together choose its noise:
so the same people always get the same number, in whatever table, and averaging many tables gains nothing.

Source: G. Thompson, S. Broadfoot and D. Elazar, "Methodology for the automatic confidentialisation of
statistical outputs from remote servers at the Australian Bureau of Statistics" (UNECE, 2013); the noise of
greatest entropy after G. Marley and V. Leaver, "A method for confidentialising user-defined tables" (ISI, 2011),
as in the R packages ptable and cellKey.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from extracts.disclosure.reading.cells import Floats
from extracts.disclosure.rounding import Rounding

Keys = npt.NDArray[np.uint64]

# Keys are whole numbers below this.
KEYS = 1 << 32


class BadNoise(ValueError):
    """No noise has the spread that was asked for."""


def record_key(person: str, *, secret: bytes) -> int:
    """The key of one person: a whole number below 2^32 that only the holder of the secret can work out."""
    digest = hashlib.blake2b(person.encode(), key=secret, digest_size=4).digest()
    return int.from_bytes(digest, "big")


def cell_key(people: Iterable[str], *, secret: bytes) -> int:
    """The key of a cell: the sum of the keys of its different people, modulo 2^32. Their order does not matter."""
    return sum(record_key(person, secret=secret) for person in set(people)) % KEYS


@dataclass(frozen=True)
class Noise:
    """The noise of each count: `chances[i][j]` is the chance that a true count of i moves by j - most.

    Counts above the last row have its chances.
    """

    chances: Floats
    most: int

    @classmethod
    def of(cls, *, most: int, variance: float) -> Noise:
        """The noise of greatest entropy that is 0 on average, has this variance, and moves by `most` or less.

        Zero stays zero and no count falls below 0. Where a small count has no room for the variance,
        it has as much as it can. Raises BadNoise unless 0 < variance < most^2.
        """
        if most < 1 or not 0 < variance < most**2:
            raise BadNoise("The variance must be above 0 and below the square of the furthest move.")
        rows = [np.eye(2 * most + 1)[most]]
        rows += [_greatest_entropy(count, most, variance) for count in range(1, most + 1)]
        return cls(np.array(rows), most)

    @property
    def rounding(self) -> Rounding:
        """What the audit needs to know of it."""
        return Rounding("cellkey", self.most)

    def perturbed(self, count: Floats, key: Keys) -> Floats:
        """The published number of each cell, from its true count and its key. Both are arrays of one length."""
        row = np.minimum(count, len(self.chances) - 1).astype(np.int64)
        share = (key.astype(np.float64) + 0.5) / KEYS
        steps = np.cumsum(self.chances, axis=1)[row]
        move = (steps[:, :-1] < share[:, None]).sum(axis=1) - self.most
        return np.asarray(count + move)


def _greatest_entropy(count: int, most: int, variance: float) -> Floats:
    """Chances of each move from -most to most: exp(a * move + b * move^2) up to a factor, with mean 0."""
    moves = np.arange(-most, most + 1, dtype=np.float64)
    room = moves >= -count
    # With a fall of at most `count`, mean 0 allows a variance of at most count * most.
    aim = min(variance, 0.9 * min(count, most) * most)

    def chances(free: Floats) -> Floats:
        power = np.where(room, free[0] * moves + free[1] * moves**2, -np.inf)
        weight = np.exp(power - power.max())
        return np.asarray(weight / weight.sum())

    def miss(free: Floats) -> list[float]:
        p = chances(free)
        return [float(p @ moves), float(p @ moves**2) - aim]

    found = least_squares(miss, np.array([0.0, -0.5 / variance]), xtol=1e-14, ftol=1e-14, gtol=1e-14)
    if np.abs(found.fun).max() > 1e-6:
        raise BadNoise("No noise of this spread was found.")
    return chances(found.x)
