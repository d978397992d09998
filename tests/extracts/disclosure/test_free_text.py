"""Free text: what gives people away is found in prose, logs and code, and plain prose gives no finding."""

import time

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.rules.free_text import of_text
from extracts.disclosure.rules.small_counts import small_counts_in
from extracts.disclosure.rules.text_numbers import untraced_numbers


def found(text: str) -> set[tuple[str, str]]:
    """Rules and verdicts, without the last word on numbers."""
    return {(f.rule, str(f.verdict)) for f in of_text("a.txt", text, "", SRS_10) if f.rule != "numbers_in_text"}


HEAD = """
>>> df.head()
   age sex   offence  sentence_days
0   34   M     Theft            120
1   28   F     Drugs             30
2   51   M     Theft            365
"""
KEYED = """
                  person_key  n_hearings
0        8123456789012345678           3
1        7123456789012345679           4
"""
LOG = """
2024-03-01 10:00:01 INFO reading the extract
0 P100000 1975-03-10 M 786
1 P100037 1965-03-12 F 13
2 P100074 1950-03-16 M 886
3 P100111 1975-03-12 F 883
2024-03-01 10:02:30 INFO done
"""
BY_DAY = "\n".join(f"{day} M 2 x" for day in ("1975-03-10", "1965-03-12", "1950-03-16", "1975-03-12"))
DESCRIBE = """
       sentence_days
count     240.000000
mean      120.500000
std        80.100000
min         1.000000
25%        30.000000
50%        90.000000
75%       180.000000
max      5475.000000
"""
R_SUMMARY = """
   Min. 1st Qu.  Median    Mean 3rd Qu.    Max.
   18.0    25.0    33.0    34.2    41.0    94.0
"""
STATA = """
    Variable |        Obs        Mean    Std. dev.       Min        Max
-------------+---------------------------------------------------------
         age |        240        34.2     5.1             18         94
"""


@pytest.mark.parametrize(
    ("text", "rule", "verdict"),
    [
        (HEAD,                                                  "row_level",  "fail"),
        (KEYED,                                                 "pseudonym",  "fail"),
        (LOG,                                                   "row_level",  "fail"),
        (BY_DAY,                                                "row_level",  "fail"),
        ("data[data.person_id != 'P196904']",                   "identifier", "fail"),
        (DESCRIBE,                                              "min_max",    "fail"),
        (R_SUMMARY,                                             "min_max",    "fail"),
        (STATA,                                                 "min_max",    "fail"),
        ("Contact ann@example.org",                             "identifier", "fail"),
        ("df = df[df.person_id == 'P100037']",                  "identifier", "fail"),
        ("keep if defendant_no == 4711",                        "identifier", "fail"),
        ("read('/home/ann/secret/rows.csv')",                   "path",       "review"),
        (r"use C:\Users\ann\rows.dta",                          "path",       "review"),
        (r"\\server\share\rows.dta",                            "path",       "review"),
        ("password = 'correct-horse'",                          "secret",     "fail"),
        ("postgresql://ann:pony1234@db.example/study",          "secret",     "fail"),
        ("-----BEGIN RSA PRIVATE KEY-----",                     "secret",     "fail"),
        ("In one court (n = 3) nobody was released.",           "threshold",  "fail"),
        ("Only two victims withdrew.",                          "threshold",  "fail"),
        ("We saw 3 of the 240 defendants again.",               "threshold",  "fail"),
        ("There were 4 people in it.",                          "threshold",  "review"),
        ("It was 3/240 in the end.",                            "threshold",  "review"),
        ("The oldest was 94 years old.",                        "min_max",    "review"),
        ("Ages ranged from 18 to 94.",                          "min_max",    "review"),
        ("x <- c(" + ", ".join(map(str, range(30))) + ")",      "data_in_code", "review"),
    ],
)  # fmt: skip
def test_what_gives_people_away(text: str, rule: str, verdict: str) -> None:
    assert (rule, verdict) in found(text)


COUNTS = """
          men  women
Theft     120     80
Drugs      40     30
"""
MODEL = """
                 coef    std err          t      P>|t|
const          1.2000      0.100     12.000      0.000
age            0.0300      0.010      3.000      0.003
"""
CODE = """
import pandas as pd
df = pd.read_csv("counts.csv")
for year in range(2010, 2020):
    table = df[df.year == year].groupby("offence").size()
    table.to_csv(f"table_{year}.csv")
"""


LOG_ALONE = "\n".join(f"2024-03-01 10:00:{second:02} INFO step {second}" for second in range(20))
SERIES = "\n".join(f"2024-03-{day:02} 12 30" for day in range(1, 20))
CODES = "\n".join(f"E070000{n:02} North 1{n} 30" for n in range(2))


@pytest.mark.parametrize(
    "text",
    [
        LOG_ALONE,
        SERIES,
        CODES,
        "The mean age was 34.2 (SD 5.1), n = 240.",
        "Offences fell by 12% between 2010 and 2019/20 (p < 0.001).",
        COUNTS,
        MODEL,
        CODE,
        "We fitted 3 models to 12 regions; in 2 of 3 the sign is the same.",
        "Of 1,234,567 offences, 45,678 led to a charge (n=45,678).",
        "See https://www.gov.uk/data/2019 for 12-month rates.",
        "df.groupby('person_id').size()  # 1 row each",
        "version 3.11.2, seed = 5, alpha = 0.05",
    ],
)
def test_results_and_code_are_only_numbers_to_look_at(text: str) -> None:
    assert found(text) == set()
    assert {f.rule for f in of_text("a.txt", text, "", SRS_10)} <= {"numbers_in_text"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Table 1: persons of the study", (0, 0)),
        ("Source: police data 2019/20 to 2021-22, as of 3 March 2024 and 2024-03-01 10:00:01.", (0, 0)),
        ("Counts below 10 are hidden, the rest rounded to the nearest 5. Rates per 1,000. See Section 3.2.", (0, 0)),
        ("1. Victims of all ages; 2019 was the first year; https://example.org/12/34", (0, 0)),
        ("Notes: 1 Rounded to 5", (0, 0)),
        ("Defendants aged 16-17, ages 18 and over, aged 65+ and age 10 to 15", (0, 0)),
        ("Note: 12 people were left out", (1, 1)),
        ("Notes: 3 women were left out", (1, 1)),
        ("He was aged 87", (1, 1)),
        ("Title\nn = 240", (1, 2)),
        ("Mean 34.2 (SD 5.1)", (2, 1)),
        ("12% of victims; 5 were hidden", (2, 1)),
        ("below 3", (1, 1)),
        ("A total of 2019 victims in 2019", (1, 1)),
    ],
)
def test_numbers_that_name_date_or_explain_need_no_table(text: str, wanted: tuple[int, int]) -> None:
    assert untraced_numbers(text) == wanted


def test_prose_without_numbers_gives_nothing() -> None:
    assert list(of_text("a.txt", "Victims were less likely to withdraw.\n\nSee the method.", "", SRS_10)) == []


def test_a_text_of_too_many_tables_is_still_for_a_person() -> None:
    many = "\n".join("a  b  1\na  b  1\na  b  1\nx\n" for _ in range(600))
    assert [f.rule for f in of_text("a.txt", many, "", SRS_10)] == ["numbers_in_text"]


def test_a_finding_says_the_line_and_never_what_stands_there() -> None:
    finding = next(iter(of_text("a.txt", "First\nSecond: ann@example.org", "page 2", SRS_10)))
    assert finding.cell is not None and (finding.cell.row, finding.cell.label) == (2, "page 2, line 2")
    assert "ann@" not in str(finding)


def test_small_counts_against_a_naive_reading() -> None:
    """Every number from 1 to 30, under every threshold, in each way of saying it."""
    for threshold in (5, 10, 20):
        for number in range(1, 31):
            for text in (f"n = {number}", f"n={number}, mean 3.5", f"{number} victims", f"{number} of 240 suspects"):
                assert any(s.certain for s in small_counts_in(text, threshold=threshold)) == (number < threshold), text
    assert any(small_counts_in("Seven young offenders", threshold=10))
    for text in ("n = 3.5", "n = 1,234", "n = 30", "3.5 victims", "1,005 victims", "2005 victims", "in 2 of 3"):
        assert not any(small_counts_in(text, threshold=10)), text


@pytest.mark.slow
def test_no_long_line_takes_long() -> None:
    started = time.perf_counter()
    for piece in (
        "1",
        "a ",
        "n = ",
        "min 1 ",
        "one a a ",
        "c(",
        "1, ",
        "://a:",
        "password = ",
        "/home",
        "case id ",
        "eyJaaaaaaaaaaaa.",
        "max ",
    ):
        list(of_text("a.txt", piece * (20_000 // len(piece)), "", SRS_10))
    assert time.perf_counter() - started < 5
