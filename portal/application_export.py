"""An application to take along: a tagged PDF, or CSV. Both hold what the reader may read, and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime

from governance.people.grants import roles_on
from governance.people.models import User, local_day
from governance.projects.form.rights import readable_by
from governance.projects.form.values import told
from governance.projects.models import Project
from portal import typesetting
from portal.application_page import ShownAnswer, sections_for


def as_pdf(project: Project, person: User, at: datetime) -> bytes:
    """The application as a tagged PDF."""
    shown: dict[str, object] = {
        "reference": project.reference,
        "title": project.title,
        "state": project.STATES(project.state).label,
        "made": f"{local_day(at):%d %B %Y}",
        "reader": str(person),
        "sections": [
            {
                "title": f"{one.section.number}. {one.section.title}",
                "answers": [_for_pdf(project, answer) for answer in one.answers],
            }
            for one in sections_for(project, person, roles_on(project, person, at))
        ],
    }
    return typesetting.as_pdf("application", shown, at)


def _for_pdf(project: Project, answer: ShownAnswer) -> dict[str, object]:
    text = answer.text
    if answer.question.stored_in == "requested":
        text = told(answer.question, project.requested, project.form.ethics)
    files = "\n".join(f"File: {file.name}" for file in answer.files)
    lines = "\n".join(filter(None, [text, files])) or ("" if answer.rows else "Not answered")
    return {
        "label": f"{answer.question.number} {answer.question.label}",
        "lines": lines.split("\n") if lines else [],
        "head": answer.head,
        "rows": answer.rows,
    }


def as_csv(project: Project, person: User, at: datetime) -> bytes:
    """Number, section, question and answer, one row a question that is asked and may be read."""
    roles, answers, owners, form = roles_on(project, person, at), project.answered(), project.asked_of(), project.form
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(["reference", "number", "section", "question", "answer"])
    for question in form.questions:
        if form.asks(question, answers, owners) and readable_by(question, roles):
            answer = told(question, answers.get(question.key), form.ethics)
            section = form.section_of(question).title
            rows.writerow([project.reference, question.number, section, question.label, no_formula(answer)])
    return file.getvalue().encode("utf-8-sig")


def no_formula(text: str) -> str:
    """The text so that a spreadsheet shows it and runs nothing of it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


MAKE: dict[str, Callable[[Project, User, datetime], bytes]] = {"pdf": as_pdf, "csv": as_csv}
