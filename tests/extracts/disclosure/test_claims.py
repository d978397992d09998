"""Where another tool says something else, the report says so; cell by cell where both name cells."""

from extracts.disclosure.claims import disagreements

CLAIM = {
    "by": "ACRO 1.0.2",
    "file": "a.csv",
    "verdict": "pass",
    "cells": [
        {"rules": ["threshold"], "key": {"area": "East", "year": 2020}},
        {"rules": ["nk", "p_percent"], "key": {"area": "West", "year": 2020}},
        {"rules": ["dof"], "row": 0, "column": 0},
    ],
}


def answer(verdict: str, *findings: tuple[str, dict[str, str], str]) -> dict[str, object]:
    return {
        "verdict": "fail",
        "files": [{"file": "a.csv", "verdict": verdict}, {"file": "b.csv", "verdict": "fail"}],
        "findings": [{"file": file, "key": key, "verdict": one, "rules": ["x"]} for file, key, one in findings],
    }


def test_another_verdict_and_other_cells_are_said():
    found = answer(
        "fail",
        ("a.csv", {"area": "East", "year": "2020", "measure": "mean"}, "fail"),
        ("a.csv", {"area": "North", "year": "2020"}, "fail"),
        ("a.csv", {"area": "South", "year": "2020"}, "review"),
        ("a.csv", {}, "fail"),
        ("b.csv", {"area": "West", "year": "2020"}, "fail"),
    )
    assert disagreements({"claims": [CLAIM]}, found) == (
        "ACRO 1.0.2 says pass of a.csv; it is fail here.",
        "ACRO 1.0.2 flags area West, year 2020 (nk, p_percent); no finding here is about it.",
        "1 place fails here that ACRO 1.0.2 does not flag.",
    )


def test_nothing_is_said_where_both_agree():
    agreed = {**CLAIM, "cells": CLAIM["cells"][:1]}
    found = answer("pass", ("a.csv", {"area": "East", "year": "2020"}, "fail"))
    assert disagreements({"claims": [agreed]}, found) == ()
    assert disagreements({"claims": [{"by": "X"}]}, answer("pass")) == () == disagreements({}, answer("fail"))


def test_a_claim_about_no_file_is_about_the_case():
    assert disagreements({"claims": [{"by": "X", "verdict": "pass"}]}, answer("pass")) == (
        "X says pass of the case; it is fail here.",
    )
