"""All tables for a number of crimes and a seed: what deliveries hold, and the links as they truly are.

The true links and journeys are what tests and measures hold linked data against; no delivery holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from extracts.synthetic import (
    assessment_tables,
    court_tables,
    cps_tables,
    custody_tables,
    education_tables,
    employment_tables,
    index_tables,
    links,
    offence_tables,
    police_tables,
    probation_tables,
    victim_journeys,
)
from extracts.synthetic.codes import Codes
from extracts.synthetic.journeys import Journeys, Progress, simulate
from extracts.synthetic.layout import Column, build

BUILDERS: Mapping[str, Callable[[Journeys], dict[str, Column]]] = {
    "pol_crime": police_tables.crime_columns,
    "pol_victim": police_tables.victim_columns,
    "pol_suspect": police_tables.suspect_columns,
    "cps_pcd": cps_tables.pcd_columns,
    "cps_prosecution": cps_tables.prosecution_columns,
    "crt_case": court_tables.case_columns,
    "crt_offence": offence_tables.offence_columns,
    "crt_hearing": court_tables.hearing_columns,
    "hmpps_custody": custody_tables.custody_columns,
    "hmpps_probation": probation_tables.probation_columns,
    "hmpps_oasys": assessment_tables.assessment_columns,
    "dfe_pupil": education_tables.pupil_columns,
    "dwp_hmrc_spell": employment_tables.spell_columns,
    "pnc_index": index_tables.index_columns,
    "xjs_link": links.person_columns,
    "case_link": links.case_columns,
    "drv_victim_journey": victim_journeys.columns,
}


class TooFewCrimes(ValueError):
    """The number of crimes asked for is not above 0."""


def generate(crimes: int, *, seed: int, codelists: Path, progress: Progress | None = None) -> dict[str, pa.Table]:
    """Every table by name, with the columns and types of the schema.

    crimes     number of crimes recorded from 2023-01-01 to the cut, 2025-12-31
    codelists  folder with the code lists of the linked dataset, one CSV each
    progress   is told what is being made, and the share done from 0 to 1

    The same arguments give the same tables. Raises TooFewCrimes.
    """
    if crimes < 1:
        raise TooFewCrimes("At least one crime is needed.")
    tell = progress or (lambda step, share: None)
    journeys = simulate(crimes, seed=seed, codes=Codes(codelists), progress=tell)
    tables = {}
    for place, (name, columns) in enumerate(BUILDERS.items()):
        tell(f"Writing up {name}", 0.4 + 0.6 * place / len(BUILDERS))
        tables[name] = build(name, columns(journeys), seed=seed)
    tell("Done", 1.0)
    return tables
