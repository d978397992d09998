"""The register of accredited researchers: everybody who is accredited today, once, and nothing of sanctions."""

import csv
import io
import json
from datetime import timedelta

import pytest

from governance.standing import services
from tests.builders import a_request_for_accreditation, now
from tests.cast import person
from tests.governance.test_standing import granted
from tests.portal.pages import read

pytestmark = pytest.mark.django_db


def names(client, query=""):
    found = json.loads(client.get(f"/register/researchers?format=json{query}").content)
    return [one["name"] for one in found]


def test_anyone_reads_who_is_accredited(client):
    granted("coral", route="supervised", supervisor="ruth")
    page = read(client, "register_researchers")
    for said in ("Coral", "Northshire University", "AR-00026", "Provisional, under a supervisor", "Ruth", "Olu"):
        assert said in page
    assert "Sam" not in page
    assert names(client) == ["Coral", "Olu", "Ruth"]
    assert names(client, "&q=northshire+ruth") == ["Ruth"]
    assert "Nobody for zebra" in client.get("/register/researchers?q=zebra").content.decode()


def test_the_files_say_the_same(client):
    person("ruth")
    answer = client.get("/register/researchers?format=csv")
    assert answer["Content-Disposition"] == 'attachment; filename="gatehouse-researchers.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert rows == json.loads(client.get("/register/researchers?format=json").content)
    assert list(rows[0]) == ["name", "organisation", "number", "kind", "accredited_from", "accredited_until"]


def test_one_line_a_person_the_one_that_holds_longest(client):
    ruth = person("ruth")
    ruth.accreditations.update(accredited_until=now().date() + timedelta(days=60))
    services.grant(a_request_for_accreditation("ruth"), reasons="Renewed.", by=person("sam"), at=now())
    assert names(client) == ["Olu", "Ruth"]
    assert "AR-00026" in read(client, "register_researchers")


def test_who_is_no_longer_accredited_or_has_left_is_not_there(client):
    person("ruth").accreditations.update(accredited_until=now().date() - timedelta(days=1))
    olu = person("olu")
    olu.is_active = False
    olu.save()
    assert names(client) == []
    assert "Nobody is accredited yet." in read(client, "register_researchers")


def test_a_sanction_is_not_public(client):
    ruth = person("ruth")
    before = read(client, "register_researchers")
    services.impose(ruth, level=2, months=6, reasons="Shared an account.", by=person("sam"), at=now())
    assert read(client, "register_researchers") == before
    services.revoke(ruth.accreditations.get(), reasons="Major breach.", by=person("sam"), at=now())
    assert names(client) == ["Olu"]


def test_a_name_is_no_formula(client):
    ruth = person("ruth")
    ruth.name = "=HYPERLINK(1)"
    ruth.save()
    assert "'=HYPERLINK(1)" in client.get("/register/researchers?format=csv").content.decode()
