"""Degrees of freedom: a model with nearly as many parameters as observations repeats the observations."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.description import Regression
from extracts.disclosure.reading.csv_table import Fit
from extracts.disclosure.reading.fit import freedoms
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "dof"
ATTACK = "With so few to spare, coefficients and regressors give back the values they were fitted to."
CURE = "Fit fewer parameters, or fit the model to more observations."
SUPPLY = "Give n_obs and parameters, or df_residual, of the smallest model in the file."


def residual(model: Regression) -> int | None:
    """Residual degrees of freedom: the smaller of what is given and n - parameters; None for neither."""
    given = [] if model.df_residual is None else [model.df_residual]
    if model.n_obs is not None and model.parameters is not None:
        given.append(model.n_obs - model.parameters)
    return min(given, default=None)


def few_left(subject: Subject) -> Iterator[Finding]:
    """The numbers of a table by which a model or test leaves too few degrees of freedom, each with its place."""
    rows = subject.described.layout.rows
    for one in freedoms(subject.table.fit if subject.table else ()):
        if one.value < subject.policy.residual_dof:
            problem = f"Fewer than {subject.policy.residual_dof} residual degrees of freedom are left."
            label = ", ".join(filter(None, [one.label, one.column]))
            cell = Cell(one.row, one.column, label, {rows[0]: one.label} if rows else {})
            yield Finding(subject.described.name, CODE, Verdict.FAIL, problem, ATTACK, CURE, cell)


def findings(subject: Subject) -> Iterator[Finding]:
    """A model that leaves too few degrees of freedom, or whose size isn't known.

    Source: the degrees of freedom rule for models of the SDC Handbook.
    """
    yield from _sizes_shown(subject)
    freedom, limit = residual(subject.described.regression), subject.policy.residual_dof
    if freedom is None:
        problem = "The size of the model is not given, so its residual degrees of freedom are unknown."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure=SUPPLY)
    elif few := list(few_left(subject)):
        yield from few
    elif freedom < limit:
        yield subject.file_finding(
            CODE, Verdict.FAIL,
            problem=f"The model leaves {freedom} residual degrees of freedom, below {limit}.",
            attack=ATTACK,
            cure=CURE,
        )  # fmt: skip


def _sizes_shown(subject: Subject) -> Iterator[Finding]:
    """Numbers of observations in a row of their own below the coefficients: too few, or others than are described."""
    said = subject.described.regression.n_obs
    sizes: dict[int, list[Fit]] = {}
    for one in subject.table.fit if subject.table else ():
        if one.kind == "n":
            sizes.setdefault(one.row, []).append(one)
    for row, own in sizes.items():
        least, cell = min(one.value for one in own), Cell(row, "", own[0].label)
        if least < subject.threshold:
            problem = f"The model has {least:,.0f} observations, below {subject.threshold}."
            cure = "Leave the model out, or fit it to more."
            yield Finding(subject.described.name, CODE, Verdict.FAIL, problem, ATTACK, cure, cell)
        elif said is not None and least < said:
            problem = "The file shows a model of fewer observations than the description gives."
            yield Finding(subject.described.name, CODE, Verdict.REVIEW, problem, ATTACK, SUPPLY, cell)
