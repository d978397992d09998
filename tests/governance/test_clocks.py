"""Clocks: whose turn it was, for how many working days, and until when it should be done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extracts.lifecycle import ExtractState
from governance.agreements.lifecycle import AgreementState
from governance.audit.models import Entry
from governance.projects import services as projects
from governance.projects.boards import Verdict
from governance.projects.clocks import (
    OF_A_PROJECT,
    OF_PROVISION,
    Given,
    Moment,
    Side,
    owner_days,
    provision,
    spent,
    stretches,
    visits,
)
from governance.projects.lifecycle import PROJECT, ProjectState
from governance.targets import days_for, targets
from governance.timing import clocks_of, told_of
from governance.workflow import states
from governance.working_days import working_days_between
from tests.builders import a_project, an_agreement, decided, now
from tests.cast import person

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


def day(number: int) -> datetime:
    """So many days after Monday, 2 March 2026: no bank holiday until 3 April."""
    return MONDAY + timedelta(days=number)


def trail(*rows: tuple[int, str, str]) -> list[Moment]:
    """(day, action, state after) as moments."""
    found, before = [], ""
    for number, action, after in rows:
        found.append(Moment(day(number), action, before, after))
        before = after
    return found


def read(*rows: tuple[int, str, str], until: int) -> list:
    return stretches(trail(*rows), OF_A_PROJECT, until=day(until))


def test_a_stretch_for_each_stage_with_the_side_that_held_it():
    found = read(
        (0, "start", "draft"), (1, "edit", "draft"), (2, "submit", "triage"), (4, "return", "returned"),
        (9, "submit", "triage"), (10, "accept", "ethics"), (10, "waive", "owners"), until=14,
    )  # fmt: skip
    assert [(one.stage, one.side, one.days) for one in found] == [
        ("draft", Side.APPLICANTS, 2),
        ("triage", Side.SERVICE, 2),
        ("returned", Side.APPLICANTS, 3),  # Friday to Wednesday
        ("triage", Side.SERVICE, 1),
        ("owners", Side.SERVICE, 2),  # a waived ethical review took no time: it was none
    ]
    assert spent(found) == {Side.SERVICE: 5, Side.APPLICANTS: 5, Side.NOBODY: 0}


def provided(*rows: tuple[int, str, str, str], until: int) -> list:
    """(day, kind of record, state before, state after) as the stages of provision, with side and working days."""
    moments = [(kind, Moment(day(number), "move", before, after)) for number, kind, before, after in rows]
    return [(one.stage, one.side.value, one.days) for one in provision(moments, until=day(until))]


SIGNED = (0, "agreement", "signed", "in_force")
ASKED = (2, "extract", "", "requested")
BUILT = (4, "extract", "building", "delivered")


@pytest.mark.parametrize(
    ("rows", "stages"),
    [
        ((), []),
        (((0, "agreement", "", "drawn_up"),), []),
        ((SIGNED,), [("in_force", "applicants", 5)]),
        ((SIGNED, ASKED), [("in_force", "applicants", 2), ("requested", "service", 3)]),
        (
            (SIGNED, ASKED, (3, "extract", "requested", "building"), BUILT),
            [
                ("in_force", "applicants", 2),
                ("requested", "service", 1),
                ("building", "service", 1),
                ("delivered", "nobody", 1),
            ],
        ),
        (
            (SIGNED, ASKED, (3, "extract", "building", "failed"), (4, "extract", "failed", "requested")),
            [
                ("in_force", "applicants", 2),
                ("requested", "service", 1),
                ("failed", "applicants", 1),
                ("requested", "service", 1),
            ],
        ),
        (  # what comes after the first extract is none of it
            (SIGNED, (1, *ASKED[1:]), (2, *BUILT[1:]), (3, *ASKED[1:]), (4, "agreement", "signed", "in_force")),
            [("in_force", "applicants", 1), ("requested", "service", 1), ("delivered", "nobody", 3)],
        ),
        (  # a new agreement in place of the first, and then the end of it, and another one
            (
                SIGNED,
                (1, "agreement", "in_force", "superseded"),
                (1, "agreement", "signed", "in_force"),
                (2, "agreement", "drawn_up", "revoked"),
                (3, "agreement", "in_force", "revoked"),
                (4, "agreement", "signed", "in_force"),
            ),
            [("in_force", "applicants", 3), ("revoked", "nobody", 1), ("in_force", "applicants", 1)],
        ),
    ],
)
def test_provision_is_from_the_agreement_to_the_first_extract(rows, stages):
    assert provided(*rows, until=7) == stages


def test_every_state_of_an_extract_has_a_side_until_it_is_delivered():
    afterwards = {"delivered", "recalled", "replaced", "destroyed"}
    named = {state.value for state in ExtractState} - afterwards - {"revoked"}  # then the clock stands still
    assert OF_PROVISION.keys() == named | {AgreementState.IN_FORCE}


def test_nothing_on_the_trail_is_no_time():
    assert stretches([], OF_A_PROJECT, until=day(3)) == visits([]) == []


def test_paused_days_count_for_nobody_and_move_the_due_day():
    rows = (0, "submit", "triage"), (1, "pause", "triage"), (8, "take up", "triage")
    (visit,) = visits(read(*rows, until=9))
    assert [(one.side, one.days) for one in visit.stretches] == [
        (Side.SERVICE, 1), (Side.NOBODY, 5), (Side.SERVICE, 1),
    ]  # fmt: skip
    assert visit.days == 2
    assert visit.due_on(5) == date(2026, 3, 16)  # the 9th without the pause of five working days
    assert visit.overdue_by(5) == 0 and visit.overdue_by(1) == 1
    assert visit.paused_since is None


def test_while_it_is_paused_there_is_no_due_day_unless_it_was_over_before():
    (visit,) = visits(read((0, "submit", "triage"), (3, "pause", "triage"), until=30))
    assert visit.paused_since == day(3)
    assert visit.due_on(5) is None
    assert visit.due_on(2) == date(2026, 3, 4)
    assert visit.overdue_by(2) == 1


def test_a_pause_ends_with_the_stage_that_was_paused():
    found = read((0, "submit", "triage"), (1, "pause", "triage"), (3, "withdraw", "withdrawn"), until=9)
    assert [(one.stage, one.paused) for one in found] == [("triage", False), ("triage", True), ("withdrawn", False)]


@pytest.mark.parametrize(
    ("ends", "done"),
    [((3, "accept", "ethics"), True), ((3, "return", "returned"), True), ((3, "withdraw", "withdrawn"), False),
     ((3, "revoke", "revoked"), False), ((3, "declare", "triage"), False)],
)  # fmt: skip
def test_a_stay_that_was_cut_short_or_goes_on_is_no_duration(ends, done):
    assert visits(read((0, "submit", "triage"), ends, until=9))[0].is_done is done


def test_every_state_has_its_side():
    held = {state: OF_A_PROJECT.get(state, Side.NOBODY) for state in states(PROJECT)}
    assert {state.value for state, side in held.items() if side is Side.NOBODY} == {
        "approved", "refused", "withdrawn", "revoked",
    }  # fmt: skip


def test_an_owner_is_timed_to_the_vote_that_settles_it():
    approve, refuse = Verdict.APPROVE, Verdict.REFUSE
    (visit,) = visits(read((0, "pass", "owners"), (2, "pause", "owners"), (4, "take up", "owners"), until=11))
    votes = [
        Given(day(1), "police", approve), Given(day(2), "cps", refuse), Given(day(7), "police", refuse),
        Given(day(8), "police", approve), Given(day(9), "hmcts", approve), Given(day(20), "hmcts", approve),
    ]  # fmt: skip
    found = owner_days(visit, votes, {"police": 2, "cps": 1, "hmcts": 2})
    # Monday to Tuesday week, less two days of pause; hmcts lacks a vote: the last one was given after the stay.
    assert found == {"police": (4, day(8)), "cps": (2, day(2))}


ACTIONS = sorted({(move.action, move.target.value) for move in PROJECT})
LATER = st.integers(0, 40 * 24).map(lambda hours: timedelta(hours=hours))
HISTORIES = st.lists(st.tuples(LATER, st.sampled_from(ACTIONS)), max_size=20)
patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@patient
@given(HISTORIES, LATER)
def test_stretches_tile_the_whole_time_and_every_day_is_somebodys(history, rest):
    at, before, moments = MONDAY, "draft", [Moment(MONDAY, "start", "", "draft")]
    for later, (action, after) in history:
        at += later
        moments.append(Moment(at, action, before, after))
        before = after
    found = stretches(moments, OF_A_PROJECT, until=at + rest)
    edges = [MONDAY, *(one.until for one in found)]
    assert [one.since for one in found] == edges[:-1]
    assert edges[-1] == at + rest
    assert sum(spent(found).values()) == working_days_between(MONDAY.date(), edges[-1].date())
    assert all(one.side is Side.NOBODY for one in found if one.paused)
    assert [one for visit in visits(found) for one in visit.stretches] == found


@patient
@given(HISTORIES, st.integers(1, 30))
def test_a_stay_is_overdue_after_its_due_day_and_not_before(history, target):
    at, moments = MONDAY, [Moment(MONDAY, "submit", "draft", "triage")]
    for number, (later, _) in enumerate(history):
        at += later
        moments.append(Moment(at, ("pause", "take up")[number % 2], "triage", "triage"))
    end = at + timedelta(days=60)
    for visit in visits(stretches(moments, OF_A_PROJECT, until=end)):
        due, days = visit.due_on(target), visit.days
        assert (due is None) == (days < target and visit.paused_since is not None)
        if due is not None:
            clock = sum(
                working_days_between(one.since.date(), min(due, one.until.date()))
                for one in visit.stretches if not one.paused
            )  # fmt: skip
            assert clock == min(days, target)
            assert (visit.overdue_by(target) > 0) == (days > target)


def test_every_stage_of_the_service_has_a_target():
    assert {one.state for one in targets() if one.record == "Project"} == {
        state for state, side in OF_A_PROJECT.items() if side is Side.SERVICE
    }
    assert days_for("Project", ProjectState.OWNERS) == 20
    assert days_for("Project", ProjectState.DRAFT) is None


@pytest.mark.django_db
def test_the_trail_of_a_real_project_is_read_to_its_agreement():
    agreement = an_agreement()
    told = told_of(agreement.project, now() + timedelta(days=3))
    assert [one.stage for one in told.project] == ["triage", "owners", "panel", "approved"]  # submitted as it began
    assert [one.stage for one in told.agreement] == ["drawn_up", "signed", "in_force"]
    assert [one.side for one in told.agreement] == [Side.APPLICANTS, Side.SERVICE, Side.NOBODY]
    assert [(one.stage, one.side) for one in told.provision] == [("in_force", Side.APPLICANTS)]
    assert Entry.objects.filter(project=agreement.project.reference).count() > 8, "edits and votes are left out"


@pytest.mark.django_db
def test_the_clock_of_a_project_stands_still_while_it_is_paused(django_assert_num_queries):
    at = now()
    project = a_project("owners")
    project = projects.pause(project, reasons="The release is rebuilt.", by=person("sam"), at=at + timedelta(days=7))
    with django_assert_num_queries(1):
        clock = clocks_of([project], at + timedelta(days=60))[project.pk]
    assert clock.paused_because == "The release is rebuilt."
    assert clock.visit.days == 5
    project = projects.take_up(project, by=person("sam"), at=at + timedelta(days=60))
    clock = clocks_of([project], at + timedelta(days=60))[project.pk]
    assert (clock.paused_because, clock.visit.days, clock.visit.paused_since) == ("", 5, None)


@pytest.mark.django_db
def test_a_stage_that_began_this_moment_has_a_clock_too():
    project = decided(a_project("owners"), "police")
    clock = clocks_of([project], project.state_since)[project.pk]
    assert (clock.visit.stage, clock.visit.days, clock.visit.stretches[0].side) == ("owners", 0, Side.SERVICE)
