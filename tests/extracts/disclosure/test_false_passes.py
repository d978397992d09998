"""Files that a hostile reviewer made to look harmless: none of them passes, and the finding says why.

Beside each kind of trick stand tables that resemble it and are safe: they still pass.
"""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription, Regression
from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.report import Report

from .tables import EVIDENCE, NAME

DRAWN = Random(1)
PEOPLE = ["Ann Ash", "Bo Birch", "Cy Cedar", "Di Dock", "Ed Elm", "Flo Fern", "Gus Gorse", "Hal Hazel", "Ivy Iris",
          "Jo Juniper", "Kim Kale", "Lee Lime"]  # fmt: skip
RECORDS = "".join(f"\nV{n:04},{DRAWN.randint(18, 60)},{DRAWN.randint(10, 99)}" for n in range(1000))
AGES = "".join(f"\n{name},{DRAWN.randint(18, 60)}" for name in PEOPLE)
MEASURED = "".join(f"\n{DRAWN.random():.3f},{DRAWN.randint(14, 60)},{DRAWN.randint(0, 9)}" for _ in range(500))
SIZE = Regression(n_obs=1000, parameters=3)
CONTRIBUTORS = "area,n,total,largest,second_largest\nA,50,5000,200,190\nB,40,4000,200,180"


def long(rows: str, counts: str = "", **said: Any) -> FileDescription:
    """A frequency table whose columns of labels and counts are these words."""
    return FileDescription(NAME, "FREQ", layout=Layout(rows=tuple(rows.split()), counts=tuple(counts.split())), **said)


def wide(row: str, across: str, counts: str, **said: Any) -> FileDescription:
    """A frequency table whose headings, joined by |, are categories of one dimension."""
    return FileDescription(NAME, "FREQ", layout=Layout("wide", (row,), across, tuple(counts.split("|"))), **said)


def rates(row: str, counts: str = "", **bases: str) -> FileDescription:
    """A table of percentages, each with the column of its base."""
    shares = tuple(Percentage(column, base) for column, base in bases.items())
    return FileDescription(NAME, "RATIO", layout=Layout(rows=(row,), counts=tuple(counts.split()), percentages=shares))


def coefficients(rows: str = "", others: str = "", size: Regression = SIZE) -> FileDescription:
    """A table of coefficients."""
    layout = Layout(rows=tuple(rows.split()), others=tuple(others.split()))
    return FileDescription(NAME, "REGR", layout=layout, regression=size)


def amounts(**layout: tuple[str, ...]) -> FileDescription:
    """A table of sums or means by area, with evidence."""
    return FileDescription(NAME, "MAGN", layout=Layout(rows=("area",), **layout), evidence=EVIDENCE)


def report_on(table: str, said: FileDescription, behind: str = "") -> Report:
    files = {NAME: table.encode()} | ({EVIDENCE: behind.encode()} if behind else {})
    return check(files, Description((said,)), SRS_10)


SEX = wide("area", "sex", "M|F|X|Total")
PLEA = wide("area", "plea", "Guilty|Not guilty")
SAID_F = ({"area": "A", "sex": "F"},)
SAID_NOT = ({"area": "A", "plea": "Not guilty"},)

# What it promises -> table, description, words of a finding, verdict, evidence
TRICKS: Mapping[str, tuple[Any, ...]] = {
    "records in wide form": (
        "ref,age_years,sentence" + RECORDS,
        wide("ref", "measure", "age_years|sentence"), "rows may be people", "review"),
    "ages as counts": ("who,age" + AGES, long("who", "age"), "label or an amount", "review"),
    "names as labels": ("who,cases" + AGES, long("who", "cases"), "rows may be people", "review"),
    "text as a label": (
        'offence,detail,cases\nAssault,"3 victims aged 14 at a school in Elm Road, suspect known",120\nTheft,x,300',
        long("offence detail", "cases"), "free text", "review"),
    "dates to the day as labels": (
        "date,court,cases\n2021-03-04,Little Court,12\n2021-03-05,Little Court,11",
        long("date court", "cases"), "dates to the day", "review"),
    "small counts as labels": (
        "offence,girls,cases\nAssault,3,120\nTheft,5,300\nFraud,1,90",
        long("offence girls", "cases"), "counts", "review"),
    "small counts that look like ranks": (
        "offence,girls,cases\nAssault,1,120\nTheft,2,300\nFraud,3,90",
        long("offence girls", "cases"), "counts", "review"),
    "small counts as other numbers": (
        "offence,girls,cases\nAssault,3,120\nTheft,5,300",
        replace(long("offence", "cases"), layout=Layout(rows=("offence",), counts=("cases",), others=("girls",))),
        "other numbers", "review"),
    "text among other numbers": (
        "offence,cases,coef\nAssault,120,the one in Elm Road\nTheft,300,0.5",
        replace(long("offence", "cases"), layout=Layout(rows=("offence",), counts=("cases",), others=("coef",))),
        "other numbers", "review"),
    "a part that is nearly all": (
        "offence,cases,withdrawn\nAssault,120,118\nTheft,300,299\nFraud,90,80", long("offence", "cases withdrawn"),
        "cases less withdrawn", "fail"),
    "a part that is everybody": (
        "offence,cases,withdrawn\nAssault,120,120\nTheft,300,250\nFraud,90,80", long("offence", "cases withdrawn"),
        "cases less withdrawn", "fail"),
    "a part beside a row that is no part": (
        "offence,cases,withdrawn\nAssault,120,118\nTheft,300,250\nFraud,90,95", long("offence", "cases withdrawn"),
        "cases less withdrawn", "fail"),
    "a part under a heading of its own": (
        "offence,crimes,solved\nAssault,120,118\nTheft,300,250", long("offence", "crimes solved"),
        "crimes less solved", "review"),
    "two parts that are nearly all": (
        "area,cases,men,women\nA,120,60,55\nB,90,40,40",
        long("area", "cases men women"), "cases less men, women", "review"),
    "a hidden part beside the whole": (
        "area,cases,male_cases,female_cases\nA,120,117,[c]\nB,90,88,[c]\nC,80,40,40",
        long("area", "cases male_cases female_cases"), "cases less male_cases", "fail"),
    "measures called categories": (
        "offence,cases,withdrawn\nAssault,120,118\nTheft,300,299", wide("offence", "measure", "cases|withdrawn"),
        "count of everybody", "fail"),
    "a total called all offences": (
        "offence,cases\nAssault,[c]\nTheft,300\nFraud,90\nAll offences,393",
        long("offence", "cases"), "worked out", "fail"),
    "a total called both sexes": (
        "sex,cases\nMale,50\nFemale,[c]\nBoth sexes,53", long("sex", "cases"), "worked out", "fail"),
    "a total with an invisible letter": (
        "sex,cases\nMale,50\nFemale,[c]\nTo\u200btal\u200b,53", long("sex", "cases"), "worked out", "fail"),
    "a total with brackets": (
        "sex,cases\nMale,50\nFemale,[c]\nTotal\u00a0(all),53", long("sex", "cases"), "worked out", "fail"),
    "a total twice": (
        "sex,cases\nMale,50\nFemale,[c]\nTotal,53\nAll,53", long("sex", "cases"), "worked out", "fail"),
    "a total in letters of another alphabet": (
        "sex,cases\nMale,50\nFemale,[c]\n\u0422otal,53", long("sex", "cases"), "may be the total", "review"),
    "a county below its towns": (
        "area,cases\nLeeds,50\nYork,[c]\nYorkshire,53", long("area", "cases"), "may be the total", "review"),
    "a county above its towns among others": (
        "area,cases\nYorkshire,53\nLeeds,30\nHull,20\nYork,[c]\nKent,500", long("area", "cases"), "subtotal", "review"),
    "a category called a total": (
        "area,Guilty,Not guilty\nA,50,0\nB,50,20",
        replace(PLEA, total_labels=("Guilty",)), "described as a total", "fail"),
    "offences, not people": (
        "area,offences\nA,15\nB,20", long("area", "offences", unit="offences"), "not people", "review"),
    "records as coefficients": (
        "x1,x2,x3" + MEASURED, coefficients(), "does not say what these columns hold", "review"),
    "counts as coefficients": (
        "term,x1,x2\nAssault,1,2\nTheft,3,1", coefficients("term", "x1 x2"), "coefficients", "review"),
    "whole numbers under coef": (
        "term,coef,se\nAssault,1,2\nTheft,3,1", coefficients("term", "coef se"), "may be counts", "review"),
    "more coefficients than parameters": (
        "term,coef\n" + "\n".join(f"x{n},0.{n}1" for n in range(9)),
        coefficients("term", "coef"), "parameters", "review"),
    "means of other evidence": (
        "area,mean_sentence\nA,84\nB,12",
        amounts(means=("mean_sentence",)), "do not give the mean", "review", CONTRIBUTORS),
    "counts of other evidence": (
        "area,cases,income_sum\nA,500,5000\nB,300,4000", amounts(counts=("cases",), totals=("income_sum",)),
        "another number of contributors", "review", CONTRIBUTORS),
    "hidden cells called structural": (
        "area,M,F,X,Total\nA,50,[c],[c],61\nB,50,20,30,100", replace(SEX, structural_zeros=SAID_F),
        "yet described as a structural zero", "review"),
    "hidden cells called not applicable": (
        "area,M,F,X,Total\nA,50,[z],[z],61\nB,50,20,30,100", SEX, "empty or not applicable", "review"),
    "a hidden cell called not applicable and structural": (
        "area,M,F,X,Total\nA,50,[z],8,61\nB,50,20,30,100", replace(SEX, structural_zeros=SAID_F), "worked out", "fail"),
    "a whole group beside not applicable": (
        "area,Guilty,Not guilty\nA,50,[z]\nB,50,20", PLEA, "empty or not applicable", "review"),
    "a whole group beside a blank": (
        "area,Guilty,Not guilty\nA,50,\nB,50,20", PLEA, "empty or not applicable", "review"),
    "a whole group excused": (
        "area,Guilty,Not guilty\nA,50,0\nB,50,20", replace(PLEA, structural_zeros=SAID_NOT), "All 50 people", "review"),
    "a whole group excused and not applicable": (
        "area,Guilty,Not guilty\nA,50,[z]\nB,50,20",
        replace(PLEA, structural_zeros=SAID_NOT), "All 50 people", "review"),
    "percentages that leave two out": (
        "area,pct_a,pct_b,base\nA,49,49,100\nB,40,40,200",
        rates("area", pct_a="base", pct_b="base"), "leave out", "review"),
    "percentages of a column that leave two out": (
        "sex,base,pct\nM,100,49\nF,100,49", rates("sex", pct="base"), "leave out", "review"),
    "a tiny percentage": ("area,n,pct\nA,10000,0.05\nB,10000,50", rates("area", pct="n"), "The count is 5", "fail"),
    "a proportion called a percentage": (
        "area,n,share\nA,1000,0.3\nB,1000,0.5", rates("area", share="n"), "The count is 3", "fail"),
    "a false base beside the true one": (
        "area,n,big,pct\nA,20,100000,5\nB,40,100000,5", rates("area", "n", pct="big"), "share of n", "review"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_never_passes(trick: str) -> None:
    table, said, words, verdict, *behind = TRICKS[trick]
    report = report_on(table, said, *behind)
    assert report.verdict == verdict, report.findings
    assert any(words in finding.problem for finding in report.findings), [one.problem for one in report.findings]
    assert all(finding.cure for finding in report.findings if finding.verdict == "review")


AREAS = "".join(f"\nArea {n},{n + 50},{n + 60},{n + 75}" for n in range(300))
CODES = "".join(f"\n{code},{year},{code}" for code in range(100, 160) for year in (2019, 2020))

LOOK_ALIKES: Mapping[str, tuple[str, FileDescription]] = {
    "cases and parts of them": (
        "offence,cases,withdrawn,charged\nViolence,120,40,60\nTheft,300,25,90\nAll offences,420,65,150",
        long("offence", "cases withdrawn charged")),
    "men and women": ("age,men,women\n18-24,100,60\n25-34,200,100", long("age", "men women")),
    "a hidden part of many cases": ("offence,cases,withdrawn\nA,120,[c]\nB,300,50", long("offence", "cases withdrawn")),
    "totals both ways": (
        "area,M,F,X,Total\nA,50,20,30,100\nB,40,20,30,90\nTotal,90,40,60,190", SEX),
    "three hundred areas": ("area,2018,2019,2020" + AREAS, wide("area", "year", "2018|2019|2020")),
    "many codes of offences": ("offence_code,year,count" + CODES, long("offence_code year", "count")),
    "ages across": ("sex,age 18-24,age 25-34\nM,100,60\nF,200,100", wide("sex", "age", "age 18-24|age 25-34")),
    "a hidden cell and no total": ("offence,cases\nA,[c]\nB,50\nC,40\nD,90", long("offence", "cases")),
    "a category called all other": ("offence,cases\nA,70\nB,50\nAll other offences,40", long("offence", "cases")),
    "percentages that add up": (
        "force,n,pct_yes,pct_no\nNorth,200,25.0,75.0\nSouth,400,30.5,69.5", rates("force", pct_yes="n", pct_no="n")),
    "a percentage beside its count": (
        "force,cases,withdrawn,pct\nNorth,200,50,25.0\nSouth,400,122,30.5", rates("force", "withdrawn", pct="cases")),
    "coefficients with stars and intervals": (
        'term,coef,ci,p\nconst,0.5,"(0.1, 0.9)",<0.001\nage,1.2**,"(1.0, 1.4)",0.02',
        coefficients("term", "coef ci p")),
    "young offenders": ("area,cases\nA,15\nB,20", long("area", "cases", unit="young offenders")),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("table", LOOK_ALIKES)
def test_a_safe_look_alike_passes(table: str) -> None:
    report = report_on(*LOOK_ALIKES[table])
    assert report.verdict == "pass", report.findings


@pytest.mark.slow
def test_offences_pass_when_the_people_behind_them_are_known() -> None:
    said = long("area", "offences", unit="offences", evidence=EVIDENCE)
    assert report_on("area,offences\nA,150\nB,200", said, "area,n\nA,40\nB,50").verdict == "pass"
    assert report_on("area,offences\nA,150\nB,200", said, "area,n\nA,4\nB,50").verdict == "fail"


@pytest.mark.parametrize("trick", ["text as a label", "names as labels", "text among other numbers"])
def test_text_that_may_be_about_people_is_not_repeated(trick: str) -> None:
    report = report_on(*TRICKS[trick][:2])
    assert not any(word in str(report.to_json()) for word in ("Elm", "Ash"))
