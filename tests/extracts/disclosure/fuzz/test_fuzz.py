"""A small run of the fuzzer, and proof that it would see what it looks for."""

import random
from dataclasses import replace

import pytest

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Contents
from extracts.disclosure.reading.formats import read
from extracts.disclosure.reading.guarded import Guard
from extracts.disclosure.reading.triage import CannotRead

from . import run
from .corpus import CORPUS, SHOW_NO_NUMBER, TELLING
from .mutations import mutant, number_swapped, planted


@pytest.mark.long
def test_three_hundred_mutated_files_of_every_kind() -> None:
    tally = run.fuzz(300, seed=2)
    assert tally.faults == []
    assert tally.read > 50 and tally.turned_away > 50, "mutants are neither all harmless nor all wrecked"


@pytest.mark.long
@pytest.mark.parametrize(("seed", "number"), [(5, 9816), (5, 1643)])
def test_mutants_that_once_ended_or_stopped_the_child(seed: int, number: int) -> None:
    """A chain of sectors that leads into itself, and a script of nothing but openings."""
    one = mutant(random.Random(f"{seed}-{number}"), {name: make(TELLING) for name, make in CORPUS.items()})
    with Guard(seconds=run.SECONDS) as guard:
        try:
            guard.read(one.name, one.content, run.LIMITS)
        except CannotRead as error:
            assert "damaged" in error.problem
        assert guard.mishaps == {}


@pytest.mark.parametrize("name", sorted(set(CORPUS) - SHOW_NO_NUMBER))
def test_the_telling_number_of_each_file_is_read(name: str) -> None:
    made = str(read(CORPUS[name](TELLING), name, run.LIMITS))
    assert str(TELLING) in made.replace(f"{TELLING}.0", str(TELLING))
    assert str(TELLING + 1) in str(read(CORPUS[name](TELLING + 1), name, run.LIMITS)), "and so is any other"


@pytest.mark.parametrize("name", sorted(set(CORPUS) - SHOW_NO_NUMBER - {"a.xpt", "a.pdf"}))
def test_a_number_can_be_swapped_in_each_file(name: str) -> None:
    """Floats of SAS are IBM's and streams of a PDF packed: those two are only damaged, not forged."""
    base = CORPUS[name](TELLING)
    changed = number_swapped(base, random.Random(1))
    if name in ("a.rds", "a.rda") and changed is None:
        pytest.skip("packed in a way of its own")
    assert changed is not None and changed != base


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx", "a.pptx", "a.ods", "a.html", "a.svg"])
@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_planted_is_seen(name: str, seed: int) -> None:
    base = CORPUS[name](TELLING)
    content = planted(base, random.Random(seed))
    assert content is not None
    try:
        assert read(content, name, run.LIMITS) != read(base, name, run.LIMITS)
    except CannotRead:
        return


def test_a_blind_reader_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file read as if it were whole: swapped numbers and planted parts must show as passed unseen."""
    wanted: dict[str, Contents] = {}

    def blind(self: Guard, name: str, content: bytes, limits: Policy) -> Contents:
        kind = name.rpartition(".")[2]
        return wanted.setdefault(kind, replace(Contents(kind, ()), kind=kind))

    monkeypatch.setattr(Guard, "read", blind)
    tally = run.fuzz(120, seed=3, workers=1)
    assert len(tally.passed_unseen) > 5
