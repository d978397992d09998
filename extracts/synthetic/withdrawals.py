"""At what stage, and why, victims stopped supporting the case."""

from __future__ import annotations

import numpy as np

from extracts.synthetic.chance import NONE, Ints, choose_by_row, stream
from extracts.synthetic.courts import VICTIM_REASONS
from extracts.synthetic.journeys import Journeys


def withdrawal_stages(journeys: Journeys) -> Ints:
    """Stage number of each victim's withdrawal: 2 police, 3 charging, 4 before trial, 5 at trial; 0 none."""
    victims, charging, defendants = journeys.victims, journeys.charging, journeys.defendants
    day, received = victims.withdrew_day, charging.received[victims.crime]
    stage = np.where((received != NONE) & (day >= received), 3, 2)
    charged, at_trial = np.full(len(journeys.crimes), NONE), np.full(len(journeys.crimes), NONE)
    charged[defendants.crime] = defendants.charged
    tried = journeys.cases.trial != NONE
    tried &= np.isin(defendants.outcome[journeys.cases.defendant], VICTIM_REASONS)
    at_trial[journeys.case_crime[tried]] = journeys.cases.trial[tried]
    after = (charged[victims.crime] != NONE) & (day > charged[victims.crime])
    stage = np.where(after, np.where(day == at_trial[victims.crime], 5, 4), stage)
    return np.where(day == NONE, 0, stage)


def withdrawal_reasons(journeys: Journeys) -> Ints:
    """Why support ended: one of the reasons typical of the stage; family pressure only from people known."""
    rng = stream(journeys.seed, "withdrawal reasons")
    reasons, victims = journeys.codes.reasons, journeys.victims
    stages = reasons.text("typical_stages")
    weights = np.array([[float(at == "any" or str(stage) in at.split()) for at in stages] for stage in range(6)])
    weights[0] = 1
    weights[:, reasons.place("R99")] = 3
    unrelated = weights.copy()
    unrelated[:, reasons.place("R09")] = 0
    weights[:, reasons.place("R09")] *= 3
    known = victims.relationship >= 2
    drawn = choose_by_row(rng, np.vstack([weights, unrelated]), withdrawal_stages(journeys) + np.where(known, 0, 6))
    return np.where(victims.withdrew_day == NONE, -1, drawn)
