"""Records that hang together, as arrays: which parts of the spine a delivery touches, and links that people made."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]


def components(nodes: int, a: Ints, b: Ints) -> Ints:
    """The number of the component of each node, 0 .. nodes - 1, with edges from `a` to `b`."""
    graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(nodes, nodes))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def touched(rids: Ints, a: Ints, b: Ints, *, starting: Ints) -> npt.NDArray[np.bool_]:
    """Which records lie in a component with one of the starting ones.

    rids      sorted; `a`, `b`, `starting` are among them
    """
    component = components(len(rids), np.searchsorted(rids, a), np.searchsorted(rids, b))
    met = np.zeros(component.max(initial=-1) + 1, dtype=bool)
    met[component[np.searchsorted(rids, starting)]] = True
    return met[component]


def bound(label: Ints, same_a: Ints, same_b: Ints, apart_a: Ints, apart_b: Ints) -> tuple[Ints, int]:
    """Clusters with those made one that people said are one person, and how many such pairs had to be left apart.

    label  per record its cluster, any integers; pairs as positions of records
    Clusters that would bring together two records that people said are different stay as they are.
    """
    if not len(same_a):
        return label, 0
    names, dense = np.unique(label, return_inverse=True)
    group = components(len(names), dense[same_a], dense[same_b])
    clash = (group[dense[apart_a]] == group[dense[apart_b]]) & (dense[apart_a] != dense[apart_b])
    torn = np.isin(group, np.unique(group[dense[apart_a[clash]]]))
    first = np.full(group.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, group, names)
    joined = np.where(torn, names, first[group])
    left = int((joined[dense[same_a]] != joined[dense[same_b]]).sum())
    return joined[dense], left
