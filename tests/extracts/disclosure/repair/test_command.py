"""The command `protect`: writes protected tables and their audit, or says why not."""

import argparse
import csv
import io
import itertools
import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from extracts.disclosure.repair.command import NOT_SAFE, PROTECTED, REFUSED, add_arguments, run

from .test_plan import AREAS
from .test_sums import Survey


def protect(*options: str | Path) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([str(option) for option in options]))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "areas.csv"
    path.write_bytes(AREAS)
    return path


@pytest.mark.parametrize("method", ["suppress", "merge", "round"])
def test_a_protected_table_and_its_audit_are_written(table: Path, tmp_path: Path, method: str, capsys) -> None:
    out = tmp_path / "out"
    assert protect(table, "--out", out, "--method", method, "--json") == PROTECTED
    audit, printed = json.loads((out / "audit.json").read_text()), json.loads(capsys.readouterr().out)
    assert audit["audit"]["unsafe"] == 0 and audit["changes"] == printed["changes"] != []
    assert (out / "areas.csv").read_bytes() != AREAS and table.read_bytes() == AREAS


def test_the_true_table_is_never_overwritten(table: Path, capsys) -> None:
    assert protect(table, "--out", table.parent) == REFUSED
    assert table.read_bytes() == AREAS and "choose another" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert protect(tmp_path / "none.csv", "--out", tmp_path / "out") == REFUSED
    assert not (tmp_path / "out").exists()


def test_where_no_version_is_safe_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_bytes(b"sex,a,b\nmale,1,2\nfemale,1,1\n")
    assert protect(path, "--out", tmp_path / "out", "--method", "merge") == NOT_SAFE
    assert not (tmp_path / "out").exists()


def test_cell_keys_come_from_the_records(tmp_path: Path) -> None:
    rows = [("male", n) for n in range(40)] + [("female", n) for n in range(100, 155)]
    (tmp_path / "records.csv").write_text("sex,who\n" + "".join(f"{sex},{who}\n" for sex, who in rows))
    (tmp_path / "secret").write_bytes(b"of a test")
    (tmp_path / "t.csv").write_text("sex,n\nmale,40\nfemale,55\nTotal,95\n")
    given = ["--records", tmp_path / "records.csv", "--person", "who", "--secret", tmp_path / "secret"]
    options = ["--method", "cell-key", "--out", tmp_path / "out"]
    assert protect(tmp_path / "t.csv", *options) == REFUSED
    assert protect(tmp_path / "t.csv", *options, *given) == PROTECTED
    first = (tmp_path / "out" / "t.csv").read_text()
    numbers = [int(line.split(",")[1]) for line in first.splitlines()[1:]]
    assert all(abs(a - b) <= 3 for a, b in zip(numbers, [40, 55, 95], strict=True))
    # The same people in another table have the same number.
    (tmp_path / "u.csv").write_text("sex,n\nfemale,55\n")
    assert protect(tmp_path / "u.csv", *options, *given) == PROTECTED
    assert f"female,{numbers[1]}" in (tmp_path / "out" / "u.csv").read_text()
    (tmp_path / "t.csv").write_text("sex,n\nmale,41\nfemale,55\nTotal,96\n")
    assert protect(tmp_path / "t.csv", *options, *given) == REFUSED


def test_sums_are_protected_with_their_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey = Survey.of(2, (4, 4), firms=120)
    (tmp_path / "t.csv").write_bytes(survey.table)
    (tmp_path / "e.csv").write_bytes(survey.evidence)
    options = [tmp_path / "t.csv", "--out", tmp_path / "out", "--sum", "turnover", "--threshold", "3"]
    assert protect(*options) == REFUSED and "not who contributed" in capsys.readouterr().err
    assert protect(*options, "--evidence", tmp_path / "e.csv") == PROTECTED
    audit = json.loads((tmp_path / "out" / "audit.json").read_text())
    hidden = (tmp_path / "out" / "t.csv").read_text().count("[c]")
    assert hidden == audit["audit"]["protected"] > 0 and audit["audit"]["unsafe"] == 0
    assert all(one["high"] is None or one["high"] > one["low"] for one in audit["intervals"])


def test_a_table_across_whose_columns_sums_stand_is_one_of_sums(tmp_path: Path) -> None:
    sums = {"a": (90, 500, 590), "b": (800, 700, 1500), "c": (600, 650, 1250), "Total": (1490, 1850, 3340)}
    table = ["area,x,y,Total", *(",".join(map(str, [area, *own])) for area, own in sums.items())]
    (tmp_path / "t.csv").write_text("\n".join(table))
    heads = ("x", "y", "Total")
    rows = [f"{area},{head},40,{one},{one / 10},{one / 20}" for area, own in sums.items()
            for head, one in zip(heads, own, strict=True)]  # fmt: skip
    rows[0] = "a,x,40,90,88,1"  # one of 40 gives nearly all
    (tmp_path / "e.csv").write_text("\n".join(["area,category,n,total,largest,second_largest", *rows]))
    done = protect(tmp_path / "t.csv", "--out", tmp_path / "out", "--dims", "area", "--evidence", tmp_path / "e.csv")
    made = (tmp_path / "out" / "t.csv").read_text().splitlines()
    assert done == PROTECTED and made[1].startswith("a,[c],") and sum(line.count("[c]") for line in made) == 4


@pytest.mark.slow
def test_a_workbook_is_written_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(AREAS.decode())):
        book.active.append([int(text) if text.isdigit() else text for text in row])
    book.save(tmp_path / "t.xlsx")
    assert protect(tmp_path / "t.xlsx", "--out", tmp_path / "out") == PROTECTED
    assert "Titles, notes and other texts" in capsys.readouterr().out
    assert openpyxl.load_workbook(tmp_path / "out" / "t.xlsx").active["C2"].value == "[c]"
    assert protect(tmp_path / "t.xlsx", "--out", tmp_path / "more", "--method", "merge") == REFUSED
    assert "CSV and TSV files only" in capsys.readouterr().err


@pytest.mark.slow
def test_noise_hides_others_where_small_cells_alone_are_given_back(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    people = [(f"{who}", *(f"{name}{chance.integers(0, 3)}" for name in "abc")) for who in range(700)]
    (tmp_path / "records.csv").write_text("\n".join(["who,a,b,c", *(",".join(one) for one in people)]))
    rows = ["a,b,c,n"]
    for key in itertools.product(*([*(f"{name}{at}" for at in range(3)), "Total"] for name in "abc")):
        fits = [one for one in people if all(label in ("Total", own) for label, own in zip(key, one[1:], strict=True))]
        rows.append(f"{','.join(key)},{len(fits)}")
    (tmp_path / "t.csv").write_text("\n".join(rows))
    (tmp_path / "secret").write_bytes(b"of a test")
    given = ["--records", tmp_path / "records.csv", "--person", "who", "--secret", tmp_path / "secret"]
    options = ["--method", "cell-key", "--threshold", "20", "--out", tmp_path / "out"]
    assert protect(tmp_path / "t.csv", *options, *given) == PROTECTED
    assert "So are others" in json.loads((tmp_path / "out" / "audit.json").read_text())["summary"]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("a;n\nx;4\n", (), "Separate its values by commas"),
        ("a,n\nx,4\ny,40\n", ("--dims", "b"), "has no column called b. Its columns are a, n."),
        ("a,n\nx,4\ny,40\n", ("--method", "round", "--base", "cellkey3"), "is a whole number, or midpoint6"),
        ("a,n,pct\nx,4,10\ny,36,90\n", (), "that could give hidden ones back: pct"),
        ("a,n\nx,4\ny,33\nz,36\nAlle,73\n", (), "Alle is the sum of x, y, z"),
        ("a,n\nx,4\ny,40\n", ("--policy", "none"), "choose one of srs-10"),
    ],
)
def test_refusals_say_what_to_do(tmp_path: Path, text: str, options: tuple[str, ...], said: str, capsys) -> None:
    (tmp_path / "t.csv").write_text(text)
    assert protect(tmp_path / "t.csv", "--out", tmp_path / "out", *options) == REFUSED
    assert said in capsys.readouterr().err and not (tmp_path / "out").exists()
