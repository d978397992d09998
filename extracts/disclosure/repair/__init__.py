"""Repair: safe versions of unsafe tables, by suppression, rounding, merging or cell-key perturbation.

Every repair is audited before it is offered. Which cells are unsafe is the rules' to say (`rules/`), and
what an intruder can work out is the audit's (`audit/`).
"""
