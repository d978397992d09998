"""The public door of person linkage: models, scored pairs, clusters, and whole files from end to end."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from extracts.linkage import scale
from extracts.linkage.blocking import Blocks
from extracts.linkage.choosing import CUT_OF_MANY, CUTS, chosen
from extracts.linkage.configuration import BadConfiguration, Configuration
from extracts.linkage.encoded import make_comparable, read
from extracts.linkage.forms import FORMS, Form
from extracts.linkage.frequencies import forget, with_frequencies
from extracts.linkage.learning import Scope, among_candidates, crossing_by_rid, scope, train, with_own_prior
from extracts.linkage.model import CLEAR, Model, UnknownModel, from_json, shipped
from extracts.linkage.refine import refined
from extracts.linkage.scoring import Progress, quiet, score_blocks

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Bits of mean evidence at which the tree is cut where no source holds a person twice: a record's better
# partner rules the others out, so little is enough. Elsewhere the cut is chosen (extracts/linkage/choosing.py).
ONE_TO_ONE_CUT = -3.0
LARGEST_MEMORY = "6GB"


@dataclass
class Summary:
    """What a linkage did. `candidates` that were compared in full; `pairs` by blocking rule, repeated ones included.

    seconds  by phase; `peak_mib` of the whole process
    """

    records: int = 0
    candidates: int = 0
    scored: int = 0
    persons: int = 0
    largest_person: int = 0
    cut_bits: float = 0.0
    model: str = ""
    model_version: str = ""
    pairs: dict[str, int] = field(default_factory=dict)
    largest_block: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mib: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def model(name: str = "", *, path: Path | None = None) -> Model:
    """A model that comes with Gatehouse, or one from a file. Raises UnknownModel."""
    if path is None:
        return shipped(name)
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except OSError:
        raise UnknownModel(f"{path.name} cannot be read") from None


def bits_of(probability: float) -> float:
    """A probability as match weight."""
    return float(np.log2(probability / (1 - probability)))


@contextmanager
def _phase(summary: Summary, name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    summary.seconds[name] = round(summary.seconds.get(name, 0.0) + time.perf_counter() - start, 2)


def prepare(
    connection: duckdb.DuckDBPyConnection, records: str, *, into: str, members: str, known: Model | None, mode: str,
    seed: int, form: Form = FORMS[CLEAR],
) -> tuple[Model, Blocks, Scope]:  # fmt: skip
    """From standardised records to the view `into`, which has frequencies, and `members` of blocks.

    known  a trained model, or None: then one is learnt from the records. Raises UnknownModel for one of another form.
    """
    if known is not None and known.form != form.name:
        raise UnknownModel(f"the model {known.name} is for records of the form {known.form}; these are {form.name}")
    columns = [str(row[0]) for row in connection.execute(f"DESCRIBE {records}").fetchall()]
    within = scope(connection, records, mode)
    count = int(connection.execute(f"SELECT count(*) FROM {records}").fetchall()[0][0])
    blocks = form.block(connection, records, count, members)
    if form.only_candidates:
        within = among_candidates(connection, records, members, within)
    if known is None:
        start = form.untrained([name for name in columns if name not in ("rid", "source")])
        learnt = train(connection, records, members, start, within, seed=seed, prepared=into)
        return learnt, blocks, within
    _make_complete(connection, records, known, columns, form)
    with_frequencies(connection, records, known.frequencies, into=into)
    return with_own_prior(connection, into, members, known, within), blocks, within


def _make_complete(
    connection: duckdb.DuckDBPyConnection, records: str, known: Model, columns: Sequence[str], form: Form
) -> None:
    """Give the records the features that the model names and they lack, empty."""
    for feature in known.features:
        if feature not in columns:
            connection.execute(f"ALTER TABLE {records} ADD COLUMN {feature} {form.kind(feature)}")


def score(
    connection: duckdb.DuckDBPyConnection, records: str, known: Model | None, *, into: str = "edges",
    mode: str = "dedupe", seed: int = 1, progress: Progress = quiet, summary: Summary | None = None,
    form: Form = FORMS[CLEAR],
) -> Model:  # fmt: skip
    """Make the table `into` (id_a < id_b, match_weight in bits, match_probability) of every pair worth keeping.

    records  a table that `standardise` made; it is used up, which leaves memory to the pairs
    known    a trained model, or None: then one is learnt first

    Pairs are scored in independent parts, few enough at a time for memory. Returns the model that was used.
    """
    told = summary or Summary()
    with _phase(told, "block and train"):
        progress("Looking for candidate pairs and learning what agreement is worth", 0.1)
        used, blocks, within = prepare(
            connection, records, into="prepared", members="members", known=known, mode=mode, seed=seed, form=form
        )
        connection.execute(f"DROP TABLE {records}")
    with _phase(told, "score"):
        told.candidates = score_blocks(
            connection, "prepared", "members", used, into=into,
            crossing=crossing_by_rid("prepared", within),
            progress=lambda _, share: progress("Scoring pairs", 0.3 + 0.5 * share),
        )  # fmt: skip
    forget(connection, "prepared")
    connection.execute("DROP TABLE members")
    told.scored = int(connection.execute(f"SELECT count(*) FROM {into}").fetchall()[0][0])
    told.pairs = {rule: pairs for rule, pairs in blocks.pairs.items() if pairs}
    told.largest_block, told.model, told.model_version = blocks.largest, used.name, used.version
    return used


def clusters(
    connection: duckdb.DuckDBPyConnection, edges: str, records: str, *, into: str = "clusters",
    thresholds: Sequence[float] = (0.80, 0.95), cut: float | None = None, one_to_one: bool = False,
) -> float:  # fmt: skip
    """Make the table `into`: rid, cluster, cluster_080, cluster_095 (their smallest rid), match_probability.

    records      `rid` and `source` of each
    thresholds   probabilities of the mean evidence at which the tree is cut besides `cut` (bits; None for the shipped)
    one_to_one   no two records of one source are one person

    `rid` of the records is dense from 0. match_probability is the highest of a pair that joins the record to another
    one of its cluster, null for a cluster of one. Returns the cut.
    """
    count = int(connection.execute(f"SELECT count(*) FROM {records}").fetchall()[0][0])
    found = connection.sql(f"SELECT id_a, id_b, match_weight FROM {edges} ORDER BY id_a, id_b").to_arrow_table()
    a, b, weight = (np.asarray(found[name]) for name in ("id_a", "id_b", "match_weight"))
    sources = _sources(connection, records) if one_to_one else None
    cut = _cut(count, (a, b, weight), sources) if cut is None else cut
    cuts = {"cluster": cut, **{f"cluster_{round(100 * p):03d}": bits_of(p) for p in thresholds}}
    order = sorted(cuts, key=lambda name: cuts[name])
    labels = refined(count, a, b, weight, cuts=[cuts[name] for name in order], sources=sources)
    table = pa.table({"rid": np.arange(count), **dict(zip(order, labels, strict=True))})
    connection.register("labelled", table)
    connection.execute(
        f"""CREATE OR REPLACE TABLE {into} AS
        WITH inside AS (
            SELECT unnest([id_a, id_b]) AS rid, match_probability FROM {edges}
            JOIN labelled l ON l.rid = id_a JOIN labelled r ON r.rid = id_b AND l.cluster = r.cluster
        ), best AS (SELECT rid, max(match_probability) AS match_probability FROM inside GROUP BY rid)
        SELECT labelled.*, best.match_probability FROM labelled LEFT JOIN best USING (rid) ORDER BY rid"""
    )
    connection.unregister("labelled")
    return cut


def _cut(count: int, edges: tuple[Ints, Ints, Floats], sources: Ints | None) -> float:
    """The shipped cut."""
    if sources is not None:
        return ONE_TO_ONE_CUT
    if count > scale.SCALE.many:
        return CUT_OF_MANY
    return CUTS[chosen(refined(count, *edges, cuts=CUTS), *edges)]


def _sources(connection: duckdb.DuckDBPyConnection, records: str) -> Ints:
    names = connection.sql(f"SELECT source FROM {records} ORDER BY rid").to_arrow_table()["source"]
    return np.asarray(names.combine_chunks().dictionary_encode().indices).astype(np.int64)


def link(
    files: Sequence[Path], configuration: Configuration, *, out: Path, seed: int = 1, progress: Progress = quiet,
    known: Model | None = None,
) -> Summary:  # fmt: skip
    """Link whole files and write `out`, Parquet with `record_id` and `person_id`, one row for each record.

    Without a model (`known`, or the configuration's) one is learnt from the files. Raises BadConfiguration,
    BadRecords, UnknownModel.
    """
    summary = Summary()
    if known is None and configuration.model:
        known = model(configuration.model)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"SET memory_limit = '{LARGEST_MEMORY}'; SET enable_progress_bar = false")
        connection.execute(f"SET temp_directory = '{out.parent / f'.{out.name}.spill'}'")
        with _phase(summary, "read"):
            progress("Reading", 0.0)
            form, summary.records = read(connection, files, configuration, into="raw")
        if not summary.records:
            raise BadConfiguration("there are no records: the files are empty")
        with _phase(summary, "standardise"):
            progress("Standardising", 0.05)
            make_comparable(connection, form, "raw", configuration, into="standard")
            connection.execute("CREATE TABLE ids AS SELECT rid, source, record_id FROM raw; DROP TABLE raw")
        score(
            connection, "standard", known, mode=configuration.mode, seed=seed, progress=progress, summary=summary,
            form=form,
        )  # fmt: skip
        with _phase(summary, "cluster"):
            progress("Clustering", 0.85)
            told = configuration.threshold
            summary.cut_bits = clusters(
                connection, "edges", "ids", thresholds=(), cut=None if told is None else bits_of(told),
                one_to_one=configuration.one_to_one,
            )  # fmt: skip
        made = connection.sql(
            "SELECT record_id, cluster AS person_id FROM ids JOIN clusters USING (rid) ORDER BY rid"
        ).to_arrow_table()
    sizes = np.unique(np.asarray(made["person_id"]), return_counts=True)[1]
    summary.persons, summary.largest_person = len(sizes), int(sizes.max(initial=0))
    pq.write_table(made, out, compression="zstd")
    summary.peak_mib = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    progress("Done", 1.0)
    return summary
