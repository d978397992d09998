"""What a generated file says on each calibration target: one function per target, on the tables alone.

The Data Lab's and the prisons' measures that no single table holds are worked out from the truth beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from extracts.synthetic.chance import NONE, Flags, Ints, sequence_within
from extracts.synthetic.codes import CodeList, Codes
from extracts.synthetic.custody_tables import hmpps_custody_persons
from extracts.synthetic.employment import SIX_WEEKS, spells
from extracts.synthetic.generate import BUILDERS
from extracts.synthetic.index_tables import index_disposals
from extracts.synthetic.journeys import Journeys, simulate
from extracts.synthetic.layout import build
from extracts.synthetic.people import MALE
from extracts.synthetic.reoffending import BANDS, SIX_MONTHS, bands

OUT_OF_COURT = ["2", "3", "6", "7", "8", "22"]
WITHDREW = ["14", "16"]
# Crimes against a person, of which the London victims review took its sample: violence, sexual offences, robbery.
SELECTED = ("01", "02", "03")
LEGAL_DECISIONS = ["CHG", "NFE", "NFP", "OCD"]
LIFE = 99999
DAYS_A_MONTH = 30.4375
# The first year of records has few old cases to close, so what is on the basis of closing leaves it out.
CLOSED_FROM = 2024

COLUMNS = {
    "pol_crime": ["crime_id_hash", "offence_subgroup", "outcome_type", "outcome_date", "days_record_to_outcome",
                  "domestic_abuse_flag"],
    "pol_victim": ["crime_id_hash", "victim_seq", "victim_type", "age_at_offence", "relationship_to_suspect",
                   "ethnicity_sde"],
    "pol_suspect": ["ethnicity_sde"],
    "cps_pcd": ["crime_id_hash", "row_id_hash", "receipt_type", "decision_code", "days_receipt_to_decision", "flags",
                "consultations"],
    "cps_prosecution": ["flags", "stop_reason_group", "victim_attrition_post_charge"],
    "crt_case": ["court_tier", "receipt_route", "case_outcome", "principal_disposal", "custody_days", "sex",
                 "ethnicity_sde"],
    "hmpps_custody": ["release_date", "release_type", "ethnicity_sde"],
    "pnc_index": ["index_disposal", "age_at_index", "prev_convictions", "reoffended_1y", "reoffences_1y"],
}  # fmt: skip
RAPE_TABLES = ("pol_crime", "cps_pcd", "cps_prosecution")


@dataclass(frozen=True)
class RapeOnly(Codes):
    """The same lists, for a file of rape offences alone: one crime in eighty is too few to measure anything on."""

    @cached_property
    def outcomes(self) -> CodeList:
        table = super().outcomes
        rows = (row | {"mix_pct": "1" if row[table.key] == "Rape offences" else "0"} for row in table.rows)
        return CodeList(table.key, tuple(rows))


@dataclass
class Sample:
    """A generated file and the truth behind it."""

    journeys: Journeys
    tables: Mapping[str, pd.DataFrame]


def draw(codes: Codes, crimes: int, *, seed: int, tables: tuple[str, ...] = tuple(COLUMNS)) -> Sample:
    """A file of so many crimes, with the columns that the targets need."""
    journeys = simulate(crimes, seed=seed, codes=codes, progress=lambda step, share: None)
    built = {name: build(name, BUILDERS[name](journeys), seed=seed).select(COLUMNS[name]) for name in tables}
    return Sample(journeys, {name: table.to_pandas() for name, table in built.items()})


def draw_both(codelists: Path, crimes: int, rapes: int, *, seed: int) -> tuple[Sample, Sample]:
    """A file of all crimes, and one of rape offences alone."""
    return draw(Codes(codelists), crimes, seed=seed), draw(RapeOnly(codelists), rapes, seed=seed, tables=RAPE_TABLES)


def percent(flags: pd.Series | Flags) -> float:
    """The share that is true, in percent."""
    return 100 * float(np.asarray(flags, dtype=float).mean())


def of_police(sample: Sample) -> dict[str, float]:
    """T01 to T08, T13, T14, T16 and T17, from recorded crimes."""
    crimes = sample.tables["pol_crime"]
    outcome, group = crimes["outcome_type"], crimes["offence_subgroup"]
    charged, withdrew, days = outcome == "1", outcome.isin(WITHDREW), crimes["days_record_to_outcome"]
    assigned = pd.to_datetime(crimes["outcome_date"]).dt.year >= CLOSED_FROM
    violence, theft, rape = group.str.startswith("01"), group.str.startswith("04"), group == "02.2"
    return {
        "T01": percent(charged[group != "10.1"]),
        "T02": percent(charged[assigned]),
        "T03": percent(outcome.isin(OUT_OF_COURT)[assigned]),
        "T04": percent(outcome == "18"),
        "T05": percent(withdrew),
        "T06": percent(withdrew[violence]),
        "T07": percent(withdrew[rape]),
        "T08": percent(withdrew[group.str.startswith("02")]),
        "T14": float(days.median()),
        "T16": float(days[charged & violence].median()),
        "T17": float(days[charged & theft].median()),
    }


def of_victims(sample: Sample) -> dict[str, float]:
    """T09, T10 and T12: victims whose crime was closed before any charge because they did not support action.

    The share is of victims of recorded crime, open ones too; crimes of all forces are taken, not of London alone.
    """
    crimes = sample.tables["pol_crime"]
    victims = sample.tables["pol_victim"].merge(crimes[["crime_id_hash", "offence_subgroup", "outcome_type",
                                                        "domestic_abuse_flag"]], on="crime_id_hash")  # fmt: skip
    people = victims[victims["victim_type"] != "business"]
    chosen = people[people["offence_subgroup"].str[:2].isin(SELECTED)]
    withdrew, relation = chosen["outcome_type"].isin(WITHDREW), chosen["relationship_to_suspect"]
    stranger = relation.isin(["1", "2"])
    known = relation.notna() & ~stranger & (relation != "99")
    domestic = people[people["domestic_abuse_flag"].fillna(False).astype(bool)]
    return {
        "T09": percent(withdrew),
        "T10": percent(domestic["outcome_type"].isin(WITHDREW)),
        "T12": float(withdrew[known].mean() / withdrew[stranger].mean()),
    }


def of_charging(sample: Sample) -> dict[str, float]:
    """T19 and T21 (and T22 for domestic abuse), from pre-charge decisions."""
    pcd = sample.tables["cps_pcd"].merge(sample.tables["pol_crime"][["crime_id_hash", "outcome_type"]])
    final = pcd[(pcd["receipt_type"] == "charging") & (pcd["decision_code"] != "OTH")]
    lost = final["outcome_type"].isin(WITHDREW) & (final["decision_code"] != "CHG")
    domestic = final["flags"].str.split("|").str[0] == "DA"
    charged = final["decision_code"] == "CHG"
    per_suspect = pcd[pcd["flags"].str.startswith("DA")].groupby("row_id_hash")["consultations"].sum()
    return {
        "T19": percent(lost),
        "T21": float(final["days_receipt_to_decision"][domestic & charged].mean()),
        "T22 domestic abuse": float(per_suspect.mean()),
    }


def of_rape(sample: Sample) -> dict[str, float]:
    """T07, T13, T15, T18, T20, T22, T24 and T26, from a file of rape offences alone."""
    crimes, pcd, done = (sample.tables[name] for name in RAPE_TABLES)
    charged = crimes["outcome_type"] == "1"
    final = pcd[(pcd["receipt_type"] == "charging") & pcd["decision_code"].isin(LEGAL_DECISIONS)]
    agreed = final["decision_code"] == "CHG"
    stopped = done[done["stop_reason_group"].notna()]
    adult = stopped["flags"].str.split("|").apply(lambda flags: "AR" in flags)
    return {
        "T13": percent(charged),
        "T15": float(crimes["days_record_to_outcome"][charged].median()),
        "T18": percent(agreed),
        "T20": float(final["days_receipt_to_decision"][agreed].mean()),
        "T22 rape": float(pcd.groupby("row_id_hash")["consultations"].sum().mean()),
        "T24": percent(stopped["victim_attrition_post_charge"][adult]),
        "T26": percent(done["stop_reason_group"].isna()),
    }


def of_courts(sample: Sample) -> dict[str, float]:
    """T23, T25 and T27 from prosecutions, T28 to T30 from court cases."""
    done, cases = sample.tables["cps_prosecution"], sample.tables["crt_case"]
    convicted, lost = done["stop_reason_group"].isna(), done["victim_attrition_post_charge"]
    trials = cases[(cases["receipt_route"] == "sent for trial") & cases["case_outcome"].notna()]
    sentenced = cases["principal_disposal"][cases["court_tier"] == "CC"].dropna()
    days = cases["custody_days"].dropna()
    return {
        "T23": percent(lost[~convicted]),
        "T25": percent(lost),
        "T27": percent(convicted[done["flags"].str.startswith("DA")]),
        "T28": percent(trials["case_outcome"] == "convicted"),
        "T29": percent(sentenced == "06"),
        "T30": float(days[days < LIFE].mean() / DAYS_A_MONTH),
    }


def of_reoffending(sample: Sample) -> dict[str, float]:
    """T31 to T38, from index disposals; the days of custody that T36 asks for are in the truth alone."""
    index = sample.tables["pnc_index"]
    again, disposal, adult = index["reoffended_1y"], index["index_disposal"], index["age_at_index"] >= 18
    short = disposal == "custody <12m"
    truth = index_disposals(sample.journeys)
    shortest = short.to_numpy() & (truth.days != NONE) & (truth.days <= SIX_MONTHS)
    band = bands(index["prev_convictions"].to_numpy())
    result = {
        "T31": percent(again),
        "T32": percent(again[adult]),
        "T33": percent(again[~adult]),
        "T34": percent(again[disposal.isin(["custody <12m", "custody 12m+", "community order", "suspended sentence"])]),
        "T35": percent(again[short]),
        "T36": percent(again[shortest]),
        "T38": float(index["reoffences_1y"][again].mean()),
    }
    return result | {f"T37 {name}": percent(again[adult & (band == at)]) for at, name in enumerate(BANDS)}


def of_leavers(sample: Sample) -> dict[str, float]:
    """T39: of those released (and neither dead nor deported), who has a job six weeks later."""
    custody = sample.tables["hmpps_custody"]
    known = (custody["release_date"].notna() & ~custody["release_type"].isin(["DIC", "DEP"])).to_numpy()
    person = hmpps_custody_persons(sample.journeys)[1][known]
    released = pd.to_datetime(custody["release_date"][known]).to_numpy().astype("datetime64[D]").astype(np.int64)
    return {"T39": percent(_employed(sample.journeys, person, released + SIX_WEEKS))}


def _employed(journeys: Journeys, person: Ints, day: Ints) -> Flags:
    """Whether each person has a job on the day."""
    work = spells(journeys)
    jobs = work.where(work.paid)
    start, end = np.searchsorted(jobs.person, person), np.searchsorted(jobs.person, person, side="right")
    row = np.repeat(np.arange(len(person)), end - start)
    spell = np.repeat(start, end - start) + sequence_within(row) - 1
    on = (jobs.start[spell] <= day[row]) & (jobs.end[spell] >= day[row])
    result: Flags = np.bincount(row, on, len(person)) > 0
    return result


def of_people(sample: Sample) -> dict[str, float]:
    """T43 and T44: men among defendants and prisoners, and ethnicity that nobody wrote down."""
    tables, journeys = sample.tables, sample.journeys
    stays = hmpps_custody_persons(journeys)[1]
    sources = {"police victim": "pol_victim", "suspect": "pol_suspect", "court": "crt_case", "prison": "hmpps_custody"}
    missing = {f"T44 {who}": percent(tables[name]["ethnicity_sde"].isna()) for who, name in sources.items()}
    return missing | {
        "T43 defendants": percent(tables["crt_case"]["sex"].dropna() == str(MALE)),
        "T43 custody": percent(journeys.people.sex[stays] == MALE),
    }


OF_ALL: tuple[Callable[[Sample], dict[str, float]], ...] = (
    of_police, of_victims, of_charging, of_courts, of_reoffending, of_leavers, of_people,
)  # fmt: skip


def measure(everything: Sample, rape: Sample) -> dict[str, float]:
    """Every measure by the id of its target, with the part of the group after it where a target has several."""
    result: dict[str, float] = {}
    for function in OF_ALL:
        result |= function(everything)
    return result | of_rape(rape)
