"""The ledger on disk: remembers every release, and says so when it cannot be trusted."""

from __future__ import annotations

import json
import multiprocessing
import random
import zlib
from pathlib import Path

import pandas as pd
import pytest

from extracts.disclosure.layout import Layout
from extracts.disclosure.ledger.hits import Hit
from extracts.disclosure.ledger.packing import packed_table, unpacked_table
from extracts.disclosure.ledger.released import ReleasedTable
from extracts.disclosure.ledger.segment import LedgerDamaged
from extracts.disclosure.ledger.store import Ledger, Release, UnknownRelease

from .made import BANDS, FILTERS, chosen, of_layout, people, released, tabulated

PEOPLE = people(300, random.Random(1))


def counted(population: str = "", *, frame: pd.DataFrame = PEOPLE, **said: object) -> ReleasedTable:
    return tabulated(frame, population, ["place"], random.Random(2), **said)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """One release of the people under 4, by place."""
    made = Ledger.create(tmp_path / "ledger", seed=5)
    made.add(Release("r1", "Project A", "v1"), [counted("age < 4", release="r1")], PEOPLE, "person_id")
    return made


def checked(ledger: Ledger, *tables: ReleasedTable, frame: pd.DataFrame = PEOPLE, threshold: int = 10) -> list[Hit]:
    return ledger.check(tables, ledger.numbered(frame, "person_id"), threshold=threshold)


def _without(number: int, frame: pd.DataFrame = PEOPLE) -> pd.DataFrame:
    return frame[frame["person_id"] != number]


def test_one_person_between_two_versions_of_the_data(ledger: Ledger) -> None:
    who = int(PEOPLE["person_id"][PEOPLE["age"] < 4].iloc[0])
    later = _without(who)
    hits = checked(ledger, counted("age < 4", frame=later), frame=later)
    place = PEOPLE["place"][who]
    assert {(hit.key["place"], hit.value) for hit in hits} >= {(place, 1), ("Total", 1)}
    assert all({term.cell.release for term in hit.terms} == {"r1", ""} for hit in hits)


def test_the_same_table_again_gives_nothing(ledger: Ledger) -> None:
    assert checked(ledger, counted("age < 4")) == []


def test_withdrawn_releases_still_count(ledger: Ledger) -> None:
    ledger.withdraw("r1")
    assert ledger.withdrawn == {"r1"}
    who = int(PEOPLE["person_id"][PEOPLE["age"] < 4].iloc[0])
    assert checked(Ledger.open(ledger.folder), counted("age < 4", frame=_without(who)), frame=_without(who))
    with pytest.raises(UnknownRelease):
        ledger.withdraw("r1")


def test_people_keep_their_numbers_whatever_the_order_of_records(ledger: Ledger) -> None:
    shuffled = PEOPLE.sample(frac=1, random_state=1)
    assert checked(ledger, counted("age < 4"), frame=shuffled) == []
    assert checked(ledger, counted("age < 4"), frame=shuffled.astype({"person_id": "float64"})) == []
    assert checked(ledger, counted("age < 4"), frame=shuffled.astype({"person_id": str})) == []


def test_several_records_of_a_person_are_one_person(ledger: Ledger) -> None:
    twice = pd.concat([PEOPLE, PEOPLE[::2]])
    assert checked(ledger, counted("age < 4"), frame=twice) == []


def test_names_of_releases_are_unique(ledger: Ledger) -> None:
    with pytest.raises(UnknownRelease):
        ledger.add(Release("r1"), [counted()], PEOPLE, "person_id")


def test_tables_come_back_as_they_were_and_without_records_they_are_named(ledger: Ledger) -> None:
    table = counted("age > 2", release="r2", file="Ünïcode 1.csv", dataset="v1", off_by=2.0)
    ledger.add(Release("r2"), [table])
    again = Ledger.open(ledger.folder)
    back = again.tables[1]
    assert (back.file, back.release, back.population, back.off_by) == ("Ünïcode 1.csv", "r2", "age > 2", 2.0)
    pd.testing.assert_frame_equal(back.cells.labels, table.cells.labels)
    pd.testing.assert_frame_equal(back.cells.facts, table.cells.facts[back.cells.facts.columns])
    assert again.unrecorded == ("r2",)
    assert list(again.releases) == ["r1", "r2"]


def test_tables_that_records_do_not_give_are_named(ledger: Ledger) -> None:
    ledger.add(Release("r2"), [released("height, count\nTall, 100", release="r2")], PEOPLE, "person_id")
    assert ledger.unrecorded == ("r2",)


def test_amounts_that_differ_by_few_people_give_their_total(tmp_path: Path) -> None:
    frame = PEOPLE.assign(fine=PEOPLE["person_id"] * 10.0)
    made = Ledger.create(tmp_path / "ledger", seed=5)
    before, after = frame, _without(7, frame)
    layout = Layout("long", rows=("all",), totals=("fine",))
    old, new = (f"all,fine\nTotal,{part['fine'].sum():.0f}" for part in (before, after))
    made.add(Release("r1"), [of_layout(old, layout, release="r1")], before, "person_id")
    (hit,) = checked(made, of_layout(new, layout), frame=after)
    assert (hit.statistic, hit.value) == ("total", 70)


@pytest.mark.slow
def test_every_pair_that_brute_force_finds_over_many_releases(tmp_path: Path) -> None:
    rng = random.Random(3)
    made, old = Ledger.create(tmp_path / "ledger", seed=5), []
    for number in range(6):
        release = f"r{number}"
        table = tabulated(PEOPLE, rng.choice(FILTERS), rng.sample(["age", "sex", "place"], 2), rng, release=release)
        made.add(Release(release), [table], PEOPLE, "person_id")
        old.append(table)
    made, pairs = Ledger.open(made.folder), 0
    for _ in range(4):
        new = tabulated(PEOPLE, rng.choice(FILTERS), ["age", "place"], rng)
        expected = _close_pairs(old, _members(new))
        assert {_pair(hit) for hit in checked(made, new)} == expected
        pairs += len(expected)
    assert pairs > 1


Labels = tuple[str, ...]


def _close_pairs(old: list[ReleasedTable], mine: dict[Labels, frozenset[int]]) -> set[tuple[str, Labels, Labels]]:
    found = set()
    for table in old:
        for key, inside in _members(table).items():
            for mine_key, own in mine.items():
                part, whole = sorted((inside, own), key=len)
                if part and part <= whole and 0 < len(whole) - len(part) < 10 <= len(whole):
                    found.add((table.release, key, mine_key))
    return found


def _pair(hit: Hit) -> tuple[str, Labels, Labels]:
    cells = {term.cell.new: term.cell for term in hit.terms}
    return cells[False].release, tuple(cells[False].key.values()), tuple(cells[True].key.values())


def _members(table: ReleasedTable) -> dict[Labels, frozenset[int]]:
    """Whom each cell counts, the naive way."""
    ages = {text: range(low, high + 1) for bands in BANDS for text, low, high in bands}
    part, found = chosen(PEOPLE, table.population), {}
    for labels in table.cells.labels.itertuples(index=False):
        inside = part
        for dimension, label in zip(table.cells.dimensions, labels, strict=True):
            if label != "Total":
                wanted = inside["age"].isin(ages[label]) if dimension == "age" else inside[dimension] == label
                inside = inside[wanted]
        found[tuple(labels)] = frozenset(inside["person_id"])
    return found


def test_any_changed_byte_is_noticed(ledger: Ledger) -> None:
    ledger.withdraw("r1")
    rng = random.Random(4)
    for file in sorted(ledger.folder.glob("*[.a-z]")):
        content = file.read_bytes()
        for _ in range(25 if content else 0):
            place = rng.randrange(len(content))
            changed = bytearray(content)
            changed[place] ^= 1 << rng.randrange(7)
            file.write_bytes(changed)
            if file.name != "lock":
                with pytest.raises(LedgerDamaged):
                    Ledger.open(ledger.folder, expect=ledger.digest)
        file.write_bytes(content)
    assert Ledger.open(ledger.folder, expect=ledger.digest).digest == ledger.digest


@pytest.mark.parametrize("name", ["ledger.json", "log.jsonl", "*.segment"])
@pytest.mark.parametrize("how", ["gone", "empty", "short"])
def test_what_is_gone_or_cut_short_is_noticed(ledger: Ledger, name: str, how: str) -> None:
    (file,) = ledger.folder.glob(name)
    content, noted = file.read_bytes(), ledger.digest
    file.unlink()
    if how != "gone":
        file.write_bytes(content[: len(content) // 2 if how == "short" else 0])
    with pytest.raises(LedgerDamaged):
        Ledger.open(ledger.folder, expect=noted)


def test_no_ledger_is_no_empty_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerDamaged):
        Ledger.open(tmp_path)
    with pytest.raises(LedgerDamaged):
        Ledger.open(tmp_path / "absent")


def test_a_threshold_that_it_cannot_serve_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="up to 20"):
        checked(ledger, counted(), threshold=21)


def test_what_a_stopped_writer_left_is_not_read(ledger: Ledger) -> None:
    (ledger.folder / ".000002-beef.segment.1").write_bytes(b"half")
    (ledger.folder / "000002-beef.segment").write_bytes(b"whole, but not in the log")
    assert list(Ledger.open(ledger.folder).releases) == ["r1"]


def _write(folder: Path, name: str) -> None:
    Ledger.open(folder).add(Release(name), [counted(release=name)], PEOPLE, "person_id")


@pytest.mark.slow
def test_writers_take_turns_and_readers_see_whole_states(ledger: Ledger) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(ledger.folder, f"w{number}")) for number in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert "r1" in Ledger.open(ledger.folder).releases
    for writer in writers:
        writer.join()
    assert set(Ledger.open(ledger.folder).releases) == {"r1", "w0", "w1", "w2", "w3"}


def test_a_table_that_was_packed_before_units_could_overlap_is_still_read() -> None:
    table = counted("age < 4", release="r1")
    told = json.loads(zlib.decompress(packed_table(table)))
    del told["overlapping"]
    read = unpacked_table(zlib.compress(json.dumps(told).encode()))
    assert (read.file, read.overlapping, len(read.cells)) == (table.file, False, len(table.cells))
