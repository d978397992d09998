"""The distributed engine, an optional extra: the same linkage and the same release build on Apache Spark.

What is computed is said once, as DuckDB SQL, in the packages that own it; here it is turned into Spark's dialect and
run there. Nothing else but its tests imports pyspark. Which engine to choose, and when: docs/scale.md.
"""
