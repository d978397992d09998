"""Who reads how identifying an extract is, what the page says, and how research support decides."""

import pytest
from django.urls import reverse

from extracts import services
from extracts.models import Extract, RiskAssessment
from extracts.services import risk
from portal.extract_risk import about
from tests.builders import an_agreement, catalogue, now
from tests.cast import person
from tests.extracts.risk.reports import REMEDY, a_report
from tests.portal.pages import read, send, signed_in

pytestmark = pytest.mark.django_db
HEADING = "How identifying it is"


@pytest.fixture
def held(release):
    extract = services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())
    Extract.objects.update(state="building")
    extract.refresh_from_db()
    assert not risk.may_go_on(extract, report=a_report(), remedies=(REMEDY,), at=now())
    extract.refresh_from_db()
    return extract


def said(extract, who):
    return read(signed_in(who), "extract", extract.pk)


def test_sentences_come_first_and_small_counts_are_not_told(held):
    page = said(held, "ruth")
    assert "50 of 100 rows of pol_crime stand alone" in page
    assert "The dataset allows 20 of 100 rows to stand alone" in page and "Above it: pol_crime." in page
    assert "one for under 10 rows, two for 700, three for 0" in page
    assert "Of 120 cases with several people, 60 are the only one" in page
    assert "640 rows share these with fewer than 9 others: Home Office offence code, Recording force, Date" in page
    assert "Date recorded by Quarter: then 4 of 100 rows stand alone" in page
    assert page.index("stand alone") < page.index("Rows by how many are alike")
    assert ">700 (50%)<" in page and ">under 10<" in page and "Nobody can be found by what it holds" in page
    assert '<svg class="gh-span"' in page


@pytest.mark.parametrize(("number", "told"), [(0, "0"), (1, "under 10"), (9, "under 10"), (14, "10"), (1406, "1,410")])
def test_counts_as_the_page_tells_them(number, told):
    assert about(number) == told


@pytest.mark.parametrize(
    ("who", "reads"),
    [("ruth", True), ("coral", True), ("sam", True), ("petra", True), ("hugo", True), ("cass", False), ("ada", False)],
)
def test_the_report_is_for_team_support_and_owners_of_its_tables(held, who, reads):
    assert (HEADING in said(held, who)) is reads


@pytest.mark.parametrize("who", ["connie", "olu", "pia"])
def test_others_do_not_even_find_the_extract(held, who):
    read(signed_in(who), "extract", held.pk, status=404)


@pytest.mark.slow
def test_it_waits_on_the_first_page_of_research_support(held):
    for who, waits in (("sam", True), ("ruth", False), ("petra", False)):
        assert ("Read how identifying the extract is, and decide" in read(signed_in(who), "home")) is waits


@pytest.mark.slow
def test_research_support_lets_it_through(held):
    sam = signed_in("sam")
    assert reverse("extract_decide", args=[held.pk]) in read(sam, "extract", held.pk)
    page = read(sam, "extract_decide", held.pk)
    assert HEADING in page and "What would bring it under" in page
    given = {"verdict": "let_through", "reasons": "Months are the design.", "basis": held.risk.basis}
    send(sam, "extract_decide", held.pk, **given)
    held.refresh_from_db()
    assert held.state in ("requested", "delivered")
    page = read(sam, "extract", held.pk)
    assert str(person("sam")) in page and "Months are the design." in page
    team = said(held, "ruth")
    assert "Let through" in team and "Months are the design." in team and "A research support officer" in team


def test_research_support_refuses_it_and_the_team_is_led_to_an_amendment(held):
    given = {"verdict": "refuse", "reasons": "Quarters are enough.", "basis": held.risk.basis}
    send(signed_in("sam"), "extract_decide", held.pk, **given)
    page = said(held, "ruth")
    assert "Quarters are enough." in page and "What would bring it under" in page
    assert reverse("amendment_new", args=[held.project_id]) in page
    assert "Read why the extract was refused" in read(signed_in("ruth"), "home")


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        ({"verdict": ""}, "Select your decision"),
        ({"reasons": ""}, "Give your reasons"),
        ({"basis": "0" * 64}, "It was assessed anew since you opened the page"),
    ],
)
def test_what_is_missing_or_out_of_date_is_said_on_the_form(held, spoiled, says):
    given = {"verdict": "refuse", "reasons": "Typed with care.", "basis": held.risk.basis} | spoiled
    page = send(signed_in("sam"), "extract_decide", held.pk, status=422, **given)
    assert says in page and (not given["reasons"] or "Typed with care." in page)
    assert not RiskAssessment.objects.get().decision


@pytest.mark.parametrize("who", ["ruth", "petra", "ada"])
def test_others_are_led_back(held, who):
    client = signed_in(who)
    assert client.get(reverse("extract_decide", args=[held.pk])).status_code == 302
    given = {"verdict": "let_through", "reasons": "x", "basis": held.risk.basis}
    assert client.post(reverse("extract_decide", args=[held.pk]), given).status_code == 302
    held.refresh_from_db()
    assert held.state == "held"


def test_an_extract_without_a_report_has_no_section(release):
    extract = services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())
    assert HEADING not in said(extract, "ruth")
