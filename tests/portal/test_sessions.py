"""Sessions: they end by themselves, and a person sees and ends their own."""

import time

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.audit.models import Entry
from portal.session_limits import BEGAN, SEEN, Limits
from tests.cast import let_in, person

LIMITS = Limits(idle=1800, longest=8 * 3600)
NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("began", "seen", "told"),
    [
        (NOW, NOW, ""),
        (NOW - 28_799, NOW - 1_799, ""),
        (NOW - 7_200, NOW - 1_800, "30 minutes without use"),
        (NOW - 28_800, NOW, "after 8 hours"),
    ],
)
def test_why_a_session_is_over(began, seen, told):
    why = LIMITS.why_ended(began, seen, NOW)
    assert (told in why) if told else why == ""


def signed_in(username):
    client = Client(headers={"user-agent": f"The browser of {username}"})
    let_in(client, person(username))
    aged(client, seen=61)
    client.get("/")  # notes where this is
    return client


def aged(client, **seconds):
    session = client.session
    for key, ago in seconds.items():
        session[{"began": BEGAN, "seen": SEEN}[key]] = time.time() - ago
    session.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ages", "told"), [({"seen": 1801}, "30 minutes without use"), ({"began": 28801}, "after 8 hours")]
)
def test_a_session_ends_by_itself_and_says_why(ages, told):
    ruth = signed_in("ruth")
    aged(ruth, **ages)
    answer = ruth.get("/projects/")
    assert answer.url == "/sign-in?next=/projects/"
    assert "_auth_user_id" not in ruth.session
    assert told in ruth.get(answer.url).content.decode()


@pytest.mark.django_db
def test_use_keeps_a_session_but_not_beyond_the_longest():
    ruth = signed_in("ruth")
    aged(ruth, began=28_000, seen=1_700)
    assert ruth.get("/projects/").status_code == 200
    assert time.time() - ruth.session[SEEN] < 5 and time.time() - ruth.session[BEGAN] > 27_990


@pytest.mark.django_db
def test_a_session_of_which_nothing_is_known_is_over():
    ruth = signed_in("ruth")
    session = ruth.session
    del session[BEGAN]
    session.save()
    assert ruth.get("/projects/").status_code == 302


@pytest.mark.slow
@pytest.mark.django_db
def test_the_page_shows_ones_own_sessions_and_ends_one():
    here, there, other = signed_in("ruth"), signed_in("ruth"), signed_in("olu")
    page = here.get("/you/sessions").content.decode()
    assert page.count("The browser of ruth") == 2 and "browser of olu" not in page and page.count("This one") == 1
    [theirs] = there_is(there)
    assert here.post("/you/sessions", {"which": theirs.pk}).url == "/you/sessions"
    assert there.get("/projects/").status_code == 302
    assert here.get("/projects/").status_code == 200
    [olus] = there_is(other)
    assert here.post("/you/sessions", {"which": olus.pk}).status_code == 404
    assert here.post("/you/sessions", {"which": "all of them"}).status_code == 404
    assert other.get("/projects/").status_code == 200


def there_is(client):
    return UserSession.objects.filter(session_key=client.session.session_key)


@pytest.mark.django_db
def test_signing_out_everywhere_ends_each_of_them():
    here, there, other = signed_in("ruth"), signed_in("ruth"), signed_in("olu")
    assert here.post("/you/sessions", {"which": "everywhere"}).url == "/"
    assert here.get("/projects/").status_code == there.get("/projects/").status_code == 302
    assert other.get("/projects/").status_code == 200
    assert Entry.objects.get(action="end sessions").details == {"count": 2}


@pytest.mark.slow
@pytest.mark.django_db
def test_ten_sessions_cost_no_more_queries_than_one(django_assert_num_queries):
    ruth = signed_in("ruth")
    ruth.get("/you/sessions")
    with CaptureQueriesContext(connection) as one:
        ruth.get("/you/sessions")
    cost = len(one)
    for _ in range(9):
        signed_in("ruth")
    with django_assert_num_queries(cost):
        assert ruth.get("/you/sessions").content.decode().count("The browser of ruth") == 10
