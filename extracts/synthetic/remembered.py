"""What is worked out once per world, because several tables and the identity records are cut from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from extracts.synthetic.journeys import Journeys

Result = TypeVar("Result")


def remembered(function: Callable[[Journeys], Result]) -> Callable[[Journeys], Result]:
    """The same function, which keeps its answer with the journeys it was asked about. Nobody may change the answer."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def answer(journeys: Journeys) -> Result:
        answers: dict[str, Result] = vars(journeys).setdefault("answers", {})
        if name not in answers:
            answers[name] = function(journeys)
        return answers[name]

    return answer
