"""What the page for researchers shows runs as it stands, and says what is true."""

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from extracts.disclosure.case import check_case
from extracts.disclosure.case_files import file_faults
from extracts.disclosure.case_sources import cases_at
from extracts.disclosure.workspace.manifest import cases_of, read_manifest
from extracts.disclosure.workspace.travelling import delivered

PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "make-outputs-that-pass.md"

FOLLOWED = 360  # days after the sentence

SMALL = {"East Theft", "East Fraud", "East Total", "North Drugs", "South Drugs"}
# How each output of the page ends when its folder is checked, and where it is unsafe, in the order of the page.
ENDS = [
    ("Count by area and offence", "fail", SMALL),
    ("Mean of sentence_days by area", "pass", set()),
    ("Median of sentence_days by area and offence", "fail", SMALL - {"East Total"} | {"East Drugs"}),
    ("Mean, sd, p10, p90 of sentence_days by population", "pass", set()),
    ("Share of sentence = 'custody' by area", "pass", set()),
    ("Count of age by bin_left and bin_right", "pass", set()),
    ("OLS", "pass", set()),
    ("LOGIT", "pass", set()),
    ("Survival of days_to_reoffence by time", "pass", set()),
    ("Count by area and offence", "pass", set()),
    ("All tables of counts together", "fail", SMALL),
]


def records() -> pd.DataFrame:
    rng, number = np.random.default_rng(6), 600
    sentences = rng.choice(["custody", "fine"], number)
    return pd.DataFrame(
        {
            "person_id": rng.integers(0, 500, number),
            "area": rng.choice(["North", "South", "East", None], number, p=[0.5, 0.42, 0.05, 0.03]),
            "offence": rng.choice(["Theft", "Fraud", "Drugs"], number, p=[0.6, 0.3, 0.1]),
            "age": rng.integers(12, 70, number),
            "sentence": sentences,
            "custody": sentences == "custody",
            "sentence_days": rng.gamma(2, 60, number).round(),
            "days_to_reoffence": (days := rng.integers(1, 900, number)).clip(max=FOLLOWED),
            "reoffended": (days < FOLLOWED).astype(int),
        }
    )


@pytest.mark.long
def test_every_step_of_the_page_runs_and_its_folder_ends_as_the_page_says(tmp_path, monkeypatch, capsys):
    for name, text in delivered().items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "gatehouse_sdc", raising=False)
    steps = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    shown = re.search(r"```\n(Count.*?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names = {"df": records()}
    for step in steps:
        exec(step, names)
    assert repr(names["outputs"].crosstab("area", "offence", where="age between 16 and 24", margins=True)) == shown[1]
    assert capsys.readouterr().out == "[]\n"
    cases = cases_of(read_manifest(tmp_path / "outputs"), tmp_path / "outputs")
    assert (
        len(cases)
        == len(re.findall(r"^(?:outputs|sdc\.Session\(.*?\))\.(?!check)", "\n".join(steps), re.MULTILINE))
        == 10
    )
    assert all(file_faults(case, tmp_path / "outputs") == () for case in cases)
    sys.modules.pop("gatehouse_sdc")
    found = []
    for case in cases_at(tmp_path / "outputs").cases:
        answer = check_case(case, tmp_path / "outputs")
        unsafe = {" ".join(one["key"].values()) for one in answer["findings"] if one["verdict"] == "fail"}
        found.append((case["title"], answer["verdict"], unsafe))
    assert [(verdict, unsafe) for _, verdict, unsafe in found] == [end[1:] for end in ENDS], found
    assert all(title.startswith(end[0]) for (title, *_), end in zip(found, ENDS, strict=True)), found


def test_the_page_names_what_exists():
    text = PAGE.read_text(encoding="utf-8")
    for path in re.findall(r"`(extracts/[\w./]+)`", text):
        assert (PAGE.parents[2] / path).is_file()
    for path in re.findall(r"\]\((\.\./[\w./-]+)\)", text):
        assert (PAGE.parent / path).is_file()
