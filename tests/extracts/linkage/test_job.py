"""The linkage job on synthetic deliveries, with the real engine: what it writes, twice the same, behind walls too."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extracts.linkage import job
from extracts.linkage.spine_files import BadSpine
from extracts.providers import read_providers
from extracts.sealed import run_sealed, why_no_walls
from extracts.synthetic.deliveries import write_deliveries

pytestmark = pytest.mark.long

DESCRIPTION = Path("governance/catalogue/datasets/cjs_linked")
KEY = bytes(range(32)).hex()
RECORDS = 700


@dataclass
class Zones:
    root: Path

    def arguments(self, run: str, **more: Any) -> dict[str, Any]:
        folders = {name: str(self.root / name) for name in ("identities", "spine", "crosswalk", "clerical")}
        return {**folders, "code": "cjs_linked", "run": run, "seed": 7, "key": KEY, "pairs_each": 5, **more}

    def link(self, run: str, **more: Any) -> dict[str, Any]:
        return job.link(lambda what, share: None, **self.arguments(run, **more))

    def table(self, run: str, name: str) -> list[tuple]:
        return duckdb.sql(f"FROM '{self.root}/crosswalk/{run}/{name}.parquet'").fetchall()


def accepted(sources: Path, into: Path, *, months: int) -> None:
    """The delivered identity records under the names of their roles, dealt out to so many deliveries."""
    for provider in read_providers(DESCRIPTION / "providers"):
        for source in provider.identity:
            file = sources / "deliveries" / provider.code / "identity" / f"{source.name}.parquet"
            for month in range(months if file.exists() else 0):
                folder = into / provider.code / f"2026-0{month + 1}"
                folder.mkdir(parents=True, exist_ok=True)
                columns = ", ".join(f'"{own}"::VARCHAR AS {role}' for own, role in source.columns)
                duckdb.sql(
                    f"COPY (SELECT '{source.name}' AS source, {source.row_id} AS row_id, '{source.person_role}' "
                    f"AS person_role, {columns} FROM '{file}' WHERE hash({source.row_id}) % {months} = {month}) "
                    f"TO '{folder / file.name}'"
                )


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    write_deliveries(
        RECORDS, seed=5, codelists=DESCRIPTION / "codelists", providers=DESCRIPTION / "providers", into=folder,
        identity_only=True,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def linked(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Zones, list[dict[str, Any]]]:
    """Two deliveries of every provider, one linked on to the other."""
    zones = Zones(tmp_path_factory.mktemp("zones"))
    accepted(sources, zones.root / "later", months=2)
    reports = []
    for month in ("2026-01", "2026-02"):
        for folder in sorted((zones.root / "later").glob(f"*/{month}")):
            place = zones.root / "identities" / folder.parent.name / month
            place.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(place)
        if month == "2026-02":
            shutil.copytree(zones.root / "spine", zones.root / "spine before")
        reports.append(zones.link(month))
    return zones, reports


def test_the_run_says_what_it_did(linked):
    zones, (first, second) = linked
    counts = second["counts"]

    assert counts["records"] == first["counts"]["records"] + counts["new"]
    assert 0.9 * RECORDS < counts["records"] < 1.1 * RECORDS
    assert (
        counts["persons"] == second["stable_ids"]["kept"] + second["stable_ids"]["new"] + second["stable_ids"]["split"]
    )
    assert second["previous"] == "2026-01" and second["model"] == first["model"]
    assert {phase["name"] for phase in second["phases"]} >= {"Scoring pairs", "Clustering"}
    written = json.loads((zones.root / "crosswalk/2026-02/run.json").read_text())
    assert written == {name: value for name, value in second.items() if name != "pairs"}


def test_a_shipped_model_is_fitted_once_and_kept_with_the_spine(sources, tmp_path):
    zones = Zones(tmp_path)
    accepted(sources, tmp_path / "later", months=2)
    reports = []
    for month in ("2026-01", "2026-02"):
        for folder in sorted((tmp_path / "later").glob(f"*/{month}")):
            place = tmp_path / "identities" / folder.parent.name / month
            place.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(place)
        reports.append(zones.link(month, model="cjs-1"))
    first, second = (report["model"] for report in reports)
    assert first == second
    assert (first["name"], first["version"]) == ("cjs-1", "1")
    assert reports[1]["counts"]["scored"] < reports[1]["counts"]["pairs"], "standing pairs were not scored again"
    folder = str(tmp_path / "crosswalk/2026-02")
    everyone = job.measure(lambda what, share: None, crosswalk=folder, truth=str(sources / "truth"))["measures"][0]
    assert everyone["precision"]["value"] > 0.95 and everyone["recall"]["value"] > 0.95
    assert zones.link("2026-03")["model"] == second, "nobody asked for another one"


def test_the_crosswalk_has_every_record_once_and_no_identifier(linked):
    zones, (_, second) = linked
    folder = zones.root / "crosswalk/2026-02"
    columns = {path.stem: duckdb.sql(f"FROM '{path}'").columns for path in folder.glob("*.parquet")}

    assert columns == {
        "persons": ["source", "row_id", "person_role", "person_id", "person_095", "person_080", "match_probability"],
        "events": ["source", "row_id", "arrest_group", "case_group"],
        "groups": ["source", "row_id", "sex", "age_band", "ethnicity", "area"],
    }
    names = {name: [row[:2] for row in zones.table("2026-02", name)] for name in columns}
    assert names["persons"] == sorted(set(names["persons"])) == names["events"] == names["groups"]
    assert len(names["persons"]) == second["counts"]["records"]


def test_ids_stay_when_more_is_linked(linked):
    zones, _ = linked
    before, after = ({row[:2]: row[3] for row in zones.table(run, "persons")} for run in ("2026-01", "2026-02"))
    assert sum(after[name] == id for name, id in before.items()) >= 0.98 * len(before)


def test_events_are_grouped_by_valid_numbers_under_numbers_that_tell_nothing(linked):
    zones, _ = linked
    rows = zones.table("2026-02", "events")
    groups = [row[2] for row in rows if row[2] is not None]
    assert len(groups) > 0.3 * len(rows)
    assert 1 < len(groups) / len(set(groups)) < 10
    assert not set(groups) & {row[3] for row in rows}


def test_groups_are_known_for_most(linked):
    zones, _ = linked
    rows = zones.table("2026-02", "groups")
    for place, known in (
        (2, {"Male", "Female"}),
        (3, {"Under 18", "18 to 20", "30 to 39"}),
        (4, {"White", "Black"}),
        (5, {"London", "Wales"}),
    ):
        values = [row[place] for row in rows]
        assert known <= set(values)
        assert values.count("Not recorded") < 0.5 * len(values)


def test_one_after_another_is_nearly_as_all_at_once(linked, sources, tmp_path):
    """Differences come from what was learnt of less: fewer than 1 in 100 pairs."""
    zones, _ = linked
    at_once = Zones(tmp_path)
    accepted(sources, tmp_path / "identities", months=1)
    at_once.link("r1")
    pairs = []
    for one, run in ((zones, "2026-02"), (at_once, "r1")):
        persons: dict[int, list] = {}
        for source, row, _, person, *_ in one.table(run, "persons"):
            persons.setdefault(person, []).append((source, row))
        pairs.append({(a, b) for rows in persons.values() for a in rows for b in rows if a < b})
    assert 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1])) > 0.99


def test_quality_is_measured_against_the_truth_and_said_in_words(linked, sources):
    zones, (_, second) = linked
    folder = zones.root / "crosswalk/2026-02"
    quality = job.measure(lambda what, share: None, crosswalk=str(folder), truth=str(sources / "truth"))

    everyone = quality["measures"][0]
    assert (quality["basis"], quality["records"]) == ("truth", second["counts"]["records"])
    assert everyone["precision"]["value"] > 0.95 and everyone["recall"]["value"] > 0.95
    assert any(sentence.startswith("Of the links made, ") for sentence in quality["statement"]["summary"])
    assert json.loads((folder / "quality.json").read_text()) == quality
    first = (folder / "quality.json").read_bytes()
    job.measure(lambda what, share: None, crosswalk=str(folder), truth=str(sources / "truth"))
    assert (folder / "quality.json").read_bytes() == first


def test_without_truth_only_link_rates_are_known(linked):
    zones, _ = linked
    quality = job.measure(lambda what, share: None, crosswalk=str(zones.root / "crosswalk/2026-01"))
    assert (quality["basis"], quality["measures"], quality["reviewed"]["measures"]) == ("none", [], [])
    assert quality["link_rates"][0]["linked"]["value"] > 0.1
    assert "has not been measured" in quality["statement"]["summary"][0]


def test_pairs_for_review_are_files_by_token_and_nothing_else_is_said_of_them(linked):
    zones, (_, second) = linked
    manifest = json.loads((zones.root / "clerical/manifest.json").read_text())
    assert manifest == {"run": "2026-02", "pairs": second["pairs"]}
    assert {frozenset(pair) for pair in manifest["pairs"]} == {frozenset({"token", "stratum", "reason"})}
    for pair in manifest["pairs"]:
        content = json.loads((zones.root / "clerical/pairs" / f"{pair['token']}.json").read_text())
        assert len(content["records"]) == 2 and set(content["comparison"]) == set(content["fields"])
    files = [path for path in (zones.root / "clerical").rglob("*") if path.is_file()]
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}


def decided(pairs: list[dict[str, str]], verdict: str) -> list[dict[str, str]]:
    return [
        {"token": pair["token"], "reviewer_hash": reviewer, "verdict": verdict}
        for pair in pairs
        for reviewer in ("a1", "b2")
    ]


def test_settled_decisions_come_into_the_next_run(linked):
    """What two reviewers say of the surest pairs parts them, and nothing but their persons changes."""
    zones, (_, second) = linked
    copy = Zones(zones.root / "decided")
    for name in ("identities", "spine", "clerical"):
        shutil.copytree(zones.root / name, copy.root / name)
    sure = [pair for pair in second["pairs"] if pair["stratum"] == "s5"]
    report = copy.link("2026-03", decisions=decided(sure, "different"))
    quality = job.measure(
        lambda what, share: None, crosswalk=str(copy.root / "crosswalk/2026-03"), decisions=decided(sure, "different")
    )

    assert len(sure) == 5
    assert report["counts"]["scored"] == report["counts"]["new"] == 0
    assert 0 < report["stable_ids"]["split"] <= 5 < report["counts"]["clustered_again"] < 200
    assert quality["reviewed"]["agreement"] == {"pairs": 5, "agreed": 1.0, "kappa": None}


def test_a_withdrawn_record_is_gone_from_crosswalk_spine_and_review(linked):
    zones, _ = linked
    copy = Zones(zones.root / "withdrawing")
    for name in ("identities", "spine", "clerical"):
        shutil.copytree(zones.root / name, copy.root / name)
    token, source, row_id = duckdb.sql(
        f"SELECT token, source, row_id FROM '{copy.root}/spine/2026-02/pairs.parquet' "
        f"JOIN '{copy.root}/spine/2026-02/records.parquet' ON rid = a WHERE source LIKE 'pol%' ORDER BY token"
    ).fetchall()[0]
    folder = copy.root / "identities/police/2026-03"
    folder.mkdir()
    pq.write_table(pa.table({"source": [source], "row_id": [row_id]}), folder / "withdrawn.parquet")
    report = copy.link("2026-03")

    assert report["counts"]["withdrawn"] == 1
    assert (source, row_id) not in {row[:2] for row in copy.table("2026-03", "persons")}
    assert not (copy.root / "clerical/pairs" / f"{token}.json").exists()
    assert token not in {pair["token"] for pair in report["pairs"]}


def test_the_same_inputs_give_the_same_bytes_behind_walls_too(linked):
    """A process of its own, which reaches its zones only, from the same spine: as the run above, byte for byte."""
    if reason := why_no_walls():
        pytest.skip(reason)
    zones, (_, second) = linked
    walled = Zones(zones.root / "walled")
    for name, to in (("identities", "identities"), ("spine before", "spine")):
        shutil.copytree(zones.root / name, walled.root / to)
    said: list[str] = []
    report = run_sealed(
        "extracts.linkage.job:link", walled.arguments("2026-02"), reads=[walled.root / "identities"],
        writes=[walled.root / name for name in ("spine", "crosswalk", "clerical")],
        progress=lambda what, share: said.append(what),
    )  # fmt: skip

    assert report["pairs"] == second["pairs"] and "Scoring pairs" in said
    for zone in ("crosswalk/2026-02", "spine/2026-02", "clerical"):
        written = {
            path.relative_to(walled.root): path.read_bytes()
            for path in (walled.root / zone).rglob("*.*")
            if path.is_file()
        }
        assert written
        assert [str(path) for path, content in written.items() if (zones.root / path).read_bytes() != content
                and path.name not in ("run.json", "quality.json")] == []  # fmt: skip


def test_what_cannot_be_linked_is_refused_before_anything_is_written(linked):
    zones, _ = linked
    with pytest.raises(BadSpine, match="gone on"):
        zones.link("2026-01")
    with pytest.raises(ValueError, match="32 bytes"):
        zones.link("2026-03", key="00")
    assert sorted(path.name for path in (zones.root / "crosswalk").iterdir()) == ["2026-01", "2026-02"]
