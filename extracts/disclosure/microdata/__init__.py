"""Microdata: the records behind a table, and what they say of each of its cells.

This is the best grade of evidence: contributors are counted anew, person by person, instead of taken on trust.
"""
