"""The pack: what an extract says about itself. Texts for people and one descriptor for programs, no record.

`papers` makes them all but `datapackage.json`, which names the hashes of the others and is made last.
"""
