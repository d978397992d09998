"""The command `audit`: what it prints, and what its exit code says."""

import argparse
import json
from pathlib import Path

import pytest

from extracts.disclosure.audit import command

from ..tables import lines

UNSAFE = "sex, theft, fraud, Total\nmale, [c], 30, 35\nfemale, 20, 30, 50\nTotal, 25, 60, 85"
SAFE = "sex, theft, fraud, Total\nmale, [c], [c], 45\nfemale, [c], [c], 50\nTotal, 35, 60, 95"


def run(folder: Path, *tables: str, options: tuple[str, ...] = ()) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    names = [folder / f"{at}.csv" for at, _ in enumerate(tables)]
    for name, text in zip(names, tables, strict=True):
        name.write_bytes(lines(text))
    return command.run(parser.parse_args([*map(str, names), *options]))


@pytest.mark.parametrize(("table", "code"), [(UNSAFE, 1), (SAFE, 0), ("sex, note\nmale, none\nfemale, none", 2)])
def test_the_exit_code_says_how_it_went(tmp_path: Path, table: str, code: int) -> None:
    assert run(tmp_path, table) == code


def test_the_sum_that_gives_a_cell_away_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, UNSAFE)
    printed = capsys.readouterr().out
    assert "35 - 30 = 5." in printed or "25 - 20 = 5." in printed
    assert "1 cells worked out exactly, 1 unsafe" in printed


def test_json_holds_nothing_but_json(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, SAFE, options=("--json",))
    (group,) = json.loads(capfd.readouterr().out)["groups"]
    assert (group["protected"], group["components"], group["not_proven"]) == (4, [4], 0)
    assert [(cell["low"], cell["high"], cell["verdict"]) for cell in group["intervals"]] == [
        (0, 35, "safe"), (10, 45, "safe"), (0, 35, "safe"), (15, 50, "safe"),
    ]  # fmt: skip


def test_no_time_is_not_proven(tmp_path: Path) -> None:
    table = "sex, a, b, c, Total\nx, <5, [c], [c], 9\ny, [c], [c], [c], 14\nz, 3, [c], [c], 60\nTotal, 30, 22, 31, 83"
    assert run(tmp_path, table, options=("--seconds", "0", "--threshold", "2")) in (1, 3)


def test_a_hierarchy_is_read_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    regions = tmp_path / "regions.txt"
    regions.write_text("dimension,child,parent\narea,A,North\narea,B,North\n")
    table = "area, count\nNorth, 40\nA, [c]\nB, 33\nSouth, 20\nTotal, 60"
    assert run(tmp_path, table, options=("--hierarchy", str(regions), "--dims", "area", "--value", "count")) == 1
    assert "40 - 33 = 7." in capsys.readouterr().out


def test_rounding_makes_intervals_of_shown_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rounded = "sex, a, b, Total\nmale, 20, 30, 45\nfemale, 20, 30, 50\nTotal, 40, 60, 100"
    assert run(tmp_path, rounded, options=("--rounding", "base5", "--json")) == 0
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    found = {tuple(cell["key"].values()): (cell["low"], cell["high"]) for cell in group["intervals"]}
    assert found[("a", "male")] == (18, 19), "20 and 30 come to 47 at most"


def test_an_unknown_rounding_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, SAFE, options=("--rounding", "base")) == 2
