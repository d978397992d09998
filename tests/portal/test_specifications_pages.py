"""The specification is read as words, as queries and as data, by whoever may see the extract."""

import json

import pytest
from django.urls import reverse

from extracts import services
from tests.builders import an_agreement, catalogue, now
from tests.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def extract(release):
    return services.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())


def address(extract):
    return reverse("extract_specification", args=[extract.pk])


def test_it_prints_as_sentences_and_as_the_query(as_, extract):
    shown = as_("ruth").get(address(extract)).content.decode()
    assert "Rows whose recorded_date lies from 1 January 2019 to 31 December 2026" in shown
    assert "Pseudonym, made for this project" in shown and "PSEUDONYM_CRIME" in shown.upper()
    assert "Rows whose first_hearing_date lies from" in shown


def test_it_is_downloaded_as_it_is_stored(as_, extract):
    answer = as_("ruth").get(address(extract), {"as": "json"})
    assert json.loads(answer.content) == extract.specification
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{extract.project.reference}-extract-')


@pytest.mark.parametrize("name", ["olu", "stella", "pia"])
def test_outsiders_find_nothing(as_, extract, name):
    assert as_(name).get(address(extract)).status_code == 404
