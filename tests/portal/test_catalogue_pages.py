"""The public catalogue: datasets, tables, variables, search and filter."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from extracts.services import register_release
from governance.catalogue.catalogue import Sensitivity, search
from governance.people.grants import worker
from portal.views.catalogue import COLOURS, MOST_CODES, MOST_MATCHES
from tests import builders

pytestmark = pytest.mark.django_db


def text_of(client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def a_release(rows: int = 4321):
    return register_release(
        code="cjs_linked",
        version="2026.1-a",
        title="First",
        tables={"pol_crime": {"file": "pol_crime.parquet", "rows": rows, "sha256": "0"}},
        by=worker(),
        at=builders.now(),
    )


def address_of(table: str) -> str:
    return reverse("catalogue_table", args=["cjs_linked", table])


def test_everybody_sees_the_datasets_and_whether_a_release_is_loaded(client):
    text = text_of(client, "/catalogue/")
    assert "Linked criminal justice data" in text
    assert "Cook County felony cases, 2019" in text
    assert text.count("No release is loaded yet") == 2

    a_release()
    text = text_of(client, "/catalogue/")
    assert "Release 2026.1-a: 4,321 rows" in text
    assert text.count("No release is loaded yet") == 1


def test_a_dataset_lists_every_table_with_owner_unit_and_rows(client):
    a_release()
    text = text_of(client, reverse("catalogue_dataset", args=["cjs_linked"]))
    known = builders.catalogue()
    for table in known.tables:
        assert f'href="{address_of(table.name)}"' in text
        assert table.unit_of_observation in text
        assert known.owner(table.owner).label in text
    assert "4,321" in text
    assert text.count("Not loaded<") == len(known.tables) - 1


@pytest.mark.parametrize("table", [table.name for table in builders.catalogue().tables])
def test_a_table_says_everything_about_every_variable(client, table):
    text, known = text_of(client, address_of(table)), builders.catalogue()
    assert text.count("data-filter-item") == len(known[table].variables)
    for variable in known[table].variables:
        card = re.search(rf'<article[^>]* id="{variable.name}".*?</article>', text, re.S)
        assert card, variable.name
        numbers = variable.sensitivity.value == "KEY" and not variable.pseudonymised
        handling = "A number inside its parent record, given as it is." if numbers else variable.sensitivity.handling
        assert handling in card[0] and ("by a new pseudonym" in card[0]) == variable.pseudonymised
        for level in known.levels(variable):
            assert level.label in card[0] or "&" in card[0]
        assert card[0].count(">Default<") == (1 if variable.ladder else 0)
        if variable.missing_pct is not None:
            missing = f"About {variable.missing_pct:g}% of rows" if variable.missing_pct else "Never"
            assert missing in card[0]


def test_a_long_code_list_shows_its_beginning_and_its_length(client):
    known = builders.catalogue()
    variable = next(
        variable
        for table in known.tables
        for variable in table.variables
        if variable.codelist and len(known.code_list(variable.codelist).rows) > MOST_CODES
    )
    rows = known.code_list(variable.codelist).rows
    text = text_of(client, address_of(variable.table))
    assert f"The first {MOST_CODES} of {len(rows):,}" in text
    card = re.search(rf'<article[^>]* id="{variable.name}".*?</article>', text, re.S)
    assert card and card[0].count("<tr") == MOST_CODES + 1


def test_search_finds_variables_with_table_owner_and_a_link_to_their_place(client):
    text = text_of(client, "/catalogue/?q=offence+subgroup")
    found = search(builders.catalogue(), "offence subgroup")
    assert found
    match = next(match for match in found if match.variable)
    assert f'href="{address_of(match.table.name)}#{match.variable.name}"' in text
    assert f'href="{address_of(match.table.name)}/{match.variable.name}"' in text
    assert "No table, variable or code" not in text


def test_search_counts_all_matches_and_shows_the_best(client):
    text = text_of(client, "/catalogue/?q=date")
    everywhere = len(search(builders.catalogue(), "date")) + len(search(builders.catalogue("cook_county_2019"), "date"))
    assert f"{everywhere} matches for date" in text
    assert text.count('<th scope="row"') == min(everywhere, MOST_MATCHES)


def test_a_search_without_a_match_says_so(client):
    assert "No table, variable or code holds all of these words." in text_of(client, "/catalogue/?q=zebra")


def test_what_is_typed_is_escaped(client):
    for address in ("/catalogue/", address_of("pol_crime")):
        text = text_of(client, address + "?q=%3Cscript%3Ealert(1)")
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_the_filter_leaves_the_variables_that_hold_all_words(client):
    text = text_of(client, address_of("pol_crime") + "?q=recorded+date")
    items = re.findall(r"<div data-filter-item( hidden)?>.*?<article[^>]* id=\"(\w+)\"", text, re.S)
    shown = [name for hidden, name in items if not hidden]
    assert "recorded_date" in shown
    assert 0 < len(shown) < len(items)
    assert f"{len(shown)} of {len(items)} shown" in text


def test_a_filter_that_leaves_nothing_offers_all_again(client):
    text = text_of(client, address_of("pol_crime") + "?q=zebra")
    assert "No variable of this table holds all of these words." in text


@pytest.mark.parametrize(
    "address", ["/catalogue/nothing/", "/catalogue/nothing/pol_crime", "/catalogue/cjs_linked/nothing"]
)
def test_unknown_names_are_not_found(client, address):
    assert client.get(address).status_code == 404


def test_no_path_leads_out_of_the_catalogue(client):
    for address in ("/catalogue/../secret_key", "/catalogue/cjs_linked/..%2Fowners.csv", "/catalogue/%2e%2e/x"):
        assert client.get(address).status_code == 404


def test_every_class_of_sensitivity_has_a_colour():
    assert set(COLOURS) == set(Sensitivity)
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_the_table_page_takes_one_query_however_many_variables(client, django_assert_max_num_queries):
    for table in ("xjs_link", "pol_crime"):
        with django_assert_max_num_queries(1):
            client.get(address_of(table))
