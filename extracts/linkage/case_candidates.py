"""Which arrests a record may come from: those with its numbers, those of its person, and those of its place and day."""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

# How much older somebody is on the later record, in years, and whether the ages on both say so (give or take rounding).
YEARS = "(coalesce(later.age_day, later.day) - coalesce(earlier.offence_date, earlier.recorded)) / 365.25"
SAME_AGE = f"abs(later.age - earlier.age - {YEARS}) <= 1.05"

# What a later record and an earlier arrest may agree on: SQL that gives a level, or NULL where nothing can be said.
COMPARISONS = {
    "offence": """CASE WHEN later.offence IS NULL THEN NULL WHEN later.offence = earlier.offence THEN 2
        WHEN later.subgroup = earlier.subgroup THEN 1 ELSE 0 END""",
    "offence_date": """CASE WHEN later.offence_date = earlier.offence_date THEN 2
        WHEN abs(later.offence_date - earlier.offence_date) <= 31 THEN 1
        WHEN later.offence_date IS NOT NULL AND earlier.offence_date IS NOT NULL THEN 0 END""",
    "charge": """CASE WHEN earlier.charge_date IS NULL THEN 0 WHEN later.charge_date IS NULL THEN 2
        WHEN later.charge_date = earlier.charge_date THEN 4
        WHEN abs(later.charge_date - earlier.charge_date) <= 7 THEN 3 ELSE 1 END""",
    "wait": """CASE WHEN later.day < earlier.day THEN 0 WHEN later.day - earlier.day <= 45 THEN 4
        WHEN later.day - earlier.day <= 150 THEN 3 WHEN later.day - earlier.day <= 450 THEN 2 ELSE 1 END""",
    "sex": """CASE WHEN later.sex IN ('1', '2') AND earlier.sex IN ('1', '2')
        THEN CASE WHEN later.sex = earlier.sex THEN 1 ELSE 0 END END""",
    "age": f"""CASE WHEN {SAME_AGE} THEN 2 WHEN abs(later.age - earlier.age - {YEARS}) <= 3 THEN 1
        WHEN later.age IS NOT NULL AND earlier.age IS NOT NULL THEN 0 END""",
    "area": """CASE WHEN later.force = earlier.force THEN 2
        WHEN later.region = earlier.region OR later.cps_area = earlier.cps_area THEN 1
        WHEN coalesce(later.region, later.cps_area) IS NOT NULL THEN 0 END""",
    "court": """CASE WHEN later.stage NOT IN ('custody', 'probation') THEN NULL
        WHEN seen.sentenced THEN 3 WHEN later.day - earlier.charge_date BETWEEN 0 AND 3 THEN 2
        WHEN seen.arrest IS NULL THEN 1 ELSE 0 END""",
    "length": "CASE WHEN later.stage = 'custody' AND later.sentence_days > 0 THEN seen.same_length::INTEGER END",
}

# Pairs by number: the arrest/summons number itself, else the crime that the record or its case is known to be about. A
# case is known by its key, or by a reference in common with the police or the CPS: courts' own numbers repeat.
NUMBERED = """
    CREATE OR REPLACE TEMP TABLE numbered AS
    WITH exact AS (
        SELECT record, arrest, arrests.crime FROM records JOIN arrests USING (arrest_group)
    ), referred AS (
        SELECT record, crime FROM records WHERE crime IS NOT NULL
        UNION SELECT record, arrests.crime FROM records JOIN arrests USING (case_group)
    ), placed AS (
        SELECT record, crime FROM exact UNION SELECT record, crime FROM referred
    ), related AS (
        SELECT records.record, placed.crime
        FROM records JOIN records AS relatives USING (stage, case_key) JOIN placed ON placed.record = relatives.record
        UNION
        SELECT records.record, placed.crime
        FROM records JOIN records AS relatives USING (case_group) JOIN placed ON placed.record = relatives.record
        WHERE relatives.stage = 'cps'
    )
    SELECT record, arrest, true AS exact FROM exact
    UNION ALL
    SELECT record, arrest, false
    FROM (FROM referred UNION FROM related ANTI JOIN placed USING (record)) JOIN arrests USING (crime)
    WHERE record NOT IN (SELECT record FROM exact)
"""

# Between several suspects of a crime the person decides, where one of them is it. Certain is a number that belongs to
# one arrest and, among the records of its source and stage, to one person; and a crime that leaves one suspect.
SETTLED = """
    CREATE OR REPLACE TEMP TABLE settled AS
    WITH told AS (
        SELECT record, arrest, exact, arrests.crime, coalesce(records.person_id = arrests.person_id, false) AS same
        FROM numbered JOIN records USING (record) JOIN arrests USING (arrest)
    ), kept AS (
        SELECT * FROM told QUALIFY exact OR same OR NOT bool_or(same) OVER (PARTITION BY record)
    ), counted AS (
        SELECT record, count(*) AS arrests, count(DISTINCT crime) AS crimes FROM kept GROUP BY record
    ), shared AS (
        SELECT source, stage, arrest_group, count(DISTINCT person_id) AS persons
        FROM records WHERE arrest_group IS NOT NULL GROUP BY ALL
    )
    SELECT kept.record, arrest, arrests = 1 AND CASE WHEN exact THEN persons = 1 ELSE crimes = 1 END AS certain
    FROM kept JOIN counted USING (record) JOIN records USING (record)
    LEFT JOIN shared USING (source, stage, arrest_group)
"""

SAME_PERSON = """
    SELECT record, arrest FROM records AS later JOIN arrests AS earlier USING (person_080)
    WHERE earlier.recorded <= later.day AND later.day - earlier.recorded <= later.latest
"""

# Where person linkage may have missed: the same offence in the same place, committed or charged on the same day.
SAME_EVENT = {
    "magistrates": ("subgroup", "region"),
    "crown": ("subgroup", "region"),
    "cps": ("cps_area",),
    "probation": ("offence",),
}
SAME_DAY = ("charge_date", "offence_date")
# More arrests than this that are alike tell nothing about a record, and their pairs grow with the square of the data.
MOST_ALIKE = 50


def _few_alike(*columns: str) -> str:
    """The charged arrests of which few agree on these columns, as what can stand behind FROM."""
    listed = ", ".join(columns)
    charged = "(FROM arrests WHERE charge_date IS NOT NULL)"
    alike = f"SELECT {listed} FROM {charged} GROUP BY ALL HAVING count(*) <= {MOST_ALIKE}"
    return f"(SELECT * FROM {charged} SEMI JOIN ({alike}) USING ({listed}))"


# Receptions into prison have neither place nor day of the offence: somebody of that age and offence was charged on the
# day (or up to three days before, on remand), or sentenced.
RECEIVED = (
    f"""SELECT record, arrest FROM (
        SELECT *, unnest([day, day - 1, day - 2, day - 3]) AS charged FROM records WHERE stage = 'custody'
    ) AS later JOIN {_few_alike("charge_date", "offence")} AS earlier
    ON later.charged = earlier.charge_date AND later.offence = earlier.offence AND {SAME_AGE}""",
    f"""SELECT later.record, earlier.arrest FROM records AS later JOIN in_court AS court ON later.day = court.completed
    JOIN arrests AS earlier ON earlier.arrest = court.arrest AND earlier.offence = later.offence AND {SAME_AGE}
    WHERE later.stage = 'custody'""",
)

CANDIDATES = """
    CREATE OR REPLACE TEMP TABLE candidates AS
    WITH blocked AS ({blocks}),
    pairs AS (
        SELECT record, arrest, true AS blocked FROM blocked JOIN records USING (record) WHERE stage IN {stages}
        UNION ALL
        SELECT record, arrest, false FROM settled ANTI JOIN blocked USING (record, arrest) JOIN records USING (record)
        WHERE stage IN {stages}
    ), seen AS (
        SELECT record, arrest, bool_or(abs(later.day - court.completed) <= 7) AS sentenced,
            coalesce(bool_or(later.sentence_days = court.sentence_days), false) AS same_length
        FROM pairs JOIN records AS later USING (record) JOIN in_court AS court USING (arrest) GROUP BY ALL
    )
    SELECT record, arrest, later.stage, blocked, settled.record IS NOT NULL AS numbered,
        coalesce(settled.certain, false) AS certain, coalesce(later.person_080 = earlier.person_080, false) AS same,
        coalesce(later.person_id = earlier.person_id, false) AS same_strictly,
        abs(later.day - earlier.day) AS apart, {levels}
    FROM pairs JOIN records AS later USING (record) JOIN arrests AS earlier USING (arrest)
    LEFT JOIN settled USING (record, arrest) LEFT JOIN seen USING (record, arrest)
    ORDER BY record, arrest
"""

IN_COURT = """
    CREATE OR REPLACE TEMP TABLE in_court AS
    SELECT chosen.arrest, later.completed, later.sentence_days
    FROM chosen JOIN records AS later USING (record) WHERE later.stage IN ('magistrates', 'crown')
"""


def settle_by_number(connection: DuckDBPyConnection) -> None:
    """Make the table `settled`: record, arrest, certain, for every record that a number leads to an arrest."""
    connection.execute(NUMBERED)
    connection.execute(SETTLED)


def propose(connection: DuckDBPyConnection, stages: Sequence[str]) -> None:
    """Make the table `candidates` of these stages: what each pair agrees on, and how it came to be looked at.

    Needs `records`, `arrests`, `settled` and `in_court` (what courts are known to have done about an arrest).
    """
    blocks = [SAME_PERSON]
    for stage in sorted(SAME_EVENT.keys() & set(stages)):
        blocks += [_same_event(stage, day) for day in SAME_DAY]
    blocks += RECEIVED if "custody" in stages else ()
    levels = ", ".join(f"({sql})::TINYINT AS {name}" for name, sql in COMPARISONS.items())
    named = "(" + ", ".join(f"'{stage}'" for stage in stages) + ")"
    connection.execute(CANDIDATES.format(blocks=" UNION ".join(blocks), stages=named, levels=levels))


def _same_event(stage: str, day: str) -> str:
    columns = (day, *SAME_EVENT[stage])
    return f"""
        SELECT record, arrest FROM records AS later JOIN {_few_alike(*columns)} AS earlier USING ({", ".join(columns)})
        WHERE later.stage = '{stage}' AND earlier.recorded <= later.day
    """
