"""Case linkage: from every record of the CPS, courts, prisons and probation back to the arrest and crime it began with.

Works on a DuckDB connection that sees the crosswalk (`events`, `persons`) and the payload tables by name. Numbers come
first (arrest/summons number, crime or case reference), then the same person with the same offence, then whatever
agrees. Each link says how it was made, how likely it is, and how many other arrests would have done as well.
"""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection

from extracts.linkage.case_candidates import IN_COURT, propose, settle_by_number
from extracts.linkage.case_records import AFTER_COURT, LISTS, STAGES, prepare, read_lists
from extracts.linkage.case_scores import score

# A record is linked when it is likelier than this to come from one of its candidates; to an arrest of somebody else, as
# far as persons were linked, only when that one is much likelier than all others together.
LINKED, LINKED_ELSEWHERE = 0.5, 0.75
# A link without a number is certain from this probability, if no other candidate comes near and the person is the same.
CERTAIN = 0.99
# Another candidate comes near when it is at least half as likely.
NEAR = 0.5

# From the surest way of linking to the least sure.
METHODS = ("urn", "offence_date_name", "probabilistic")


def link_cases(connection: DuckDBPyConnection, codelists: Path) -> None:
    """Make the tables `event_links` (one row per record that comes after an arrest) and `case_link` (one per crime).

    codelists  folder with the code lists of the linked dataset

    event_links: source, row_id, stage; arrest_row_id and crime_id of the police and the method (`urn`,
    `offence_date_name`, `probabilistic`), NULL where nothing was found; case_key of the CPS or court; candidates (how
    many arrests are equally good: 1 is unambiguous, 0 none); score (0 to 1; 1 where a number settles it); certain.
    case_link: as the catalogue describes it. Both are in the order of their keys, the same for the same input.
    """
    read_lists(connection, codelists)
    prepare(connection)
    settle_by_number(connection)
    connection.execute(NONE_CHOSEN)
    before_sentence = [stage.name for stage in STAGES if stage.name not in AFTER_COURT]
    # Prisons and probation come last: what the courts did about an arrest says much about them.
    for stages in (before_sentence, list(AFTER_COURT)):
        connection.execute(IN_COURT)
        propose(connection, stages)
        score(connection)
        connection.execute(CHOSEN)
    connection.execute(EVENT_LINKS)
    connection.execute(CASE_LINK)
    for table in WORKING_TABLES:
        connection.execute(f"DROP TABLE {table}")


WORKING_TABLES = (
    "numbered", "settled", "candidates", "scores", "chosen", "in_court", "records", "arrests",
    *(f"list_{name}" for name in LISTS),
)  # fmt: skip

NONE_CHOSEN = """
    CREATE OR REPLACE TEMP TABLE chosen
    (record INTEGER, arrest INTEGER, method VARCHAR, candidates BIGINT, score DOUBLE, certain BOOLEAN)
"""

# Per record its best candidate: of those with its number, if it has one; the likeliest, then the nearest in time. Sums
# are of whole millionths, which come to the same in any order.
CHOSEN = f"""
    INSERT INTO chosen BY NAME
    WITH usable AS (
        SELECT candidates.*, weight, p, max(weight) OVER (PARTITION BY record, numbered) AS best
        FROM candidates JOIN scores USING (record, arrest)
        QUALIFY numbered OR NOT bool_or(numbered) OVER (PARTITION BY record)
    ), weighed AS (
        SELECT *, row_number() OVER (PARTITION BY record ORDER BY weight DESC, apart, arrest) AS place,
            count(*) FILTER (weight >= best + ln({NEAR})) OVER whole AS near,
            sum(round(1e6 * exp(weight - best))::BIGINT) OVER whole / 1e6 AS relative,
            sum(round(1e6 * p)::BIGINT) OVER whole / 1e6 AS any_of_them
        FROM usable WINDOW whole AS (PARTITION BY record)
    ), told AS (
        SELECT *, CASE WHEN numbered THEN 'urn'
            WHEN same AND (offence >= 1 OR offence IS NULL AND charge >= 3) THEN 'offence_date_name'
            ELSE 'probabilistic' END AS method
        FROM weighed
        WHERE place = 1 AND (numbered OR CASE WHEN same THEN any_of_them > {LINKED} ELSE p > {LINKED_ELSEWHERE} END)
    )
    SELECT record, arrest, method, CASE WHEN certain THEN 1 ELSE near END AS candidates,
        CASE WHEN certain THEN 1 WHEN numbered THEN 1 / relative ELSE p END AS score,
        certain OR coalesce(method = 'offence_date_name' AND same_strictly AND near = 1 AND p >= {CERTAIN}, false)
            AS certain
    FROM told
"""

EVENT_LINKS = """
    CREATE OR REPLACE TABLE event_links AS
    SELECT records.source, records.row_id, stage, arrests.row_id AS arrest_row_id, arrests.crime AS crime_id,
        records.case_key, method, coalesce(candidates, 0)::INTEGER AS candidates, score::DECIMAL(4, 3) AS score,
        coalesce(certain, false) AS certain
    FROM records LEFT JOIN chosen USING (record) LEFT JOIN arrests USING (arrest)
    ORDER BY records.source, records.row_id
"""

# A case is about the crime that most surely holds its defendants; a crime has one case at each stage, the surest one.
# A row is as sure as the weakest of its links.
CASE_LINK = f"""
    CREATE OR REPLACE TABLE case_link AS
    WITH votes AS (
        SELECT stage, case_key, crime_id, count(*) AS records, bool_or(certain) AS certain, max(score) AS score,
            min(candidates) AS candidates, min(list_position({list(METHODS)}, method)) AS method
        FROM event_links WHERE crime_id IS NOT NULL AND case_key IS NOT NULL GROUP BY ALL
    ), cases AS (
        FROM votes QUALIFY row_number() OVER (
            PARTITION BY stage, case_key ORDER BY certain DESC, records DESC, score DESC, crime_id) = 1
    ), surest AS (
        FROM cases QUALIFY row_number() OVER (
            PARTITION BY stage, crime_id ORDER BY certain DESC, records DESC, score DESC, case_key) = 1
    )
    SELECT md5('case_link ' || crime_id) AS case_link_id, crime_id AS crime_id_hash,
        max(case_key) FILTER (stage = 'cps') AS cps_case_id_hash,
        max(case_key) FILTER (stage = 'magistrates') AS mc_case_id_hash,
        max(case_key) FILTER (stage = 'crown') AS cc_case_id_hash,
        {list(METHODS)}[max(method)] AS link_method, min(score) AS estimated_match_score,
        least(max(candidates), 999) AS link_candidates, bool_and(certain) AS link_certain
    FROM surest GROUP BY crime_id ORDER BY crime_id
"""
