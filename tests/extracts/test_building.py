"""A release built from deliveries and crosswalk: every file, joined as it was, and the same bytes every time."""

import json
import stat

import duckdb
import pytest
from pyarrow import parquet

from extracts import delivery, publishing
from extracts.building.payload import put_together
from extracts.conversion import BadDataset
from extracts.publishing import AlreadyPublished
from extracts.store import open_release
from governance.catalogue.catalogue import read_catalogue
from tests.extracts import small_linked
from tests.extracts.small_dataset import surrogate

pytestmark = pytest.mark.long

OF_EVERY_RELEASE = {
    "release.json", "manifest.json", "figures.json", "qi_profile.json", "cohort_cube.json", "quality.json",
    "difference.json", "catalogue",
}  # fmt: skip
DERIVED = {"xjs_link", "case_link", "drv_victim_journey"}


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    return small_linked.linked(tmp_path_factory.mktemp("linked"))


@pytest.fixture(scope="module")
def built(linked, tmp_path_factory):
    """What the build reported, and its room."""
    room = tmp_path_factory.mktemp("built")
    return linked.build(room), room


def asked(room, query):
    """The answer of a query on the tables of a staged release, by name."""
    with duckdb.connect(":memory:") as connection:
        for path in (room / "release").glob("*.parquet"):
            connection.read_parquet(str(path)).create_view(path.stem)
        return connection.execute(query).fetchall()


def test_a_release_has_every_table_and_every_file(linked, built):
    report, room = built
    delivered = {path.stem for path in linked.payload.rglob("*.parquet")}
    assert set(report["tables"]) == delivered | DERIVED and len(delivered) == 14
    names = {path.name for path in (room / "release").iterdir()}
    assert names == OF_EVERY_RELEASE | {f"{name}.parquet" for name in report["tables"]}
    assert publishing.verify(room / "release") == []
    assert report["manifest_sha256"] == delivery.sha256_of(room / "release" / "manifest.json")
    said = json.loads((room / "release" / "release.json").read_bytes())
    assert (said["code"], said["version"], said["created_at"]) == ("cjs_linked", "2026.1", small_linked.CREATED_AT)
    # How long linking took is not what a release holds.
    assert said["linkage"] == {"model": "truth"} and ["police", "2025-12"] in said["deliveries"]


def test_every_column_is_as_the_catalogue_of_the_release_declares(built):
    report, room = built
    catalogue = read_catalogue(room / "release" / "catalogue")
    assert catalogue.dataset.version == "2026.1"
    for name in report["tables"]:
        kinds = {row[0]: row[1] for row in asked(room, f"DESCRIBE {name}")}
        assert kinds == {variable.name: variable.duckdb_type for variable in catalogue[name].variables}


def test_persons_are_those_of_the_crosswalk(linked, built):
    rows = asked(built[1], "SELECT row_id_hash, source_dataset, estimated_xjs_id, cluster_medium, cluster_low, "
                           "match_probability, person_role, link_run FROM xjs_link")  # fmt: skip
    crosswalk = parquet.read_table(linked.crosswalk / "persons.parquet").to_pylist()
    run = delivery.sha256_of(linked.crosswalk / "persons.parquet")[:8]
    expected = []
    for row in crosswalk:
        person = surrogate(str(row["person_id"]), "person")
        probability = None if row["match_probability"] is None else 0.988
        expected.append(
            (surrogate(row["row_id"], "person_record"), row["source"], person, person, person, probability,
             row["person_role"], run)
        )  # fmt: skip
    assert sorted(rows, key=repr) == sorted(expected, key=repr)


def test_records_join_to_persons_and_cases_as_they_did(linked, built):
    """Rows of suspects per person and crime: the same in the deliveries and in the release."""
    with duckdb.connect(":memory:") as connection:
        suspects = connection.read_parquet(f"{linked.payload}/police/2025-12/pol_suspect.parquet")  # noqa: F841
        persons = connection.read_parquet(f"{linked.crosswalk}/persons.parquet")  # noqa: F841
        before = connection.execute(
            "SELECT person_id, crime_id_hash FROM suspects JOIN persons ON row_id = row_id_hash "
            "WHERE source = 'pol_suspect'"
        ).fetchall()
    after = asked(
        built[1],
        "SELECT estimated_xjs_id, crime_id_hash FROM pol_suspect JOIN xjs_link USING (row_id_hash) "
        "WHERE source_dataset = 'pol_suspect'",
    )
    assert len(before) == len(after) > 100
    expected = [(surrogate(str(person), "person"), surrogate(crime, "crime")) for person, crime in before]
    assert sorted(after) == sorted(expected)
    (cases, joined), (journeys, victims) = (
        asked(built[1], query)[0]
        for query in (
            "SELECT count(*), count(pol_crime.crime_id_hash) FROM case_link LEFT JOIN pol_crime USING (crime_id_hash)",
            "SELECT count(*), count(pol_victim.sex) + count(*) FILTER (pol_victim.sex IS NULL) FROM drv_victim_journey "
            "JOIN pol_victim USING (crime_id_hash, victim_seq)",
        )
    )
    assert cases == joined > 20 and journeys == victims > 200


def test_rows_are_in_the_order_of_their_surrogates(built):
    report, room = built
    catalogue = read_catalogue(room / "release" / "catalogue")
    for name in report["tables"]:
        keys = [key for key in catalogue[name].primary_key if catalogue[name][key].pseudonymised]
        rows = parquet.read_table(room / "release" / f"{name}.parquet", columns=keys).to_pylist()
        assert rows and rows == sorted(rows, key=lambda row: [row[key] for key in keys]), name


def test_row_keys_lead_from_identity_records_to_rows(linked, built):
    keys = parquet.read_table(built[1] / "row_keys.parquet").to_pylist()
    assert keys and all(row["row_key"] == surrogate(row["row_id"], "person_record") for row in keys)
    assert {row["source"] for row in keys} >= {"pol_victim", "pnc"}
    assert {path.name for path in built[1].iterdir()} == {"release", "row_keys.parquet", "spill"}
    assert list((built[1] / "spill").iterdir()) == []


def test_the_same_input_gives_the_same_bytes_anywhere(linked, built, tmp_path):
    """Another folder, another day, another number of threads, less memory."""
    report, room = built
    again = linked.build(
        tmp_path / "elsewhere", created_at="2031-01-01T00:00:00+00:00", threads=1, memory_limit="150MB"
    )
    assert again["content_sha256"] == report["content_sha256"] and again["tables"] == report["tables"]
    ours, theirs = (
        {
            file["name"]: file["sha256"]
            for file in json.loads((place / "release" / "manifest.json").read_bytes())["files"]
        }
        for place in (room, tmp_path / "elsewhere")
    )
    assert {name for name in ours if ours[name] != theirs[name]} == {"release.json"}
    metadata = parquet.read_metadata(room / "release" / "pol_crime.parquet")
    assert metadata.metadata is None, "nothing in a file tells when or where it was made"


def test_the_whole_way_gives_the_same_bytes(published, tmp_path):
    """From the seed of the sources over deliveries and links to the release, all made again somewhere else."""
    made = small_linked.accepted(tmp_path, small_linked.PEOPLE, seed=small_linked.SEED)
    made.build(tmp_path / "again", crosswalk=str(made.link(tmp_path)))
    ours, theirs = published / "releases" / "cjs_linked" / "2026.1", tmp_path / "again" / "release"
    files = sorted(path.relative_to(ours) for path in ours.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file())
    assert [name for name in files if (ours / name).read_bytes() != (theirs / name).read_bytes()] == []


def test_another_key_gives_other_surrogates_and_another_order(linked, built, tmp_path):
    linked.build(tmp_path, key=bytes(32).hex())
    one, two = (
        parquet.read_table(room / "release" / "pol_crime.parquet", columns=["crime_id_hash", "recorded_date"])
        for room in (built[1], tmp_path)
    )
    assert set(one["crime_id_hash"].to_pylist()).isdisjoint(two["crime_id_hash"].to_pylist())
    assert one["recorded_date"].to_pylist() != two["recorded_date"].to_pylist()


def test_it_is_put_in_place_once_and_opened_there(linked, built, tmp_path):
    linked.build(tmp_path / "room")
    versions = tmp_path / "releases" / "cjs_linked"
    release = publishing.put_in_place(tmp_path / "room" / "release", versions, "2026.1")
    files = [path for path in (versions / "2026.1").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o440}
    with open_release(versions / "2026.1", staging=tmp_path) as store:
        assert store.connection.execute("SELECT count(*) FROM pol_crime").fetchall() == [
            (release.tables["pol_crime"].rows,)
        ]
    linked.build(tmp_path / "more", key=bytes(32).hex())
    with pytest.raises(AlreadyPublished):
        publishing.put_in_place(tmp_path / "more" / "release", versions, "2026.1")


def copied(linked, root):
    """The payload again, to be changed."""
    for path in linked.payload.rglob("*.parquet"):
        place = root / path.relative_to(linked.payload)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())
    return root


def test_a_later_delivery_replaces_rows_and_adds_others(linked, built, tmp_path):
    payload = copied(linked, tmp_path / "payload")
    later = payload / "police" / "2026-06"
    later.mkdir()
    old = f"read_parquet('{payload}/police/2025-12/pol_crime.parquet')"
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE ('99' AS outcome_type) FROM {old} ORDER BY crime_id_hash LIMIT 10 "
            f") TO '{later}/pol_crime.parquet'"
        )
        connection.execute(
            f"COPY (FROM read_parquet('{later}/pol_crime.parquet') UNION ALL "
            f"SELECT * REPLACE (md5(crime_id_hash) AS crime_id_hash, '98' AS outcome_type) FROM {old} LIMIT 15) "
            f"TO '{later}/pol_crime.parquet'"
        )
    before = built[0]["tables"]["pol_crime"]["rows"]
    for order, replaced in ((None, 10), ([["police", "2026-06"], ["police", "2025-12"]], 0)):
        room = tmp_path / f"{replaced}"
        report = linked.build(room, payload=str(payload), deliveries=order)
        counts = dict(asked(room, "SELECT outcome_type, count(*) FROM pol_crime GROUP BY 1"))
        assert report["tables"]["pol_crime"]["rows"] == before + 5
        assert (counts.get("99", 0), counts["98"]) == (replaced, 5)
    table = read_catalogue(small_linked.DESCRIPTION)["pol_crime"]
    assert put_together(table, [later / "pol_crime.parquet"]).count("ANTI") == 0


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"code": "cook_county_2019"}, "description is of cjs_linked"),
        ({"version": "../2026"}, "letters, digits"),
        ({"deliveries": [["hmpps", "1999"]]}, "no row"),
    ],
)
def test_what_cannot_be_a_release_is_refused(linked, tmp_path, options, problem):
    if "deliveries" in options:
        (tmp_path / "crosswalk").mkdir()
        for name in ("persons", "events"):
            parquet.write_table(
                parquet.read_table(linked.crosswalk / f"{name}.parquet").slice(0, 0),
                tmp_path / "crosswalk" / f"{name}.parquet",
            )
        options = {**options, "crosswalk": str(tmp_path / "crosswalk")}
    with pytest.raises(BadDataset, match=problem):
        linked.build(tmp_path / "room", **options)


def test_a_file_that_belongs_to_no_table_is_refused(linked, tmp_path):
    payload = copied(linked, tmp_path / "payload")
    (payload / "police" / "2025-12" / "names.parquet").write_bytes(b"")
    with pytest.raises(BadDataset, match="no table names"):
        linked.build(tmp_path / "room", payload=str(payload))


def test_progress_rises_to_the_end(linked, tmp_path):
    seen = []
    linked.build(tmp_path, progress=lambda what, share: seen.append(share))
    assert seen == sorted(seen) and (seen[0], seen[-1]) == (0.0, 1.0) and len(seen) > 15


def test_quality_and_differences_travel_with_the_release(linked, tmp_path):
    quality = {"basis": "truth", "measures": [
        {"ids": "person_id", "by": "overall", "precision": {"value": 0.99}, "recall": {"value": 0.9}},
    ]}  # fmt: skip
    crosswalk = tmp_path / "crosswalk"
    crosswalk.mkdir()
    for path in linked.crosswalk.iterdir():
        (crosswalk / path.name).write_bytes(path.read_bytes())
    (crosswalk / "quality.json").write_text(json.dumps(quality))
    linked.build(tmp_path / "one", crosswalk=str(crosswalk))
    again = linked.build(
        tmp_path / "two", version="2026.2", crosswalk=str(crosswalk), previous=str(tmp_path / "one" / "release")
    )
    assert again["quality"] == quality == json.loads((tmp_path / "two" / "release" / "quality.json").read_bytes())
    assert again["difference"]["against"] == "2026.1"
    assert again["difference"]["lines"] == [
        "No row, column or code is different.",
        "Of the links made, right: 99.0%; in the release before, 99.0%.",
        "Of the links to be made, found: 90.0%; in the release before, 90.0%.",
    ]
