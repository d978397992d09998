"""The standing spine over several deliveries: nothing is scored twice, untouched persons stay, ids stay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from extracts.linkage import spine_files
from extracts.linkage.components import bound
from extracts.linkage.spine import Linked, link_on
from extracts.linkage.spine_files import BadSpine
from extracts.linkage.spine_records import Counts, deliveries_in
from extracts.linkage.whole_files import write_rows
from tests.extracts.linkage.plain_engine import PlainEngine, deliver

pytestmark = pytest.mark.long

KEY = bytes(range(32))

FIRST = {
    "mags": ["m1 Ann Ode 1980-05-12", "m2 Ann Ode 1980-05-12", "m3 Ben Ash 1991-02-03"],
    "prison": ["p1 Cat Elm 1975-07-08"],
}
SECOND = {"mags": ["m4 Ben Ash 1991-02-03", "m5 Dee Fir 1966-06-06"], "prison": ["p2 Ann Ode 1980-05-12"]}
THIRD = {"prison": ["p3 Dee Fir 1966-06-06", "p4 Cat Elm 1975-07-08", "p5 Eve Oak 1950-01-02"]}


class Service:
    """The linkage of one dataset in a folder, run after run."""

    def __init__(self, folder: Path) -> None:
        self.identities, self.spine = folder / "identities", folder / "spine"
        self.engine = PlainEngine()

    def deliver(self, name: str, rows: dict[str, list[str]], **more: list[tuple[str, str]]) -> None:
        deliver(self.identities, name, rows, **more)

    def run(
        self,
        name: str,
        *,
        settled: Mapping[str, str] | None = None,
        pairs: list[tuple[str, str, str]] = (),
        **more: bool,
    ) -> Linked:
        """Link, and put up the `pairs` (token and two row ids) for review."""
        self.engine.compared.clear()
        connection = duckdb.connect()
        linked, draft = link_on(
            connection, self.engine, deliveries_in(self.identities), spine=self.spine, run=name, key=KEY,
            settled=dict(settled or {}), progress=lambda what, share: None, **more,
        )  # fmt: skip
        rid = dict(connection.sql("SELECT row_id, rid FROM record").fetchall())
        put_up = [(token, *sorted((rid[a], rid[b]))) for token, a, b in pairs]
        rows = pa.Table.from_pylist([dict(zip("tab", pair, strict=True)) for pair in put_up], PAIRS)
        connection.register("pairs", rows)
        write_rows(connection, "SELECT t AS token, a, b FROM pairs", draft / spine_files.PAIRS)
        spine_files.put_in_place(self.spine, draft, linked.state)
        return linked

    def ids(self, kind: str = "person_id") -> dict[str, int]:
        folder = self.spine / max(p.name for p in self.spine.iterdir() if p.is_dir())
        return dict(
            duckdb.sql(
                f"SELECT row_id, {kind} FROM '{folder}/persons.parquet' JOIN '{folder}/records.parquet' USING (rid)"
            ).fetchall()
        )

    def persons(self, kind: str = "person_id") -> set[frozenset[str]]:
        ids = self.ids(kind)
        return {frozenset(row for row, other in ids.items() if other == one) for one in ids.values()}


PAIRS = pa.schema([("t", pa.string()), ("a", pa.int64()), ("b", pa.int64())])


def people(*persons: str) -> set[frozenset[str]]:
    return {frozenset(person.split()) for person in persons}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


def test_three_deliveries_one_after_another(service, tmp_path):
    """Ids stay, pairs are scored once, and the persons are those of everything linked at once."""
    service.deliver("hmcts/2026-01", FIRST)
    first = service.run("r1")
    ids = service.ids()
    scored = list(service.engine.compared)
    assert service.persons() == people("m1 m2", "m3", "p1")

    service.deliver("hmcts/2026-02", SECOND)
    second = service.run("r2")
    scored += service.engine.compared
    assert service.persons() == people("m1 m2 p2", "m3 m4", "p1", "m5")
    assert {row: id for row, id in service.ids().items() if row in ids} == ids

    ids = service.ids()
    service.deliver("hmcts/2026-03", THIRD)
    third = service.run("r3")
    scored += service.engine.compared
    assert {row: id for row, id in service.ids().items() if row in ids} == ids
    assert len(set(scored)) == len(scored)

    at_once = Service(tmp_path / "at once")
    for name, rows in (("2026-01", FIRST), ("2026-02", SECOND), ("2026-03", THIRD)):
        at_once.deliver(f"hmcts/{name}", rows)
    at_once.run("r1")
    assert at_once.persons() == service.persons() == people("m1 m2 p2", "m3 m4", "p1 p4", "m5 p3", "p5")
    assert [run.counts.new for run in (first, second, third)] == [4, 3, 3]
    assert [run.changes["person_id"].new for run in (first, second, third)] == [3, 1, 1]


def many(seed: int, count: int) -> list[str]:
    """Records of few people with slips, so that components are large and uncertain."""
    rng = np.random.default_rng(seed)
    person = rng.integers(0, count // 4, count)
    slips = rng.random((count, 3)) < 0.12
    return [
        f"x{seed}{i} {'Kim' if slip[0] else f'F{p % 11}'} {'Smith' if slip[1] else f'S{p % 17}x'} "
        f"19{p % 60 + 20}-0{p % 9 + 1}-1{(p + slip[2]) % 10}"
        for i, (p, slip) in enumerate(zip(person, slips, strict=True))
    ]


def test_one_after_another_is_as_all_at_once(service, tmp_path):
    """With the same scores the clusters are the same: only what is touched is clustered again, and that suffices."""
    at_once = Service(tmp_path / "at once")
    for month in range(1, 5):
        rows = {"mags": many(month, 60)}
        service.deliver(f"hmcts/2026-0{month}", rows)
        at_once.deliver(f"hmcts/2026-0{month}", rows)
        linked = service.run(f"r{month}")
    at_once.run("r1")

    for kind in ("person_id", "person_095", "person_080"):
        assert service.persons(kind) == at_once.persons(kind), kind
    assert linked.touched < 240


def test_untouched_persons_are_not_clustered_again(service):
    service.deliver("hmcts/1", FIRST)
    service.run("r1")
    service.deliver("hmcts/2", {"prison": ["p9 Ben Ash 1991-02-03"]})
    linked = service.run("r2")
    assert (linked.counts, linked.touched, linked.scored) == (Counts(4, 1, 0, 0), 2, 1)


def test_running_again_gives_the_same_bytes(service):
    service.deliver("hmcts/1", FIRST)
    service.run("r1")
    service.deliver("hmcts/2", SECOND)
    service.run("r2")
    files = {path.name: path.read_bytes() for path in (service.spine / "r2").iterdir()}
    service.run("r2")
    assert {path.name: path.read_bytes() for path in (service.spine / "r2").iterdir()} == files
    with pytest.raises(BadSpine, match="gone on"):
        service.run("r1")


def test_nothing_new_changes_nothing(service):
    service.deliver("hmcts/1", FIRST)
    service.run("r1")
    ids = service.ids()
    linked = service.run("r2")
    assert (service.ids(), linked.touched, linked.scored) == (ids, 0, 0)


def test_a_corrected_record_is_scored_anew_and_the_person_keeps_the_id(service):
    service.deliver("hmcts/1", FIRST)
    service.run("r1")
    ids = service.ids()
    service.deliver("hmcts/2", {"mags": ["m2 Ben Ash 1991-02-03", "m1 Ann Ode 1980-05-12"]})
    linked = service.run("r2")

    assert linked.counts == Counts(standing=3, new=0, corrected=1, withdrawn=0)
    assert service.persons() == people("m1", "m2 m3", "p1")
    assert (service.ids()["m1"], service.ids()["m3"]) == (ids["m1"], ids["m3"])


def test_a_withdrawn_record_goes_with_all_its_links(service):
    """b2 is what holds the person together: without it the two others fall apart, and one gets an id of its own."""
    ode_ash = ["b1 Ann Ode 1980-05-12", "b2 Ann Ode-Ash 1980-05-12", "b3 Ann Ash 1980-05-12"]
    service.deliver("hmcts/1", {"mags": [*ode_ash, "m3 Ben Fir 1991-02-03"]})
    service.run("r1")
    ids = service.ids()
    assert service.persons() == people("b1 b2 b3", "m3")
    service.deliver("hmcts/2", {}, withdrawn=[("mags", "b2")])
    linked = service.run("r2")

    assert linked.counts == Counts(standing=3, new=0, corrected=0, withdrawn=1)
    assert service.persons() == people("b1", "b3", "m3")
    assert (service.ids()["b1"], service.ids()["m3"]) == (ids["b1"], ids["m3"])
    assert service.ids()["b3"] not in ids.values()
    service.run("r3")
    held = [
        duckdb.sql(f"SELECT count(*) FROM '{path}' WHERE row_id = 'b2'").fetchall()
        for path in service.spine.glob("*/records.parquet")
    ]
    assert held == [[(0,)], [(0,)]]


def test_a_person_whose_records_all_went_does_not_give_its_id_away(service):
    service.deliver("hmcts/1", FIRST)
    service.run("r1")
    gone = service.ids()["m3"]
    service.deliver("hmcts/2", {}, withdrawn=[("mags", "m3")])
    assert service.run("r2").changes["person_id"].gone == 1
    service.deliver("hmcts/3", {"mags": ["m3 Ben Ash 1991-02-03"]})
    service.run("r3")
    assert gone not in service.ids().values()


def test_decisions_join_and_part_and_can_be_taken_back(service):
    service.deliver("hmcts/1", FIRST)
    pairs = [("t1", "m1", "m2"), ("t2", "m3", "p1")]
    service.run("r1", pairs=pairs)
    ids = service.ids()

    linked = service.run("r2", settled={"t1": "different", "t2": "same"}, pairs=pairs)
    assert service.persons() == people("m1", "m2", "m3 p1")
    assert linked.changes["person_id"].merged == 1 and linked.touched == 4
    assert service.ids()["m1"] == ids["m1"]

    service.run("r3", settled={}, pairs=pairs)
    assert service.persons() == people("m1 m2", "m3", "p1")


def test_a_decision_about_a_record_that_was_corrected_lapses(service):
    service.deliver("hmcts/1", FIRST)
    service.run("r1", pairs=[("t1", "m1", "m2")])
    service.deliver("hmcts/2", {"mags": ["m2 Ann Ode 1980-05-12 F"]})
    service.run("r2", settled={"t1": "different"})
    assert service.persons() == people("m1 m2", "m3", "p1")


def test_another_engine_scores_everything_again(service):
    service.deliver("hmcts/1", FIRST)
    service.run("r1")
    ids = service.ids()
    service.engine.name = "plain-2"
    linked = service.run("r2")
    assert (linked.scored, linked.touched, service.ids()) == (1, 4, ids)


@pytest.mark.parametrize(
    ("name", "rows", "reason"),
    [
        ("hmcts/2", {"mags": ["m9 Ann Ode 1980-05-12", "m9 Ben Ash 1991-02-03"]}, "twice"),
    ],
)
def test_what_cannot_be_linked_on_is_refused(service, name, rows, reason):
    service.deliver("hmcts/1", FIRST)
    service.run("r1")
    service.deliver(name, rows)
    with pytest.raises(BadSpine, match=reason):
        service.run("r2")


def test_only_the_last_two_spines_are_kept_and_nobody_else_reads_them(service):
    service.deliver("hmcts/1", FIRST)
    for name in ("r1", "r2", "r3"):
        service.run(name)
    assert sorted(p.name for p in service.spine.iterdir()) == ["current.json", "r2", "r3"]
    assert {oct(p.stat().st_mode & 0o777) for p in service.spine.rglob("*") if p.is_file()} == {"0o600"}
    assert {oct(p.stat().st_mode & 0o777) for p in service.spine.rglob("*") if p.is_dir()} == {"0o700"}


@pytest.mark.parametrize(
    ("label", "same", "apart", "expected", "left"),
    [
        ([0, 1, 2], [], [], [0, 1, 2], 0),
        ([0, 1, 2], [(0, 1)], [], [0, 0, 2], 0),
        ([5, 7, 5, 7], [(0, 1)], [], [5, 5, 5, 5], 0),
        ([0, 1, 2], [(0, 1), (1, 2)], [(0, 2)], [0, 1, 2], 2),
        ([0, 1, 2, 3], [(0, 1), (2, 3)], [(0, 2)], [0, 0, 2, 2], 0),
        ([0, 0, 1], [(0, 2)], [(0, 1)], [0, 0, 0], 0),
    ],
)
def test_people_bind_clusters(label, same, apart, expected, left):
    pairs = [np.array([pair[side] for pair in chosen], dtype=np.int64) for chosen in (same, apart) for side in (0, 1)]
    found, torn = bound(np.array(label), *pairs)
    assert (found.tolist(), torn) == (expected, left)
