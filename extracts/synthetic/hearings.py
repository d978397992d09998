"""The hearings of each case record, in order of date, none after the cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Ints, choose, happens, on_a_weekday, stream
from extracts.synthetic.courts import CONTESTED, FOR_SENTENCE, GUILTY_PLEA, IN_ABSENCE, MAGISTRATES, OUTCOMES, Cases
from extracts.synthetic.crimes import CUT_DAY

TYPES = ("FH", "SS51", "PTPH", "CS", "AAS", "AAC", "MNTN", "PTR", "TRIAL", "SWPSR", "STPSR", "PBV")
RESULTS = ("effective", "cracked", "ineffective", "vacated")
EFFECTIVE, CRACKED, INEFFECTIVE, VACATED = range(4)

REASONS = (
    "EFF", "VAC", "A", "B", "C", "D", "H", "I", "J", "K", "L", "M1", "M2", "N1", "N2", "N3", "O1", "Q1", "Q2", "R",
    "S1", "S2", "S3", "U1", "U2", "V", "W1", "W2", "W3", "W4", "W5",
)  # fmt: skip
LATE_PLEA = {"A": 62, "B": 12, "C": 18, "D": 8}
STOPPED = {"PDE": "I", "PDP": "K", "PV1": "J", "PV2": "J", "PV3": "J", "PW1": "J", "PUP": "L", "WOF": "I", "DEC": "H"}
NOT_STARTED = {
    "M1": 7, "M2": 6, "N1": 3, "N2": 2, "N3": 11, "O1": 4, "Q1": 4, "Q2": 7, "R": 2, "S1": 12, "S2": 8, "S3": 3,
    "U1": 3, "U2": 2, "V": 2, "W1": 9, "W2": 4, "W3": 7, "W4": 2, "W5": 2,
}  # fmt: skip

# Chance in percent that a trial listing does not start (near the 26 and 22% published for early 2025), and that
# one is taken out of the list beforehand (assumed).
INEFFECTIVE_PCT = {True: 26, False: 21}
VACATED_PCT = 9


@dataclass
class Hearings:
    """One entry per hearing. `case` is the position of the case record; `result` and `reason` -1 unless a trial."""

    case: Ints
    day: Ints
    kind: Ints
    result: Ints
    reason: Ints

    def __len__(self) -> int:
        return len(self.case)


def list_hearings(cases: Cases, outcome: Ints, sent: Flags, *, seed: int) -> Hearings:
    """Every hearing up to the cut. `outcome` is a position in OUTCOMES and `sent` per case record."""
    rng = stream(seed, "hearings")
    parts = [_first(rng, cases, sent), _sending(cases, sent), *_trials(rng, cases, outcome)]
    parts += [_interim(rng, cases), _sentencing(rng, cases, outcome, sent), _stopping(cases, outcome, sent)]
    joined = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    order = np.lexsort((joined["kind"], joined["day"], joined["case"]))
    order = order[joined["day"][order] <= CUT_DAY]
    return Hearings(**{name: column[order] for name, column in joined.items()})


def _plain(case: Ints, day: Ints, kind: Ints | int) -> Hearings:
    nothing = np.full(len(case), -1)
    return Hearings(case, day, np.broadcast_to(np.asarray(kind, dtype=np.int64), case.shape).copy(), nothing, nothing)


def _first(rng: np.random.Generator, cases: Cases, sent: Flags) -> Hearings:
    """The first hearing of the record: of its own kind on each route into the Crown Court."""
    kinds = np.array([TYPES.index(name) for name in ("FH", "PTPH", "CS", "AAS")])
    kind = kinds[cases.route + 1]
    magistrates = cases.route == MAGISTRATES
    kind = np.where(magistrates & sent & (cases.completed == cases.first), TYPES.index("SS51"), kind)
    kind = np.where(magistrates & ~sent & happens(rng, 15, len(cases)), TYPES.index("PBV"), kind)
    kind = np.where((cases.route > FOR_SENTENCE) & happens(rng, 40, len(cases)), TYPES.index("AAC"), kind)
    return _plain(np.arange(len(cases)), cases.first, kind)


def _sending(cases: Cases, sent: Flags) -> Hearings:
    """The sending itself, where it did not happen at the first hearing."""
    later = np.flatnonzero((cases.route == MAGISTRATES) & sent & (cases.completed > cases.first))
    return _plain(later, cases.completed[later], TYPES.index("SS51"))


def _trials(rng: np.random.Generator, cases: Cases, outcome: Ints) -> list[Hearings]:
    """The trial that decides (effective or cracked), and earlier listings that did not start or were vacated."""
    who = np.flatnonzero(cases.trial != NONE)
    effective = np.isin(outcome[who], CONTESTED)
    plea = _positions(rng, LATE_PLEA, len(who))
    stopped = np.array([REASONS.index(STOPPED.get(code, "A")) for code in OUTCOMES])[outcome[who]]
    reason = np.where(outcome[who] == GUILTY_PLEA, plea, stopped)
    deciding = Hearings(
        who, cases.trial[who], np.full(len(who), TYPES.index("TRIAL")),
        np.where(effective, EFFECTIVE, CRACKED), np.where(effective, REASONS.index("EFF"), reason),
    )  # fmt: skip
    crown = cases.crown[who]
    rate = np.where(crown, INEFFECTIVE_PCT[True], INEFFECTIVE_PCT[False]) / 100
    return [
        deciding,
        _earlier(rng, cases, who, rng.geometric(1 - rate) - 1, INEFFECTIVE, 0.4),
        _earlier(rng, cases, who, happens(rng, VACATED_PCT, len(who)).astype(np.int64), VACATED, 0.3),
    ]


def _earlier(rng: np.random.Generator, cases: Cases, who: Ints, times: Ints, result: int, since: float) -> Hearings:
    """Listings between first hearing and trial, from `since` (share of that time) on."""
    case = np.repeat(who, np.minimum(times, 4))
    span = cases.trial[case] - cases.first[case]
    share = since + (0.95 - since) * rng.random(len(case))
    day = on_a_weekday(cases.first[case] + 1 + (share * span).astype(np.int64))
    case, day = case[day < cases.trial[case]], day[day < cases.trial[case]]
    reason = np.full(len(case), REASONS.index("VAC"))
    if result == INEFFECTIVE:
        reason = _positions(rng, NOT_STARTED, len(case))
    return Hearings(case, day, np.full(len(case), TYPES.index("TRIAL")), np.full(len(case), result), reason)


def _positions(rng: np.random.Generator, weights: dict[str, int], count: int) -> Ints:
    places = np.array([REASONS.index(code) for code in weights])
    return places[choose(rng, list(weights.values()), count)]


def _interim(rng: np.random.Generator, cases: Cases) -> Hearings:
    """Mentions and pre-trial reviews between the first hearing and the decision."""
    gap = cases.decided - cases.first
    times = np.where(gap > 10, rng.poisson(np.where(cases.crown, 0.9, 0.3)), 0)
    case = np.repeat(np.arange(len(cases)), np.minimum(times, 4))
    day = on_a_weekday(cases.first[case] + 1 + ((gap[case] - 1) * 0.9 * rng.random(len(case))).astype(np.int64))
    kind = np.where(happens(rng, 70, len(case)), TYPES.index("MNTN"), TYPES.index("PTR"))
    kept = day < cases.decided[case]
    return _plain(case[kept], day[kept], kind[kept])


def _sentencing(rng: np.random.Generator, cases: Cases, outcome: Ints, sent: Flags) -> Hearings:
    """A hearing of its own where the sentence comes after the day of conviction."""
    convicted = (outcome <= IN_ABSENCE) & ~((cases.route == MAGISTRATES) & sent)
    last_seen = np.where(cases.route == FOR_SENTENCE, cases.first, cases.decided)
    who = np.flatnonzero(convicted & (cases.completed > last_seen))
    kind = np.where(happens(rng, 80, len(who)), TYPES.index("SWPSR"), TYPES.index("STPSR"))
    return _plain(who, cases.completed[who], kind)


def _stopping(cases: Cases, outcome: Ints, sent: Flags) -> Hearings:
    """The mention at which a prosecution is stopped before any trial listing."""
    here = (cases.route < FOR_SENTENCE) & ~((cases.route == MAGISTRATES) & sent)
    who = np.flatnonzero(here & (outcome > 6) & (cases.trial == NONE) & (cases.completed > cases.first))
    return _plain(who, cases.completed[who], TYPES.index("MNTN"))
