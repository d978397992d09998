"""What a release, or a refreshed extract, changed against the one before: rows, columns, codes, distributions.

Aggregates only: counts are rounded, small ones are not told, and no value appears but
codes that enough rows have.
"""

from extracts.differences.compare import compared
from extracts.differences.extracts import OTHER_KEYS, Written, compared_extracts

__all__ = ["OTHER_KEYS", "Written", "compared", "compared_extracts"]
