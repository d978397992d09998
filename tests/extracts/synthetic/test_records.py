"""Records have as many mistakes of each kind as the table of rates says, more of some people's; the rest is right."""

from pathlib import Path

import numpy as np
import pytest

from extracts.synthetic.chance import NONE
from extracts.synthetic.codes import Codes
from extracts.synthetic.crimes import CUT_DAY
from extracts.synthetic.identity.appearances import SENTENCES_LISTED, plain
from extracts.synthetic.identity.numbers import arrest_numbers, case_references
from extracts.synthetic.identity.persons import give_identities
from extracts.synthetic.identity.records import ROLES, pnc_form, written
from extracts.synthetic.identity.repeats import people_at_random
from extracts.synthetic.identity.sources import SEXES, rates, sources
from extracts.synthetic.identity.stock import stock
from extracts.synthetic.identity.text import arrow, present, text, upper

CODES = Codes(Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked" / "codelists")
PEOPLE = 30_000
WRITERS = [
    ("pol_victim", "pol_victim"), ("pol_suspect", "pol_suspect"), ("cps_defendant", "cps"),
    ("mags_hocas", "magistrates"), ("crown_xhibit", "crown"), ("common_platform", "magistrates"),
    ("prison_nomis", "prison"), ("probation_delius", "probation"), ("oasys", "oasys"), ("npd", "npd"),
    ("hmrc_paye", "hmrc"), ("pnc", "pnc"),
]  # fmt: skip
NAME_SLIPS = (
    "nickname", "forename_typing", "forename_heard", "forename_read", "surname_typing", "surname_heard", "surname_read",
    "alias_used", "former_surname", "half_surname", "swapped_names",
)  # fmt: skip


@pytest.fixture(scope="module")
def persons():
    people = people_at_random(PEOPLE, seed=4, codes=CODES)
    none = np.zeros(0, dtype=np.int64)
    return give_identities(people, (none, none), codes=CODES, seed=4, first=0, population=PEOPLE, key=1)[0]


@pytest.fixture(scope="module")
def records(persons):
    """Everybody once in every source: the columns, and the mistakes made."""
    every = np.arange(PEOPLE)
    day = np.full(PEOPLE, CUT_DAY - 400)
    arrests = arrest_numbers(every, np.full(PEOPLE, 2024), every % 60 + 1, key=1)
    cases = case_references(every, np.full(PEOPLE, 2024), every % 60 + 1, key=1)
    sentences = np.full((PEOPLE, SENTENCES_LISTED), NONE)
    sentences[:, 0], sentences[::2, 1] = CUT_DAY - 300, CUT_DAY - 900
    found = {}
    for source, writer in WRITERS:
        keys = np.array([f"{number:032x}" for number in every], dtype="S32")
        given = {"arrest": arrests, "case": cases, "crown": text(["T20240001"] * PEOPLE), "sentences": sentences}
        appearances = plain(source, writer, "any", keys, every, day, **given)
        found[source] = written(appearances, persons, CODES, np.random.default_rng(100 + len(found)))
    return found


def shares(persons, made, kind):
    """The share of records with this mistake among those that could have it."""
    first, end = stock().nicknames[persons.forename].T
    among = {
        "nickname": (end > first) & ~made["alias_used"],
        "half_surname": (persons.surname == ord("-")).any(axis=1),
        "former_surname": present(persons.former_surname) & (persons.renamed <= CUT_DAY - 400) & ~made["alias_used"],
        "middle_initial": persons.middle >= 0,
        "middle_recorded": persons.middle >= 0,
        "aliases_recorded": persons.has_alias | present(persons.former_surname),
        "crown_number_recorded": ~made["case_reference_recorded"],
    }.get(kind)
    return made[kind] if among is None else made[kind][among]


@pytest.mark.parametrize(("source", "writer"), WRITERS)
def test_mistakes_are_as_frequent_as_the_table_says(persons, records, source, writer):
    table = rates()[writer]
    wrong = {}
    for kind, percent in table.items():
        held = shares(persons, records[source][1], kind)
        error = 100 * np.sqrt(percent / 100 * (1 - percent / 100) / len(held))
        if abs(100 * held.mean() - percent) > 4 * error + 0.05 * min(percent, 100 - percent):
            wrong[kind] = (percent, round(100 * held.mean(), 2))

    # Hyphens of aliases and former surnames are not counted above.
    wrong.pop("half_surname", None)
    assert wrong == {}


@pytest.mark.parametrize(("source", "writer"), WRITERS)
def test_what_went_right_is_right(persons, records, source, writer):
    columns, made = records[source]
    clean = ~np.any([made[kind] for kind in NAME_SLIPS], axis=0)
    forename, surname = stock().forenames[persons.forename], persons.surname_on(
        np.arange(PEOPLE), np.full(PEOPLE, CUT_DAY - 400)
    )  # fmt: skip
    if sources()[source].case == "upper":
        forename, surname = upper(forename), upper(surname)

    assert clean.mean() > 0.7
    assert np.array_equal(arrow(columns["forename"]).to_numpy(False)[clean], arrow(forename).to_numpy(False)[clean])
    assert np.array_equal(arrow(columns["surname"]).to_numpy(False)[clean], arrow(surname).to_numpy(False)[clean])


def test_every_role_is_written_by_every_source(records):
    for columns, _ in records.values():
        assert set(columns) == set(ROLES)
        assert {len(column) for column in columns.values()} == {PEOPLE}


def test_each_source_prints_in_its_own_way(records):
    def one(source, role):
        return next(value for value in arrow(records[source][0][role]).to_pylist() if value)

    assert one("pol_suspect", "forename").isupper()
    assert one("cps_defendant", "forename").istitle()
    assert one("cps_defendant", "date_of_birth")[2] == "/"
    assert one("crown_xhibit", "date_of_birth")[4] == "-"
    assert " " in one("pol_victim", "postcode")
    assert " " not in one("hmrc_paye", "postcode")
    assert [one(source, "pnc").find("/") for source in ("pol_suspect", "cps_defendant", "crown_xhibit")] == [4, 2, -1]
    assert (one("pol_suspect", "asn").count("/"), one("cps_defendant", "asn").count("/")) == (3, 0)
    for source, form in ((source, sources()[source].sex) for source, _ in WRITERS):
        assert set(arrow(records[source][0]["sex"]).drop_null().to_pylist()) <= set(SEXES[form])


def test_short_pnc_numbers_have_no_leading_zeros():
    pnc = text(["2001/0012345X", "1999/1234567A"])

    assert arrow(pnc_form(pnc, "short")).to_pylist() == ["01/12345X", "99/1234567A"]
    assert arrow(pnc_form(pnc, "bare")).to_pylist() == ["20010012345X", "19991234567A"]


def test_some_records_list_two_postcodes_and_several_sentences(records):
    postcodes = arrow(records["probation_delius"][0]["postcode"]).drop_null().to_pylist()
    sentences = arrow(records["prison_nomis"][0]["sentence_dates"]).drop_null().to_pylist()

    assert 0.07 < np.mean(["|" in value for value in postcodes]) < 0.12
    assert {value.count("|") for value in sentences} == {0, 1}


def test_names_of_young_minority_londoners_are_written_worst(persons, records):
    white = np.array([group == "White" for group in CODES.ethnicity.text("group_5plus1")])[persons.ethnicity]
    age = (CUT_DAY - 400 - persons.born) / 365.25
    worst = ~white & (age < 30) & (age >= 16) & persons.london
    made = np.mean([records[s][1][k] for s, _ in WRITERS for k in NAME_SLIPS if k != "half_surname"], axis=0)
    others = white & (age >= 30) & ~persons.london

    assert made[worst].mean() > 1.3 * made[others].mean()
