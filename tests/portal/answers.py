"""What the pages of an application send when complete answers are typed into them."""

from __future__ import annotations

from django.conf import settings

from governance.projects.form.versions import newest
from portal.forms.answer_fields import asker
from tests.builders import application_answers, now


def answers(**changed: object) -> dict[str, object]:
    """What the page of the section on the project sends."""
    return {**sent_of("project"), **changed}


def sent_of(section: str) -> dict[str, object]:
    """What the page of a section sends when the complete answers are typed into it."""
    given = application_answers()
    form = newest(settings.GATEHOUSE_FORMS)
    sent: dict[str, object] = {}
    for question in form.section(section).questions:
        if question.key not in given:
            continue
        one = asker(question, given[question.key], form.ethics, now().date())
        typed = {name: value for name, value in one.initial().items() if value not in (None, False)}
        if question.type == "signature":
            parts = {"signed": "on", "text": given[question.key].get("text", "")}
            typed = {one.name(part): value for part, value in parts.items() if one.name(part) in one.fields()}
        for name, value in typed.items():
            sent.update(typed_day(name, value) if name.endswith(("_on", "-from", "-to")) else {name: value})
    return {"title": "Why victims withdraw", **sent} if section == "project" else sent


def typed_day(name: str, value: str) -> dict[str, object]:
    return dict(zip((f"{name}-year", f"{name}-month", f"{name}-day"), value.split("-"), strict=True))
