"""What a researcher's session wrote, read on this side: cases for the check, and descriptions for the request form.

`gatehouse_sdc.Session` writes `outputs.json` beside its outputs. What it says is what the researcher says: it is
checked like anything else that comes out of a workspace, and no number in it is taken for true.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from extracts.disclosure.case_files import others_in, unlisted
from extracts.disclosure.case_schema import not_understood, problems

NAME = "outputs.json"
MADE_BY = "gatehouse_sdc "
LARGEST_BYTES = 16 * 2**20


class BadManifest(ValueError):
    """The file is no list of outputs. `problems` holds a sentence for each fault."""

    def __init__(self, found: tuple[str, ...]) -> None:
        super().__init__(" ".join(found))
        self.problems = found


def is_manifest(data: Any) -> bool:
    """Whether JSON that was read is a list of outputs, whatever is in it."""
    return (
        isinstance(data, dict) and isinstance(data.get("cases"), list) and str(data.get("made_by")).startswith(MADE_BY)
    )


def read_manifest(folder: Path) -> Any:
    """What `outputs.json` of a folder holds. Raises BadManifest when it isn't there, too large or no JSON."""
    path = folder / NAME
    if not path.is_file() or path.is_symlink():
        raise BadManifest((f"There is no {NAME} in the folder.",))
    if path.stat().st_size > LARGEST_BYTES:
        raise BadManifest((f"{NAME} is larger than any list of outputs.",))
    return manifest_of(path.read_bytes())


def manifest_of(content: bytes, name: str = NAME) -> Any:
    """What the bytes of a description hold. Raises BadManifest when they are no JSON."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadManifest((f"{name} is not JSON.",)) from None


def cases_of(manifest: Any, folder: Path) -> list[dict[str, Any]]:
    """The cases of a folder of outputs: those that its list names, then one for each file that it does not name.

    manifest  what `read_manifest` gave
    folder    where the files are; whether they are the ones described is for `case_files.file_faults`

    Raises BadManifest for a list in which anything is not understood.
    """
    cases = listed_cases(manifest)
    named = {NAME, *(file["path"] for case in cases for file in case["files"])}
    named |= {f"{case['id']}.case.json" for case in cases}
    return [*cases, *(unlisted(path, NAME) for path in others_in(folder, named))]


def listed_cases(manifest: Any) -> list[dict[str, Any]]:
    """The cases that a list names. Raises BadManifest for a list in which anything is not understood."""
    if not is_manifest(manifest):
        raise BadManifest((f"This is no list of outputs that {MADE_BY.strip()} wrote.",))
    cases = manifest["cases"]
    if faults := _faults(cases):
        raise BadManifest(faults)
    return list(cases)


def joint_case(cases: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The tables of counts of several cases as one, so that they are compared with each other; None for fewer than two.

    Only cases of the same unit, version of the data and policy belong together; the largest such group is taken.
    Each file keeps its layout and its population; what was said of the numbers of all of them is put together.
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for case in cases:
        if case.get("kind") in COUNTS:
            groups.setdefault(json.dumps(_common(case), sort_keys=True), []).append(case)
    group = max(groups.values(), key=len, default=[])
    if len(group) < 2:
        return None
    common = _common(group[0])
    context = {name: common[name] for name in SHARED if common[name] is not None}
    for name in GATHERED:
        if found := [one for case in group for one in case.get("context", {}).get(name, ())]:
            context[name] = found
    if any(case.get("context", {}).get("overlapping") for case in group):
        context["overlapping"] = True
    files = [
        {**({"layout": case["layout"]} if "layout" in case else {}), **file} for case in group for file in case["files"]
    ]
    policy = {"policy": common["policy"]} if common["policy"] is not None else {}
    return {"id": "together", "title": "All tables of counts together", "kind": "frequency", "files": files,
            "context": context, **policy}  # fmt: skip


COUNTS = frozenset({"frequency", "histogram"})
SHARED = ("unit", "dataset_version")
GATHERED = ("populations", "nesting", "structural_zeros", "controls")


def _common(case: Mapping[str, Any]) -> dict[str, Any]:
    """What cases must have in common to be looked at together."""
    context = case.get("context", {})
    return {name: context.get(name) for name in SHARED} | {"policy": case.get("policy")}


def _faults(cases: list[Any]) -> tuple[str, ...]:
    """What is wrong with the cases of a list, each with its place."""
    found = [
        f"Output {place}: {sentence}"
        for place, case in enumerate(cases, start=1)
        for sentence in (*problems(case), *not_understood(case))
    ]
    if found:
        return tuple(found)
    names = [case.get("id") for case in cases]
    if None in names or len(set(names)) < len(names):
        return ("Each output needs a name of its own.",)
    outputs = [file["path"] for case in cases for file in case["files"] if file["role"] == "output"]
    twice = sorted({path for path in outputs if outputs.count(path) > 1})
    return tuple(f"The file {path} is described by two outputs." for path in twice)
