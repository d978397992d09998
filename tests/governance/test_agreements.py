"""An agreement takes effect when both sides signed, and ends by itself or by revocation."""

from datetime import timedelta

import pytest

from governance.agreements import services
from governance.workflow import Refused
from tests.builders import an_agreement, now
from tests.cast import person

pytestmark = pytest.mark.django_db


def test_both_sides_sign():
    agreement = an_agreement("drawn_up")
    with pytest.raises(Refused, match="signed by both sides"):
        services.in_force(agreement.project, now())
    with pytest.raises(Refused):
        services.countersign(agreement, by=person("sam"), at=now())

    agreement = services.sign(agreement, by=person("ruth"), at=now())
    agreement = services.countersign(agreement, by=person("sam"), at=now())

    assert services.in_force(agreement.project, now()) == agreement
    assert [str(signature) for signature in agreement.signatures.all()] == [
        "Ruth, for the project", "Sam, for the service",
    ]  # fmt: skip


def test_only_the_lead_signs_for_the_project():
    agreement = an_agreement("drawn_up")
    with pytest.raises(Refused):
        services.sign(agreement, by=person("coral"), at=now())


def test_it_ends_after_its_last_day():
    agreement = an_agreement()
    noon = now().replace(hour=12)
    last = noon + (agreement.ends_on - noon.date())
    assert agreement.why_not_in_force(last) is None
    assert "ended on" in agreement.why_not_in_force(last + timedelta(days=1))


def test_revocation_works_at_once_and_for_everybody():
    agreement = services.revoke(an_agreement(), reasons="Breach of level 2.", by=person("sam"), at=now())
    with pytest.raises(Refused, match="No agreement"):
        services.in_force(agreement.project, now())
