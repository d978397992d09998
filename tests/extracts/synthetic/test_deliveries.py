"""Deliveries: two streams that fit together, the same bytes for the same seed, and the truth complete and apart."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from extracts.providers import IDENTIFYING, read_providers
from extracts.synthetic.deliveries import FolderInUse, TooFewPeople, write_deliveries
from extracts.synthetic.generate import BUILDERS
from extracts.synthetic.identity.further import FURTHER

pytestmark = pytest.mark.long

DESCRIPTION = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked"
PROVIDERS = read_providers(DESCRIPTION / "providers")
PEOPLE, CHUNK = 12_000, 5_000

# Which payload tables hold the person-records of each source.
TABLES_OF = {
    "pol_victim": ["pol_victim"], "pol_suspect": ["pol_suspect"], "cps_defendant": ["cps_pcd", "cps_prosecution"],
    "courts": ["crt_case"], **{row.source: [row.table] for row in FURTHER},
}  # fmt: skip
COURTS = ("mags_hocas", "crown_xhibit", "common_platform")
FROM_AN_ARREST = ("cps_defendant", *COURTS, "prison_nomis", "probation_delius")


def make(folder, people=PEOPLE, *, seed=5, chunk=CHUNK, **more):
    return write_deliveries(
        people, seed=seed, codelists=DESCRIPTION / "codelists", providers=DESCRIPTION / "providers", into=folder,
        chunk=chunk, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources") / "new"
    make(folder)
    return folder


@pytest.fixture(scope="module")
def identity(folder):
    """Identity records by source, in roles."""
    found = {}
    for provider in PROVIDERS:
        for source in provider.identity:
            path = folder / "deliveries" / provider.code / "identity" / f"{source.name}.parquet"
            if path.exists():
                frame = pd.read_parquet(path)
                assert tuple(frame.columns) == source.own_names
                found[source.name] = frame.rename(columns={source.row_id: "row_id", **dict(source.columns)})
    return found


@pytest.fixture(scope="module")
def payload(folder):
    return {path.stem: pd.read_parquet(path) for path in (folder / "deliveries").glob("*/payload/*.parquet")}


@pytest.fixture(scope="module")
def truth(folder):
    return {path.stem: pd.read_parquet(path) for path in (folder / "truth").iterdir()}


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_and_another_seed_other_bytes(folder, tmp_path):
    make(tmp_path / "again")
    make(tmp_path / "other", seed=6)
    first, again, other = (digests(place) for place in (folder, tmp_path / "again", tmp_path / "other"))

    assert first == again
    assert first.keys() == other.keys()
    assert all(first[path] != other[path] for path in first if not path.endswith("delivery.json"))


def test_people_are_as_many_as_asked_for_within_two_percent(folder, truth):
    people = truth["persons"]["person"].nunique()

    assert abs(people / PEOPLE - 1) < 0.02


def test_files_are_laid_out_by_provider_and_stream(folder):
    for provider in PROVIDERS:
        place = folder / "deliveries" / provider.code
        if place.exists():
            assert {path.stem for path in (place / "payload").iterdir()} == set(provider.payload) & set(BUILDERS)
            said = json.loads((place / "delivery.json").read_text())
            assert said == {"provider": provider.code, "delivery": "2025-12", "cut": "2025-12-31"}
    assert {path.name for path in folder.iterdir()} == {"deliveries", "truth"}


def test_payload_holds_no_identifier(payload):
    own_names = {own for provider in PROVIDERS for own in provider.own_names_of_identifiers}
    for frame in payload.values():
        assert not set(frame.columns) & (own_names | IDENTIFYING)


@pytest.mark.parametrize("group", TABLES_OF)
def test_every_row_id_of_the_payload_has_one_identity_record_and_the_reverse(identity, payload, group):
    tables = TABLES_OF[group]
    sources = COURTS if group == "courts" else (group,)
    records = pd.concat([identity[source]["row_id"] for source in sources])
    rows = pd.concat([payload[table] for table in tables])
    if group == "pol_victim":
        # Businesses and the state are victims without an identity.
        rows = rows[rows["row_id_hash"].isin(records) | rows["victim_type"].eq("person")]

    assert records.is_unique
    assert set(records) == set(rows["row_id_hash"].dropna())


def test_the_order_of_rows_joins_nothing(identity, payload):
    rows = payload["pol_suspect"]["row_id_hash"]
    same_place = (identity["pol_suspect"]["row_id"].to_numpy() == rows.to_numpy()).mean()
    ahead = identity["pol_suspect"]["event_date"].dropna().is_monotonic_increasing

    assert same_place < 0.01
    assert not ahead


def test_chunks_are_people_of_their_own(folder, truth):
    first = pq.ParquetFile(folder / "deliveries" / "police" / "payload" / "pol_crime.parquet")
    people = truth["persons"].groupby("person")["row_id"].size()

    assert first.num_row_groups > 2
    assert first.metadata.row_group(0).num_rows == CHUNK
    assert people.index.min() == 0
    assert people.index.max() + 1 == len(people)


def test_the_truth_is_complete(identity, truth):
    records = pd.concat([frame.assign(source=name) for name, frame in identity.items()])
    known = truth["persons"]

    assert not known.duplicated(["source", "row_id"]).any()
    assert len(known) == len(records) == len(known.merge(records[["source", "row_id"]]))
    events = truth["events"].merge(known).merge(
        known[known["source"] == "pol_suspect"][["row_id", "person"]], left_on="arrest", right_on="row_id",
        suffixes=("", "_arrested"),
    )  # fmt: skip
    assert len(events) == len(truth["events"])
    assert (events["person"] == events["person_arrested"]).all()
    assert set(events["source"]) == set(FROM_AN_ARREST) & set(identity)
    for source in ("cps_defendant", *COURTS):
        assert (events["source"] == source).sum() == len(identity[source])


def test_records_of_one_arrest_share_its_numbers(identity, truth):
    police = identity["pol_suspect"].assign(asn=lambda frame: frame["asn"].str.replace("/", ""))
    cps = identity["cps_defendant"].merge(truth["events"].query("source == 'cps_defendant'"))
    both = cps.merge(police, left_on="arrest", right_on="row_id", suffixes=("", "_police")).dropna(
        subset=["asn", "asn_police"]
    )

    assert len(both) > 300
    assert (both["asn"] == both["asn_police"]).mean() > 0.98


@pytest.mark.parametrize("source", ["prison_nomis", "probation_delius"])
def test_dates_of_sentence_mostly_agree_between_courts_and_those_who_carry_them_out(identity, truth, source):
    arrests = truth["events"].set_index("row_id")["arrest"]
    courts = pd.concat([identity[court] for court in COURTS]).dropna(subset=["sentence_dates"])
    later = identity[source].dropna(subset=["sentence_dates"])
    both = courts.assign(arrest=courts["row_id"].map(arrests)).merge(
        later.assign(arrest=later["row_id"].map(arrests)).dropna(subset=["arrest"]), on="arrest"
    )
    shared = [
        court in later.split("|") for court, later in zip(both.sentence_dates_x, both.sentence_dates_y, strict=True)
    ]

    assert len(shared) > 20
    assert 0.85 < sum(shared) / len(shared) <= 1


def test_hard_negatives_are_among_them(identity, truth):
    """Different people with one surname and postcode, one surname and date of birth, one full name."""
    suspects = pd.concat([identity["pol_suspect"], identity["pol_victim"]]).merge(truth["persons"])

    def confusable(*columns):
        groups = suspects.dropna(subset=list(columns)).groupby(list(columns))["person"].nunique()
        return int((groups > 1).sum())

    assert confusable("surname", "postcode") > 0.015 * PEOPLE
    assert confusable("surname", "date_of_birth") > 0.001 * PEOPLE
    assert confusable("forename", "surname", "postcode") > 5


def test_sources_lack_what_they_would_lack(identity):
    assert not {"pnc", "cro", "asn"} & set(identity["pol_victim"].columns)
    for source in {"npd", "hmrc_paye"} & set(identity):
        assert not {"pnc", "cro", "asn", "case_reference"} & set(identity[source].columns)


def test_journeys_are_open_at_the_cut(payload):
    crimes, cases = payload["pol_crime"], payload["crt_case"]

    assert 0.05 < (crimes["outcome_type"] == "0").mean() < 0.12
    assert cases["completion_date"].isna().mean() > 0.05
    assert crimes["outcome_date"].dropna().max().isoformat() <= "2025-12-31"


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")

    with pytest.raises(FolderInUse):
        make(tmp_path, 100)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nobody_is_refused(tmp_path):
    with pytest.raises(TooFewPeople):
        make(tmp_path, 0)


def test_one_person_is_enough(tmp_path):
    assert make(tmp_path, 1).people >= 1


def test_progress_goes_from_start_to_end(tmp_path):
    told = []
    make(tmp_path, 3_000, chunk=1_000, progress=lambda step, share: told.append(share))

    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0) or told[-1] > 0.98


def test_identity_records_alone(tmp_path):
    summary = make(tmp_path, 15_000, chunk=2_000, identity_only=True)
    persons = pd.read_parquet(tmp_path / "truth" / "persons.parquet")
    events = pd.read_parquet(tmp_path / "truth" / "events.parquet")
    sizes = persons.groupby("person").size()

    assert summary.payload_rows == 0
    assert not list(tmp_path.glob("deliveries/*/payload"))
    assert persons["source"].nunique() == 7
    assert abs(len(persons) / 15_000 - 1) < 0.02
    assert summary.records == len(persons)
    assert abs(sizes.mean() - 3) < 0.15
    assert 2 < (sizes * (sizes - 1) / 2).sum() / len(persons) < 3.6
    assert set(events["source"]) == {"cps_defendant", "mags_hocas", "crown_xhibit", "prison_nomis", "probation_delius"}
    assert set(events["arrest"]) <= set(persons[persons["source"] == "pol_suspect"]["row_id"])
