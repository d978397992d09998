"""How fast the heavy work is, against a named baseline in the same run. `python -m benchmarks NAME`."""
