"""The command `protect`: writes protected tables and their audit, or says why not."""

import argparse
import json
from pathlib import Path

import pytest

from extracts.disclosure.repair.command import NOT_SAFE, PROTECTED, REFUSED, add_arguments, run

from .test_plan import AREAS


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
