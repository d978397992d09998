"""The attacker audit: how closely an intruder can work out each cell that a table hides, rounds or perturbs.

It knows equations between cells and what anybody knows of each cell beforehand, and gives intervals.
What is safe enough is decided by `rules/secondary_suppression.py`; what would cure it by `repair/`.
"""
