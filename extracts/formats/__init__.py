"""The formats of an extract: what each can hold, and one writer for each. The papers of the pack are elsewhere.

`known` is the table of formats and imports no library of any of them, so that pages may read it.
"""
