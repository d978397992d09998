"""Files that answer a question: attached, scanned, taken off again. What was not scanned, nobody opens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from governance.audit import trail
from governance.people.grants import roles_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.projects import services
from governance.projects.attachment_rules import NotAttachable, kind_of, plain_name
from governance.projects.models import Attachment, Project
from governance.projects.papers import Scan
from governance.workflow import Refused

MOST_FILES = 10


@dataclass(frozen=True)
class Scanned:
    """What a scanner says: clean, the name of what was found, or why it could not look."""

    scan: Scan
    note: str = ""


Scanner = Callable[[bytes], Scanned]


def attach(
    project: Project, question: str, *, name: str, content: bytes, scanner: Scanner, by: User, at: datetime
) -> Attachment:
    """Keep a file as part of an answer. Refused for a kind or size that is not taken, and for malware.

    The scanner is asked afterwards: a file that it could not look at waits, closed.
    """
    attachment = _record(_kept(project, question, name, content, by, at), scanner(content), at)
    if attachment.scan == Scan.INFECTED:
        detach(attachment, by=by, at=at)
        raise Refused(f"{attachment.name} holds malware ({attachment.scan_note}), so it is no part of the answer.")
    return attachment


@transaction.atomic
def _kept(project: Project, question: str, name: str, content: bytes, by: User, at: datetime) -> Attachment:
    project = Project.objects.select_for_update().get(pk=project.pk)
    if question not in project.form or project.form[question].type != "file":
        raise Refused("This question takes no files.")
    try:
        name = plain_name(name)
        kind = kind_of(name, content)
    except NotAttachable as problem:
        raise Refused(str(problem)) from problem
    stored = project.own_answer(question) or {}
    if len(stored.get("files", [])) >= MOST_FILES:
        raise Refused(f"A question takes at most {MOST_FILES} files.")
    digest = hashlib.sha256(content).hexdigest()
    attachment = Attachment(
        project=project, question=question, name=name, kind=kind, sha256=digest, size=len(content),
        uploaded_by=by, uploaded_at=at,
    )  # fmt: skip
    attachment.content.save(name, ContentFile(content), save=False)
    attachment.save()
    files = [*stored.get("files", []), {"id": attachment.pk, "name": name, "sha256": digest}]
    _answer(project, question, {"text": stored.get("text", ""), "files": files}, by, at)
    return attachment


def _answer(project: Project, question: str, value: dict[str, Any], by: User, at: datetime) -> None:
    services.edit(project, answers={question: value}, by=by, at=at)


@transaction.atomic
def detach(attachment: Attachment, *, by: User, at: datetime) -> Project:
    """Take a file out of the answer. Its row and bytes stay, for submissions that it was part of."""
    project = Project.objects.select_for_update().get(pk=attachment.project_id)
    stored = project.own_answer(attachment.question) or {}
    files = [one for one in stored.get("files", []) if one["id"] != attachment.pk]
    return services.edit(
        project, answers={attachment.question: {"text": stored.get("text", ""), "files": files}}, by=by, at=at
    )


def rescan(attachment: Attachment, *, content: bytes, scanner: Scanner, by: User, at: datetime) -> Attachment:
    """Research support sends a file to the scanner again. One that was scanned is left as it is."""
    if Role.SUPPORT not in roles_everywhere(by, at):
        raise Refused("Research support sends files to the scanner again.")
    if attachment.scan != Scan.WAITING:
        return attachment
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise Refused("The stored file is not the one that was uploaded, so it stays closed.")
    attachment = _record(attachment, scanner(content), at)
    trail.append(actor=by, action="scan file", subject=attachment, details={"scan": attachment.scan}, at=at)
    return attachment


def _record(attachment: Attachment, scanned: Scanned, at: datetime) -> Attachment:
    attachment.scan, attachment.scan_note = scanned.scan, scanned.note[:200]
    attachment.scanned_at = None if scanned.scan == Scan.WAITING else at
    attachment.save(update_fields=["scan", "scan_note", "scanned_at"])
    return attachment
