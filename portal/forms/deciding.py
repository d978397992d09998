"""The forms of boards: declared interests, and a vote with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from governance.catalogue.catalogue import Catalogue
from governance.projects.boards import Verdict
from governance.projects.conditions import kinds
from governance.projects.models import Project
from portal.application import AskedTable
from portal.deciding import Board, Choice
from portal.forms.projects import long_text
from portal.govuk_forms import DateField, GovukForm, RadioSelect

ROWS = 3  # of conditions, and of questions to change: more than that is a talk
AS_ASKED, LEAVE_OUT, COARSER = "as-asked", "leave-out", "coarser:"


class Interests(GovukForm):
    """Said once before the first vote on an application."""

    conflict = forms.ChoiceField(
        label="Do you have a conflict of interest in this application?",
        widget=RadioSelect(
            hints={
                "no": "You may decide.",
                "yes": "Others decide. You cannot take it back for this application.",
            }
        ),
        choices=[("no", "No"), ("yes", "Yes")],
        error_messages={"required": "Select whether you have a conflict of interest"},
    )
    details = long_text(
        "If yes, what it is",
        most_words=200,
        required=False,
        help_text="For example, you worked with an applicant in the last three years, or gain from the result.",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("conflict") == "yes" and not given.get("details", "").strip():
            self.add_error("details", "Enter what the conflict of interest is")
        return given


class Decide(GovukForm):
    """A vote for a board with its reasons, on the application as it was when the page was opened."""

    says_optional = False
    verdict = forms.ChoiceField(label="Your decision", error_messages={"required": "Select your decision"})
    reasons = long_text(
        "Reasons",
        asked="Enter your reasons",
        most_words=500,
        help_text="The applicants read them. Your name is not shown to them.",
    )
    board = forms.CharField(widget=forms.HiddenInput)
    round = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        board: Board,
        project: Project,
        questions: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial={"board": board.state, "round": project.round}, **kwargs)
        self.deciding, self.project = board, project
        verdicts = self.fields["verdict"]
        verdicts.widget = RadioSelect(hints={choice.verdict.value: choice.hint for choice in board.choices})
        verdicts.choices = [(choice.verdict.value, choice.label) for choice in board.choices]  # type: ignore[attr-defined]
        for number in range(ROWS):
            self.fields[f"question-{number}"] = forms.ChoiceField(
                label="Question", required=False, choices=[("", "Choose a question"), *questions]
            )
            self.fields[f"change-{number}"] = long_text("What is to change", most_words=200, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.project.state != self.deciding.state or given.get("round") != self.project.round:
            raise ValidationError(
                "The application has moved on since you opened this page, so nothing was recorded. "
                "Read it as it is now before you decide."
            )
        for number in range(ROWS):
            question, change = given.get(f"question-{number}", ""), given.get(f"change-{number}", "").strip()
            if bool(question) != bool(change):
                what = "what is to change" if question else "the question that this is about"
                self.add_error(f"change-{number}" if question else f"question-{number}", f"Enter {what}, or neither")
            if question and given.get("verdict") != Verdict.RETURN:
                self.add_error(
                    f"question-{number}", "Questions to change belong to a return: choose it, or take them out"
                )
        return given

    @property
    def choice(self) -> Choice:
        return next(one for one in self.deciding.choices if one.verdict.value == self.cleaned_data["verdict"])

    @property
    def questions_to_change(self) -> dict[str, str]:
        """Key of a question -> what is to change."""
        given = self.cleaned_data
        rows = [(given[f"question-{number}"], given[f"change-{number}"].strip()) for number in range(ROWS)]
        return {question: change for question, change in rows if question}

    @property
    def returned(self) -> list[tuple[BoundField, BoundField]]:
        return [(self[f"question-{number}"], self[f"change-{number}"]) for number in range(ROWS)]

    def more(self) -> dict[str, Any]:
        """What the service takes besides verdict, reasons and round."""
        return {}


class DecideInTriage(Decide):
    """Research support says besides whether the design is a known one: the delegated route asks for that."""

    known_design = forms.BooleanField(
        label="The design is one that the service knows",
        required=False,
        help_text="Where every other test of low risk passes too, one member of the panel decides by delegation.",
    )

    def more(self) -> dict[str, Any]:
        return {"known_design": self.cleaned_data["known_design"]}


class DecideOnEthics(Decide):
    """The ethics decision may have a last day of its own: when it ends, use ends with it."""

    until = DateField(
        label="Last day on which this decision holds",
        required=False,
        help_text="Leave it empty for the whole of the project.",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        if day and day <= self.today:
            raise ValidationError("The last day of the decision must be in the future")
        return day

    def more(self) -> dict[str, Any]:
        return {"until": self.cleaned_data["until"]}


class DecideForOwner(Decide):
    """An owner's vote: for each variable as asked, coarser or not at all; and conditions."""

    def __init__(self, *args: Any, tables: Sequence[AskedTable], catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables = tables
        for table in tables:
            for variable in table.variables:
                choices = [
                    (AS_ASKED, f"As asked: {variable.level}"),
                    *coarser(table, variable.name, self.project, catalogue),
                ]
                self.fields[f"give-{table.name}.{variable.name}"] = forms.ChoiceField(
                    label=variable.label, required=False, choices=[*choices, (LEAVE_OUT, "Leave it out")]
                )
        others = [(kind.code, kind.label) for kind in kinds().values() if not kind.of_a_variable]
        abouts = [("", "Everything that is asked of you"), *((table.name, table.label) for table in tables)]
        for number in range(ROWS):
            self.fields[f"kind-{number}"] = forms.ChoiceField(
                label="Condition", required=False, choices=[("", "No condition"), *others]
            )
            self.fields[f"about-{number}"] = forms.ChoiceField(label="It is about", required=False, choices=abouts)
            self.fields[f"text-{number}"] = long_text("What is meant", most_words=200, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for number in range(ROWS):
            kind, text = given.get(f"kind-{number}", ""), given.get(f"text-{number}", "").strip()
            if kind and not text:
                self.add_error(f"text-{number}", "Enter what is meant by the condition")
            if text and not kind:
                self.add_error(f"kind-{number}", "Select which condition this text belongs to")
        if given.get("verdict") != Verdict.APPROVE and (self.given_less() or self.conditions_of(given)):
            self.add_error(
                "verdict",
                "Variables left out, coarser levels and conditions belong to an approval: choose it, or undo them",
            )
        return given

    def given_less(self) -> dict[str, str]:
        """Variable ("table.variable") -> what was chosen, for those that are not given as asked."""
        names = [name for name in self.fields if name.startswith("give-")]
        chosen = {name.removeprefix("give-"): self.cleaned_data.get(name) or AS_ASKED for name in names}
        return {name: value for name, value in chosen.items() if value != AS_ASKED}

    def conditions_of(self, given: Mapping[str, Any]) -> list[dict[str, str]]:
        """The conditions of the rows, and one for each coarser level."""
        levels = [
            {"kind": "coarser", "about": name, "level": value.removeprefix(COARSER), "text": ""}
            for name, value in self.given_less().items()
            if value.startswith(COARSER)
        ]
        rows = [
            {
                "kind": given[f"kind-{n}"],
                "about": given.get(f"about-{n}", ""),
                "level": "",
                "text": given[f"text-{n}"].strip(),
            }
            for n in range(ROWS)
            if given.get(f"kind-{n}") and given.get(f"text-{n}")
        ]
        return levels + rows

    def more(self) -> dict[str, Any]:
        refused = [name for name, value in self.given_less().items() if value == LEAVE_OUT]
        return {"refused": refused, "conditions": self.conditions_of(self.cleaned_data)}

    @property
    def by_table(self) -> Iterator[tuple[AskedTable, list[BoundField]]]:
        """Each table with the fields of its variables."""
        for table in self.tables:
            yield table, [self[f"give-{table.name}.{variable.name}"] for variable in table.variables]

    @property
    def condition_rows(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        return [(self[f"kind-{number}"], self[f"about-{number}"], self[f"text-{number}"]) for number in range(ROWS)]


def coarser(table: AskedTable, name: str, project: Project, catalogue: Catalogue) -> list[tuple[str, str]]:
    """The levels of a variable that show less than the one that is asked for, as choices."""
    variable = catalogue[table.name][name]
    if not variable.ladder:
        return []
    wished = project.requested[table.name]["variables"][name]["level"]
    levels = catalogue.levels(variable)
    after = (
        [step.name for step in levels].index(wished) + 1 if wished in [step.name for step in levels] else len(levels)
    )
    return [(f"{COARSER}{step.name}", f"Coarser: {step.label}") for step in levels[after:]]
