"""What people and the worker do with an output request."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from governance.act import act, begin, locked
from governance.agreements.use import why_not_use
from governance.outputs.models import (
    Check,
    CheckVerdict,
    Clearance,
    FileRole,
    OutputFile,
    OutputRequest,
    Report,
    verdicts_of,
)
from governance.people.grants import roles_on, worker
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.models import Project
from governance.workflow import Refused

# What the signed package can hold on any system; its own parts keep their names.
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ ()-]{0,119}")
RESERVED = frozenset({"manifest.json", "manifest.sig", "public-key.pem"})
MOST_BYTES = 16 * 1024 * 1024
MOST_FILES = 50
MOST_ATTEMPTS = 5


@transaction.atomic
def start(project: Project, *, title: str, context: str, clearance: Clearance, by: User, at: datetime) -> OutputRequest:
    """Begin a request to take results out. Its researchers may, once the project is approved; else Refused."""
    if Role.RESEARCHER not in roles_on(project, by, at):
        raise Refused("Only researchers of the project ask for outputs.")
    if reason := why_not_use(project, by, at):
        raise Refused(reason)
    output = OutputRequest(project=project, author=by, title=title, context=context, clearance=clearance)
    return begin(output, "start", by=by, at=at)


def edit(output: OutputRequest, *, by: User, at: datetime, **fields: Any) -> OutputRequest:
    """Change title, context or clearance. Raises TypeError for anything else."""
    if unknown := fields.keys() - {"title", "context", "clearance"}:
        raise TypeError(f"Not to be edited: {', '.join(sorted(unknown))}.")
    return act(output, "edit", by=by, at=at, note=f"Changed: {', '.join(sorted(fields))}.", **fields)


@transaction.atomic
def add_file(
    output: OutputRequest, *, name: str, content: bytes, role: FileRole = FileRole.OUTPUT, by: User, at: datetime
) -> OutputFile:
    """Keep an uploaded file. One of the same name is replaced; what was said of it stays if its bytes are the same.

    Raises Refused for a name or size that cannot be.
    """
    name = PurePath(name.replace("\\", "/")).name.strip()
    if not PLAIN_NAME.fullmatch(name) or name.lower() in RESERVED:
        raise Refused(f"Give {name or 'the file'} a plain name: letters, digits, spaces and . - _ ( ).")
    if not content:
        raise Refused(f"{name} is empty.")
    if len(content) > MOST_BYTES:
        raise Refused(f"{name} is larger than {MOST_BYTES // 1024**2} MB: it could not be checked.")
    output = act(output, "edit", by=by, at=at, note=f"Added {name}.")
    sha256 = hashlib.sha256(content).hexdigest()
    same = output.files.filter(name=name, role=role, sha256=sha256).first()
    output.files.filter(name=name).delete()
    if output.files.count() >= MOST_FILES:
        raise Refused(f"A request holds at most {MOST_FILES} files.")
    file = OutputFile(
        request=output,
        role=role,
        name=name,
        sha256=sha256,
        size=len(content),
        text=same.text if same else "",
        description=same.description if same else {},
        uploaded_at=at,
    )
    file.content.save(name, ContentFile(content), save=False)
    file.save()
    return file


@transaction.atomic
def describe_file(file: OutputFile, *, text: str, description: Mapping[str, Any], by: User, at: datetime) -> OutputFile:
    """Say what is in a file, in words and in the form that the disclosure rules read."""
    act(file.request, "edit", by=by, at=at, note=f"Described {file.name}.")
    file.text, file.description = text.strip(), dict(description)
    file.save(update_fields=["text", "description"])
    return file


@transaction.atomic
def remove_file(file: OutputFile, *, by: User, at: datetime) -> OutputRequest:
    """Take a file out of the request again. Its bytes stay in storage for the trail's sake."""
    output = act(file.request, "edit", by=by, at=at, note=f"Removed {file.name}.")
    file.delete()
    return output


@transaction.atomic
def submit(output: OutputRequest, *, by: User, at: datetime) -> OutputRequest:
    """Hand it in: the machine checks first, then two people. A new round begins; old checks count no more."""
    output = locked(output)
    return act(output, "submit", by=by, at=at, round=output.round + 1, attempts=0)


def _in_round(output: OutputRequest, round: int) -> OutputRequest:
    """The request, locked, if it is still in the round that the checker looked at. Raises Refused."""
    output = locked(output)
    if output.round != round:
        raise Refused("The request has changed since you opened it: look at it again.")
    return output


def withdraw(output: OutputRequest, *, by: User, at: datetime) -> OutputRequest:
    """End the request."""
    return act(output, "withdraw", by=by, at=at)


@transaction.atomic
def record_report(
    output: OutputRequest, *, round: int, verdict: str, content: Mapping[str, Any], at: datetime
) -> OutputRequest:
    """Keep what the disclosure rules found in the files of one round; the checkers are next.

    Safe to repeat: a round has one report, and the report of an earlier round is dropped.
    """
    output = locked(output)
    if output.round != round or output.report_now():
        return output
    Report.objects.create(request=output, round=round, verdict=verdict, content=dict(content), made_at=at)
    return act(output, "report", by=worker(), at=at, note=f"The rules say: {verdict}.")


@transaction.atomic
def another_attempt(output: OutputRequest, *, at: datetime) -> bool:
    """Count one more attempt of the worker at this request; after too many it goes back to the author.

    Returns whether to go on. Without the count, work that fails each time would be queued for ever.
    """
    output = locked(output)
    if output.attempts >= MOST_ATTEMPTS:
        reason = f"The worker tried {MOST_ATTEMPTS} times and could not do it. Tell research support, or upload again."
        withhold(output, reason=reason, at=at)
        return False
    output.attempts += 1
    output.save(update_fields=["attempts"])
    return True


@transaction.atomic
def check(
    output: OutputRequest, *, verdict: CheckVerdict, reasons: str, round: int, by: User, at: datetime
) -> OutputRequest:
    """Record one checker's decision. The second one settles the round: both approve, or it is returned."""
    if not reasons.strip():
        raise Refused("Please give reasons: the author and the trail need them.")
    output = _in_round(output, round)
    output = act(output, "check", by=by, at=at, note=f"{CheckVerdict(verdict).label}: {reasons.strip()}")
    Check.objects.create(
        request=output, round=output.round, checker=by, verdict=verdict, reasons=reasons.strip(), decided_at=at
    )
    given = verdicts_of(output)
    if len(given) < 2:
        return output
    if all(verdict == CheckVerdict.APPROVE for verdict in given):
        return act(output, "clear", by=worker(), at=at, note="Two checkers approved.")
    return act(output, "return", by=worker(), at=at, note="At least one of the two checkers asks for changes.")


def withhold(output: OutputRequest, *, reason: str, at: datetime) -> OutputRequest:
    """The worker cannot go on with it, for the reason given: back to the author."""
    return act(output, "withhold", by=worker(), at=at, note=reason)


@transaction.atomic
def release(output: OutputRequest, *, round: int, by: User, at: datetime) -> OutputRequest:
    """A checker releases what two checkers approved; the worker packs and signs it."""
    return act(_in_round(output, round), "release", by=by, at=at, attempts=0)


@transaction.atomic
def record_package(output: OutputRequest, *, package: str, sha256: str, at: datetime) -> OutputRequest:
    """Keep where the signed package lies. Safe to repeat: a released request is left alone."""
    output = locked(output)
    if output.released_at is not None:
        return output
    return act(output, "pack", by=worker(), at=at, released_at=at, package=package, package_sha256=sha256)
