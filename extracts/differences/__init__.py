"""What a release changed against the one before: rows, columns, codes, distributions, persons, quality.

Aggregates only: counts are rounded, small ones are not told, and no value appears but
codes that enough rows have.
"""

from extracts.differences.compare import compared

__all__ = ["compared"]
