"""What a session writes is what the check reads: safe outputs pass with their evidence, unsafe ones fail by it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.case import check_case
from tests.extracts.disclosure.cases import flagged

from .people import session


def records() -> pd.DataFrame:
    """120 people of the North and 30 of the South; in the North one in three has a second record."""
    rng = np.random.default_rng(3)
    area = np.repeat(["North", "South"], [120, 30])
    people = pd.DataFrame(
        {
            "person_id": range(150),
            "area": area,
            "sex": np.tile(["F", "M"], 75),
            "days": rng.gamma(2, 60, 150).round(1),
            "children": np.where(area == "North", np.arange(150) % 4, np.arange(150) % 2 * 3),
            "weight": 1.5,
        }
    )
    again = people.iloc[:120:3].assign(sex="F", days=rng.gamma(2, 60, 40).round(1))
    return pd.concat([people, again], ignore_index=True)


@pytest.mark.parametrize(
    ("asked", "verdict", "unsafe"),
    [
        ({"statistic": "sum"},                                                "pass", {}),
        ({"statistic": "mean", "digits": 1},                                  "pass", {}),
        ({"statistic": "mean", "weight": "weight"},                           "pass", {}),
        ({"statistic": "sum", "weight": "weight", "margins": True},           "pass", {}),
        ({"statistic": "sd"},                                                 "pass", {}),
        ({"statistic": "median"},                                             "pass", {}),
        ({"statistic": "p10"},                                                "fail", {"South": "quantile"}),
        ({"statistic": "min"},                    "fail", {"North": "min_max", "South": "min_max"}),
        ({"statistic": "max", "value": "children"},                           "pass", {}),
        ({"statistic": "mode", "value": "children"},                          "pass", {}),
        ({"statistic": ["mean", "sd", "median"], "show_n": True},             "pass", {}),
        ({"statistic": ["mean", "median", "max"], "show_n": True}, "fail", {"North": "min_max", "South": "min_max"}),
    ],
)  # fmt: skip
def test_statistics_are_judged_by_the_evidence_beside_them(
    tmp_path: Any, asked: dict[str, Any], verdict: str, unsafe: dict[str, str]
) -> None:
    output = session(tmp_path, records()).table("area", **{"value": "days", **asked})
    answer = check_case(output.case, tmp_path / "outputs")
    assert answer["verdict"] == verdict, answer["findings"]
    assert {key[0]: rules for key, rules in flagged(answer).items()} == {key: {rule} for key, rule in unsafe.items()}


@pytest.mark.parametrize("columns", [None, "sex"])
@pytest.mark.parametrize("asked", [{}, {"weight": "weight"}, {"counting": "rows"}, {"margins": True}])
def test_tables_of_counts_pass_however_they_count(tmp_path: Any, asked: dict[str, Any], columns: str | None) -> None:
    data = records()
    data = data[data["person_id"] % 3 > 0]
    output = session(tmp_path, data).crosstab("area", columns, **asked)
    answer = check_case(output.case, tmp_path / "outputs")
    assert answer["verdict"] == "pass", answer["findings"]


def test_weighted_counts_of_a_few_fail(tmp_path: Any) -> None:
    data = records().iloc[:125]
    output = session(tmp_path, data).crosstab("area", weight="weight")
    assert set(flagged(check_case(output.case, tmp_path / "outputs"))) == {("South", "weighted_count")}


@pytest.mark.parametrize(
    ("only_theft", "only_fraud", "both", "verdict", "unsafe"),
    [(20, 30, 10, "pass", set()), (20, 3, 30, "fail", {("Theft",)}), (0, 30, 10, "fail", {("Fraud",)})],
)
def test_people_in_several_cells_are_no_contradiction_and_a_total_may_show_the_few_in_one(
    tmp_path: Any, only_theft: int, only_fraud: int, both: int, verdict: str, unsafe: set[tuple[str, ...]]
) -> None:
    """53 people, 50 of them with a theft: three have a fraud only."""
    offences = [["Theft"]] * only_theft + [["Fraud"]] * only_fraud + [["Theft", "Fraud"]] * both
    data = pd.DataFrame({"person_id": range(len(offences)), "offence": offences}).explode("offence")
    output = session(tmp_path, data).crosstab("offence", margins=True)
    answer = check_case(output.case, tmp_path / "outputs")
    assert output.case["context"]["overlapping"] is True
    assert (answer["verdict"], {key[:1] for key in flagged(answer)}) == (verdict, unsafe), answer["findings"]


def test_hidden_counts_of_people_in_several_cells_are_for_a_person(tmp_path: Any) -> None:
    offences = [["Theft"]] * 20 + [["Fraud"]] * 60 + [["Theft", "Fraud"]] * 10 + [["Drugs", "Theft"]] * 4
    data = pd.DataFrame({"person_id": range(len(offences)), "offence": offences}).explode("offence")
    outputs = session(tmp_path, data)
    with_total = outputs.crosstab("offence", margins=True, suppress_below=10)
    assert check_case(with_total.case, tmp_path / "outputs")["verdict"] == "review"
    alone = outputs.crosstab("offence", suppress_below=10)
    assert check_case(alone.case, tmp_path / "outputs")["verdict"] == "pass"


def test_a_quantile_that_one_persons_values_make_fails(tmp_path: Any) -> None:
    """60 people of one value each and one person with a third of the values: nobody else is above the 75th."""
    data = pd.DataFrame({"person_id": [*range(60), *[60] * 30], "area": "North"})
    data["days"] = [float(place) for place in range(60)] + [100.0 + place for place in range(30)]
    output = session(tmp_path, data).table("area", value="days", statistic="p75")
    assert flagged(check_case(output.case, tmp_path / "outputs")) == {("North", "p75"): {"quantile"}}


@pytest.mark.parametrize(("edges", "verdict"), [([0, 20, 40, 60], "pass"), ([3, 20, 40, 60], "fail")])
def test_an_outer_edge_that_few_have_fails(tmp_path: Any, edges: list[float], verdict: str) -> None:
    data = pd.DataFrame({"person_id": range(57), "age": range(3, 60)})
    output = session(tmp_path, data).histogram("age", edges=edges)
    answer = check_case(output.case, tmp_path / "outputs")
    assert answer["verdict"] == verdict, answer["findings"]
    assert [one["rules"] for one in answer["findings"]] == [["histogram_edge"]] * (verdict == "fail")


@pytest.mark.parametrize(("followed", "verdict"), [(360, "pass"), (365, "fail")])
def test_a_life_table_is_judged_once_and_by_its_own_counts(tmp_path: Any, followed: int, verdict: str) -> None:
    days = np.arange(1, 501)
    data = pd.DataFrame({"person_id": days, "days": days.clip(max=followed), "event": days < followed})
    output = session(tmp_path, data).survival("days", event="event", every=90)
    answer = check_case(output.case, tmp_path / "outputs")
    assert answer["verdict"] == verdict, answer["findings"]
    assert [(one["file"], one["rules"]) for one in answer["findings"]] == (
        [] if verdict == "pass" else [(f"{output.name}.csv", ["survival_events"])]
    )


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("n", "60.5", "not a whole number"),
        ("maximum", "1", "not between the smallest and the largest"),
        ("below", "1", "does not say of all units"),
        ("above", "999", "does not say of all units"),
    ],
)
def test_evidence_that_cannot_be_of_the_number_shown_is_for_a_person(
    tmp_path: Any, column: str, value: str, problem: str
) -> None:
    data = pd.DataFrame({"person_id": range(60), "area": "North", "days": np.arange(60.0)})
    output = session(tmp_path, data).table("area", value="days", statistic="median")
    path = tmp_path / "outputs" / f"{output.name}_evidence.csv"
    pd.read_csv(path, dtype=str).assign(**{column: value}).to_csv(path, index=False)
    answer = check_case(_without_digests(output.case), tmp_path / "outputs")
    assert any(problem in one["explanation"] for one in answer["findings"]), answer["findings"]
    assert answer["verdict"] != "pass"


def _without_digests(case: dict[str, Any]) -> dict[str, Any]:
    """The case without what would tell that its files were changed."""
    files = [{name: value for name, value in file.items() if name != "sha256"} for file in case["files"]]
    return {**case, "files": files}
