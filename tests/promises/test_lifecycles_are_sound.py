"""Every lifecycle: each state can be reached, has a way out or is meant to be an end, and says who has it."""

import pytest

from extracts.models import ClericalPair, Delivery, Extract, LinkageRun, ProjectKey, Release
from governance.agreements.models import Agreement, Condition
from governance.amendments.models import Amendment
from governance.closing.models import Closure
from governance.incidents.models import Incident
from governance.ingress.models import Ingress
from governance.outputs.models import OutputRequest
from governance.people.models import Accreditation, FactorReset, Invitation, RoleGrant, Sanction
from governance.people.roles import Role
from governance.permissions.models import RoleReview, TeamReview
from governance.projects.models import Enquiry, Handover, Project
from governance.publications.models import Publication

ENDS = {
    Invitation: {"accepted", "withdrawn"},
    Accreditation: {"refused", "withdrawn", "revoked"},
    Sanction: {"lifted"},
    Incident: set(),
    RoleGrant: {"refused", "withdrawn", "taken_back"},
    FactorReset: {"done", "refused", "withdrawn", "run_out"},
    RoleReview: {"confirmed"},
    TeamReview: {"confirmed"},
    Project: {"refused", "withdrawn", "revoked"},
    Handover: {"accepted", "declined", "withdrawn"},
    Agreement: {"superseded", "revoked"},
    Condition: set(),
    Amendment: {"agreed", "refused", "withdrawn"},
    Enquiry: {"feasible", "not_feasible", "redirected", "withdrawn"},
    Extract: {"cancelled", "recalled", "destroyed", "refused"},
    ProjectKey: {"destroyed"},
    Closure: {"destroyed", "withdrawn"},
    Ingress: {"removed", "refused", "withdrawn"},
    OutputRequest: {"released", "withdrawn"},
    Publication: {"withdrawn"},
    Delivery: {"accepted"},
    LinkageRun: {"built", "cancelled"},
    ClericalPair: {"settled"},
    Release: {"withdrawn"},
}


@pytest.fixture(params=list(ENDS), ids=lambda model: model.__name__)
def model(request):
    return request.param


def test_every_state_can_be_reached(model):
    reached, moves = {model._meta.get_field("state").default.value}, model.LIFECYCLE
    for _ in model.STATES:
        reached |= {move.target.value for move in moves if {source.value for source in move.sources} & reached}
    assert reached == {state.value for state in model.STATES}


def test_every_state_that_is_no_end_has_a_way_out(model):
    leaving = {source.value for move in model.LIFECYCLE for source in move.sources if source != move.target}
    assert {state.value for state in model.STATES} - leaving == ENDS[model]


def test_every_state_says_who_has_it_and_what_comes_next(model):
    assert set(model.WAITING) == set(model.STATES)
    assert all(waiting.holder and waiting.next for waiting in model.WAITING.values())


def test_every_row_names_a_role_that_sees_the_record(model):
    for move in model.LIFECYCLE:
        assert isinstance(move.by, Role)
        assert move.by in model.VISIBLE_TO


def test_no_person_does_the_workers_work(model):
    """What the worker may do nobody else may, in the same state with the same action."""
    workers = {(move.action, source) for move in model.LIFECYCLE if move.by == Role.WORKER for source in move.sources}
    others = {(move.action, source) for move in model.LIFECYCLE if move.by != Role.WORKER for source in move.sources}
    assert not workers & others
