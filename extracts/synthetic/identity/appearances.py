"""Who is written down where: one appearance per person-record of a source, with what belongs to the occasion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from extracts.synthetic import court_tables, cps_tables
from extracts.synthetic.chance import NONE, Flags, Ints, Keys, happens, stream
from extracts.synthetic.identity import numbers
from extracts.synthetic.identity.mistakes import split_date
from extracts.synthetic.identity.text import Text, blank, kept
from extracts.synthetic.journeys import Journeys
from extracts.synthetic.police import FAMILY, INTIMATE

# Percent of court records still on the systems that the Common Platform replaces.
OLD_SYSTEM_PCT = 25
# Dates of sentence that a record can list.
SENTENCES_LISTED = 3


@dataclass
class References:
    """Numbers of arrests (per suspect, missing without arrest, report or charge) and of cases (per crime)."""

    arrests: Text
    cases: Text
    crown: Text


@dataclass
class Appearances:
    """One entry per person-record, all of one source and writer.

    person     position among the persons
    day        of arrest, charge, first hearing, reception or whatever the record is about
    suspect    position of the arrest the record comes from, -1 for none
    sentences  days of sentences known then, newest first, NONE where there are no more
    """

    source: str
    writer: str
    role: str
    key: Keys
    person: Ints
    day: Ints
    suspect: Ints
    arrest: Text
    case: Text
    crown: Text
    sentences: Ints

    def __len__(self) -> int:
        return len(self.key)

    def at(self, places: Ints) -> Appearances:
        """These records in this order."""
        own = {name: column[places] for name, column in vars(self).items() if not isinstance(column, str)}
        return Appearances(self.source, self.writer, self.role, **own)


def references(journeys: Journeys, *, first: int, key: int) -> References:
    """The numbers given to arrests and cases of this chunk; `first` is the running number of its first one."""
    suspects, crimes = journeys.suspects, journeys.crimes
    forces = np.array([int(code) for code in journeys.codes.forces.codes])
    started = np.where(suspects.arrested, suspects.arrest_day, crimes.recorded[suspects.crime])
    charged = journeys.charging.charged_day != NONE
    reported = suspects.arrested | charged | journeys.charging.referred[suspects.crime]
    year, case_year = split_date(started)[0], split_date(crimes.recorded)[0]
    arrest = np.arange(len(suspects)) + first
    case = np.arange(len(crimes)) + first
    return References(
        kept(reported, numbers.arrest_numbers(arrest, year, forces[crimes.force[suspects.crime]], key=key + 60)),
        numbers.case_references(case, case_year, forces[crimes.force], key=key + 70),
        numbers.crown_numbers(case, case_year, key=key + 80),
    )


def appearances(journeys: Journeys, given: References) -> list[Appearances]:
    """Every person-record of the police, the CPS and the courts."""
    return [_victims(journeys), _suspects(journeys, given), _cps(journeys, given), *_courts(journeys, given)]


def plain(source: str, writer: str, role: str, key: Keys, person: Ints, day: Ints, **more: Any) -> Appearances:
    """Appearances with nothing beside the person and the day, unless it is given."""
    count = len(key)
    bare: dict[str, Any] = {
        "suspect": np.full(count, -1), "arrest": blank(count), "case": blank(count), "crown": blank(count),
        "sentences": np.full((count, SENTENCES_LISTED), NONE),
    }  # fmt: skip
    return Appearances(source, writer, role, key, person, day, **(bare | more))


def _victims(journeys: Journeys) -> Appearances:
    who = np.flatnonzero(journeys.victim_person >= 0)
    day = journeys.crimes.recorded[journeys.victims.crime[who]]
    return plain(
        "pol_victim", "pol_victim", "victim", journeys.victims.key[who], journeys.victim_person[who], day
    )  # fmt: skip


def _suspects(journeys: Journeys, given: References) -> Appearances:
    suspects = journeys.suspects
    day = np.where(suspects.arrested, suspects.arrest_day, journeys.crimes.recorded[suspects.crime])
    charged = journeys.charging.charged_day != NONE
    has_case = charged | journeys.charging.referred[suspects.crime]
    return plain(
        "pol_suspect", "pol_suspect", "suspect", suspects.key, journeys.suspect_person, day,
        suspect=np.arange(len(suspects)), arrest=given.arrests, case=kept(has_case, given.cases[suspects.crime]),
    )  # fmt: skip


def in_cps_payload(journeys: Journeys) -> Flags:
    """The suspects with a record at the CPS in the tables: referred to it, or with a finished prosecution."""
    result: Flags = journeys.charging.referred[journeys.suspects.crime].copy()
    finished = journeys.cases.defendant[cps_tables.finished(journeys)]
    result[journeys.defendants.suspect[finished]] = True
    return result


def _cps(journeys: Journeys, given: References) -> Appearances:
    who = np.flatnonzero(in_cps_payload(journeys))
    crime = journeys.suspects.crime[who]
    charged, received = journeys.charging.charged_day[who], journeys.charging.received[crime]
    return plain(
        "cps_defendant", "cps", "defendant", cps_tables.record_keys(journeys)[who], journeys.suspect_person[who],
        np.where(charged == NONE, received, charged), suspect=who, arrest=given.arrests[who], case=given.cases[crime],
    )  # fmt: skip


def _courts(journeys: Journeys, given: References) -> list[Appearances]:
    """Court records by system and tier: three sources, the newest of which holds both tiers."""
    cases, suspect = journeys.cases, journeys.case_suspect
    crime, crown = journeys.case_crime, journeys.cases.crown
    sentences = np.full((len(cases), SENTENCES_LISTED), NONE)
    sentences[:, 0] = np.where(journeys.sentences.disposal >= 0, cases.completed, NONE)
    old = happens(stream(journeys.seed, "court systems"), OLD_SYSTEM_PCT, len(cases))
    every = plain(
        "", "", "defendant", court_tables.record_keys(journeys), journeys.suspect_person[suspect], cases.first,
        suspect=suspect, arrest=given.arrests[suspect], case=given.cases[crime],
        crown=kept(crown, given.crown[crime]), sentences=sentences,
    )  # fmt: skip
    parts = []
    for source, writer, rows in (
        ("mags_hocas", "magistrates", old & ~crown), ("crown_xhibit", "crown", old & crown),
        ("common_platform", "magistrates", ~old & ~crown), ("common_platform", "crown", ~old & crown),
    ):  # fmt: skip
        part = every.at(np.flatnonzero(rows))
        part.source, part.writer = source, writer
        parts.append(part)
    return parts


def couples(journeys: Journeys) -> tuple[Ints, Ints]:
    """Victims and first suspects of one crime who are partners or relatives, as positions among the persons."""
    victims, suspects = journeys.victims, journeys.suspects
    suspect_of = np.full(len(journeys.crimes), -1)
    first = suspects.sequence == 1
    suspect_of[suspects.crime[first]] = journeys.suspect_person[first]
    related = np.isin(victims.relationship, INTIMATE + FAMILY) & (journeys.victim_person >= 0)
    related &= (victims.sequence == 1) & (suspect_of[victims.crime] >= 0)
    return journeys.victim_person[related], suspect_of[victims.crime[related]]
