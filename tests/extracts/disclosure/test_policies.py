"""Whose rules hold: those of a policy, of datasets and controllers, and of variables with their own threshold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.__main__ import main
from extracts.disclosure.case import check_case
from extracts.disclosure.policies import LARGER, SMALLER, Policies, strictest
from extracts.disclosure.policy import PRESETS, SRS_10, BadPolicy, Dominance, Policy

WRITTEN = {
    "based_on": "srs-10", "name": "ours", "version": "3", "sensitive_variables": {"Ethnic group": 40},
    "datasets": {"practice": {"threshold": 5}},
    "controllers": {"hmrc": {"threshold": 30, "nk": [{"n": 1, "k": 0.5}]}, "cps": {"threshold": 15, "p_percent": 20}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("dataset", "controllers", "threshold", "p"),
    [
        ("other", ["police"], 10, 10),  # neither has rules of its own
        ("practice", ["police"], 5, 10),  # a dataset's are in place of the base's
        ("practice", ["cps"], 15, 20),
        ("other", ["cps", "hmrc"], 30, 20),
        ("other", [], 30, 20),  # whose data they are is not said: it could be anybody's
        ("", ["police"], 10, 10),
    ],
)
def test_the_strictest_of_those_that_hold(dataset, controllers, threshold, p):
    policy = Policies.from_json(WRITTEN).of(dataset, controllers)
    assert (policy.threshold, policy.p_percent, policy.sensitive_threshold) == (threshold, p, 20)


def test_dominance_of_two_policies_is_both():
    policy = Policies.from_json(WRITTEN).of("other", ["hmrc", "police"])
    assert policy.nk == (Dominance(1, 0.5), Dominance(2, 0.9))
    assert "hmrc" in policy.name


@given(st.sampled_from(list(PRESETS.values())), st.sampled_from(list(PRESETS.values())))
def test_the_strictest_of_two_is_as_strict_as_each(one, other):
    if one.rounding and other.rounding and one.rounding != other.rounding:
        with pytest.raises(BadPolicy, match="choose one"):
            strictest(one, other)
        return
    both = strictest(one, other)
    for policy in (one, other):
        assert all(getattr(both, name) >= getattr(policy, name) for name in LARGER)
        assert all(getattr(both, name) <= getattr(policy, name) for name in SMALLER)
        assert not policy.suffixes or set(both.suffixes) <= set(policy.suffixes)
        assert not policy.rounding or both.rounding == policy.rounding
        assert all(any(ours.n == rule.n and ours.k <= rule.k for ours in both.nk) for rule in policy.nk)


def test_every_number_of_a_policy_has_a_stricter_side():
    others = {"name", "version", "rounding", "nk", "suffixes", "sensitive_variables"}
    assert {*LARGER, *SMALLER} | others == set(Policy.__dataclass_fields__)


def test_no_common_kind_of_file_is_refused():
    csv, svg = replace(SRS_10, suffixes=(".csv",)), replace(SRS_10, suffixes=(".svg",))
    with pytest.raises(BadPolicy, match="No kind of file"):
        strictest(csv, svg)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"based_on": "nobody"}, "no policy called nobody"),
        ({"datasets": ["practice"]}, "datasets is an object"),
        ({"controllers": {"cps": 5}}, "controllers is an object"),
        ({"controllers": {"cps": {"treshold": 5}}}, "treshold"),
        ({"controllers": {"cps": {"threshold": 0}}}, "1 or more"),
        ({"sensitive_variables": {"sex": "ten"}}, "whole number"),
        ({"sensitive_variables": 5}, "not a policy"),
    ],
)
def test_what_is_no_policy_says_why(tmp_path, changed, said):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(WRITTEN | changed))
    with pytest.raises(BadPolicy, match=said):
        Policies.of_file(path)


@pytest.mark.parametrize("heading", ["ethnic_group", "Ethnic-Group", "ETHNIC GROUP"])
def test_a_sensitive_variable_has_its_threshold_however_it_is_written(tmp_path, heading):
    policy = replace(SRS_10, sensitive_variables=(("Ethnic group", 40),))
    found = {}
    for name in (heading, "offence"):
        (tmp_path / "a.csv").write_text(f"{name},count\nA,35\nB,52\nC,61\n")
        case = {"kind": "frequency", "files": [{"path": "a.csv", "role": "output"}]}
        found[name] = check_case(case, tmp_path, policy=policy)["verdict"]
    assert found == {heading: "fail", "offence": "pass"}


@pytest.mark.slow
def test_the_command_chooses_by_the_datasets_and_controllers_of_the_case(tmp_path, capsys):
    (tmp_path / "policy.json").write_text(json.dumps(WRITTEN))
    (tmp_path / "a.csv").write_text("offence,count\nTheft,12\nFraud,52\nArson,61\n")
    for controllers, code in ((["police"], 0), (["cps"], 1)):
        context = {"dataset": "other", "controllers": controllers}
        case = {"kind": "frequency", "files": [{"path": "a.csv", "role": "output"}], "context": context}
        (tmp_path / "case.json").write_text(json.dumps(case))
        assert main(["check", str(tmp_path / "case.json"), "--policy", str(tmp_path / "policy.json")]) == code
    assert "ours, ours of cps" in capsys.readouterr().out


@pytest.mark.parametrize("context", [5, [], {"controllers": 5}, {"dataset": ["a"]}])
def test_a_context_that_is_none_is_refused_in_a_sentence(tmp_path, capsys, context):
    (tmp_path / "policy.json").write_text(json.dumps(WRITTEN))
    (tmp_path / "a.csv").write_text("offence,count\nTheft,12\n")
    case = {"files": [{"path": "a.csv", "role": "output"}], "context": context}
    (tmp_path / "case.json").write_text(json.dumps(case))
    assert main(["check", str(tmp_path / "case.json"), "--policy", str(tmp_path / "policy.json")]) == 2
    assert "This cannot be checked" in capsys.readouterr().err


def test_the_file_of_a_policy_alone_is_still_one(tmp_path):
    path = Path(tmp_path / "policy.json")
    path.write_text(json.dumps(PRESETS["abs"].to_json()))
    assert Policies.of_file(path) == Policies(PRESETS["abs"])
