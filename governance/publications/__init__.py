"""Publications of a project: what its team says was published from it, and on which released outputs it rests.

It stands above the outputs, because it refers to them. The public register reads it and copies nothing.
"""
