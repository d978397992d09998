"""Short ways to write a case with its files, as a researcher would hand it in, and to have it checked."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from extracts.disclosure.case import check_case
from tests.extracts.disclosure.tables import lines

OUTPUT = "out.csv"


def answer(output: str | pd.DataFrame, kind: str = "frequency", **said: Any) -> dict[str, Any]:
    """The engine's answer to one output.

    output      a table, as text or as a data frame
    microdata, underlying, evidence     tables behind it;  metadata   an object
    layout, context, policy             as in a case; anything else is a field of the case too
    under                               the policy that the check is run with
    """
    under = said.pop("under", None)
    files = {OUTPUT: _bytes(output)}
    roles = [{"path": OUTPUT, "role": "output"}]
    for role in ("microdata", "underlying", "evidence", "metadata"):
        if role in said:
            name = f"{role}.{'json' if role == 'metadata' else 'csv'}"
            files[name] = _bytes(said.pop(role))
            roles.append({"path": name, "role": role})
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return check_case({**({"kind": kind} if kind else {}), "files": roles, **said}, Path(folder), policy=under)


def _bytes(content: str | pd.DataFrame | Mapping[str, Any]) -> bytes:
    if isinstance(content, pd.DataFrame):
        return content.to_csv(index=False).encode()
    return lines(content) if isinstance(content, str) else json.dumps(content).encode()


def flagged(found: Mapping[str, Any]) -> dict[tuple[str, ...], set[str]]:
    """Labels of each cell or group with a finding, its heading last -> the rules that found it; () is the file."""
    together: dict[tuple[str, ...], set[str]] = {}
    for finding in found["findings"]:
        key = dict(finding["key"])
        last = [key.pop("measure")] if "measure" in key else []
        together.setdefault((*key.values(), *last), set()).update(finding["rules"])
    return together
