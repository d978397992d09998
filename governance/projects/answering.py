"""What people do with the answers of an application: save them, sign, move to another form, copy them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from governance.catalogue.catalogue import Catalogue
from governance.people.models import User, local_day
from governance.projects import services
from governance.projects.form import storage
from governance.projects.form.entries import Form, Question
from governance.projects.form.values import is_empty, lower_first
from governance.projects.form.versions import arranged
from governance.projects.models import Project
from governance.workflow import Refused


@transaction.atomic
def save(
    project: Project, values: Mapping[str, Any], *, revision: int | None = None, by: User, at: datetime
) -> Project:
    """Save the answers that differ from the stored ones: key of a question -> value, as `form.values` describes.

    A signature is given as {"signed": bool, "text": ...}; of a file question only the text is taken, files have
    a door of their own. Raises Refused when one of the answers was changed after `revision`, KeyError for a
    question that the project's form does not have.
    """
    project = _locked(project)
    answers: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for key, value in values.items():
        question = project.form[key]
        whole = _completed(project, question, value, by, at)
        if _same(whole, project.answer_to(question)):
            continue
        own, own_fields = storage.parted(question, whole)
        fields.update(_differing(project, own_fields))
        if own is not None or not own_fields:
            answers[key] = own
    if not answers and not fields:
        return project
    return services.edit(project, answers=answers, revision=revision, by=by, at=at, **fields)


def _same(one: Any, other: Any) -> bool:
    return one == other or (is_empty(one) and is_empty(other))


def _differing(project: Project, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if getattr(project, name) != value}


def _completed(project: Project, question: Question, value: Any, by: User, at: datetime) -> Any:
    """The value with what only the service knows: the files that are there, who signs and when."""
    stored = project.answer_to(question)
    if question.type == "file":
        return {"text": value.get("text", ""), "files": (stored or {}).get("files", [])}
    if question.type == "signature":
        return _signed(project, question, value, stored, by, at)
    return value


def _signed(project: Project, question: Question, value: Any, stored: Any, by: User, at: datetime) -> Any:
    text = value.get("text", "").strip()
    if not value.get("signed"):
        return None
    if stored and stored["text"] == text:
        return stored
    if question.uses == "lead" and by.pk != project.lead_id:
        raise Refused(f"{question.label}: {project.lead}, who leads the project, signs it.")
    return {"by": by.username, "name": str(by), "text": text, "on": local_day(at).isoformat()}


def _locked(project: Project) -> Project:
    return Project.objects.select_for_update().get(pk=project.pk)


@transaction.atomic
def move(project: Project, form: Form, *, by: User, at: datetime) -> Project:
    """Go over to another version of the form. Answers without a place in it stay stored."""
    project = _locked(project)
    if project.form_version == form.version:
        return project
    stored = arranged(project.answers, project.form, form)
    return services.use_form(project, form.version, answers=stored, by=by, at=at)


# What has to be given anew: a signature, a file, and a last day that may have passed.
NOT_COPIED = frozenset({"signature", "file"})


@transaction.atomic
def copy(project: Project, *, title: str, catalogue: Catalogue, by: User, at: datetime) -> tuple[Project, list[str]]:
    """A new draft with the answers and the data of this application, led by whoever copies it.

    Returns it with what was left out, in words: signatures, files, the team, and variables that are offered no longer.
    """
    new = services.start(title=title, catalogue=catalogue, by=by, at=at)
    keys = {one.key: one for one in new.form.questions}
    given = {
        key: value
        for key, value in project.answered().items()
        if key in keys and keys[key].type == project.form[key].type and keys[key].type not in (*NOT_COPIED, "elsewhere")
    }
    given = {key: value for key, value in given.items() if not is_empty(value) and keys[key].stored_in != "title"}
    for key in [key for key in given if keys[key].stored_in == "ends_on"]:
        given[key] = {**given[key], "ends_on": _if_future(given[key].get("ends_on"), local_day(at))}
    new = save(new, given, by=by, at=at)
    left = _copy_data(project, new, catalogue, by, at)
    anew = [one for one in project.form.questions if one.type in NOT_COPIED]
    left += [lower_first(one.label) for one in anew if not is_empty(project.answer_to(one))]
    return Project.objects.get(pk=new.pk), left


def _if_future(text: str | None, today: date) -> str:
    return text if text and date.fromisoformat(text) > today else ""


def _copy_data(project: Project, new: Project, catalogue: Catalogue, by: User, at: datetime) -> list[str]:
    left = []
    for table, wish in project.requested.items():
        try:
            reason, chosen = wish.get("reason", ""), wish["variables"]
            services.choose_table(new, table, reason=reason, variables=chosen, catalogue=catalogue, by=by, at=at)
        except Refused:
            left.append(f"the variables of {table}, of which some are offered no longer")
    return left
