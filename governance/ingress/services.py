"""What people and the worker do with what a project brings in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from governance.act import act, begin, locked
from governance.agreements.use import why_not_use
from governance.audit import trail
from governance.ingress.file_rules import MOST_FILES, NotBroughtIn, plain_name, text_of
from governance.ingress.hints import hints_in, lines_of
from governance.ingress.lifecycle import APPROVED, BROUGHT_IN, REMOVING
from governance.ingress.models import Ingress, IngressFile, Review, Verdict
from governance.people.grants import roles_for, roles_on, worker
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.attaching import Scanned, Scanner
from governance.projects.models import Project
from governance.projects.papers import Scan
from governance.workflow import Refused, resolve

MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Wish:
    """What is to be brought in, as the team describes it. `kind` and `personal` are codes of their lists."""

    kind: str
    title: str
    purpose: str
    source: str
    licence: str
    personal: str


@transaction.atomic
def start(project: Project, wish: Wish, *, by: User, at: datetime) -> Ingress:
    """Begin to bring something in. Researchers who may use the project's data may; else Refused."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    if reason := why_not_started(project, by, at):
        raise Refused(reason)
    return begin(Ingress(project=project, author=by, **asdict(wish)), "start", by=by, at=at)


def why_not_started(project: Project, person: User, at: datetime) -> str | None:
    """Why this person may bring nothing into the project's workspace now, or None."""
    if Role.RESEARCHER not in roles_on(project, person, at):
        return "Only researchers of the project bring files into its workspace."
    return why_not_use(project, person, at)


def edit(ingress: Ingress, wish: Wish, *, by: User, at: datetime) -> Ingress:
    """Say anew what it is."""
    changed = [name for name, value in asdict(wish).items() if getattr(ingress, name) != value]
    return act(ingress, "edit", by=by, at=at, note=f"Changed: {', '.join(changed) or 'nothing'}.", **asdict(wish))


def add_file(ingress: Ingress, *, name: str, content: bytes, scanner: Scanner, by: User, at: datetime) -> IngressFile:
    """Keep an uploaded file; one of the same name is replaced. Refused for a name, kind, size or text not taken.

    The scanner is asked before anything is kept: malware never is. What it could not look at stays closed.
    """
    _refuse_unless_editable(ingress, by, at)
    try:
        name = plain_name(name)
        text = text_of(name, content, kind=ingress.kind)
    except NotBroughtIn as problem:
        raise Refused(str(problem)) from problem
    scanned = scanner(content)
    if scanned.scan == Scan.INFECTED:
        details = {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "scan": scanned.note[:200]}
        trail.append(actor=by, action="refuse file", subject=ingress, details=details, at=at)
        raise Refused(f"{name} holds malware ({scanned.note}), so it was not kept.")
    return _keep(ingress, name, content, text, scanned, by, at)


def _refuse_unless_editable(ingress: Ingress, by: User, at: datetime) -> None:
    ingress = Ingress.objects.select_related("project").get(pk=ingress.pk)  # as it is now
    resolve(ingress.LIFECYCLE, "edit", ingress, by, roles_for(ingress, by, at), at)


@transaction.atomic
def _keep(
    ingress: Ingress, name: str, content: bytes, text: str, scanned: Scanned, by: User, at: datetime
) -> IngressFile:
    digest = hashlib.sha256(content).hexdigest()
    ingress = act(ingress, "edit", by=by, at=at, note=f"Added {name}, SHA-256 {digest}.")
    ingress.files.filter(name=name).delete()
    if ingress.files.count() >= MOST_FILES:
        raise Refused(f"At most {MOST_FILES} files are brought in at once.")
    file = IngressFile(
        ingress=ingress, name=name, sha256=digest, size=len(content), lines=len(lines_of(text)),
        hints=[hint.to_json() for hint in hints_in(text, kind=ingress.kind)],
        scan=scanned.scan, scan_note=scanned.note[:200], scanned_at=None if scanned.scan == Scan.WAITING else at,
        uploaded_by=by, uploaded_at=at,
    )  # fmt: skip
    file.content.save(name, ContentFile(content), save=False)
    file.save()
    return file


@transaction.atomic
def remove_file(file: IngressFile, *, by: User, at: datetime) -> Ingress:
    """Take a file out of it again. Its bytes stay in storage for the trail's sake."""
    ingress = act(file.ingress, "edit", by=by, at=at, note=f"Removed {file.name}.")
    file.delete()
    return ingress


def rescan(file: IngressFile, *, scanner: Scanner, by: User, at: datetime) -> IngressFile:
    """Send a file that waits to the scanner again. One that was scanned is left as it is."""
    _refuse_unless_editable(file.ingress, by, at)
    if file.scan != Scan.WAITING:
        return file
    content = content_of(file)
    scanned = scanner(content)
    file.scan, file.scan_note = scanned.scan, scanned.note[:200]
    file.scanned_at = None if scanned.scan == Scan.WAITING else at
    file.save(update_fields=["scan", "scan_note", "scanned_at"])
    details = {"file": file.name, "scan": file.scan}
    trail.append(actor=by, action="scan file", subject=file.ingress, details=details, at=at)
    return file


def content_of(file: IngressFile) -> bytes:
    """The file's bytes. Raises Refused when they are not those that were uploaded."""
    with file.content.open("rb") as stored:
        content = bytes(stored.read())
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Refused(f"The stored bytes of {file.name} are not those that were uploaded, so it stays closed.")
    return content


@transaction.atomic
def submit(ingress: Ingress, *, by: User, at: datetime) -> Ingress:
    """Hand it in. A new round begins, and what was decided before counts no more."""
    ingress = locked(ingress)
    return act(ingress, "submit", by=by, at=at, round=ingress.round + 1, attempts=0, submitted_by=by, reason="")


def withdraw(ingress: Ingress, *, by: User, at: datetime) -> Ingress:
    """End it before it came in."""
    return act(ingress, "withdraw", by=by, at=at)


@transaction.atomic
def decide(ingress: Ingress, verdict: Verdict, *, reasons: str, round: int, by: User, at: datetime) -> Ingress:
    """A checker approves, returns or refuses all of its files, as they were in this round. Raises Refused."""
    if not reasons.strip():
        raise Refused("Please give reasons: the team and the trail need them.")
    ingress = locked(ingress)
    if ingress.round != round:
        raise Refused("It has changed since you opened it: look at it again.")
    ingress = act(ingress, Verdict(verdict).value, by=by, at=at, note=reasons.strip())
    given = {"checker": by, "verdict": verdict, "reasons": reasons.strip(), "decided_at": at}
    Review.objects.create(ingress=ingress, round=round, **given)
    return ingress


@transaction.atomic
def try_again(ingress: Ingress, *, by: User, at: datetime) -> Ingress:
    """What was approved and then stopped goes to the worker again, in the name of whoever tries."""
    return act(ingress, "try again", by=by, at=at, attempts=0, submitted_by=by, reason="")


@transaction.atomic
def another_attempt(ingress: Ingress, *, at: datetime) -> bool:
    """Count one more attempt of the worker; after too many it is stopped. Returns whether to go on."""
    ingress = locked(ingress)
    if ingress.state != APPROVED:
        return False
    if ingress.attempts >= MOST_ATTEMPTS:
        stop(
            ingress, reason=f"The worker tried {MOST_ATTEMPTS} times and could not do it: tell research support.", at=at
        )
        return False
    ingress.attempts += 1
    ingress.save(update_fields=["attempts"])
    return True


@transaction.atomic
def bring_in(ingress: Ingress, *, folder: str, move: Callable[[], object], at: datetime) -> Ingress:
    """Look once more whether the project may be used, move the folder into the workspace, and say so: all or nothing.

    The project stays locked meanwhile, so that nobody revokes between the look and the move.
    """
    ingress = locked(ingress)
    if ingress.state != APPROVED:
        return ingress
    if reason := ingress.why_not_brought_in(at):
        return stop(ingress, reason=reason, at=at)
    move()
    return act(ingress, "bring in", by=worker(), at=at, folder=folder, brought_in_at=at)


def stop(ingress: Ingress, *, reason: str, at: datetime) -> Ingress:
    """The worker does not bring it in, for the reason given. What was approved stays approved."""
    return act(ingress, "stop", by=worker(), at=at, note=reason, reason=reason)


def withhold(ingress: Ingress, *, reason: str, at: datetime) -> Ingress:
    """The files are not those that were approved: back to the author, and to another review."""
    return act(ingress, "withhold", by=worker(), at=at, note=reason, reason=reason)


def remove(ingress: Ingress, *, reasons: str, by: User, at: datetime) -> Ingress:
    """Have it taken out of the workspace again."""
    if not reasons.strip():
        raise Refused("Please give reasons: they stay on record.")
    return act(ingress, "remove", by=by, at=at, note=reasons.strip(), reason=reasons.strip())


@transaction.atomic
def record_removed(ingress: Ingress, *, at: datetime) -> Ingress:
    """The folder is gone from the workspace. Safe to repeat."""
    ingress = locked(ingress)
    there = ingress.state in (BROUGHT_IN, REMOVING)
    return act(ingress, "clear away", by=worker(), at=at) if there else ingress
