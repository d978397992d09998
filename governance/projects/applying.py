"""What a project knows of its application: the form it began with, its answers, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from governance.catalogue.catalogue import find as find_catalogue
from governance.projects.boards import owners_of
from governance.projects.ethics import EthicsRoute, route
from governance.projects.form import progress, storage
from governance.projects.form.entries import Form, Question
from governance.projects.form.versions import find, newest


def newest_version() -> str:
    """The version of the form that new applications begin with."""
    return newest(settings.GATEHOUSE_FORMS).version


class Applying:
    """The application's side of a project. Its rules are pure and stand in `governance.projects.form`.

    answers  key -> {"value", "by", "at", "revision"}. A field of the project that holds an answer has an entry
             of its own name without a value, so that it is known who answered it last, and when.
    """

    form_version: Any
    answers: Any
    dataset: Any
    requested: Any
    revision: Any
    members: Any

    @property
    def form(self) -> Form:
        """Raises UnknownForm when its folder is gone."""
        return find(self.form_version, settings.GATEHOUSE_FORMS)

    def asked_of(self) -> frozenset[str]:
        """The owners of the tables that are asked for now."""
        catalogue = find_catalogue(self.dataset, settings.GATEHOUSE_CATALOGUES)
        return frozenset(owners_of([table for table in self.requested if table in catalogue], catalogue))

    def own_answer(self, key: str) -> Any:
        """What is stored among the answers, whatever form asks for it."""
        return self.answers.get(key, {}).get("value")

    def answered(self) -> dict[str, Any]:
        """Key of each question of the form -> its whole answer, JSON throughout."""
        return {one.key: self.answer_to(one) for one in self.form.questions}

    def answer_to(self, question: Question) -> Any:
        fields = {name: getattr(self, name) for name in storage.FIELDS.get(question.stored_in, ())}
        return storage.joined(question, self.own_answer(question.key), fields)

    def as_submitted(self) -> dict[str, Any]:
        """The answers as they are kept of a submission, with the team as it is now."""
        team = [f"{member.person}, {member.role_label.lower()}" for member in self.members.all()]
        return {**self.answered(), "members": team}

    def revision_of(self, names: Iterable[str]) -> int:
        """The revision at which the newest of these answers was saved; 0 for none."""
        return max((self.answers.get(name, {}).get("revision", 0) for name in names), default=0)

    def entered(self, answers: Mapping[str, Any], fields: Iterable[str], *, by: Any, at: datetime) -> dict[str, Any]:
        """The stored answers with these new ones, each with who answered it, when, and at which revision."""
        stamp = {"by": by.username, "at": at.isoformat(), "revision": self.revision + 1}
        stored = dict(self.answers)
        for name in fields:
            stored[name] = {**stored.get(name, {}), **stamp}
        for key, value in answers.items():
            stored[key] = {"value": value, **stamp}
        return stored

    def gaps(self) -> list[progress.Gap]:
        """What the application still lacks before it can be submitted, each with its question."""
        return progress.gaps(self.form, self.answered(), self.asked_of())

    def missing(self) -> list[str]:
        """The same in words."""
        return [gap.text for gap in self.gaps()]

    def section_states(self) -> list[progress.SectionState]:
        return progress.states(self.form, self.answered(), self.asked_of())

    def ethics_route(self) -> EthicsRoute:
        """Where the ethics self-assessment leads. With another route to an ethics decision nobody has scored it."""
        question = next((one for one in self.form.questions if one.type == "ethics"), None)
        given = (self.own_answer(question.key) or {}) if question else {}
        if question is None or not self.form.asks(question, self.answered(), self.asked_of()):
            why = "The application takes another route to an ethics decision: the evidence is in its answers."
            return EthicsRoute(needs_reviewer=False, total=0, highest=0, why=why)
        known = {item.key for item in self.form.ethics.items}
        scores = {key: one["score"] for key, one in given.items() if key in known and one.get("score")}
        return route(scores, self.form.ethics)
