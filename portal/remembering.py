"""A record that is asked by many guards for one page, and asks the database each thing once."""

from __future__ import annotations

from functools import cached_property
from typing import Any


class Remembering:
    """Passes everything on to the record, and remembers what its methods answered, for as long as one page is made.

    Services never see it: what they decide by is fetched, locked, at that moment.
    """

    def __init__(self, record: Any) -> None:
        self._record = record
        self._answers: dict[tuple[Any, ...], Any] = {}

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._record, name)
        if not callable(value):
            return value

        def asked(*arguments: Any) -> Any:
            key = (name, *(getattr(one, "pk", one) for one in arguments))
            if key not in self._answers:
                self._answers[key] = value(*arguments)
            return self._answers[key]

        return asked

    @cached_property
    def project(self) -> Remembering:
        project = self._record.project
        return self if project is self._record else Remembering(project)
