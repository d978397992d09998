"""The page of a variable and of its table: figures of the newest release, by level, by quarter, and over releases."""

from __future__ import annotations

import copy
import json
import re
import shutil
from datetime import timedelta

import pytest
from django.urls import reverse

from benchmarks.release import DESCRIPTION
from extracts.services import register_release, releases
from governance.catalogue.catalogue import read_catalogue
from governance.people.grants import worker
from portal import variable_page
from portal.variable_changes import changes_between, moved_percent
from tests import builders
from tests.cast import person
from tests.portal.pages import signed_in

pytestmark = pytest.mark.django_db


def text_of(client, *names):
    page = client.get(reverse("catalogue_variable", args=["cjs_linked", *names]))
    assert page.status_code == 200
    return page.content.decode()


def rows_after(text, heading):
    """The rows of the first table after a heading, each as the text of its cells."""
    body = re.search(r"<tbody.*?</tbody>", text[text.index(f'id="{heading}"') :], re.S)[0]
    rows = re.findall(r"<tr.*?</tr>", body, re.S)
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.S) for row in rows]
    return [[" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in row] for row in cells]


def said_by(release, zones):
    return json.loads((zones.release(release.code, release.version) / "figures.json").read_bytes())["tables"]


@pytest.mark.parametrize("table", [table.name for table in builders.catalogue().tables])
def test_every_variable_has_a_page_before_any_release(client, table):
    """It says that there are no figures, and what the catalogue knows."""
    for variable in builders.catalogue()[table].variables:
        text = text_of(client, table, variable.name)
        assert "No release of this dataset is published yet, so there are no figures." in text
        assert f"{table}.{variable.name}" in text and "No release is published yet." in text
        for level in builders.catalogue().levels(variable):
            assert level.label in text or "&" in text


@pytest.mark.parametrize(
    "names", [("cjs_linked", "pol_crime", "nothing"), ("cjs_linked", "nothing", "sex"), ("nothing", "pol_crime", "sex")]
)
def test_unknown_names_are_not_found(client, names):
    assert client.get(reverse("catalogue_variable", args=names)).status_code == 404


@pytest.mark.long
def test_a_page_shows_what_the_release_tells_and_nothing_else(client, release, zones):
    """Every variable of the built release: its missing share, its told codes, quarters and percentiles."""
    said = said_by(release, zones)
    for table in read_catalogue(zones.release(release.code, release.version) / "catalogue").tables:
        for variable in table.variables:
            text = text_of(client, table.name, variable.name)
            told = said[table.name]["variables"].get(variable.name)
            if told is None:
                assert "Different values" not in text
                continue
            share = told["missing_percent"]
            assert (
                "Too few rows to say" if share is None else "Never" if told["missing"] == 0 else f"{share:g}%"
            ) in text
            for one in told.get("codes", ())[:3]:
                assert f"{one['percent']:.3g}%" in text
            if told.get("quarters"):
                shown = [
                    [f"{one['quarter'][:4]} Q{one['quarter'][5]}", f"{one['percent']:g}%"] for one in told["quarters"]
                ]
                assert rows_after(text, "quarters") == shown
            if told.get("percentiles"):
                assert [row[0] for row in rows_after(text, "percentiles")] == ["5%", "25%", "50%", "75%", "95%"]


@pytest.mark.long
def test_codes_come_with_labels_and_those_that_are_not_told_are_named(client, release, zones):
    told = said_by(release, zones)["pol_victim"]["variables"]["sex"]["codes"]
    labels = builders.catalogue().code_list("sex").mapping("label")
    rows = rows_after(text_of(client, "pol_victim", "sex"), "codes")
    assert [row[:2] for row in rows[: len(told)]] == [[one["code"], labels[one["code"]]] for one in told]
    assert [row[2] for row in rows[len(told) :]] == ["Too few to tell, or none"] * (len(labels) - len(told))


@pytest.mark.long
def test_a_coarser_level_adds_up_what_is_told_and_no_more(release, zones):
    known = builders.catalogue()
    told = said_by(release, zones)["pol_victim"]["variables"]["ethnicity_sde"]
    group = known.code_list("ethnicity").mapping("group_5plus1")
    expected = {}
    for one in told["codes"]:
        expected[group[one["code"]]] = expected.get(group[one["code"]], 0) + one["percent"]
    level = variable_page.levels_of(known["pol_victim"]["ethnicity_sde"], known, told)[1]
    assert level.default and {one.value: one.text for one in level.values if one.text} == {
        name: f"{share:.3g}%" for name, share in expected.items()
    }
    assert {one.value for one in level.values} == set(group.values())


LOOKS = [
    ("pol_crime", "recorded_date", ["2024-03-07", "2024-03", "2024Q1", "2024"]),
    ("pol_victim", "age_at_offence", [None, "0-9", "0-9"]),
]


@pytest.mark.parametrize(("table", "variable", "first"), LOOKS)
def test_each_level_shows_what_it_looks_like(table, variable, first):
    known = builders.catalogue()
    levels = variable_page.levels_of(known[table][variable], known, {})
    assert [level.values[0].value if level.values else None for level in levels] == first


ASKS = [
    ("pol_victim", "ethnicity_sde", ["It needs a reason of its own", "Anything finer than its default"]),
    ("pol_crime", "lsoa_offence", ["It places people more closely"]),
    ("pol_crime", "knife_flag", ["A reason, as every variable does."]),
    ("pol_crime", "crime_id_hash", ["Nothing: it comes with every extract"]),
]


@pytest.mark.parametrize(("table", "variable", "expected"), ASKS)
def test_a_page_says_what_the_variable_asks_for(table, variable, expected):
    known = builders.catalogue()
    lines = variable_page.asks_for(known[table][variable], known)
    assert len(lines) == len(expected)
    assert all(line.startswith(begin) for line, begin in zip(lines, expected, strict=True))


@pytest.mark.long
def test_releases_stand_side_by_side_and_changes_are_named(client, release, zones, django_assert_max_num_queries):
    """A second release in which many more ages are missing; the first one is superseded and keeps its line."""
    a_second(release, zones)
    text = text_of(client, "pol_victim", "age_at_offence")
    rows = rows_after(text, "releases")
    assert [row[0].split()[0] for row in rows] == ["2026.2", "2026.1"]
    assert rows[0][2] == "44.4% of rows" and rows[1][2] != rows[0][2]
    assert "2026.2: the share without a value went from" in text
    assert "44.4% of rows, in release 2026.2" in text
    with django_assert_max_num_queries(2):
        text_of(client, "pol_victim", "age_at_offence")


@pytest.mark.long
def test_a_withdrawn_release_is_named_and_its_figures_are_gone(client, release, zones):
    newer = a_second(release, zones)
    releases.withdraw(newer, reasons="Wrong ages.", by=person("rae"), at=builders.now())
    text = text_of(client, "pol_victim", "age_at_offence")
    rows = rows_after(text, "releases")
    assert [rows[0][0].split()[0], rows[0][2], rows[0][3]] == ["2026.2", "Withdrawn", "Not told"]
    assert "44.4%" not in text
    assert "No release of this dataset is published yet" in text


def a_second(release, zones):
    """A newer release, the same but for one share of missing values."""
    folder = zones.release("cjs_linked", "2026.2")
    shutil.copytree(zones.release(release.code, release.version), folder)
    (folder / "figures.json").chmod(0o600)
    said = json.loads((folder / "figures.json").read_bytes())
    said = copy.deepcopy(said)
    said["tables"]["pol_victim"]["variables"]["age_at_offence"] |= {"missing": 590, "missing_percent": 44.4}
    (folder / "figures.json").write_text(json.dumps(said))
    return register_release(
        code="cjs_linked", version="2026.2", title="Second", tables=release.tables, by=worker(),
        at=release.created_at + timedelta(days=30),
    )  # fmt: skip


def codes(**percent):
    return {"missing_percent": 0.0, "codes": [{"code": code, "percent": share} for code, share in percent.items()]}


def blank(percent):
    return {"missing_percent": percent}


def middle(number):
    return {"percentiles": {"50": number}}


CHANGES = [
    # before, its rows        after, its rows          what is said
    (({}, 5000),              (codes(a=50), 5000),     ["2: it is there again or for the first time."]),
    ((codes(a=50), 5000),     ({}, 5000),              ["2: it is there no longer."]),
    ((codes(a=50, b=50), 5000), (codes(a=60, b=40), 5000), ["2: 10% of rows would have to change their code"]),
    ((codes(a=50, b=50), 5000), (codes(a=54, b=46), 5000), []),
    ((codes(a=50, b=50), 900), (codes(a=90, b=10), 5000), []),  # a small table moves by chance
    ((blank(3.0), 5000),      (blank(5.0), 5000),      ["2: the share without a value went from 3% to 5%."]),
    ((blank(None), 5000),     (blank(5.0), 5000),      []),
    ((middle(100), 5000),     (middle(110), 5000),     ["2: the median went from 100 to 110."]),
    (({}, None),              ({}, None),              []),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_changes(before, after, expected):
    lines = list(changes_between(("1", before[1], before[0]), ("2", after[1], after[0])))
    assert len(lines) == len(expected)
    assert all(line.startswith(begin) for line, begin in zip(lines, expected, strict=True))


def test_only_codes_that_both_tell_are_compared():
    """A code that fell under the threshold is no change by itself."""
    assert moved_percent(codes(a=50, b=50), codes(a=50, c=50)) == 0


@pytest.mark.long
def test_a_table_shows_missing_and_looks_at_a_glance(client, release, zones):
    said = said_by(release, zones)["pol_victim"]["variables"]
    text = client.get(reverse("catalogue_table", args=["cjs_linked", "pol_victim"])).content.decode()
    rows = {row[0].split()[-1]: row for row in rows_after(text, "glance")}
    assert rows["imd_decile"][2] == f"{said['imd_decile']['missing_percent']:g}% of rows"
    assert rows["victim_type"][3].startswith(f"person {said['victim_type']['codes'][0]['percent']:g}%")
    assert rows["crime_id_hash"][3] == "A pseudonym" and rows["lsoa_residence"][3] == "Too varied to tell"


def test_the_picker_leads_to_the_figures_of_each_variable():
    project, ruth = builders.a_project(), signed_in("ruth")
    text = ruth.get(reverse("project_choose", args=[project.pk, "pol_crime"])).content.decode()
    assert f'href="{reverse("catalogue_variable", args=["cjs_linked", "pol_crime", "knife_flag"])}"' in text
    text = ruth.get(reverse("project_data", args=[project.pk]) + "?q=knife").content.decode()
    assert f'href="{reverse("catalogue_variable", args=["cjs_linked", "pol_crime", "knife_flag"])}"' in text


def test_no_record_is_opened_for_a_page(client, zones):
    """A release's folder with nothing in it but its figures and its description shows the same page."""
    folder = zones.release("cjs_linked", "2026.1")
    folder.mkdir(parents=True)
    shutil.copytree(DESCRIPTION, folder / "catalogue")
    told = {"rows": 1000, "variables": {"sex": codes(**{"1": 60.0}) | {"missing": 0, "distinct": 3, "more_codes": 2}}}
    (folder / "figures.json").write_text(json.dumps({"rule": "Rounded.", "tables": {"pol_victim": told}}))
    tables = {"pol_victim": {"file": "pol_victim.parquet", "rows": 1003, "sha256": "0"}}
    register_release(code="cjs_linked", version="2026.1", title="First", tables=tables, by=worker(), at=builders.now())
    assert "60%" in text_of(client, "pol_victim", "sex")


def test_known_breaks_of_the_table_are_named(client):
    known = builders.catalogue()
    touched = [one for one in known.breaks if "pol_crime" in one.tables]
    assert touched
    text = text_of(client, "pol_crime", "recorded_date")
    assert text[text.index('id="breaks"') :].count("<li>From ") == len(touched)
