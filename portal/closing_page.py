"""What pages show of the end of a project: its checklist with who has answered, and the certificate as a paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from governance.audit import trail
from governance.closing.certificate import document
from governance.closing.checklist import Item, Who, checklist
from governance.closing.models import Answer, Closure
from governance.people.models import User
from portal import typesetting


@dataclass(frozen=True)
class Part:
    """What one side has to say to a line. `state` is a code: done, open, excused, found."""

    who: str
    state: str
    says: str = ""
    person: int = 0


@dataclass(frozen=True)
class Line:
    """A line of the checklist, with a part for everybody who has to answer it."""

    item: Item
    parts: tuple[Part, ...]
    yours: bool

    @property
    def is_done(self) -> bool:
        return all(part.state in {"done", "excused"} for part in self.parts)


def lines_of(closure: Closure, person: User, found: Mapping[str, str], *, may_answer: bool) -> list[Line]:
    """The whole checklist as it stands. `found` is what Gatehouse sees at this moment."""
    answers = list(closure.answers.select_related("person"))
    team = closure.team()
    lines = []
    for item in checklist():
        own = {Who.MEMBER: person.pk in team, Who.LEAD: closure.project.lead == person}.get(item.who, False)
        lines.append(Line(item, tuple(_parts(item, answers, team, found)), own and may_answer))
    return lines


def _parts(item: Item, answers: list[Answer], team: Mapping[int, str], found: Mapping[str, str]) -> list[Part]:
    given = {one.person_id: one for one in answers if one.key == item.key}
    if item.who == Who.SYSTEM:
        return [Part(item.who.label, "found" if found[item.key] else "done", found[item.key])]
    if item.who == Who.LEAD:
        newest = next(reversed(given.values()), None)
        return [Part(str(newest.person), "done", newest.says) if newest else Part(item.who.label, "open")]
    return [_of_member(pk, name, given.get(pk)) for pk, name in team.items()]


def _of_member(pk: int, name: str, given: Answer | None) -> Part:
    if given is None:
        return Part(name, "open", person=pk)
    return Part(name, "excused" if given.excused_by_id else "done", given.says, pk)


def document_of(closure: Closure) -> dict[str, Any]:
    """The certificate as it is handed out. The closure was destroyed."""
    entry = trail.of(closure).filter(action="certify").first()
    return document(closure.certificate or {}, closure.signature, entry.seq if entry else 0)


def as_pdf(closure: Closure, at: datetime) -> bytes:
    """The certificate as a paper, with the hash of what was signed on every page."""
    given = document_of(closure)
    said = given["certificate"]
    shown = {
        "name": f"Certificate of destruction, {said['project']['reference']}",
        "title": f"Certificate of destruction: {said['project']['title']}",
        "sha256": given["sha256"],
        "signature": given["signature"],
        "facts": facts_of(given),
        "extracts": rows_of(said["extracts"], "Extract"),
        "brought_in": rows_of(said["brought_in"], "Ingress"),
        "keys": [[str(one["version"]), one["fingerprint"]] for one in said["keys"]],
        "kept": said["kept"],
        "not_reached": said["not_reached"],
    }
    return typesetting.as_pdf("certificate", shown, at)


def facts_of(given: Mapping[str, Any]) -> list[list[str]]:
    """What the certificate says in one line each."""
    said = given["certificate"]
    space, entries = said["workspace"], said["trail_entries"]
    return [
        ["Project", f"{said['project']['reference']}, {said['project']['title']}"],
        ["Workspace", f"{space['folder']}: {space['files']} files, {space['bytes']} bytes"],
        ["Confirmed by", f"{said['confirmed_by']}, {day_of(said['confirmed_at'])} (trail entry {entries['confirm']})"],
        [
            "Destroyed by",
            f"{said['destroyed_by']}, {day_of(said['destroyed_at'])} (trail entry {given['trail_entry']})",
        ],
    ]


def rows_of(folders: list[Mapping[str, Any]], kind: str) -> list[list[str]]:
    """A row for each folder: which, how many files, the SHA-256 of its manifest."""
    return [
        [f"{kind} {one['id']}", one["folder"], str(one["files"]), one.get("manifest_sha256", "Removed before")]
        for one in folders
    ]


def day_of(moment: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%-d %B %Y, %H:%M}"
