"""What the workspace's helper wrote about files that are uploaded: read to fill the request form, and not kept.

`outputs.json` and NAME.case.json say what each output is, which files stand behind it, and who is counted. All of it
is the researcher's word: it fills the form, which the author reads, and the rules check the files as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from extracts.disclosure.workspace.form import descriptions
from extracts.disclosure.workspace.manifest import MADE_BY, NAME, BadManifest, listed_cases, manifest_of
from governance.outputs import services
from governance.outputs.models import FileRole, OutputFile, OutputRequest
from governance.people.models import User
from portal.output_files import MOST_BYTES_SHOWN, content_of

ENDING = ".case.json"
# Of files behind an output: those that checkers read. Others only say something of it.
FOR_CHECKERS = frozenset({"evidence", "underlying"})


@dataclass(frozen=True)
class Told:
    """What the descriptions among some files say.

    cases     of outputs, as the helper wrote them
    problems  sentences about descriptions that are not understood
    read      by name what is in the files that are descriptions, or only serve to understand them
    evidence  names of the files that are for the checkers alone
    """

    cases: tuple[Mapping[str, Any], ...] = ()
    problems: tuple[str, ...] = ()
    read: Mapping[str, bytes] = field(default_factory=dict)
    evidence: frozenset[str] = frozenset()


def told_by(contents: Mapping[str, bytes]) -> Told:
    """What is said by those of some uploaded files that are descriptions, by name."""
    cases: dict[str, Mapping[str, Any]] = {}
    problems, names = list[str](), [name for name in contents if name == NAME or name.endswith(ENDING)]
    for name in sorted(names, key=lambda one: one == NAME):
        try:
            cases |= {str(case["id"]): case for case in _cases(name, contents[name])}
        except BadManifest as error:
            problems.append(f"{name} is not understood, so it fills nothing: {error.problems[0]}")
    behind = {str(file["path"]): str(file["role"]) for case in cases.values() for file in case["files"]}
    return Told(
        tuple(cases.values()),
        tuple(problems),
        {name: content for name, content in contents.items() if name in names or behind.get(name) == "metadata"},
        frozenset(name for name, role in behind.items() if role in FOR_CHECKERS),
    )


def _cases(name: str, content: bytes) -> list[dict[str, Any]]:
    """The cases of one description. Raises BadManifest."""
    data = manifest_of(content, name)
    return listed_cases(data if name == NAME else {"made_by": MADE_BY, "cases": [data]})


@dataclass(frozen=True)
class Filled:
    """Names of the files that a description filled, that somebody had described before, and that it is not about."""

    filled: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def sentences(self) -> Iterable[str]:
        """What the author is told."""
        if self.filled:
            yield f"Described from what the helper wrote: {', '.join(self.filled)}. Read each before you submit."
        if self.kept:
            yield f"Described before, and left as it is: {', '.join(self.kept)}."
        if self.other:
            yield f"Changed since the helper wrote it, so nothing is known of it: {', '.join(self.other)}."


def fill(output: OutputRequest, told: Told, *, by: User, at: datetime) -> Filled:
    """Describe the files of a request that are told of. What somebody has described stays as it is.

    A file that was kept before anybody said that it is for the checkers alone becomes so.
    """
    for one in output.files.filter(name__in=told.evidence, role=FileRole.OUTPUT):
        services.add_file(output, name=one.name, content=content_of(one), role=FileRole.EVIDENCE, by=by, at=at)
    stored = {file.name: file for file in output.files.all()}
    contents = {name: content_of(file) for name, file in stored.items() if file.size <= MOST_BYTES_SHOWN}
    filled, kept, other = list[str](), list[str](), list[str]()
    for case in told.cases:
        other += [str(one["path"]) for one in case["files"] if _is_another(stored.get(str(one["path"])), one)]
        for described in descriptions(case, {**contents, **told.read}):
            file = stored.get(described.name)
            if file is None or file.name in other:
                continue
            if file.text or file.description:
                kept.append(file.name)
                continue
            services.describe_file(file, text=described.text, description=described.to_json(), by=by, at=at)
            filled.append(file.name)
    return Filled(tuple(filled), tuple(kept), tuple(other))


def _is_another(stored: OutputFile | None, described: Mapping[str, Any]) -> bool:
    """Whether a stored file has other bytes than those that were described."""
    return stored is not None and stored.sha256 != described.get("sha256", stored.sha256)
