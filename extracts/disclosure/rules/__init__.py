"""Disclosure rules, one to a file; `rulebook.py` lists them.

Each file holds a function on plain arrays that finds what is unsafe, and `findings`, which puts it
into sentences for a person.
"""
