"""Synthetic twins: made-up tables shaped like an extract, to write code against before there is one.

A twin is made from the catalogue and from the figures that a release publishes of itself. Nothing here can open a
release, a store or a key: what this package is handed holds no record, so that none can be copied.
"""

from extracts.twin.asking import asked, of_table, period_of
from extracts.twin.folder import Made, make
from extracts.twin.source import MOST_ROWS, USUAL_ROWS, Source

__all__ = ["MOST_ROWS", "USUAL_ROWS", "Made", "Source", "asked", "make", "of_table", "period_of"]
