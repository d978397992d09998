"""The police's three tables: crimes, victims, suspects."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from extracts.synthetic import people
from extracts.synthetic.chance import (
    NONE,
    Flags,
    Floats,
    Ints,
    choose,
    choose_by_row,
    count_recent,
    happens,
    stream,
)  # fmt: skip
from extracts.synthetic.codes import Coded
from extracts.synthetic.crimes import (
    CHARGED,
    CUT_DAY,
    EVIDENTIAL,
    NO_SUSPECT,
    OPEN,
    OTHER,
    OUT_OF_COURT,
    WITHDREW,
    Crimes,
)  # fmt: skip
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.layout import Column
from extracts.synthetic.police import RELATIONSHIPS, VICTIM_TYPES, observe
from extracts.synthetic.remembered import remembered
from extracts.synthetic.withdrawals import withdrawal_reasons

OUTCOME_CODES = (
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "13", "14", "15", "16", "17", "18", "20", "21", "22",
)  # fmt: skip
# Out-of-court outcomes by weight: adults near the national counts of 2024/25; the others assumed.
ADULT_OUT_OF_COURT = {"3": 17, "8": 70, "6": 1.5, "22": 11}
YOUTH_OUT_OF_COURT = {"2": 14, "8": 56, "22": 30}
OTHER_OUTCOMES = {"4": 3, "5": 5, "10": 42, "12": 7, "13": 4, "17": 9, "20": 16, "21": 14}
HATE = ("none", "race", "religion", "sexual orientation", "disability", "transgender", "multiple")
OBSERVED = ("IC1", "IC2", "IC3", "IC4", "IC5", "IC6", "IC9")
SEXES = ("0", "1", "2", "9")
BEFORE_CHARGE = ("RUI", "PCB", "VA", "PB")


def area_codes(area: Ints) -> pa.Array:
    """LSOA-like codes: E01 and six digits above every real one."""
    values, index = np.unique(area, return_inverse=True)
    return pa.array([f"E01{value:06d}" for value in values]).take(pa.array(index))


@remembered
def outcome_types(journeys: Journeys) -> Ints:
    """The outcome of each crime as a position in OUTCOME_CODES."""
    rng = stream(journeys.seed, "outcome types")
    crimes, suspects, places = journeys.crimes, journeys.suspects, OUTCOME_CODES.index
    count = len(crimes)
    first = suspects.sequence == 1
    named, young = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    named[suspects.crime] = True
    young[suspects.crime[first]] = suspects.age[first] < 18
    result = np.zeros(count, dtype=np.int64)
    for ending, code in ((CHARGED, "1"), (NO_SUSPECT, "18"), (EVIDENTIAL, "15"), (OPEN, "0")):
        result[crimes.ending == ending] = places(code)
    for chosen, weights in (
        ((crimes.ending == OUT_OF_COURT) & ~young, ADULT_OUT_OF_COURT),
        ((crimes.ending == OUT_OF_COURT) & young, YOUTH_OUT_OF_COURT),
        (crimes.ending == OTHER, OTHER_OUTCOMES),
    ):
        drawn = choose(rng, list(weights.values()), count)
        result = np.where(chosen, np.array([places(code) for code in weights])[drawn], result)
    result = np.where(journeys.charging.not_public_interest, places("9"), result)
    cannabis = np.array(journeys.codes.offences.codes)[crimes.offence] == "92E"
    warned = (result == places("8")) & cannabis & ~young & happens(rng, 12, count)
    result = np.where(warned, places("7"), result)
    return np.where(crimes.ending == WITHDREW, np.where(named, places("16"), places("14")), result)


def crime_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of pol_crime."""
    rng = stream(journeys.seed, "pol_crime")
    crimes, codes, count = journeys.crimes, journeys.codes, len(journeys.crimes)
    area, decile = people.draw_areas(rng, codes, crimes.force)
    named = np.zeros(count, dtype=bool)
    named[journeys.suspects.crime] = True
    outcome = outcome_types(journeys)
    known_place = [OUTCOME_CODES.index(code) for code in ("1", "2", "3")]
    days = np.where(crimes.outcome_day == NONE, NONE, crimes.outcome_day - crimes.recorded)
    return {
        "crime_id_hash": crimes.key,
        "force_code": codes.forces.column(crimes.force),
        "ho_offence_code": codes.offences.column(crimes.offence),
        "offence_subgroup": subgroup_codes(journeys, crimes.subgroup),
        "recorded_date": crimes.recorded,
        "committed_from_date": crimes.committed,
        "days_offence_to_record": crimes.recorded - crimes.committed,
        "lsoa_offence": area_codes(area),
        "imd_decile_offence": decile,
        "domestic_abuse_flag": journeys.domestic,
        "hate_crime_flag": Coded(hate_strands(journeys), HATE),
        **_circumstances(rng, journeys),
        "outcome_type": Coded(outcome, OUTCOME_CODES),
        "outcome_alternate": np.isin(outcome, known_place) & happens(rng, 3, count),
        "outcome_date": crimes.outcome_day,
        "days_record_to_outcome": days,
        "suspect_identified": named,
        "victim_count": np.minimum(np.bincount(journeys.victims.crime, minlength=count), 9),
    }


def subgroup_codes(journeys: Journeys, subgroup: Ints) -> Coded:
    """Subgroups by the codes of the list of offence groups."""
    groups = journeys.codes.groups
    code = dict(zip(groups.text("label"), groups.codes, strict=True))
    return Coded(subgroup, tuple(code[name] for name in journeys.codes.outcomes.codes))


@remembered
def hate_strands(journeys: Journeys) -> Ints:
    """The hate crime strand of each crime: nearly always one where the offence is aggravated by race or religion."""
    rng = stream(journeys.seed, "hate crime")
    weights = journeys.codes.offence_weights
    codes = {code for code, flag in zip(weights.codes, weights.text("aggravated"), strict=True) if flag == "1"}
    aggravated = np.array([code in codes for code in journeys.codes.offences.codes])[journeys.crimes.offence]
    category = np.array(journeys.codes.subgroups.text("cps_category"))[journeys.crimes.subgroup]
    possible = np.isin(category, ("person", "public order", "damage"))
    row = np.where(aggravated, 2, np.where(possible, 1, 0))
    table = np.array([[100.0, 0, 0, 0, 0, 0, 0], [98.2, 0.6, 0.15, 0.5, 0.3, 0.15, 0.1], [1.0, 88, 9, 0, 0, 0, 2]])
    return choose_by_row(rng, table, row)


def _circumstances(rng: np.random.Generator, journeys: Journeys) -> dict[str, Column]:
    """Weapons and online element, by kind of offence (assumed rates)."""
    codes, crimes = journeys.codes, journeys.crimes
    category = np.array(codes.subgroups.text("cps_category"))[crimes.subgroup]
    offence = np.array(codes.offences.codes)[crimes.offence]
    rates: dict[str, Floats] = {
        name: np.array([table.get(value, table[""]) for value in codes.subgroups.text("cps_category")])
        for name, table in {
            "knife": {"homicide": 40.0, "robbery": 21.0, "person": 2.2, "sexual": 0.5, "": 0.3},
            "firearm": {"homicide": 6.0, "robbery": 2.0, "person": 0.3, "": 0.05},
            "online": {"fraud": 55.0, "sexual": 9.0, "": 1.0},
        }.items()
    }
    blade = np.isin(offence, ("10D", "90"))
    gun = np.isin(offence, ("10A", "10B"))
    messages = offence == "8R"
    count = len(category)
    return {
        "knife_flag": happens(rng, np.where(blade, 92, rates["knife"][crimes.subgroup]), count),
        "firearm_flag": happens(rng, np.where(gun, 96, rates["firearm"][crimes.subgroup]), count),
        "online_flag": happens(rng, np.where(messages, 80, rates["online"][crimes.subgroup]), count),
    }


def victim_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of pol_victim. Businesses and the state have no age, ethnicity or disability."""
    rng = stream(journeys.seed, "pol_victim")
    victims, crimes, codes, count = journeys.victims, journeys.crimes, journeys.codes, len(journeys.victims)
    person = victims.kind == 0
    who = np.maximum(journeys.victim_person, 0)
    area, decile = people.draw_areas(rng, codes, crimes.force[victims.crime])
    earlier = np.where(person, _earlier(victims.crime, who, crimes) > 0, happens(rng, 55, count))
    sexual = np.array(codes.subgroups.text("cps_category"))[crimes.subgroup[victims.crime]] == "sexual"
    domestic = journeys.domestic[victims.crime]
    vulnerable = person & happens(rng, np.where(sexual | (victims.age < 18), 90, np.where(domestic, 45, 9)), count)
    withdrew = victims.withdrew_day != NONE
    adviser = person & happens(
        rng, np.where(sexual, 48, np.where(domestic, 26, 1.5)) * np.where(withdrew, 0.6, 1.3), count
    )
    return {
        "crime_id_hash": crimes.key[victims.crime],
        "victim_seq": victims.sequence,
        "row_id_hash": victims.key,
        "victim_type": Coded(victims.kind, VICTIM_TYPES),
        "sex": Coded(np.where(person, recorded_sex(rng, journeys.people.sex[who]), 3), SEXES),
        "age_at_offence": np.where(person, np.clip(victims.age, 0, 110), NONE),
        "ethnicity_sde": codes.ethnicity.column(np.where(person, stated_ethnicity(rng, journeys, who), -1)),
        "ethnicity_observed": Coded(
            np.where(person, observe(rng, codes, journeys.people.ethnicity[who]), -1), OBSERVED
        ),
        "disability_flag": person & happens(rng, 12, count),
        "lsoa_residence": area_codes(np.where(person, journeys.people.area[who], area)),
        "imd_decile": np.where(person, journeys.people.decile[who], decile),
        "relationship_to_suspect": Coded(victims.relationship, RELATIONSHIPS),
        "repeat_victim_12m": earlier | _before_the_data(rng, crimes.recorded[victims.crime], 8),
        "vulnerable_intimidated": vulnerable,
        "support_referred": person & happens(rng, np.where(vulnerable, 75, 38), count),
        "idva_isva_support": adviser,
        "supports_action": Coded(_support(rng, journeys, withdrew), ("yes", "no", "not known")),
        "withdrawal_date": victims.withdrew_day,
        "withdrawal_reason": codes.reasons.column(withdrawal_reasons(journeys)),
    }


def _support(rng: np.random.Generator, journeys: Journeys, withdrew: Flags) -> Ints:
    """Yes, no or not known; seldom asked where there is no suspect."""
    unasked = journeys.crimes.ending[journeys.victims.crime] == NO_SUSPECT
    return np.where(withdrew, 1, np.where(happens(rng, np.where(unasked, 22, 3), len(withdrew)), 2, 0))


def _earlier(crime: Ints, who: Ints, crimes: Crimes) -> Ints:
    """How many other crimes of the last twelve months each person's row has behind it in these tables."""
    return count_recent(who, crimes.recorded[crime], days=365)


def _before_the_data(rng: np.random.Generator, recorded: Ints, percent: float) -> Flags:
    """A crime of the last twelve months that these tables do not hold: likelier in their first year."""
    since = np.clip((recorded - recorded.min(initial=0)) / 365, 0, 1)
    return happens(rng, percent * (1.4 - 0.4 * since), len(recorded))


def recorded_sex(rng: np.random.Generator, sex: Ints) -> Ints:
    """Sex as a position in SEXES; one in a hundred is put down as not known."""
    return np.where(happens(rng, 1, len(sex)), 0, sex)


def stated_ethnicity(rng: np.random.Generator, journeys: Journeys, who: Ints) -> Ints:
    """Self-defined ethnicity as a position in the list; seven in a hundred do not state it."""
    not_stated = journeys.codes.ethnicity.place("NS")
    return np.where(happens(rng, 7, len(who)), not_stated, journeys.people.ethnicity[who])


def suspect_columns(journeys: Journeys) -> dict[str, Column]:
    """Columns of pol_suspect."""
    rng = stream(journeys.seed, "pol_suspect")
    suspects, crimes, codes, count = journeys.suspects, journeys.crimes, journeys.codes, len(journeys.suspects)
    who, recorded = journeys.suspect_person, crimes.recorded[suspects.crime]
    before = _earlier(suspects.crime, who, crimes) + rng.poisson(np.where(suspects.prolific, 2.2, 0.35), count)
    charged = journeys.charging.charged_day != NONE
    ended = np.where(crimes.outcome_day == NONE, CUT_DAY, crimes.outcome_day)[suspects.crime]
    start = np.where(suspects.arrested, suspects.arrest_day, recorded)
    interviewed = np.minimum(start + np.where(suspects.arrested, 0, rng.geometric(0.06, count)), ended)
    disposal = outcome_types(journeys)[suspects.crime]
    left_out = (crimes.ending[suspects.crime] == CHARGED) & ~charged
    row = np.where(suspects.arrested, np.where(charged, 0, 1), 2)
    return {
        "crime_id_hash": crimes.key[suspects.crime],
        "suspect_seq": suspects.sequence,
        "row_id_hash": suspects.key,
        "sex": Coded(recorded_sex(rng, journeys.people.sex[who]), SEXES),
        "age_at_offence": suspects.age,
        "ethnicity_sde": codes.ethnicity.column(stated_ethnicity(rng, journeys, who)),
        "ethnicity_observed": Coded(observe(rng, codes, journeys.people.ethnicity[who]), OBSERVED),
        "arrested": suspects.arrested,
        "arrest_date": suspects.arrest_day,
        "pre_charge_status": Coded(
            choose_by_row(rng, np.array([[18.0, 45, 5, 32], [42, 50, 8, 0], [12, 2, 86, 0]]), row), BEFORE_CHARGE
        ),
        "interviewed_date": np.where(happens(rng, 88, count), interviewed, NONE),
        "prev_arrests_12m": np.minimum(before, 20),
        "referred_to_cps": journeys.charging.referred[suspects.crime],
        "charge_date": journeys.charging.charged_day,
        "disposal_type": Coded(np.where(left_out, OUTCOME_CODES.index("15"), disposal), OUTCOME_CODES),
        "gang_or_oc_flag": happens(rng, 4, count),
    }
