"""Proof that no identifier of the input is in a staged release: a job that may read both, and tells neither.

It reports files, columns, kinds of identifiers and counts; a value never leaves it.
"""

from extracts.scanning.job import scan

__all__ = ["scan"]
