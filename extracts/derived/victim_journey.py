"""How far each victim's case came, whether they stayed with it, and how it ended: the table `drv_victim_journey`.

Worked out from the police's tables and, through `case_link`, from what the CPS and the courts recorded. The stages are
those of the code list `attrition_stages`. A charged crime is open until every charged suspect's prosecution has
finished; then the gravest result counts. Where no case was linked, a journey ends with what the police know.
"""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection

LISTS = ("attrition_reasons", "prosecution_outcomes")

# What the police's outcome comes to. Outcomes that are not named here are `other`.
ENDINGS = {
    "0": "open", "1": "open", "18": "no suspect", "15": "evidential (supported)",
    "14": "victim withdrew", "16": "victim withdrew",
    **dict.fromkeys(("2", "3", "6", "7", "8", "22"), "out of court"),
    "9": "not charged (CPS)",
}  # fmt: skip

# Results of prosecutions, the gravest last.
RESULTS = ("stopped post-charge (other)", "stopped post-charge (victim)", "acquitted", "convicted")

# The tables that a release may do without, and the columns that are read of each.
OPTIONAL = {
    "pol_suspect": "crime_id_hash VARCHAR, referred_to_cps BOOLEAN, charge_date DATE",
    "cps_pcd": "crime_id_hash VARCHAR, cps_case_id_hash VARCHAR, receipt_type VARCHAR, received_date DATE",
    "cps_prosecution": "cps_case_id_hash VARCHAR, defendant_seq INTEGER, outcome_code VARCHAR, completion_date DATE",
    "crt_case": "case_id_hash VARCHAR, defendant_seq INTEGER, case_outcome VARCHAR, receipt_route VARCHAR, "
                "completion_date DATE",
    "crt_hearing": "case_id_hash VARCHAR, hearing_date DATE, listed_for_trial BOOLEAN, trial_result VARCHAR",
    "case_link": "crime_id_hash VARCHAR, cps_case_id_hash VARCHAR, mc_case_id_hash VARCHAR, cc_case_id_hash VARCHAR, "
                 "estimated_match_score DECIMAL(4, 3)",
}  # fmt: skip


def derive_victim_journey(connection: DuckDBPyConnection, codelists: Path) -> None:
    """Make the table `drv_victim_journey`: one row per row of `pol_victim`, in the order of its keys.

    The connection sees `pol_crime` and `pol_victim`; the tables of OPTIONAL are used if they are there.
    codelists  folder with the code lists of the linked dataset
    """
    for name in LISTS:
        path = str(codelists / f"{name}.csv")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE list_{name} AS FROM read_csv($1, all_varchar = true)", [path])
    there = {row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    absent = {table: columns for table, columns in OPTIONAL.items() if table not in there}
    for table, columns in absent.items():
        connection.execute(f"CREATE TEMP TABLE {table} ({columns})")
    connection.execute(VICTIM_JOURNEY)
    for table in (*absent, *(f"list_{name}" for name in LISTS)):
        connection.execute(f"DROP TABLE {table}")


def _case(column: str, values: dict[str, str], otherwise: str) -> str:
    branches = " ".join(f"WHEN '{code}' THEN '{value}'" for code, value in values.items())
    return f"CASE {column} {branches} ELSE '{otherwise}' END"


# Per crime: who was charged and when, and whether the CPS was asked.
POLICE = """
    SELECT crime_id_hash, count(charge_date) AS charged, max(charge_date) AS charge_date,
        coalesce(bool_or(referred_to_cps), false) AS referred
    FROM pol_suspect GROUP BY crime_id_hash
"""

# Per crime: the day on which the CPS received the file. Its decisions name the crime, or only their case.
RECEIVED = """
    SELECT coalesce(cps_pcd.crime_id_hash, case_link.crime_id_hash) AS crime_id_hash, true AS received,
        min(received_date) FILTER (receipt_type = 'charging') AS received_date
    FROM cps_pcd LEFT JOIN case_link USING (cps_case_id_hash) GROUP BY 1
"""

# Per crime and court: its case.
IN_COURT = """
    SELECT crime_id_hash, mc_case_id_hash AS case_id_hash FROM case_link WHERE mc_case_id_hash IS NOT NULL
    UNION ALL SELECT crime_id_hash, cc_case_id_hash FROM case_link WHERE cc_case_id_hash IS NOT NULL
"""

# Finished prosecutions by crime, from the CPS; and from the courts for crimes of which the CPS has none.
# `result` is a place in RESULTS, from 1.
BY_CPS = """
    SELECT crime_id_hash, defendant_seq, completion_date,
        CASE WHEN conviction = '1' THEN 4 WHEN reason_group = 'acquittal' THEN 3 WHEN reason_group = 'victim' THEN 2
            ELSE 1 END AS result
    FROM cps_prosecution JOIN case_link USING (cps_case_id_hash)
    JOIN list_prosecution_outcomes AS outcomes ON outcomes.code = outcome_code
"""
BY_COURT = """
    SELECT crime_id_hash, defendant_seq, completion_date,
        CASE case_outcome WHEN 'convicted' THEN 4 WHEN 'acquitted' THEN 3 ELSE 1 END AS result
    FROM crt_case JOIN in_court USING (case_id_hash)
    WHERE completion_date IS NOT NULL AND case_outcome <> 'sent'
        AND coalesce(receipt_route, 'sent for trial') = 'sent for trial'
        AND crime_id_hash NOT IN (SELECT crime_id_hash FROM by_cps)
"""
FINISHED = """
    SELECT crime_id_hash, count(DISTINCT defendant_seq) AS finished, max(result) AS result,
        max(completion_date) AS completion_date, bool_or(result = 2) AS for_the_victim
    FROM (FROM by_cps UNION ALL FROM by_court) GROUP BY crime_id_hash
"""

TRIALS = """
    SELECT crime_id_hash, coalesce(bool_or(trial_result IN ('effective', 'cracked')), false) AS tried,
        list(hearing_date) FILTER (listed_for_trial) AS trial_days
    FROM crt_hearing JOIN in_court USING (case_id_hash) GROUP BY crime_id_hash
"""

LINKS = "SELECT crime_id_hash, min(estimated_match_score) AS score FROM case_link GROUP BY crime_id_hash"

ENDED = f"""
    SELECT crime.*, police.charge_date, received_date, tried, trial_days, for_the_victim, score,
        outcome_type = '1' AS was_charged, coalesce(referred OR received, false) OR outcome_type = '9' AS was_referred,
        was_charged AND charged > 0 AND finished >= charged AS closed,
        CASE WHEN closed THEN {list(RESULTS)}[result]
            WHEN was_referred AND police_ending IN ('evidential (supported)', 'other') THEN 'not charged (CPS)'
            ELSE police_ending END AS ending,
        CASE WHEN closed THEN completion_date WHEN NOT was_charged THEN outcome_date END AS ended,
        CASE WHEN ending IN ('acquitted', 'convicted') THEN 'COMPLETE' WHEN tried THEN 'TRIAL'
            WHEN was_charged THEN 'PRETRIAL' WHEN was_referred THEN 'CHARGE' ELSE 'POLICE' END AS furthest
    FROM (SELECT *, {_case("outcome_type", ENDINGS, "other")} AS police_ending FROM pol_crime) AS crime
    LEFT JOIN police USING (crime_id_hash) LEFT JOIN received USING (crime_id_hash)
    LEFT JOIN finished USING (crime_id_hash) LEFT JOIN trials USING (crime_id_hash)
    LEFT JOIN links USING (crime_id_hash)
"""

VICTIM_JOURNEY = f"""
    CREATE OR REPLACE TABLE drv_victim_journey AS
    WITH police AS ({POLICE}), received AS ({RECEIVED}), in_court AS ({IN_COURT}), by_cps AS ({BY_CPS}),
    by_court AS ({BY_COURT}), finished AS ({FINISHED}), trials AS ({TRIALS}), links AS ({LINKS}), ended AS ({ENDED})
    SELECT crime_id_hash, victim_seq,
        year(recorded_date) || 'Q' || quarter(recorded_date) AS cohort_quarter,
        offence_subgroup, force_code, furthest AS furthest_stage, ending AS final_outcome,
        withdrawal_date IS NOT NULL AS withdrew,
        CASE WHEN withdrawal_date IS NULL THEN NULL
            WHEN for_the_victim AND list_contains(trial_days, withdrawal_date) THEN 'TRIAL'
            WHEN withdrawal_date > charge_date THEN 'PRETRIAL' WHEN withdrawal_date >= received_date THEN 'CHARGE'
            ELSE 'POLICE' END AS withdrew_stage,
        CASE WHEN withdrawal_date IS NOT NULL THEN coalesce(reasons."group", 'Missing') END AS withdrew_reason_group,
        (withdrawal_date - recorded_date)::INTEGER AS days_to_withdrawal,
        CASE WHEN ending <> 'open' THEN (ended - recorded_date)::INTEGER END AS days_to_final,
        ending = 'open' AS censored,
        coalesce(score, 1)::DECIMAL(4, 3) AS link_confidence
    FROM pol_victim JOIN ended USING (crime_id_hash)
    LEFT JOIN list_attrition_reasons AS reasons ON reasons.code = withdrawal_reason
    ORDER BY crime_id_hash, victim_seq
"""
