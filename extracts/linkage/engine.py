"""The engine of the spine: Splink's scores over our blocks and comparisons, refined into persons.

The model is a shipped one, or learnt from the first deliveries. Either is kept with the spine, with the share of pairs
that are one person's there; later deliveries are scored with it, so that old and new scores mean the same. When
everything is linked afresh, it is learnt, or the share found, again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from extracts.linkage.charts import charts_of, unlinkables
from extracts.linkage.forms import FORMS
from extracts.linkage.frequencies import allow_for_others, forget, with_frequencies
from extracts.linkage.learning import Scope, scope, train, with_own_prior
from extracts.linkage.link import bits_of
from extracts.linkage.model import CLEAR, Model, as_json, from_json, shipped, untrained
from extracts.linkage.refine import refined
from extracts.linkage.scoring import Progress, quiet, score_blocks
from extracts.linkage.spine_blocks import block
from extracts.linkage.spine_engine import number
from extracts.linkage.spine_records import ROLES
from extracts.linkage.stable_ids import Ints
from extracts.linkage.standardise import standardise

# Bits of mean evidence at which persons are cut from the tree, from low to high: 0.80, the release's own ids, 0.95.
# The own cut was chosen on 100,000 synthetic records (seed 3), with and without PNC numbers, of nine cuts from -2 to 8
# bits; F1 is flat around it. What is measured on that seed is therefore no independent measure of it.
OWN_THRESHOLD = 0.90
CUTS = {"cluster_080": bits_of(0.80), "cluster": bits_of(OWN_THRESHOLD), "cluster_095": bits_of(0.95)}
MOST_OTHERS = 50.0
FINDING_FROM, LEARNING_FROM, SCORING_FROM, SCORING = 0.15, 0.25, 0.35, 0.35  # of the whole job's progress
USUAL_OTHERS = 3.0  # further records of a person, where a model comes from elsewhere


@dataclass
class SplinkEngine:
    """`others`: how many further records a person has on average, which tells chance from sameness in frequencies.

    `at_home`: the model knows how many pairs are one person's among these records, not only where it was trained.
    """

    seed: int
    model: Model | None = None
    others: float = 0.0
    joins_from: float = CUTS["cluster_080"]
    progress: Progress = quiet
    unlinkables: list[dict[str, float]] = field(default_factory=list)
    at_home: bool = True

    @property
    def name(self) -> str:
        """The model by what is in it; "" before it is learnt."""
        if self.model is None:
            return ""
        digest = hashlib.sha256(self.as_text().encode()).hexdigest()
        return f"{self.model.name} {self.model.version} {digest[:12]}"

    def is_from(self, other: SplinkEngine) -> bool:
        """Whether both have the same model, but for how many pairs are one person's."""
        return bool(self.model and other.model and self.model.with_prior(0.5) == other.model.with_prior(0.5))

    @classmethod
    def kept(cls, path: Path, *, seed: int) -> SplinkEngine:
        """The engine with the model that `keep` wrote."""
        read = json.loads(path.read_text(encoding="utf-8"))
        return cls(seed, from_json(json.dumps(read["model"])), read["others"])

    @classmethod
    def shipped(cls, name: str, *, seed: int, others: float = USUAL_OTHERS) -> SplinkEngine:
        """The engine with a model that comes with Gatehouse. Raises UnknownModel."""
        return cls(seed, shipped(name), others, at_home=False)

    def as_text(self) -> str:
        """The model and what goes with it, as JSON; no value of any record."""
        assert self.model is not None
        made = {"model": json.loads(as_json(self.model)), "others": self.others}
        return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    def standardise(self, connection: duckdb.DuckDBPyConnection, table: str, *, into: str) -> tuple[str, ...]:
        """Records in one form. Roles that no record has are left out."""
        counted = ", ".join(f"count({role}) AS {role}" for role in ROLES)
        filled = connection.sql(f"SELECT {counted} FROM {table}").to_arrow_table().to_pylist()[0]
        return standardise(connection, table, {role: role for role in ROLES if filled[role]}, into=into)

    def score(self, connection: duckdb.DuckDBPyConnection, records: str, *, into: str) -> None:
        """Every pair worth keeping; learns the model first, when there is none."""
        self._score(connection, records, into=into, crossing="")

    def score_between(self, connection: duckdb.DuckDBPyConnection, new: str, standing: str, *, into: str) -> None:
        """Pairs with at least one new record. New records have higher numbers than all standing ones."""
        connection.execute(f"CREATE OR REPLACE VIEW all_records AS FROM {standing} UNION ALL BY NAME FROM {new}")
        first = number(connection, f"SELECT min(rid) FROM {new}")
        self._score(connection, "all_records", into=into, crossing=f" AND r.rid >= {first}")
        connection.execute("DROP VIEW all_records")

    def _score(self, connection: duckdb.DuckDBPyConnection, records: str, *, into: str, crossing: str) -> None:
        count = number(connection, f"SELECT count(*) FROM {records}")
        self.progress("Finding pairs that are worth comparing", FINDING_FROM)
        block(connection, records, count, into="members")
        model = self._prepare(connection, records, count)
        score_blocks(
            connection, "prepared", "members", model, into=into, crossing=crossing,
            progress=lambda _, share: self.progress("Scoring pairs", SCORING_FROM + SCORING * share),
        )  # fmt: skip
        self.unlinkables = unlinkables(connection, "prepared", model)
        forget(connection, "prepared")
        connection.execute("DROP TABLE members")

    def _prepare(self, connection: duckdb.DuckDBPyConnection, records: str, count: int) -> Model:
        """Make the view `prepared` of the records, with frequencies, and learn what is not known yet; the model."""
        if self.model is None:
            return self._learn(connection, records, count)
        completed = _completed(connection, records, self.model)
        with_frequencies(connection, completed, self.model.frequencies, into="prepared", others=self.others)
        if not self.at_home:
            within = scope(connection, records, "dedupe")
            self._settle(with_own_prior(connection, "prepared", "members", self.model, within), within, count)
            allow_for_others(connection, completed, self.model.frequencies, into="prepared", others=self.others)
        return self.model

    def charts(self) -> dict[str, Any]:
        """What the charts of the linkage page are drawn from."""
        assert self.model is not None
        return charts_of(self.model, self.unlinkables)

    def _learn(self, connection: duckdb.DuckDBPyConnection, records: str, count: int) -> Model:
        """The model, from these records, which are made `prepared`."""
        self.progress("Learning the model", LEARNING_FROM)
        own = {"rid", "source"}
        features = [row[0] for row in connection.execute(f"DESCRIBE {records}").fetchall() if row[0] not in own]
        within = scope(connection, records, "dedupe")
        first = untrained(features, name="learnt from the first deliveries")
        learnt = train(connection, records, "members", first, within, seed=self.seed, prepared="prepared")
        self._settle(learnt, within, count)
        allow_for_others(connection, records, learnt.frequencies, into="prepared", others=self.others)
        return learnt

    def _settle(self, model: Model, within: Scope, count: int) -> None:
        """Keep the model, and with it how many records a person has here."""
        self.model, self.at_home = model, True
        self.others = round(min(2 * model.prior * within.pairs / max(count, 1), MOST_OTHERS), 6)

    def clusters(self, connection: duckdb.DuckDBPyConnection, edges: str, records: str, *, into: str) -> None:
        """Persons at each cut, within each other."""
        count = number(connection, f"SELECT count(*) FROM {records}")
        found = connection.sql(f"SELECT id_a, id_b, match_weight, match_probability FROM {edges}").to_arrow_table()
        a, b, weight, probability = (np.asarray(found[name]) for name in found.column_names)
        labels = dict(zip(CUTS, refined(count, a, b, weight, cuts=list(CUTS.values())), strict=True))
        own = labels["cluster"]
        table = pa.table({
            "rid": np.arange(count), **labels,
            "match_probability": pa.array(_best(count, a, b, probability, own), from_pandas=True),
        })  # fmt: skip
        connection.register("clusters_made", table)
        connection.execute(f"CREATE OR REPLACE TABLE {into} AS FROM clusters_made")
        connection.unregister("clusters_made")


def _best(count: int, a: Ints, b: Ints, probability: Any, cluster: Ints) -> Any:
    """Of each record the highest probability of a pair with another one of its person; NaN without one."""
    within = cluster[a] == cluster[b]
    best = np.full(count, -1.0)
    for side in (a, b):
        np.maximum.at(best, side[within], probability[within])
    return np.where(best < 0, np.nan, best)


def _completed(connection: duckdb.DuckDBPyConnection, records: str, model: Model) -> str:
    """The records, with columns of nothing for features of the model that they lack."""
    there = {row[0] for row in connection.execute(f"DESCRIBE {records}").fetchall()}
    lacking = [feature for feature in model.features if feature not in there]
    if not lacking:
        return records
    nothing = ", ".join(f"NULL::{FORMS[CLEAR].kind(feature)} AS {feature}" for feature in lacking)
    connection.execute(f"CREATE OR REPLACE VIEW completed AS SELECT *, {nothing} FROM {records}")
    return "completed"
