"""manage.py make_sources: says what it does, sums up, and overwrites nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def run(*arguments: str) -> str:
    said = StringIO()
    call_command("make_sources", *arguments, stdout=said)
    return said.getvalue()


def test_it_shows_progress_and_sums_up(tmp_path):
    said = run("--people", "500", "--seed", "1", "--out", str(tmp_path / "new"))

    assert "100% Wrote chunk" in said or "99% Wrote chunk" in said
    assert "deliveries/police/identity/pol_victim.parquet" in said
    assert "truth/persons.parquet" in said
    assert "rows a second" in said


def test_identity_records_alone(tmp_path):
    said = run("--identity-only", "--records", "600", "--seed", "1", "--out", str(tmp_path))

    assert "payload/" not in said
    assert " 0 payload rows" in said


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")

    with pytest.raises(CommandError, match="not empty"):
        run("--people", "500", "--seed", "1", "--out", str(tmp_path))
    assert (tmp_path / "mine.txt").read_text() == "keep"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--people", "0"), ("--people", "-3"), ("--records", "100"), ("--people", "9", "--identity-only"),
        ("--people", "9", "--seed", "-1"), ("--people", "9", "--chunk", "0"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(tmp_path, arguments):
    with pytest.raises(CommandError):
        run("--seed", "1", "--out", str(tmp_path), *arguments)
    assert not list(tmp_path.iterdir())
