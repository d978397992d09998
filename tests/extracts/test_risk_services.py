"""An extract above the ceiling waits for research support, and goes on only as what they let through."""

from dataclasses import replace

import pytest
from django.db import IntegrityError

from extracts import services, tasks
from extracts.models import Extract, RiskAssessment
from extracts.services import risk
from extracts.specification import ExtractSpec
from governance.audit.models import Entry
from governance.people.models import User
from governance.workflow import Refused
from tests.builders import an_agreement, catalogue, now
from tests.cast import person
from tests.extracts.risk.reports import REMEDY, a_report

pytestmark = pytest.mark.django_db

FINE = {"pol_crime": ["force_code", "ho_offence_code", "recorded_date"], "crt_case": ["case_outcome", "sex"]}


def requested(wish=None):
    return services.request(an_agreement(wish=wish).project, catalogue=catalogue(), by=person("ruth"), at=now())


def built(extract):
    tasks.generate_extract(extract.pk)
    extract = Extract.objects.get(pk=extract.pk)
    assert extract.state != "failed", extract.reason
    return extract


@pytest.fixture
def held(release):
    """Held by a real build of a small release: offence, force and month of a few crimes."""
    extract = built(requested(FINE))
    assert extract.state == "held"
    return extract


def folders(zones, extract):
    workspace = zones.workspace(extract.project.reference)
    return sorted(path.name for path in workspace.iterdir()) if workspace.exists() else []


def let_through(extract, who="sam", **said):
    said = {"basis": extract.risk.basis, "reasons": "The design needs months."} | said
    return risk.let_through(extract, **said, by=person(who), at=now())


@pytest.mark.slow
def test_an_ordinary_extract_is_delivered_and_its_report_is_kept(release, zones):
    extract = built(requested())
    assert extract.state == "delivered"
    report = extract.risk.report
    assert [table.table for table in report.tables] == ["pol_crime", "crt_case"]
    assert report.above == () and extract.risk.remedies == []
    rows = {file["name"]: file["rows"] for file in extract.files}
    assert {f"{table.table}.parquet": table.rows for table in report.tables}.items() <= rows.items()
    folder = zones.workspace(extract.project.reference) / extract.folder
    assert not [path.name for path in folder.rglob("*") if "risk" in path.name], "the report is for the page alone"


def test_one_above_the_ceiling_is_held_and_nothing_is_built(held, zones):
    assert held.reason == "More identifying than the dataset allows: pol_crime."
    assert (held.lease_until, held.manifest, folders(zones, held)) == (None, None, [])
    (crimes,) = held.risk.report.above
    assert crimes.unique_share > 0.2
    assert all(way.table == "pol_crime" and way.steps for way in held.risk.remedies)
    assert any(way.enough for way in held.risk.remedies)
    tasks.sweep()
    tasks.generate_extract(held.pk)
    assert Extract.objects.get().state == "held", "no worker takes it up"


@pytest.mark.slow
def test_what_research_support_lets_through_is_delivered(held, zones, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        let_through(held)
    held.refresh_from_db()
    assert (held.state, held.reason) == ("delivered", "")
    assert folders(zones, held) == [held.folder]
    assert (held.risk.decided_by.username, held.risk.reasons) == ("sam", "The design needs months.")
    entry = Entry.objects.get(action="let through")
    assert (entry.actor, entry.note, entry.before, entry.after) == (
        "sam", "The design needs months.", "held", "requested",
    )  # fmt: skip


def test_what_they_refuse_ends_and_keeps_what_would_help(held, zones):
    refused = risk.refuse(held, basis=held.risk.basis, reasons="Quarters are enough.", by=person("sam"), at=now())
    assert refused.state == "refused"
    assessment = RiskAssessment.objects.get(extract=held)
    assert (assessment.decision, str(assessment.decided_by), assessment.reasons) == (
        "refused", str(person("sam")), "Quarters are enough.",
    )  # fmt: skip
    assert assessment.remedies
    tasks.generate_extract(held.pk)
    assert folders(zones, held) == []
    assert services.request(held.project, catalogue=catalogue(), by=person("ruth"), at=now()).state == "requested"


def at_work(extract):
    """The job as a worker has it, after whatever happened before."""
    Extract.objects.filter(pk=extract.pk).update(state="building", lease_until=None)
    return Extract.objects.select_related("release").get(pk=extract.pk)


def goes_on(extract, report=None):
    return risk.may_go_on(extract, report=report or a_report(), remedies=(REMEDY,), at=now())


@pytest.fixture
def permitted(release):
    """Let through with the report of `a_report`."""
    extract = at_work(requested())
    assert not goes_on(extract)
    let_through(extract)
    return at_work(extract)


def other_period(extract):
    spec = ExtractSpec.from_json(extract.specification)
    extract.specification = replace(spec, period_from=spec.period_to).to_json()


def other_release(extract):
    extract.release.version = "2026.2"


def other_key(extract):
    extract.key_version = 2


def test_the_same_again_is_not_held_again(permitted):
    assert goes_on(permitted)
    assert RiskAssessment.objects.get().is_let_through


@pytest.mark.parametrize("change", [other_period, other_release, other_key])
def test_any_change_holds_it_anew(permitted, change):
    change(permitted)
    assert not goes_on(permitted)
    permitted.refresh_from_db()
    assessment = RiskAssessment.objects.get()
    assert (permitted.state, assessment.decision, assessment.decided_by) == ("held", "", None)


def test_other_findings_hold_it_anew(permitted):
    assert not goes_on(permitted, a_report(alone=701))


def test_a_dataset_without_a_ceiling_holds_nothing(release):
    extract = at_work(requested())
    assert goes_on(extract, a_report(ceiling=None))
    assert RiskAssessment.objects.get().report.above == ()


def test_who_belongs_to_the_team_or_its_organisation_does_not_decide(held):
    User.objects.filter(username="sam").update(organisation=person("ruth").organisation)
    for act in (risk.let_through, risk.refuse):
        with pytest.raises(Refused, match="organisation"):
            act(held, basis=held.risk.basis, reasons="x", by=person("sam"), at=now())


@pytest.mark.parametrize("who", ["ruth", "coral", "petra", "cass", "ada", "pia"])
def test_nobody_but_research_support_decides(held, who):
    with pytest.raises(Refused, match="role"):
        let_through(held, who)
    assert Extract.objects.get().state == "held"


def test_a_decision_is_on_the_report_that_was_read(held):
    with pytest.raises(Refused, match="assessed anew"):
        let_through(held, basis="0" * 64)
    assert Extract.objects.get().state == "held", "and nothing of it happened"


def test_the_database_keeps_who_decided(held):
    with pytest.raises(IntegrityError):
        RiskAssessment.objects.update(decision="let_through")
