"""Records: a file with a row for each person fails or is looked at; tables that look like one pass."""

import csv
import io
import random

import pandas as pd
import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.rules.join_test import join
from extracts.disclosure.rules.records import findings

CHANCE = random.Random(3)
STUDY = pd.DataFrame(
    {
        "sex": [CHANCE.choice("MF") for _ in range(400)],
        "offence": [CHANCE.choice(["Theft", "Drugs", "Violence"]) for _ in range(400)],
        "age": [CHANCE.randint(18, 70) for _ in range(400)],
        "sentence_days": [float(CHANCE.randint(1, 900)) for _ in range(400)],
        "area": [CHANCE.choice(["North", "South", "East", "West"]) for _ in range(400)],
    }
)


def table(frame: pd.DataFrame) -> Table:
    return of(frame.to_csv(index=False))


def of(text: str) -> Table:
    rows = [tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text.strip()))]
    return Table(rows[0], tuple(rows[1:]), tuple(range(2, len(rows) + 1)))


def verdict(table: Table, **known: object) -> str:
    found = list(findings("a.csv", table, SRS_10, **known))
    assert len(found) <= 1
    return str(found[0].verdict) if found else "pass"


def test_a_key_that_is_nearly_unique() -> None:
    rows = "\n".join(f"P{n:05},{n % 7}" for n in range(40))
    assert verdict(of("person_id,offence\n" + rows)) == "fail"
    rows = "\n".join(f"{8_123_456_789_012_345_000 + 7919 * n},{n % 7}" for n in range(40))
    assert verdict(of("key,offence\n" + rows)) == "fail"


def test_records_without_a_key_repeat_their_labels() -> None:
    assert verdict(table(STUDY[["sex", "offence", "sentence_days"]].head(60))) == "fail"


def test_records_in_no_order() -> None:
    """Labels need not repeat: rows that are sorted by nothing, with ages and sentences in detail, are people."""
    chance = random.Random(17)
    rows = "\n".join(f"{n % 71 + 10},{chance.choice('MF')},{chance.choice('abc')},{chance.randint(1, 900)}"
                     for n in chance.sample(range(60), 60))  # fmt: skip
    assert verdict(of("age,sex,offence,sentence_days\n" + rows)) == "fail"
    assert verdict(of("age,sex,offence,n_priors\n" + rows)) == "fail"


def test_points_and_residuals() -> None:
    chance = random.Random(4)
    rows = [(chance.uniform(18, 80), chance.uniform(30, 400)) for _ in range(60)]
    assert verdict(of("x,y\n" + "\n".join(f"{x:.2f},{y:.2f}" for x, y in rows))) == "fail"
    numbered = "\n".join(f"{n},{x:.2f},{y:.2f}" for n, (x, y) in enumerate(rows))
    assert verdict(of("index,x,y\n" + numbered)) == "fail"
    assert verdict(of("year,x,y\n" + numbered)) == "pass"
    assert verdict(of("x,y\n" + "\n".join(f"{x:.2f},{y:.2f}" for x, y in sorted(rows)))) == "pass"
    assert verdict(of("x,y\n" + "\n".join(f"{x / 100:.4f},{y / 1000:.4f}" for x, y in rows))) == "pass"
    assert verdict(of("model,residual\n" + "\n".join(f"a,{x:.2f}" for x, _ in rows))) == "fail"


def test_ages_that_are_all_different_are_for_a_person() -> None:
    rows = "\n".join(f"{18 + n},{'MF'[n % 2]},{20 + n}" for n in range(60))
    assert verdict(of("age,sex,sentence_days\n" + rows)) == "review"


def test_rows_that_are_rows_of_the_study_data() -> None:
    """Few columns and few rows are enough when the records are at hand, whatever a column is called."""
    few = STUDY[["sex", "age", "sentence_days"]].sample(8, random_state=1)
    assert verdict(table(few)) == "pass"
    assert verdict(table(few), microdata=STUDY) == "fail"
    renamed = few.rename(columns={"sex": "Sex", "sentence_days": "Sentence days"}).assign(n=12)
    assert verdict(table(renamed), microdata=STUDY) == "fail"


def test_as_many_rows_as_persons() -> None:
    made_up = pd.DataFrame({"age": range(400), "other": range(400)})
    assert verdict(table(made_up), persons=400) == "fail"
    assert verdict(table(made_up), persons=4_000) == "pass"


GROUPS = STUDY.groupby(["sex", "offence", "area"]).agg(n=("age", "size"), mean_days=("sentence_days", "mean"))
SMALL = STUDY.groupby(["sex", "offence", "age"]).size().rename("n").reset_index()


@pytest.mark.parametrize(
    "frame",
    [
        GROUPS.reset_index(),
        GROUPS.reset_index().assign(n="[c]"),
        SMALL,
        SMALL.assign(n="[c]"),
        STUDY.groupby("age").sentence_days.mean().rename("mean_days").reset_index(),
        STUDY.groupby("age").size().rename("n").reset_index(),
        pd.crosstab(STUDY.area, STUDY.offence).reset_index(),
        pd.DataFrame({"area_code": [f"E{7000000 + n:08}" for n in range(300)], "cases": range(100, 400)}),
        pd.DataFrame({"area_code": [f"E{7000000 + n:08}" for n in range(300)], "M": range(300), "F": range(300)}),
        pd.DataFrame({"term": [f"age_{n}" for n in range(40)], "coef": [0.1 * n for n in range(40)], "p": [0.5] * 40}),
        pd.DataFrame({"month": [f"2019-{n:02}" for n in range(1, 13)] * 5, "offences": range(60),
                      "court": [court for court in "ABCDE" for _ in range(12)]}),
        pd.DataFrame({"offence_code": [f"{n}A" for n in range(100)], "offence": [f"Offence {n}" for n in range(100)]}),
        pd.DataFrame({"sex": ["M", "F"] * 20, "statistic": [f"s{n // 2}" for n in range(40)], "value": range(40)}),
        pd.DataFrame({"year": range(1950, 2020), "sentence": range(70)}),
    ],
)  # fmt: skip
def test_look_alikes_pass_with_and_without_the_study_data(frame: pd.DataFrame) -> None:
    assert verdict(table(frame)) == "pass"
    assert verdict(table(frame), microdata=STUDY) == "pass"


@pytest.mark.slow
def test_the_join_agrees_with_looking_up_every_row() -> None:
    """A naive twin: compare each row of the file with each record."""
    chance = random.Random(5)
    for _ in range(40):
        names = chance.sample(list(STUDY.columns), chance.randint(1, 4))
        some = STUDY[names].sample(20, random_state=chance.randint(0, 999)).reset_index(drop=True)
        if chance.random() < 0.5:
            some[names[0]] = some[names[0]].sample(frac=1, random_state=2).to_numpy()
        found = join(table(some), STUDY, threshold=10)
        records = list(STUDY[names].itertuples(index=False, name=None))
        counts = [sum(row == record for record in records) for row in some.itertuples(index=False, name=None)]
        assert found.shared == tuple(names)
        assert found.matched == pytest.approx(sum(count > 0 for count in counts) / 20)
        assert found.rare == pytest.approx(sum(0 < count < 10 for count in counts) / 20)


def test_dates_and_missing_values_are_compared_as_written() -> None:
    study = pd.DataFrame({"when": pd.to_datetime(["2019-01-05", None, "2020-02-03"]), "n": [1, 2, None]})
    found = join(of("when,n\n2019-01-05,1\n,2\n2020-02-03,\n2021-01-01,1"), study, threshold=10)
    assert found.matched == pytest.approx(0.5)
