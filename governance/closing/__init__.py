"""The end of a project: its checklist, who confirms it, and the certificate of what was destroyed.

What it decides, `extracts.closing_tasks` does to files and keys.
"""
