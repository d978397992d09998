"""The ledger: what has left already, and what a new output gives away beside it.

Populations become sets that can be subtracted; released cells become equations over who is in
them, or bitmaps of persons where records are at hand. Nothing here decides a verdict: it finds
differences that are small, and says when it could not look at everything.
"""
