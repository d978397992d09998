"""Records of the CPS, courts, prisons and probation, and the arrests they may come from, in the same columns.

What is compared later is worked out here: days, offences by code and subgroup, areas, sex and age.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

ARREST_SOURCE = "pol_suspect"

# The code lists that are looked into: which offences belong together, and where forces and courts lie.
LISTS = ("offence_codes", "police_forces", "courts")


@dataclass(frozen=True)
class Stage:
    """One kind of record that comes after an arrest.

    sources  where its person-records come from
    window   most days from the recording of the crime to the record's day (the longest prosecutions of old crimes
             take years; beyond, a record of the same person is about something else)
    """

    name: str
    sources: tuple[str, ...]
    window: int


COURTS = ("mags_hocas", "crown_xhibit", "common_platform")
STAGES = (
    #     name           sources                window
    Stage("cps",         ("cps_defendant",),    2500),
    Stage("magistrates", COURTS,                3000),
    Stage("crown",       COURTS,                3500),
    Stage("custody",     ("prison_nomis",),     4000),
    Stage("probation",   ("probation_delius",), 4000),
)  # fmt: skip
AFTER_COURT = ("custody", "probation")

# The tables that a release may do without, and the columns that are read of each.
OPTIONAL = {
    "cps_pcd": "row_id_hash VARCHAR, cps_case_id_hash VARCHAR, crime_id_hash VARCHAR, cps_area VARCHAR, "
               "received_date DATE",
    "cps_prosecution": "row_id_hash VARCHAR, cps_case_id_hash VARCHAR, cps_area VARCHAR, charge_date DATE, "
                       "completion_date DATE",
    "crt_case": "row_id_hash VARCHAR, case_id_hash VARCHAR, court_tier VARCHAR, court_code VARCHAR, sex VARCHAR, "
                "age_at_first_hearing INTEGER, ho_offence_code VARCHAR, earliest_offence_date DATE, charge_date DATE, "
                "first_hearing_date DATE, completion_date DATE, custody_days INTEGER",
    "hmpps_custody": "row_id_hash VARCHAR, reception_date DATE, ho_offence_code VARCHAR, sentence_days INTEGER, "
                     "age_at_reception INTEGER",
    "hmpps_probation": "row_id_hash VARCHAR, mo_code VARCHAR, main_offence_date DATE, referral_date DATE, "
                       "gender VARCHAR, age_at_offence INTEGER",
}  # fmt: skip


def read_lists(connection: DuckDBPyConnection, folder: Path) -> None:
    """Make the code lists that case linkage looks into available, each as a table of texts named `list_<name>`."""
    for name in LISTS:
        path = str(folder / f"{name}.csv")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE list_{name} AS FROM read_csv($1, all_varchar = true)", [path])


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables `arrests` and `records`, numbered in the order of their keys (`arrest` and `record`).

    Needs `persons` and `events` of the crosswalk, `pol_crime` and `pol_suspect`, and the code lists; the tables of
    OPTIONAL are used if they are there.
    """
    there = {row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    absent = {table: columns for table, columns in OPTIONAL.items() if table not in there}
    for table, columns in absent.items():
        connection.execute(f"CREATE TEMP TABLE {table} ({columns})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE arrests AS {ARRESTS}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE records AS {_records()}")
    for table in absent:
        connection.execute(f"DROP TABLE {table}")


ARRESTS = f"""
    SELECT
        row_number() OVER (ORDER BY suspect.row_id_hash)::INTEGER AS arrest,
        suspect.row_id_hash AS row_id, suspect.crime_id_hash AS crime,
        persons.person_id, persons.person_095, persons.person_080,
        events.arrest_group, events.case_group,
        crime.ho_offence_code AS offence, crime.offence_subgroup AS subgroup,
        crime.committed_from_date AS offence_date, crime.recorded_date AS recorded, suspect.charge_date,
        coalesce(suspect.charge_date, suspect.arrest_date, crime.recorded_date) AS day,
        crime.force_code AS force, forces.cj_region AS region, forces.cps_area,
        suspect.sex, suspect.age_at_offence AS age
    FROM pol_suspect AS suspect
    JOIN pol_crime AS crime USING (crime_id_hash)
    LEFT JOIN list_police_forces AS forces ON forces.code = crime.force_code
    LEFT JOIN persons ON persons.row_id = suspect.row_id_hash AND persons.source = '{ARREST_SOURCE}'
    LEFT JOIN events ON events.row_id = suspect.row_id_hash AND events.source = '{ARREST_SOURCE}'
"""

COLUMNS = {
    "stage": "VARCHAR", "row_id": "VARCHAR", "case_key": "VARCHAR", "crime": "VARCHAR", "offence": "VARCHAR",
    "offence_date": "DATE", "charge_date": "DATE", "day": "DATE", "force": "VARCHAR", "region": "VARCHAR",
    "cps_area": "VARCHAR", "sex": "VARCHAR", "age": "INTEGER", "age_day": "DATE", "sentence_days": "INTEGER",
    "completed": "DATE",
}  # fmt: skip


def _columns(**given: str) -> str:
    """The SELECT list of one stage: what it has, and NULL of the right type for the rest."""
    return ", ".join(f"{given.get(name, 'NULL')}::{kind} AS {name}" for name, kind in COLUMNS.items())


# One row per person-record of the CPS, from its decisions and its prosecutions.
CPS = "SELECT " + _columns(
    stage="'cps'", row_id="row_id_hash", case_key="min(cps_case_id_hash)", crime="min(crime_id_hash)",
    cps_area="min(cps_area)", charge_date="min(charge_date)", day="min(coalesce(charge_date, day))",
) + """ FROM (
    SELECT row_id_hash, cps_case_id_hash, crime_id_hash, cps_area, NULL::DATE AS charge_date, received_date AS day
    FROM cps_pcd
    UNION ALL SELECT row_id_hash, cps_case_id_hash, NULL, cps_area, charge_date, completion_date FROM cps_prosecution
) GROUP BY row_id_hash"""  # fmt: skip

COURT = "SELECT " + _columns(
    stage="CASE crt_case.court_tier WHEN 'CC' THEN 'crown' ELSE 'magistrates' END", row_id="row_id_hash",
    case_key="case_id_hash", offence="ho_offence_code", offence_date="earliest_offence_date",
    charge_date="charge_date", day="first_hearing_date", force="courts.force_code", region="courts.cj_region",
    sex="sex", age="age_at_first_hearing", age_day="first_hearing_date", sentence_days="custody_days",
    completed="completion_date",
) + " FROM crt_case LEFT JOIN list_courts AS courts ON courts.code = court_code"  # fmt: skip

CUSTODY = "SELECT " + _columns(
    stage="'custody'", row_id="row_id_hash", offence="min(ho_offence_code)", day="min(reception_date)",
    age="min(age_at_reception)", age_day="min(reception_date)", sentence_days="min(sentence_days)",
) + " FROM hmpps_custody GROUP BY row_id_hash"  # fmt: skip

PROBATION = "SELECT " + _columns(
    stage="'probation'", row_id="row_id_hash", offence="min(mo_code)", offence_date="min(main_offence_date)",
    day="min(referral_date)", sex="min(gender)", age="min(age_at_offence)", age_day="min(main_offence_date)",
) + " FROM hmpps_probation GROUP BY row_id_hash"  # fmt: skip

# Person-records that no row of the payload speaks of: only a number can link them.
WITHOUT_PAYLOAD = (
    "SELECT "
    + _columns(stage="stages.stage", row_id="row_id")
    + """
    FROM persons JOIN stages USING (source)
    WHERE NOT list_contains($courts, source) AND row_id NOT IN (SELECT row_id FROM later)"""
)


def _records() -> str:
    stages = ", ".join(f"('{stage.name}', '{source}', {stage.window})" for stage in STAGES for source in stage.sources)
    courts = ", ".join(f"'{source}'" for source in COURTS)
    return f"""
        WITH later AS ({CPS} UNION ALL {COURT} UNION ALL {CUSTODY} UNION ALL {PROBATION}),
        stages (stage, source, latest) AS (VALUES {stages}),
        every AS (FROM later UNION ALL {WITHOUT_PAYLOAD.replace("$courts", f"[{courts}]")})
        SELECT
            row_number() OVER (ORDER BY stage, source, every.row_id)::INTEGER AS record,
            every.*, offences.subgroup_code AS subgroup, source, latest,
            persons.person_id, persons.person_095, persons.person_080, events.arrest_group, events.case_group
        FROM every
        JOIN stages USING (stage)
        JOIN persons USING (source, row_id)
        LEFT JOIN events USING (source, row_id)
        LEFT JOIN list_offence_codes AS offences ON offences.code = every.offence
    """
