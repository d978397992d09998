"""File limits: types and sizes of files that a policy lets leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from extracts.disclosure.policy import Policy
from extracts.disclosure.report import Finding, Verdict

CODE = "file_type"


def findings(file: str, content: bytes, policy: Policy) -> Iterator[Finding]:
    """A file of a type that may not leave, or with more lines than may.

    Source: OpenSAFELY's list of permitted types, 5,000 rows and 16 MB.
    """
    suffix = PurePath(file).suffix.lower()
    if policy.suffixes and suffix not in policy.suffixes:
        allowed = ", ".join(policy.suffixes)
        problem = f"Files ending in {suffix or 'nothing'} may not leave under this policy."
        yield Finding(file, CODE, Verdict.FAIL, problem, cure=f"Supply it as one of {allowed}.")
    if suffix in (".csv", ".tsv", ".txt") and content.count(b"\n") > policy.max_rows + 1:
        problem = f"The file has more than {policy.max_rows:,} lines."
        yield Finding(file, "file_size", Verdict.FAIL, problem, cure="Show fewer categories, or split the request.")
