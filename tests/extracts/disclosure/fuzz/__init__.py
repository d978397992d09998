"""Mutated files of every kind, read under guard: nothing may crash, hang, reach outside or pass unseen."""
