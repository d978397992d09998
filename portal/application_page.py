"""An application as one person may read it: by section, with files, comments, and what changed since they looked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from governance.audit.models import Entry
from governance.people.models import User
from governance.people.roles import TEAM_ROLES, Role
from governance.projects.commenting import comments_for, may_comment
from governance.projects.ethics import SCORES
from governance.projects.form import changes
from governance.projects.form.entries import Form, Question, Section
from governance.projects.form.rights import readable_by
from governance.projects.form.values import cells, is_empty, told
from governance.projects.form.versions import find
from governance.projects.models import Attachment, Comment, Project, Submission
from governance.projects.papers import Scan
from portal.records import reads_names


@dataclass(frozen=True)
class ShownFile:
    """A file of an answer. `told` says why it cannot be opened, to those who may know; `pk` of one that can."""

    name: str
    pk: int | None
    told: str


@dataclass(frozen=True)
class ShownComment:
    author: str
    audience: str
    text: str
    at: Any


@dataclass
class ShownAnswer:
    """One question and its answer: as text, or as a table with a head.

    changed  whether it reads differently than in the round that the reader last saw
    """

    question: Question
    text: str = ""
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    files: list[ShownFile] = field(default_factory=list)
    comments: list[ShownComment] = field(default_factory=list)
    changed: bool = False

    @property
    def named_rows(self) -> list[list[tuple[str, str]]]:
        """Each row as pairs of the column's name and its cell."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]

    @property
    def is_answered(self) -> bool:
        return bool(self.text or self.rows or self.files)


@dataclass
class ShownSection:
    section: Section
    answers: list[ShownAnswer]
    comments: list[ShownComment]

    @property
    def changed(self) -> int:
        return sum(answer.changed for answer in self.answers)


def sections_for(project: Project, person: User, roles: Collection[Role]) -> list[ShownSection]:
    """The sections with the questions that are asked and that these roles may read."""
    form, answers, owners = project.form, project.answered(), project.asked_of()
    files, comments = files_of(project, person, roles), comments_by_place(project, person, roles)
    changed = {one.question.key for one in changes_for(project, person, roles)}
    shown = []
    for section in form.sections:
        asked = [one for one in section.questions if form.asks(one, answers, owners) and readable_by(one, roles)]
        inside = [
            shown_answer(form, one, answers.get(one.key), files, comments.get(one.key, []), one.key in changed)
            for one in asked
        ]
        if inside:
            shown.append(ShownSection(section, inside, comments.get(section.key, [])))
    return shown


def shown_answer(
    form: Form,
    question: Question,
    value: Any,
    files: Mapping[int, ShownFile],
    comments: list[ShownComment],
    changed: bool,
) -> ShownAnswer:
    shown = ShownAnswer(question, comments=comments, changed=changed)
    if question.type == "table" and not is_empty(value):
        shown.head = [column.label for column in question.columns]
        shown.rows = [cells(question, row) for row in value]
    elif question.type == "ethics" and not is_empty(value):
        shown.head = ["Item", "Score", "Reason"]
        shown.rows = [
            [item.text, SCORES.get(given.get("score"), ""), given.get("reason", "")]
            for item in form.ethics.items
            if (given := value.get(item.key))
        ]
    elif question.type == "file":
        given = value or {}
        shown.text = given.get("text", "")
        shown.files = [files.get(one["id"], ShownFile(one["name"], None, "")) for one in given.get("files", [])]
    elif question.type == "elsewhere":
        shown.text = f"Listed under {'Data' if question.uses == 'data' else 'Team'}."
    else:
        shown.text = told(question, value, form.ethics)
    return shown


def files_of(project: Project, person: User, roles: Collection[Role]) -> dict[int, ShownFile]:
    """Attachment -> what this person reads of it. That one waits for the scanner, its uploader and support read."""
    return {one.pk: shown_file(one, person, roles) for one in project.attachments.all()}


def shown_file(attachment: Attachment, person: User, roles: Collection[Role]) -> ShownFile:
    if attachment.can_be_opened:
        return ShownFile(attachment.name, attachment.pk, "")
    if attachment.uploaded_by_id != person.pk and Role.SUPPORT not in roles:
        return ShownFile(attachment.name, None, "It cannot be opened.")
    if attachment.scan == Scan.INFECTED:
        return ShownFile(attachment.name, None, f"Malware was found in it ({attachment.scan_note}).")
    return ShownFile(
        attachment.name,
        None,
        f"Not scanned for malware yet, so nobody can open it. {attachment.scan_note} "
        "Give a reference in the text as well, so that the answer stands without the file.",
    )


def comments_by_place(project: Project, person: User, roles: Collection[Role]) -> dict[str, list[ShownComment]]:
    """Question or section -> comments that these roles may read. The team reads no name of who decides."""
    places: dict[str, list[ShownComment]] = defaultdict(list)
    for one in comments_for(project, roles):
        places[one.about].append(shown_comment(one, roles))
    return places


def shown_comment(one: Comment, roles: Collection[Role]) -> ShownComment:
    named = one.of_team or reads_names(roles)
    author = str(one.author) if named else "Those who decide"
    return ShownComment(author, one.get_audience_display(), one.text, one.written_at)


def can_comment(project: Project, roles: Collection[Role]) -> bool:
    return any(may_comment(project, section.key, roles) for section in project.form.sections)


def changes_for(project: Project, person: User, roles: Collection[Role]) -> list[changes.Change]:
    """What changed since the round that a reviewer last saw; nothing for the team, and for who never looked."""
    if project.round < 2 or set(roles) & TEAM_ROLES:
        return []
    before = last_seen(project, person)
    return changes_between(project, before, roles) if before else []


def last_seen(project: Project, person: User) -> Submission | None:
    """The newest submission before the present one that was there when this person last looked."""
    looks = Entry.objects.filter(
        actor=person.username, action="view", subject_type="project", subject_id=str(project.pk),
        at__lt=project.submitted_at,
    )  # fmt: skip
    look = looks.order_by("-seq").first()
    if look is None:
        return None
    return project.submissions.filter(submitted_at__lte=look.at, round__lt=project.round).last()


def changes_between(project: Project, before: Submission, roles: Collection[Role]) -> list[changes.Change]:
    """From an earlier submission to the present one, the questions that these roles may read."""
    now = project.submissions.get(round=project.round)
    form = form_of(now)
    found = changes.between(form, before.answers, now.answers, earlier=form_of(before))
    return [one for one in found if readable_by(one.question, roles)]


def form_of(submission: Submission) -> Form:
    return find(submission.form_version, settings.GATEHOUSE_FORMS)
