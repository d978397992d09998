"""Governance decides who may do what, and remembers it. It imports neither `extracts` nor `portal`."""
