"""A small world for case linkage: made-up journeys as payload, a crosswalk with mistakes in it, and the truth apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from extracts.synthetic.chance import NONE, happens, new_keys, stream
from extracts.synthetic.codes import Codes
from extracts.synthetic.court_tables import record_keys as court_keys
from extracts.synthetic.cps_tables import record_keys as cps_keys
from extracts.synthetic.crimes import CUT_DAY
from extracts.synthetic.generate import BUILDERS
from extracts.synthetic.journeys import Journeys, simulate
from extracts.synthetic.layout import build
from extracts.synthetic.sentences import COMMUNITY, CUSTODY, SUSPENDED

CODELISTS = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked" / "codelists"
PAYLOAD = ("pol_crime", "pol_victim", "pol_suspect", "cps_pcd", "cps_prosecution", "crt_case", "crt_offence",
           "crt_hearing", "case_link", "drv_victim_journey")  # fmt: skip

# Percent of the records that carry the arrest/summons number, and the reference of the case.
NUMBERED = {"pol_suspect": 100, "cps_defendant": 93, "mags_hocas": 90, "crown_xhibit": 30, "prison_nomis": 0,
            "probation_delius": 0}  # fmt: skip
REFERRED = {"pol_suspect": 92, "cps_defendant": 99, "mags_hocas": 95, "crown_xhibit": 55, "prison_nomis": 0,
            "probation_delius": 0}  # fmt: skip
# The Crown Court's own numbers, on its records without a reference, repeat after so many.
CROWN_NUMBERS = 300


@dataclass
class World:
    """Payload and crosswalk (`events`, `persons`) by name, and the truth apart: source, row_id, arrest (its row_id)."""

    tables: dict[str, pa.Table]
    truth: pa.Table

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A database that sees the tables, but not the truth."""
        connection = duckdb.connect()
        for name, table in self.tables.items():
            connection.register(name, table)
        return connection


def a_world(
    crimes: int, *, seed: int, missed: float = 2.5, merged: float = 0.5, numbered: bool = True, referred: bool = False
) -> World:
    """Journeys of so many crimes.

    missed, merged  percent of records taken from their person, and of persons taken for another one
    numbered        whether records carry arrest/summons numbers, at the rates above
    referred        whether they carry references of cases
    """
    journeys = simulate(crimes, seed=seed, codes=Codes(CODELISTS), progress=lambda step, share: None)
    tables = {name: build(name, BUILDERS[name](journeys), seed=seed) for name in PAYLOAD}
    truth = {name: tables.pop(name) for name in ("case_link", "drv_victim_journey")}
    custody, probation = _prison(journeys), _probation(journeys)
    tables |= {"hmpps_custody": custody[0], "hmpps_probation": probation[0]}
    records = [
        ("pol_suspect", journeys.suspects.key, np.arange(len(journeys.suspects))),
        _of_cps(journeys), *_of_courts(journeys),
        ("prison_nomis", *custody[1:]), ("probation_delius", *probation[1:]),
    ]  # fmt: skip
    source = np.concatenate([np.full(len(keys), name) for name, keys, _ in records])
    row = np.concatenate([keys for _, keys, _ in records]).astype(str)
    arrest = np.concatenate([arrests for _, _, arrests in records])
    tables |= {
        "persons": _persons(journeys, source, row, arrest, missed=missed, merged=merged),
        "events": _events(journeys, source, row, arrest, numbered=numbered, referred=referred),
        "true_case_link": truth["case_link"],
        "true_journey": truth["drv_victim_journey"],
    }
    later = source != "pol_suspect"
    arrest_key = journeys.suspects.key[arrest[later]].astype(str)
    return World(tables, pa.table({"source": source[later], "row_id": row[later], "arrest": arrest_key}))


def _of_cps(journeys: Journeys):
    keys = cps_keys(journeys)
    arrests = np.flatnonzero(keys != b"")
    return "cps_defendant", keys[arrests], arrests


def _of_courts(journeys: Journeys):
    keys, crown = court_keys(journeys), journeys.cases.crown
    yield "mags_hocas", keys[~crown], journeys.case_suspect[~crown]
    yield "crown_xhibit", keys[crown], journeys.case_suspect[crown]


def _sentenced(journeys: Journeys, *disposals: int):
    return np.flatnonzero(np.isin(journeys.sentences.disposal, disposals) & (journeys.cases.completed <= CUT_DAY))


def _prison(journeys: Journeys) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """Periods in prison: on remand from the day after the charge, and under sentence from the day it is passed."""
    rng = stream(journeys.seed, "test prison")
    held = np.flatnonzero(journeys.defendants.custody & (journeys.defendants.charged < CUT_DAY))
    case = _sentenced(journeys, CUSTODY)
    suspect = np.r_[journeys.defendants.suspect[held], journeys.case_suspect[case]]
    day = np.r_[journeys.defendants.charged[held] + 1, journeys.cases.completed[case]]
    days = np.r_[np.full(len(held), NONE), journeys.sentences.custody_days[case]]
    keys, kind = new_keys(rng, len(suspect)), np.r_[np.zeros(len(held)), np.ones(len(case))].astype(np.int64)
    offence = journeys.crimes.offence[journeys.suspects.crime[suspect]]
    left_out = happens(rng, 2, len(suspect))
    return (
        pa.table({
            "custody_id_hash": new_keys(rng, len(suspect)).astype(str), "row_id_hash": keys.astype(str),
            "reception_date": _dates(day), "custody_type": np.array(["REM", "SDS"])[kind],
            "ho_offence_code": pa.array(np.array(journeys.codes.offences.codes)[offence], mask=left_out),
            "sentence_days": pa.array(days, mask=(days == NONE) | happens(rng, 20, len(days))),
            "age_at_reception": journeys.people.age_on(journeys.suspect_person[suspect], day),
        }),
        keys, suspect,
    )  # fmt: skip


def _probation(journeys: Journeys) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """Orders of the courts, referred within the week."""
    rng = stream(journeys.seed, "test probation")
    case = _sentenced(journeys, COMMUNITY, SUSPENDED)
    suspect, crime = journeys.case_suspect[case], journeys.case_crime[case]
    keys, referred = new_keys(rng, len(case)), journeys.cases.completed[case] + rng.integers(0, 8, len(case))
    codes = np.array(journeys.codes.offences.codes)[journeys.crimes.offence[crime]]
    person = journeys.suspect_person[suspect]
    return (
        pa.table({
            "event_id_hash": new_keys(rng, len(case)).astype(str), "rqmnt_seq": np.zeros(len(case), dtype=np.int32),
            "row_id_hash": keys.astype(str), "event_type": np.full(len(case), "CO"), "referral_date": _dates(referred),
            "main_offence_date": _dates(journeys.crimes.committed[crime], happens(rng, 5, len(case))),
            "mo_code": pa.array(codes, mask=happens(rng, 2, len(case))),
            "age_at_offence": journeys.people.age_on(person, journeys.crimes.committed[crime]),
            "gender": (journeys.people.sex[person]).astype(str),
        }),
        keys, suspect,
    )  # fmt: skip


def _dates(days: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())


def _persons(journeys: Journeys, source, row, arrest, *, missed: float, merged: float) -> pa.Table:
    rng = stream(journeys.seed, "test persons")
    count = len(journeys.people)
    number = np.arange(1, count + 1)
    wrong = happens(rng, merged, count)
    number[wrong] = rng.permutation(number)[wrong]
    person = number[journeys.suspect_person[arrest]]
    alone = happens(rng, missed, len(person))
    person = np.where(alone, count + 1 + np.arange(len(person)), person)
    role = np.where(source == "pol_suspect", "suspect", "defendant")
    return pa.table({
        "source": source, "row_id": row, "person_role": role, "person_id": person, "person_095": person,
        "person_080": person, "match_probability": np.full(len(person), 0.99),
    })  # fmt: skip


def _events(journeys: Journeys, source, row, arrest, *, numbered: bool, referred: bool) -> pa.Table:
    rng = stream(journeys.seed, "test events")
    known = happens(rng, np.array([NUMBERED[name] for name in source.tolist()]), len(source)) & numbered
    case = happens(rng, np.array([REFERRED[name] for name in source.tolist()]), len(source)) & referred
    crime = journeys.suspects.crime[arrest]
    own = ~case & (source == "crown_xhibit") & referred
    return pa.table({
        "source": source, "row_id": row, "arrest_group": pa.array(arrest + 1, mask=~known),
        "case_group": pa.array(np.where(own, -1 - crime % CROWN_NUMBERS, crime), mask=~(case | own)),
    })  # fmt: skip
