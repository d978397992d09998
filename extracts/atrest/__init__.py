"""Encryption at rest: files of staging and workspaces, sealed under a key of their project.

Here lie the two formats (tables as encrypted Parquet, everything else in chunks), and what is delivered beside the
files so that a person opens them where nothing of Gatehouse is: `gatehouse_workspace.py` and `gatehouse_workspace.R`.
Writing is done here. Reading is done by the delivered module and by nothing else, so that what is tested is what people
use. Keys come from the key ring, which is not here.
"""
