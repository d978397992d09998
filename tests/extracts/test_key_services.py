"""Key versions on record: what was used is told of, a rotation brings in the next, what was destroyed stays so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from extracts import services, tasks
from extracts.keys import KeyDestroyed
from extracts.models import Extract, ProjectKey
from extracts.services import keys, rotation
from governance.audit.models import Entry
from governance.incidents import services as incidents
from governance.notices.models import Notice
from governance.workflow import Refused
from tests.builders import an_agreement, an_incident, catalogue, now
from tests.cast import person
from tests.extracts.telling.telling import spread

pytestmark = pytest.mark.django_db
WHY = "A list of pseudonyms was left on a train."


@pytest.fixture
def project(release):
    """Ruth's approved project, with the release known."""
    return an_agreement().project


def requested(project):
    return services.request(project, catalogue=catalogue(), by=person("ruth"), at=now())


def built(project):
    extract = requested(project)
    tasks.generate_extract(extract.pk)
    extract.refresh_from_db()
    return extract


def used(project):
    """What a build does with keys, without one."""
    version = services.current_key_version(project)
    return keys.note_key(project, version, fingerprint=f"{version:064x}", at=now())


def rotated(project, *, by="sam", reasons=WHY):
    return rotation.rotate(project, reasons=reasons, by=person(by), at=now())


def on_record(project):
    return [(key.version, key.state) for key in project.key_versions.all()]


def test_before_anything_is_built_it_is_version_1(project):
    assert services.current_key_version(project) == 1
    assert requested(project).key_version == 1
    assert on_record(project) == []


@pytest.mark.slow
def test_the_first_build_puts_the_key_on_record_with_its_fingerprint(project):
    extract = built(project)
    key = project.key_versions.get()
    assert (key.version, key.state, str(key.made_by)) == (1, "current", "Gatehouse worker")
    assert key.fingerprint == tasks.key_ring().fingerprint(project.reference, 1)
    tasks.generate_extract(extract.pk)
    built(project)
    assert project.key_versions.count() == 1
    assert Entry.objects.filter(action="make", subject_type="projectkey").count() == 1


@pytest.mark.slow
def test_a_rotation_gives_every_later_extract_another_key(project):
    before = built(project)
    key = rotated(project)
    assert (key.version, key.state, key.reasons, key.fingerprint) == (2, "current", WHY, "")
    assert on_record(project) == [(2, "current"), (1, "retired")]
    after = built(project)
    assert (before.key_version, after.key_version, after.state) == (1, 2, "delivered")
    hashes = [
        {file["content_sha256"] for file in one.manifest["files"] if "pol_crime" in file["name"]}
        for one in (before, after)
    ]
    assert hashes[0] and not hashes[0] & hashes[1]
    key.refresh_from_db()
    assert key.fingerprint == tasks.key_ring().fingerprint(project.reference, 2)
    assert key.fingerprint != project.key_versions.get(version=1).fingerprint


@pytest.mark.slow
def test_what_was_delivered_under_the_old_version_is_known(project):
    first, second = built(project), built(project)
    assert not keys.to_rekey(project).exists()
    rotated(project)
    third = built(project)
    assert set(keys.to_rekey(project)) == {first, second}
    assert third not in keys.to_rekey(project)


def swept():
    """What the sweep asks for again, built; None when there was nothing to ask for."""
    before = set(Extract.objects.values_list("pk", flat=True))
    tasks.sweep()
    made = Extract.objects.exclude(pk__in=before).first()
    if made:
        tasks.generate_extract(made.pk)
        made.refresh_from_db()
    return made


@pytest.mark.slow
def test_delivered_extracts_are_built_again_one_after_another_and_each_once(project, zones):
    first, second = built(project), built(project)
    rotated(project)
    for old in (first, second):
        assert list(keys.projects_to_rekey()) == [project]
        new = swept()
        assert (new.replaces, new.key_version, new.state) == (old, 2, "delivered"), new.reason
        assert (new.requested_by, new.specification) == (old.requested_by, old.specification)
        old.refresh_from_db()
        assert old.state == "replaced"
    assert swept() is None and not keys.projects_to_rekey().exists()


@pytest.mark.slow
def test_of_a_suspended_project_they_are_built_again_once_it_is_open(project, zones):
    old = built(project)
    rotated(project)
    incident = an_incident("assessed", level=2)
    incidents.link_project(incident, project, by=person("sam"), at=now())
    assert swept() is None
    incidents.contain(incident, contained_at=now(), how="The account was closed.", by=person("sam"), at=now())
    new = swept()
    assert (new.replaces, new.state) == (old, "delivered"), new.reason


@pytest.mark.slow
def test_while_one_is_built_the_next_waits(project, zones):
    built(project), built(project)
    rotated(project)
    tasks.sweep()
    tasks.sweep()
    assert not keys.projects_to_rekey().exists()
    assert Extract.objects.filter(key_version=2).count() == 1


@pytest.mark.slow
def test_one_that_fails_is_not_asked_for_for_ever_but_under_the_next_key(project, zones):
    built(project)
    rotated(project)
    tasks.sweep()
    Extract.objects.filter(key_version=2).update(state="failed")
    assert swept() is None
    assert keys.to_rekey(project).count() == 1, "the page still lists it"
    rotated(project)
    assert swept().key_version == 3


@pytest.mark.slow
def test_what_cannot_be_built_now_is_left_and_asked_for_later(project, zones, caplog):
    extract = built(project)
    rotated(project)
    agreement = project.agreements.get()
    type(agreement).objects.update(state="superseded")
    for _ in range(3):
        assert swept() is None
    assert caplog.text.count(f"extract {extract.pk} is not re-keyed now") == 1
    type(agreement).objects.update(state="in_force")
    assert swept().state == "delivered"


def test_the_trail_says_who_rotated_and_why_and_the_team_is_told(project):
    used(project)
    rotated(project)
    entries = Entry.objects.filter(subject_type="projectkey").order_by("pk")
    assert [(one.actor, one.action, one.after) for one in entries] == [
        ("worker", "make", "current"), ("sam", "retire", "retired"), ("sam", "rotate", "current"),
    ]  # fmt: skip
    assert entries[1].note == WHY
    spread()
    told = Notice.objects.filter(record_type="extracts.projectkey")
    assert {notice.person.username for notice in told} == {"ruth", "coral"}


@pytest.mark.parametrize("who", ["ruth", "coral", "petra", "pia", "cass", "ada", "lin", "otto", "sian"])
def test_research_support_alone_rotates(project, who):
    used(project)
    with pytest.raises(Refused, match="Your role does not let you retire this"):
        rotated(project, by=who)
    assert on_record(project) == [(1, "current")]


def test_nobody_rotates_the_key_of_their_own_project(project):
    used(project)
    sam = person("sam")
    project.members.filter(person=person("coral")).update(person=sam)
    with pytest.raises(Refused, match="You belong to this project's team"):
        rotated(project)
    assert services.current_key_version(project) == 1


def test_what_was_never_used_is_not_rotated(project):
    with pytest.raises(Refused, match="nothing to rotate"):
        rotated(project)
    assert on_record(project) == [], "a refused rotation leaves nothing"
    used(project)
    rotated(project)
    with pytest.raises(Refused, match="nothing to rotate"):
        rotated(project)
    assert on_record(project) == [(2, "current"), (1, "retired")]


@pytest.mark.slow
def test_extracts_from_before_there_was_a_record_can_be_rotated(project):
    built(project)
    ProjectKey.objects.all().delete()
    assert rotated(project).version == 2
    assert on_record(project) == [(2, "current"), (1, "retired")]


def test_a_rotation_needs_a_reason(project):
    used(project)
    with pytest.raises(Refused, match="Say why"):
        rotated(project, reasons="  ")
    assert on_record(project) == [(1, "current")]


def test_a_build_that_began_under_the_old_version_brings_nothing_in(project):
    """Its worker may have taken the old key before the rotation: that changes no record."""
    used(project)
    before = project.key_versions.get().fingerprint
    rotated(project)
    assert keys.note_key(project, 1, fingerprint="f" * 64, at=now()).fingerprint == before
    assert keys.note_key(project, 7, fingerprint="f" * 64, at=now()) is None
    assert on_record(project) == [(2, "current"), (1, "retired")]


@pytest.mark.slow
def test_destroyed_keys_are_on_record_and_refuse_every_build(project):
    built(project)
    rotated(project)
    built(project)
    told = tasks.key_ring().destroy(project.reference, at=now())
    for _ in range(2):
        keys.note_destroyed(project, fingerprints=told.fingerprints, at=now())
    assert on_record(project) == [(2, "destroyed"), (1, "destroyed")]
    assert {key.version: key.fingerprint for key in project.key_versions.all()} == dict(told.fingerprints)
    assert Entry.objects.filter(action="destroy").count() == 2
    with pytest.raises(Refused, match="while it is destroyed"):
        rotated(project)
    assert services.current_key_version(project) == 2
    with pytest.raises(KeyDestroyed):
        tasks.key_ring().project_key(project.reference, services.current_key_version(project))
    late = requested(project)
    tasks.generate_extract(late.pk)
    late.refresh_from_db()
    assert (late.state, late.reason) == ("failed", "The build failed (KeyDestroyed).")


@pytest.mark.slow
def test_keys_of_extracts_from_before_there_was_a_record_are_told_of_when_destroyed(project):
    built(project)
    ProjectKey.objects.all().delete()
    told = tasks.key_ring().destroy(project.reference, at=now())
    keys.note_destroyed(project, fingerprints=told.fingerprints, at=now())
    assert on_record(project) == [(1, "destroyed")]
    assert project.key_versions.get().fingerprint == told.fingerprints[1]


def test_the_database_keeps_one_version_in_use_and_numbers_apart(project):
    used(project)
    key = rotated(project)
    at = now() + timedelta(days=1)
    for version, state, reasons in ((3, "current", WHY), (2, "retired", WHY), (3, "retired", "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProjectKey.objects.create(
                project=project, version=version, state=state, reasons=reasons, made_by=key.made_by,
                created_at=at, state_since=at,
            )  # fmt: skip


@pytest.mark.slow
def test_no_row_holds_a_key(project):
    built(project)
    ring = tasks.key_ring()
    rows = repr([list(model.objects.values()) for model in (ProjectKey, Extract, Entry)])
    for secret in (ring.project_key(project.reference, 1), ring.workspace_key(project.reference, 1)):
        assert secret.hex() not in rows and repr(secret) not in rows
