"""How much of an unreleased file's content one person may read in a browser."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from governance.audit import trail
from governance.outputs.lifecycle import AUTHORS_TURN, CHECKING, INDEPENDENT
from governance.outputs.models import OutputFile, OutputRequest
from governance.people.grants import roles_on
from governance.people.models import User
from governance.people.roles import Role


class Sight(Enum):
    """What a page shows of a file. Everybody who sees the request reads names, sizes, hashes and verdicts."""

    NOTHING = "which cells the rules object to and by which rule, but no value and no label of the table"
    FLAGGED = "what the rules say of each cell, and the cells that they object to"
    WHOLE = "the table"


def sight_of(output: OutputRequest, person: User, at: datetime) -> Sight:
    """Checkers who may check it read it, once the rules have judged it; the author mends what was flagged.

    The rest of the team, support and auditors have no need of values that were not released.
    """
    judged = output.round > 0 and output.state not in {*AUTHORS_TURN, CHECKING}
    if judged and is_independent_checker(output, person, at):
        return Sight.WHOLE
    if output.author_id == person.pk and not why_not_described_by(output, person, at):
        return Sight.FLAGGED
    return Sight.NOTHING


def is_independent_checker(output: OutputRequest, person: User, at: datetime) -> bool:
    """Whether the person is a checker of neither the project's team nor its organisations."""
    if Role.CHECKER not in roles_on(output.project, person, at):
        return False
    return not any(guard(output, person, at) for guard in INDEPENDENT)


def why_not_described_by(output: OutputRequest, person: User, at: datetime) -> str:
    """Why this person may not describe the request's files now, or "": headings are read by accredited researchers."""
    if Role.RESEARCHER not in roles_on(output.project, person, at) or output.state not in AUTHORS_TURN:
        return "Only researchers of the project describe its files, before they are submitted."
    return output.project.why_not_accredited(person, at) or ""


def record_opening(output: OutputRequest, files: Iterable[OutputFile], shown: str, *, by: User, at: datetime) -> None:
    """Put each opening of a file's content on the trail, with the file's name and how much of it was shown."""
    for file in files:
        details = {"file": file.name, "sha256": file.sha256, "shown": shown}
        trail.append(actor=by, action="open file", subject=output, details=details, at=at)
