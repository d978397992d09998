"""The jobs of linkage, each run in a process of its own: link what was delivered, and measure how good it is."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from extracts.linkage import spine_files
from extracts.linkage.clerical import agreement, settled
from extracts.linkage.crosswalk import write_events, write_groups, write_persons
from extracts.linkage.engine import OWN_THRESHOLD, SplinkEngine
from extracts.linkage.link_rates import link_rates
from extracts.linkage.phases import Phases
from extracts.linkage.quality import METHOD, measured
from extracts.linkage.quality_words import statement
from extracts.linkage.review import put_up
from extracts.linkage.reviewed import reviewed
from extracts.linkage.spine import Linked, link_on
from extracts.linkage.spine_records import deliveries_in, deliveries_of
from extracts.linkage.whole_files import write_json

Progress = Callable[[str, float], None]
Decisions = Sequence[Mapping[str, str]] | str

FORMAT = 1
MEMORY = "5GB"  # at most; what does not fit goes to the disk
MODEL = "model.json"
KEY_BYTES = 32


def link(
    progress: Progress,
    *,
    identities: str,
    spine: str,
    crosswalk: str,
    clerical: str,
    code: str,
    run: str,
    seed: int,
    key: str,
    decisions: Decisions = (),
    model: str = "",
    providers: Sequence[str] | None = None,
    deliveries: Sequence[Sequence[str]] | None = None,
    pairs_each: int = 60,
    afresh: bool = False,
) -> dict[str, Any]:
    """Link all accepted deliveries that the spine does not hold yet; what run.json says, with `pairs` for review.

    identities  folder <provider>/<delivery>/<source>.parquet; spine, crosswalk and clerical: folders of the dataset
    key         32 bytes as hexadecimal digits: person ids, groups of numbers and tokens come from it
    deliveries  [provider, delivery] of all to link, in the order in which they count; by default all that are there
    decisions   rows (or a Parquet file) of token, verdict and reviewer_hash; without the last they are settled already
    model       one that comes with Gatehouse, such as the description of the dataset may name; it is kept with the
                spine, and everything is scored again when it is another one. "" for the spine's own, learnt when there
                is none yet
    pairs_each  pairs to look at of each stratum, and of each kind of contradiction
    afresh      score everything again, and learn the model again if it is the spine's own

    Writes crosswalk/<run>/, clerical/ and the spine of this run, each file whole. The same spine, deliveries,
    decisions, key and seed give the same bytes, but for the seconds and memory in run.json. Raises BadSpine.
    """
    phases, home, secret = Phases(progress), Path(spine), bytes.fromhex(key)
    if len(secret) != KEY_BYTES:
        raise ValueError("The key has 32 bytes.")
    before = spine_files.predecessor(home, run)
    old = home / before.run if before.run else None
    engine = _engine(old, model=model, seed=seed, afresh=afresh)
    engine.progress = phases
    with _connection() as connection:
        known = Path(identities)
        given = deliveries_in(known, providers=providers) if deliveries is None else deliveries_of(known, deliveries)
        linked, draft = link_on(
            connection, engine, given, spine=home, run=run, key=secret,
            settled=_settled(_rows(decisions)), progress=phases, afresh=afresh,
        )  # fmt: skip
        phases("Putting up pairs for review", 0.85)
        review = put_up(
            connection, features=linked.features, each=pairs_each, seed=seed, key=secret,
            clerical=Path(clerical), draft=draft, old=old,
        )  # fmt: skip
        phases("Writing the crosswalk", 0.9)
        folder = _drafted_crosswalk(connection, Path(crosswalk), run, features=linked.features, key=secret)
        said = _said(connection, linked, engine, review, code=code, seed=seed)
    write_json(folder / "charts.json", engine.charts())
    write_json(folder / "review.json", {"strata": review["strata"], "strata_of": _strata_of(review["pairs"])})
    said["phases"] = phases.rows()
    write_json(folder / "run.json", said)
    (draft / MODEL).write_text(engine.as_text(), encoding="utf-8")
    (draft / MODEL).chmod(0o600)
    _put_in_place(folder, Path(crosswalk) / run)
    spine_files.put_in_place(home, draft, linked.state)
    write_json(Path(clerical) / "manifest.json", {"run": run, "pairs": review["pairs"]})
    progress("Linked", 1.0)
    return {**said, "pairs": review["pairs"]}


def _drafted_crosswalk(
    connection: duckdb.DuckDBPyConnection, crosswalk: Path, run: str, *, features: Sequence[str], key: bytes
) -> Path:
    """The run's folder, not in its place yet: which record is which person, which event is which case, and groups."""
    folder = crosswalk / f".{run}.draft"
    shutil.rmtree(folder, ignore_errors=True)
    write_persons(connection, folder / "persons.parquet")
    write_events(connection, folder / "events.parquet", features=features, key=key)
    write_groups(connection, folder / "groups.parquet", features=features)
    return folder


def measure(
    progress: Progress, *, crosswalk: str, truth: str = "", decisions: Decisions = (), seed: int | None = None
) -> dict[str, Any]:
    """The quality of a run's links, as quality.json in its folder says it too.

    crosswalk  folder of the run
    truth      folder with a persons.parquet of source, row_id and person, wherever in it; "" where nobody knows
    decisions  as for `link`: reviewed pairs of this run's sample are weighted back to all scored pairs
    seed       of the resampling; the run's own when left out
    """
    folder = Path(crosswalk)
    run = _read(folder / "run.json")
    seed = run["seed"] if seed is None else seed
    files = {"persons": folder / "persons.parquet", "groups": folder / "groups.parquet"}
    known = bool(truth) and any(Path(truth).glob("**/persons.parquet"))
    quality: dict[str, Any] = {"basis": "none", "measures": [], "worst": [], "method": METHOD}
    with _connection() as connection:
        progress("Counting links", 0.0)
        quality |= link_rates(connection, **files)
        if known:
            progress("Holding links against the truth", 0.3)
            quality |= measured(connection, **files, truth=Path(truth) / "**" / "persons.parquet", seed=seed)
    quality["reviewed"] = _reviewed(_read(folder / "review.json"), _rows(decisions), seed=seed)
    if not known and quality["reviewed"]["measures"]:
        quality["basis"] = "reviewed"
    quality |= {"format": FORMAT, "run": run["run"], "model": run["model"], "seed": seed}
    quality["statement"] = statement(quality)
    write_json(folder / "quality.json", quality)
    progress("Measured", 1.0)
    return quality


def _engine(old: Path | None, *, model: str, seed: int, afresh: bool) -> SplinkEngine:
    """The spine's own engine, or a new one where there is none, or where another model is asked for."""
    kept = None if old is None or afresh else SplinkEngine.kept(old / MODEL, seed=seed)
    if not model:
        return kept or SplinkEngine(seed)
    asked = SplinkEngine.shipped(model, seed=seed)
    return kept if kept and kept.is_from(asked) else asked


@contextmanager
def _connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, which spills to a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="linkage-") as scratch, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{scratch}'")
        connection.execute("SET enable_progress_bar = false")
        yield connection


def _said(
    connection: duckdb.DuckDBPyConnection, linked: Linked, engine: SplinkEngine, review: Mapping[str, Any], *,
    code: str, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """What the run says of itself."""
    assert engine.model is not None
    records, persons = connection.sql("SELECT count(*), count(DISTINCT person_id) FROM person").fetchall()[0]
    (pairs,) = connection.sql("SELECT count(*) FROM scored").fetchall()[0]
    counts = linked.counts
    return {
        "format": FORMAT, "code": code, "run": linked.state.run, "previous": linked.state.previous, "seed": seed,
        "model": {"name": engine.model.name, "version": engine.model.version, "engine": engine.name},
        "model_version": engine.model.version,
        "thresholds": {"person_id": OWN_THRESHOLD, "person_095": 0.95, "person_080": 0.80},
        "counts": {
            "records": records, "new": counts.new, "corrected": counts.corrected, "withdrawn": counts.withdrawn,
            "pairs": pairs, "scored": linked.scored, "clustered_again": linked.touched, "persons": persons,
            "put_up_for_review": len(review["pairs"]), "decided_but_apart": linked.apart,
        },
        "stable_ids": linked.changes["person_id"].as_json(),
        "stable_ids_095": linked.changes["person_095"].as_json(),
        "stable_ids_080": linked.changes["person_080"].as_json(),
        "contradictions": review["contradictions"],
        "inputs": linked.state.deliveries,
    }  # fmt: skip


def _rows(decisions: Decisions) -> list[Mapping[str, str]]:
    """Decisions in the order they were made."""
    if isinstance(decisions, str):
        rows: list[Mapping[str, str]] = pq.read_table(decisions).to_pylist() if decisions else []
        return rows
    return list(decisions)


def _settled(rows: list[Mapping[str, str]]) -> dict[str, str]:
    """Token -> verdict of the settled ones: those that two agree on, or all when they come without reviewers."""
    if all("reviewer_hash" in row for row in rows):
        return settled(rows)
    return {row["token"]: row["verdict"] for row in rows}


def _reviewed(review: Mapping[str, Any], rows: list[Mapping[str, str]], *, seed: int) -> dict[str, Any]:
    """What reviewed pairs say, and how far reviewers agree."""
    stratum_of = review["strata_of"]
    drawn = [(stratum_of[token], verdict) for token, verdict in sorted(_settled(rows).items()) if token in stratum_of]
    told = [pair for pair in drawn if pair[0] and pair[1] in ("same", "different")]
    both = rows if all("reviewer_hash" in row for row in rows) else []
    return {**reviewed(review["strata"], told, seed=seed), "agreement": agreement(both)}


def _strata_of(pairs: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {pair["token"]: pair["stratum"] for pair in pairs}


def _read(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def _put_in_place(draft: Path, final: Path) -> None:
    """The folder with all its files, or what was there before."""
    draft.chmod(0o700)
    if final.exists():
        aside = final.with_name(f".{final.name}.old")
        shutil.rmtree(aside, ignore_errors=True)
        final.rename(aside)
        draft.rename(final)
        shutil.rmtree(aside)
    else:
        draft.rename(final)
