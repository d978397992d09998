"""People in text: numbers and names beside dates of birth are found; ordinary dates and codes are not."""

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.csv_table import read_table
from extracts.disclosure.rules.free_text import of_text
from extracts.disclosure.rules.identifiers import findings


def found(text: str) -> set[str]:
    """The verdicts about identifiers in a text."""
    return {str(one.verdict) for one in of_text("a.txt", text, "", SRS_10) if one.rule == "identifier"}


@pytest.mark.parametrize(
    "text",
    [
        "Person P100023, born 1990-02-03, excluded",
        "PERSON P100023 DOB 03/02/1990",
        "defendant no. 100023 (date of birth: 3 February 1990)",
        "John Smith 12/03/1988",
        "Records of John Smith, born 12/03/1988, were removed.",
        "Ngozi Adeyemi-Clarke, dob 12 March 1988",
        'dob = {"P100000": "2004-02-19", "P100037": "1995-01-26"}',
        "# leave out P100023, born 3 Feb 1990",
    ],
)
def test_somebody_with_a_date_of_birth_fails(text: str) -> None:
    assert found(text) == {"fail"}


@pytest.mark.parametrize(
    "text",
    [
        "Person P100023 was excluded.",
        "Victim 100023 withdrew.",
        "The youngest had the date of birth 2004-02-19",
        'ids = ["P100000", "P100037", "P100074", "P100111"]',
    ],
)
def test_less_than_both_is_for_a_person(text: str) -> None:
    assert found(text) == {"review"}


@pytest.mark.parametrize(
    "text",
    [
        "Published 12/03/2024",
        "Data as of 2024-03-31",
        "Ministry of Justice 31/03/2009",
        "Crown Court 12/03/1988",
        "Home Office, 1 April 2008",
        "Criminal Justice Act 04/04/2005",
        "Census Day 29/04/2001",
        "Table A100023: persons by sex, 2023",
        "Table C04 (reference MOJ-202401, run 12/03/2024)",
        "Prepared by John Smith 12/03/2024",
        "Children born on or after 1 September 2012",
        "People born between 1990-01-01 and 1999-12-31",
        "Pupils by date of birth, from 01/09/2001 to 31/08/2002",
        "Prisoners: 85,123",
        "Person 2019",
        "Persons 12345",
        "Per person 10000",
        "Spending on each offender 45000",
        "Each person counts once; see person_id in the codebook.",
        'areas = ["E07000223", "E07000224", "E07000225"]',
        "born = pd.to_datetime(people.date_of_birth)",
        "Offences recorded by the police, year ending 31 March 2009",
    ],
)
def test_ordinary_text_has_no_finding(text: str) -> None:
    assert found(text) == set()


def test_labels_of_a_table_are_read_too() -> None:
    table = read_table("t.csv", b"group,n\nJohn Smith 12/03/1988,410\nOthers,388\n", SRS_10)
    assert [(one.rule, str(one.verdict)) for one in findings("t.csv", table, SRS_10)] == [("identifier", "fail")]
    table = read_table("t.csv", b"day,n\nCrown Court 12/03/1988,410\nOthers,388\n", SRS_10)
    assert not list(findings("t.csv", table, SRS_10))
