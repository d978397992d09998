"""What pages show of files that are to come in: hints in words, and a file's lines as somebody reviews them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from governance.audit import trail
from governance.ingress.hints import BY_CODE, lines_of, to_be_read
from governance.ingress.lifecycle import AUTHORS_TURN, INDEPENDENT
from governance.ingress.models import Ingress, IngressFile
from governance.ingress.services import content_of
from governance.people.grants import roles_on
from governance.people.models import User
from governance.people.roles import Role

A_PAGE = 400  # lines
MOST_CHARACTERS = 4000  # of one line


@dataclass(frozen=True)
class ToLookAt:
    """One hint in words: which lines, and on which page of the file the first of them stands."""

    title: str
    ask: str
    count: int
    lines: tuple[int, ...]

    @property
    def places(self) -> list[tuple[int, int]]:
        """(line, page) of the first ten."""
        return [(line, page_of(line)) for line in self.lines[:10]]

    @property
    def more(self) -> int:
        return max(0, self.count - 10)


@dataclass(frozen=True)
class Line:
    """A line of a file as it is shown. `cut` characters of it are not."""

    number: int
    text: str
    flagged: bool
    cut: int = 0


def page_of(line: int) -> int:
    return (line - 1) // A_PAGE + 1


def to_look_at(file: IngressFile) -> list[ToLookAt]:
    """The hints of a file; a rule that is no longer in the table is passed over."""
    return [
        ToLookAt(BY_CODE[one["rule"]].title, BY_CODE[one["rule"]].ask, one["count"], tuple(one["lines"]))
        for one in file.hints
        if one["rule"] in BY_CODE
    ]


def flagged_lines(file: IngressFile) -> frozenset[int]:
    return frozenset(line for one in to_look_at(file) for line in one.lines)


def read_lines(file: IngressFile) -> list[str]:
    """Every line of a file. Raises Refused when its bytes are not those that were uploaded."""
    return lines_of(content_of(file).decode("utf-8-sig"))


def shown(lines: Sequence[str], *, first: int, flagged: frozenset[int]) -> list[Line]:
    """Lines for a page, of which the first has this number."""
    return [
        Line(number, to_be_read(text[:MOST_CHARACTERS]), number in flagged, max(0, len(text) - MOST_CHARACTERS))
        for number, text in enumerate(lines, first)
    ]


def may_read(ingress: Ingress, person: User, at: datetime) -> bool:
    """Whether the person reads what is in the files: the project's researchers, and who reviews what they hand in."""
    roles = roles_on(ingress.project, person, at)
    if Role.RESEARCHER in roles:
        return True
    handed_in = ingress.round > 0 and ingress.state not in AUTHORS_TURN
    return handed_in and Role.CHECKER in roles and not any(guard(ingress, person, at) for guard in INDEPENDENT)


def record_opening(ingress: Ingress, file: IngressFile, shown: str, *, by: User, at: datetime) -> None:
    """Put the opening of a file's content on the trail."""
    details = {"file": file.name, "sha256": file.sha256, "shown": shown}
    trail.append(actor=by, action="open file", subject=ingress, details=details, at=at)
