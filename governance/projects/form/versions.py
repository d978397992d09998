"""Which versions of the form there are, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from governance.projects.form.entries import Form, Question
from governance.projects.form.reading import VERSION, read


class UnknownForm(LookupError):
    """No folder holds this version of the form."""


@cache
def _kept(folder: Path) -> Form:
    return read(folder)


def find(version: str, folders: Iterable[Path]) -> Form:
    """A version of the form, from the first folder that holds it. Raises UnknownForm, and BadCatalogue.

    It is read once: a version that applications began with does not change any more.
    """
    for folder in folders:
        if VERSION.fullmatch(version) and (folder / version / "form.json").is_file():
            return _kept(folder / version)
    raise UnknownForm(f"There is no version {version} of the application form.")


def newest(folders: Sequence[Path]) -> Form:
    """The version that new applications begin with. Raises UnknownForm when there is none."""
    names = {
        path.name
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if VERSION.fullmatch(path.name) and (path / "form.json").is_file()
    }
    if not names:
        raise UnknownForm("There is no application form.")
    return find(max(names, key=order), folders)


def order(version: str) -> tuple[int, int]:
    """By year, then by number: 2026-10 comes after 2026-9."""
    year, _, number = version.partition("-")
    return int(year), int(number)


@dataclass(frozen=True)
class Difference:
    """What a move from one version to another does to an application.

    added, removed  questions of the one version alone
    changed         (before, after) for questions whose words, options or columns differ
    kept            keys of answers that have a place in both
    stored          removed questions that have an answer: it stays stored, and nobody is asked for it
    """

    added: tuple[Question, ...]
    removed: tuple[Question, ...]
    changed: tuple[tuple[Question, Question], ...]
    kept: tuple[str, ...]
    stored: tuple[Question, ...]


def difference(before: Form, after: Form, answers: Mapping[str, Any]) -> Difference:
    """What differs, for an application with these answers. A question of another type is another question."""
    stays = {one.key for one in before.questions if one.key in after and after[one.key].type == one.type}
    removed = tuple(one for one in before.questions if one.key not in stays)
    pairs = [(before[key.key], key) for key in after.questions if key.key in stays]
    return Difference(
        added=tuple(one for one in after.questions if one.key not in stays),
        removed=removed,
        changed=tuple((old, new) for old, new in pairs if _words(old) != _words(new)),
        kept=tuple(new.key for _, new in pairs if answers.get(new.key)),
        stored=tuple(one for one in removed if answers.get(one.key)),
    )


def _words(question: Question) -> tuple[Any, ...]:
    """What a reader would notice; the number and the section may change without notice."""
    return (question.label, question.hint, question.options, question.columns, question.most_words,
            question.required, question.shown_if, question.visible_to)  # fmt: skip


def arranged(stored: Mapping[str, Any], before: Form, after: Form) -> dict[str, Any]:
    """Stored answers, for another version. One whose question is now of another kind is put aside under the version
    in which it was given, so that the new question does not read it, and nothing is lost."""
    strange = {one.key for one in before.questions if one.key in after and after[one.key].type != one.type}
    return {f"{key}@{before.version}" if key in strange else key: entry for key, entry in stored.items()}
