"""Closing a project: who may do what, what has to be in order first, and that use ends with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from extracts.services.closing import look
from governance.act import act
from governance.agreements.models import Agreement
from governance.agreements.use import why_not_open, why_not_use
from governance.closing import services
from governance.closing.checklist import Who, checklist, left
from governance.closing.lifecycle import CLOSURE
from governance.closing.models import Closure
from governance.people.models import local_day
from governance.workflow import Refused, grid
from tests.builders import a_closure, a_project, an_agreement, an_ingress, an_output, now
from tests.cast import person
from tests.tables import parse

CLEAR = {item.key: "" for item in checklist() if item.who == Who.SYSTEM}


def test_who_may_do_what():
    assert grid(CLOSURE) == parse("""
                   | researcher               | coordinator | support                   | worker
        open       | answer, submit, withdraw | answer      | excuse, withdraw          |
        submitted  | withdraw                 |             | return, confirm, withdraw |
        confirmed  |                          |             | withdraw                  | begin
        destroying |                          |             |                           | certify
        destroyed  |                          |             |                           |
        withdrawn  |                          |             |                           |
    """)


def test_each_required_line_is_asked_of_each_side():
    """Counted naively: without any answer there is one sentence a line, and none too many."""
    team = {1: "Ruth", 2: "Coral"}
    required = [item for item in checklist() if item.required]
    everything = {key: f"{key} is open." for key in CLEAR}
    assert len(left(set(), team, everything)) == len(required)
    answers = {(item.key, pk) for item in required for pk in team if item.who != Who.SYSTEM}
    assert left(answers, team, CLEAR) == []
    for missing in answers:
        by_member = {item.key for item in required if item.who == Who.MEMBER}
        others = [one for one in answers if one[0] == missing[0] and one != missing]
        expected = 1 if missing[0] in by_member or not others else 0
        assert len(left(answers - {missing}, team, CLEAR)) == expected


@pytest.mark.django_db
class TestStarting:
    @pytest.mark.parametrize(("who", "may"), [("ruth", True), ("coral", True), ("sam", True), ("olu", False)])
    def test_the_lead_a_coordinator_and_support_may(self, who, may):
        project = an_agreement().project
        assert (services.why_not_started(project, person(who), now()) is None) == may

    @pytest.mark.parametrize("who", ["olu", "pia", "cass", "ada", "petra"])
    def test_nobody_else_does(self, who):
        with pytest.raises(Refused, match="closed by its lead"):
            services.start(an_agreement().project, why="I say so.", by=person(who), at=now())

    def test_only_what_was_approved_and_only_once(self):
        with pytest.raises(Refused, match="approved"):
            services.start(a_project("triage"), why="Over.", by=person("sam"), at=now())
        closure = a_closure()
        with pytest.raises(Refused, match="already"):
            services.start(closure.project, why="Over.", by=person("ruth"), at=now())

    def test_a_reason_is_needed(self):
        with pytest.raises(Refused, match="why"):
            services.start(an_agreement().project, why=" ", by=person("ruth"), at=now())

    def test_the_worker_opens_once_and_leaves_what_people_withdrew_alone_for_a_while(self):
        project = an_agreement().project
        for _ in range(2):
            services.start_by_itself(project, ended="It ended.", at=now())
        closure = project.closures.get()
        services.withdraw(closure, reasons="It is extended.", by=person("ruth"), at=now())
        assert services.start_by_itself(project, ended="It ended.", at=now()) is None
        later = now() + services.OPENED_AGAIN_AFTER + timedelta(days=1)
        assert services.start_by_itself(project, ended="It ended.", at=later) is not None


@pytest.mark.django_db
class TestAnswering:
    def test_what_gatehouse_looks_at_cannot_be_ticked(self):
        closure = a_closure()
        for key in CLEAR:
            with pytest.raises(Refused, match="by itself"):
                services.answer(closure, key, by=person("ruth"), at=now())
        assert not closure.answers.exists()

    def test_the_leads_lines_are_the_leads(self):
        with pytest.raises(Refused, match="Only the lead"):
            services.answer(a_closure(), "told", by=person("coral"), at=now())

    def test_an_outsider_answers_nothing(self):
        with pytest.raises(Refused, match="role"):
            services.answer(a_closure(), "drafts", by=person("olu"), at=now())

    def test_words_are_asked_for(self):
        with pytest.raises(Refused, match="archived"):
            services.answer(a_closure(), "code", says=" ", by=person("ruth"), at=now())

    def test_a_second_answer_takes_the_place_of_the_first(self):
        closure = a_closure()
        for says in ("Somewhere.", "In a repository."):
            services.answer(closure, "code", says=says, by=person("ruth"), at=now())
        assert closure.answers.get().says == "In a repository."

    def test_who_cannot_be_reached_is_excused_by_support_alone(self):
        closure = a_closure()
        member = closure.project.members.exclude(person=person("ruth")).first() or closure.project.members.get()
        with pytest.raises(Refused, match="role"):
            services.excuse(closure, member.person, reasons="Gone.", by=person("ruth"), at=now())
        with pytest.raises(Refused, match="on the team"):
            services.excuse(closure, person("olu"), reasons="Gone.", by=person("sam"), at=now())
        services.excuse(closure, member.person, reasons="Left the country.", by=person("sam"), at=now())
        assert ("drafts", member.person_id) in closure.answered()


@pytest.mark.django_db
class TestSubmitting:
    def test_not_before_everybody_has_ticked(self):
        closure = a_closure("answered")
        closure.answers.filter(key="drafts").first().delete()
        with pytest.raises(Refused, match="Not declared yet"):
            services.submit(closure, look=look, by=person("ruth"), at=now())

    @pytest.mark.parametrize("state", ["draft", "submitted", "cleared"])
    def test_not_with_an_output_open(self, state):
        output = an_output(state)
        closure = a_closure("answered", output.project)
        with pytest.raises(Refused, match="Output requests that are open: 1"):
            services.submit(closure, look=look, by=person("ruth"), at=now())
        assert Closure.objects.get().state == "open", "the refusal changes nothing"

    def test_not_with_files_on_their_way_in(self):
        ingress = an_ingress("approved")
        with pytest.raises(Refused, match="on their way"):
            services.submit(a_closure("answered", ingress.project), look=look, by=person("ruth"), at=now())

    def test_by_the_lead_alone(self):
        closure = a_closure("answered")
        with pytest.raises(Refused):
            services.submit(closure, look=look, by=person("coral"), at=now())


@pytest.mark.django_db
class TestConfirming:
    def test_everything_is_looked_at_again(self):
        closure = a_closure("submitted")
        with pytest.raises(Refused, match="Sets of files"):
            services.confirm(
                closure, look=lambda project: CLEAR | {"ingress": "Sets of files: 1."}, by=person("sam"), at=now()
            )
        assert Closure.objects.get().state == "submitted"

    @pytest.mark.parametrize("who", ["ruth", "coral", "olu", "cass", "ada"])
    def test_by_research_support_alone(self, who):
        with pytest.raises(Refused):
            services.confirm(a_closure("submitted"), look=look, by=person(who), at=now())

    def test_not_by_somebody_of_the_teams_organisation(self):
        closure, sam = a_closure("submitted"), person("sam")
        sam.organisation = closure.project.lead.organisation
        sam.save()
        for action in (
            lambda: services.confirm(closure, look=look, by=sam, at=now()),
            lambda: services.send_back(closure, reasons="No.", by=sam, at=now()),
        ):
            with pytest.raises(Refused, match="organisation"):
                action()

    def test_use_ends_at_once_and_comes_back_when_it_is_withdrawn(self):
        closure = a_closure("submitted")
        project, ruth = closure.project, person("ruth")
        assert why_not_use(project, ruth, now()) is None
        closure = services.confirm(closure, look=look, by=person("sam"), at=now())
        for told in (why_not_use(project, ruth, now()), why_not_open(project, now())):
            assert "The project is closed" in told and "applied for as a new project" in told
        services.withdraw(closure, reasons="A mistake.", by=person("sam"), at=now())
        assert why_not_use(project, ruth, now()) is None

    def test_what_is_being_destroyed_is_not_withdrawn(self):
        closure = services.begin_destruction(a_closure("confirmed"), inventory=dict, at=now())
        with pytest.raises(Refused):
            services.withdraw(closure, reasons="Stop!", by=person("sam"), at=now())

    def test_nobody_but_the_worker_says_that_it_was_destroyed(self):
        closure = services.begin_destruction(a_closure("confirmed"), inventory=dict, at=now())
        for who in ("sam", "ruth", "ada"):
            with pytest.raises(Refused):
                act(closure, "certify", by=person(who), at=now(), certificate={}, signature="x")

    def test_a_return_keeps_the_answers(self):
        closure = services.send_back(a_closure("submitted"), reasons="Where is the code?", by=person("sam"), at=now())
        assert closure.state == "open" and closure.left() == []


@pytest.mark.django_db
def test_an_agreement_that_ends_next_week_is_no_reason_to_close():
    agreement = an_agreement()
    assert agreement.ends_on > local_day(now())
    assert not Agreement.objects.filter(ends_on__lt=local_day(now())).exists()
