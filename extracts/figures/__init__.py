"""What a catalogue page may show of a release: rounded counts, shares, percentiles, and how identifying columns are.

Everything here is an aggregate that is safe by itself: no count of fewer than 20 rows,
no smallest or largest value, nothing of keys. No row leaves this package.
"""

from extracts.figures.describe import described

__all__ = ["described"]
