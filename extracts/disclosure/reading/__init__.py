"""Reading: from the bytes of a file to cells that say where in the file they stand.

Nothing here judges a number. What cannot be read for certain raises `CannotRead`, and the
engine then asks a person to look.
"""
