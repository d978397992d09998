"""Where to cut the tree of average linkage: where the scores expect the best balance of right and missed pairs.

Clean records need strong evidence, and nothing is lost by asking for it; of bad records much would be. The choice is
made from the scores alone, within narrow bounds; where records are many there is none. The bounds were chosen while
looking at the truth of febrl3, of made-up records (seed 3) and of other trial files: what is measured on those is no
independent measure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CUTS = (-2.5, -2.0, -1.5, -1.0, -0.75)  # bits
# Among many records so many strangers are alike by chance that the scores promise more than they hold. Chosen on
# made-up records (seed 3): F1 at -0.75 and 1.5 bits is 0.9952 and 0.9957 of a million, 0.9895 and 0.9935 of five.
# Not measured of tokens and filters.
CUT_OF_MANY = 1.5
# A pair that was not scored, of records that others hold together, is right so often.
UNSCORED = 0.9
# Expected F1 that is not worth asking for less evidence.
NO_GAIN = 0.0003


def chosen(labels: Sequence[Ints], a: Ints, b: Ints, weight: Floats) -> int:
    """Which of the clusterings (at ascending cuts) to take: the last one that expects nearly the best F1 of pairs.

    a, b, weight  the scored pairs; weights in bits
    """
    probability = 1 / (1 + np.exp2(-np.clip(weight, -500, 500)))
    expected = np.array([expected_f1(label, a, b, probability) for label in labels])
    return int(np.flatnonzero(expected >= expected.max() - NO_GAIN)[-1])


def expected_f1(label: Ints, a: Ints, b: Ints, probability: Floats) -> float:
    """F1 of pairs when each scored pair is right as often as its probability says."""
    inside = label[a] == label[b]
    sizes = np.bincount(label).astype(float)
    pairs = float((sizes * (sizes - 1) / 2).sum())
    unscored = UNSCORED * max(pairs - float(inside.sum()), 0.0)
    right, all_right = float(probability[inside].sum()) + unscored, float(probability.sum()) + unscored
    return 2 * right / (pairs + all_right) if pairs + all_right else 0.0
