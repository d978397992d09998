"""The two link tables, as they would be if every link were found: each identifier is the true one."""

from __future__ import annotations

import numpy as np

from extracts.synthetic.chance import Ints, Keys, choose, new_keys, stream
from extracts.synthetic.codes import Coded
from extracts.synthetic.court_tables import case_keys, record_keys
from extracts.synthetic.cps_tables import record_keys as cps_record_keys
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column

SOURCES = ("pol_victim", "pol_suspect", "cps_defendant", "mags_hocas", "crown_xhibit", "common_platform")
ROLES = ("victim", "suspect", "defendant")
METHODS = ("urn", "offence_date_name", "probabilistic")
RUN = "truth-01"


def person_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of xjs_link: every record of a person, whichever service holds it."""
    rng = stream(journeys.seed, "xjs_link")
    keys, source, person, role = _records(rng, journeys)
    order = np.argsort(keys, kind="stable")
    identifier = journeys.people.key[person[order]]
    return {
        "row_id_hash": keys[order],
        "source_dataset": Coded(source[order], SOURCES),
        "estimated_xjs_id": identifier,
        "match_probability": scores(rng, len(keys)),
        "cluster_medium": identifier,
        "cluster_low": identifier,
        "person_role": Coded(role[order], ROLES),
        "link_run": Coded(np.zeros(len(keys), dtype=np.int64), (RUN,)),
    }


def _records(rng: np.random.Generator, journeys: Journeys) -> tuple[Keys, Ints, Ints, Ints]:
    """Key, source, person and role of every person-record. Courts moved to the Common Platform in the period."""
    victims = np.flatnonzero(journeys.victim_person >= 0)
    cps = cps_record_keys(journeys)
    in_cps = np.flatnonzero(cps != b"")
    crown, count = journeys.cases.crown, len(journeys.cases)
    old_system = rng.random(count) < 0.25
    court = np.where(old_system, np.where(crown, 4, 3), 5)
    return (
        np.concatenate([journeys.victims.key[victims], journeys.suspects.key, cps[in_cps], record_keys(journeys)]),
        np.concatenate([_all(0, victims), _all(1, journeys.suspects.key), _all(2, in_cps), court]),
        np.concatenate([
            journeys.victim_person[victims], journeys.suspect_person, journeys.suspect_person[in_cps],
            journeys.suspect_person[journeys.case_suspect],
        ]),
        np.concatenate([_all(0, victims), _all(1, journeys.suspects.key), _all(2, in_cps), _all(2, court)]),
    )  # fmt: skip


def _all(value: int, like: Ints | Keys) -> Ints:
    return np.full(len(like), value, dtype=np.int64)


def scores(rng: np.random.Generator, count: int) -> Ints:
    """Match scores in thousandths: nearly all close to 1, a few near the thresholds (assumed)."""
    return np.minimum(np.round(1000 * (1 - 0.25 * rng.beta(0.35, 6, count))), 1000).astype(np.int64)


def case_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of case_link: one row per crime that reached the CPS, with its cases in either court."""
    crime = linked_crimes(journeys)
    rng = stream(journeys.seed, "case_link")
    magistrates, crown = case_keys(journeys)
    return {
        "case_link_id": new_keys(rng, len(crime)),
        "crime_id_hash": journeys.crimes.key[crime],
        "cps_case_id_hash": journeys.charging.case[crime],
        "mc_case_id_hash": magistrates[crime],
        "cc_case_id_hash": crown[crime],
        "link_method": Coded(choose(rng, (82, 12, 6), len(crime)), METHODS),
        "estimated_match_score": case_scores(journeys),
        "link_candidates": np.ones(len(crime), dtype=np.int64),
        "link_certain": np.ones(len(crime), dtype=bool),
    }


def linked_crimes(journeys: Journeys) -> Ints:
    """The crimes that have a row in case_link."""
    return np.flatnonzero(journeys.charging.case != b"")


def case_scores(journeys: Journeys) -> Ints:
    """The match score of each row of case_link, in thousandths."""
    return scores(stream(journeys.seed, "case scores"), len(linked_crimes(journeys)))
