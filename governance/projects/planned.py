"""The outputs that a project said it would ask to take out."""

from __future__ import annotations

from dataclasses import dataclass

from governance.projects.models import Project

QUESTION = "planned_outputs"


@dataclass(frozen=True)
class PlannedOutput:
    """One row of the plan. `type` is a code of the output types; `number` is None where none was given."""

    type: str
    label: str
    number: int | None
    description: str


def planned_outputs(project: Project) -> list[PlannedOutput]:
    """What the application plans, in its order; empty for a form that does not ask."""
    if QUESTION not in project.form:
        return []
    types = next(column for column in project.form[QUESTION].columns if column.name == "type")
    labels = {option.code: option.label for option in types.options}
    return [
        PlannedOutput(
            type=row.get("type", ""),
            label=labels.get(row.get("type", ""), row.get("type", "")),
            number=int(row["number"]) if row.get("number", "").isdecimal() else None,
            description=row.get("description", ""),
        )
        for row in project.own_answer(QUESTION) or []
    ]
