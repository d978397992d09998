"""The demo's synthetic linked data: from recorded crimes to court, true to published totals and to nobody.

`generate.generate` gives the tables, `write.write` puts them on disk as Parquet. Everything is worked
out from a seed, the code lists and the calibration tables beside this file. What does not live here:
mistakes in linking, names and other direct identifiers, and any reading of real records.
"""
