"""Where cases come from: a description of one, a session's list of outputs, or a folder that ACRO wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extracts.disclosure.acro import BadAcroFolder, cases_from_acro, folder_faults, is_acro_folder
from extracts.disclosure.workspace.manifest import NAME, BadManifest, cases_of, is_manifest, joint_case

LARGEST_BYTES = 64 * 2**20


class NoCases(ValueError):
    """No case can be read there; the sentence says why."""


@dataclass(frozen=True)
class Source:
    """Cases and the folder that their paths are relative to.

    faults  sentences about the folder as a whole: what was changed in it, is gone, or cannot be proved
    """

    cases: tuple[dict[str, Any], ...]
    folder: Path
    faults: tuple[str, ...] = ()


def cases_at(path: Path) -> Source:
    """What is to be checked at a path. Raises NoCases.

    A JSON file with one case gives that case, as it is: `case_schema.problems` says what is wrong with it. A list of
    outputs that a session wrote gives them all and, at the end, their tables of counts together, to be compared with
    each other; so does the folder that the list is in. A folder of ACRO's, or its results.json, gives a case for each
    of its outputs.
    """
    try:
        if (path / NAME).is_file() and not is_acro_folder(path):
            path = path / NAME
        if path.is_dir():
            return _acro(path)
        data = _read(path)
        if is_manifest(data):
            cases = cases_of(data, path.parent)
            joint = joint_case(cases)
            return Source((*cases, joint) if joint else tuple(cases), path.parent)
        if path.name == "results.json" and is_acro_folder(path.parent):
            return _acro(path.parent)
    except (BadAcroFolder, BadManifest) as error:
        raise NoCases(str(error)) from None
    except OSError as error:
        raise NoCases(f"{path.name[:100]} cannot be opened: {error.strerror}.") from None
    if not isinstance(data, dict):
        raise NoCases(f"{path.name} is no case: a case is an object with named fields.")
    return Source((data,), path.parent)


def _acro(folder: Path) -> Source:
    return Source(tuple(cases_from_acro(folder)), folder, folder_faults(folder))


def _read(path: Path) -> Any:
    """What a JSON file holds. Raises NoCases."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise NoCases(f"{path.name} is larger than any description.")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise NoCases(f"{path.name} is not UTF-8 text.") from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NoCases(f"{path.name} is not JSON.") from None
