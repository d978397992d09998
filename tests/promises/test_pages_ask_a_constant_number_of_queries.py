"""Every list and every record's page asks the database as often for 1,000 rows as for one.

Rows are copies of records that the services made. Where a page shows files or things that one person chooses,
nobody has a thousand of them: such a page says its own number. The page of an output request also writes an
entry on the trail for each file that it opens, which are ten at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from extracts import services as extracts
from extracts.models import ClericalPair, Delivery, LinkageRun, ProjectKey, Release
from extracts.services import risk, rotation
from governance.amendments import services as amendments
from governance.amendments.delta import Kind
from governance.audit import trail
from governance.incidents import services as incidents
from governance.notices.models import Message, Notice
from governance.people.grants import worker
from governance.people.models import (
    Accreditation,
    FactorReset,
    RoleGrant,
    Sanction,
    SignedDeclaration,
    Training,
    User,
)
from governance.permissions.models import RoleReview, TeamReview
from governance.projects import services as projects
from governance.projects.boards import Verdict
from governance.projects.models import Decision
from governance.standing import invitations
from governance.standing import services as standing
from tests import linked
from tests.builders import (
    a_closure,
    a_factor_reset,
    a_handover,
    a_project,
    a_proposed_role,
    a_publication,
    a_released_output,
    a_request_for_accreditation,
    a_role_review,
    a_stand_in,
    a_team_review,
    an_agreement,
    an_enquiry,
    an_incident,
    an_ingress,
    an_output,
    catalogue,
    declare_on,
    now,
)
from tests.cast import person
from tests.extracts.risk.reports import a_report
from tests.portal.pages import signed_in
from tests.portal.test_review_pages import store
from tests.promises import many

ROWS = 1_000
FEW = 50  # files of one request, trainings and signatures of one person: 1,000 of them are no page of anybody's

pytestmark = pytest.mark.many


@dataclass(frozen=True)
class Page:
    """One page with rows of one kind.

    who    the reader's name in the cast; "" for anyone
    first  makes what the page is about, with one row
    more   (what `first` made, how many): makes more rows
    about  what `first` made -> the arguments of the address; a list has none
    """

    who: str
    first: Callable[[], Any]
    more: Callable[[Any, int], object]
    about: Callable[[Any], tuple[Any, ...]] = lambda made: ()
    rows: int = ROWS


def its_number(made: Any) -> tuple[Any, ...]:
    return (made.pk,)


def an_extract() -> Any:
    return extracts.request(an_agreement().project, catalogue=catalogue(), by=person("ruth"), at=now())


def a_failed_extract() -> Any:
    made = an_extract()
    type(made).objects.filter(pk=made.pk).update(state="failed")
    made.refresh_from_db()
    return made


def a_held_extract() -> Any:
    """Nobody has built it: the report is one that the service kept."""
    made = extracts.claim(an_extract().pk, at=now(), lease=timedelta(minutes=5))
    risk.may_go_on(made, report=a_report(), remedies=(), at=now())
    made.refresh_from_db()
    return made


def more_held(extract: Any, number: int) -> None:
    many.copies(extract.risk, [{"extract": one} for one in many.extracts(extract, number)])


def a_rotated_key() -> ProjectKey:
    """Of a project with an extract that was delivered under the version before."""
    extract = an_extract()
    delivered = {"state": "delivered", "folder": "extract", "delivered_at": now()}
    type(extract).objects.filter(pk=extract.pk).update(**delivered)
    return rotation.rotate(extract.project, reasons="A list was lost.", by=person("sam"), at=now())


def more_versions(key: ProjectKey, number: int) -> None:
    type(key).objects.filter(pk=key.pk).update(version=3 + number)  # the one in use stays the newest
    many.copies(key, [{"version": 3 + which, "state": "retired"} for which in range(number)])
    many.copies(key.project.extracts.get(), [{}] * number)


def a_trained_person() -> User:
    return person("ruth")


def more_of_a_person(one: User, number: int) -> None:
    many.projects(a_project("triage"), number)
    for model, name in ((Training, "certificate"), (SignedDeclaration, "version")):
        many.copies(model.objects.filter(person=one).first(), many.numbered(name, number))
    row = Accreditation.objects.filter(person=one).first()
    many.copies(row, [{"number": f"X-{which}"} for which in range(number)])
    standing.impose(one, level=1, reasons="A warning.", by=person("sam"), at=now())
    many.copies(Sanction.objects.get(), [{}] * number)


def more_of_a_project(project: Any, number: int) -> None:
    many.members(project, person("ruth"), number)
    many.copies(Decision.objects.filter(project=project).first(), [{"round": 50 + which} for which in range(number)])
    many.history(project, FEW)


def more_work(extract: Any, number: int) -> None:
    many.copies(extract, [{}] * number)
    many.copies(extract.agreement, [{"version": 2 + which, "state": "revoked"} for which in range(number)])


def more_releases(release: Release, number: int) -> None:
    many.releases(linked.a_release(name="another"), number)


def an_accreditation_to_decide() -> Accreditation:
    return a_request_for_accreditation("coral")


def more_requests(one: Accreditation, number: int) -> None:
    many.copies(one, [{"person": each} for each in many.people(person("olu"), number)])


def more_of_a_team_review(review: TeamReview, number: int) -> None:
    many.copies(review.listed().first(), [{"user": one} for one in many.people(person("olu"), number)])
    many.history(review, FEW)


def more_of_a_role_review(review: RoleReview, number: int) -> None:
    many.copies(review.listed().first(), [{}] * number)
    many.history(review, FEW)


def more_roles(grant: RoleGrant, number: int) -> None:
    each = [{"person": one} for one in many.people(person("olu"), number)]
    many.copies(grant, each)
    many.copies(grant, [one | {"state": "in_force", "confirmed_by": person("ada")} for one in each])


def more_factor_resets(reset: FactorReset, number: int) -> None:
    many.copies(reset, [{"person": one} for one in many.people(person("olu"), number)])


def a_team_to_sign() -> Any:
    return an_agreement("drawn_up")


def more_files(output: Any, number: int) -> None:
    many.copies(output.files.first(), many.numbered("name", number))
    many.history(output, FEW)


def more_checks(output: Any, number: int) -> None:
    many.outputs_of_one_project(output, number)
    for row in (output.reports.first(), *output.checks.all()):
        many.copies(row, [{"round": 50 + which} for which in range(number)])


def a_failed_run() -> LinkageRun:
    """With a pair that waits."""
    run = linked.a_run("failed")
    linked.pairs(run)
    return run


def more_linkage(run: LinkageRun, number: int) -> None:
    many.runs(run, number)
    many.copies(Delivery.objects.first(), many.numbered("name", number))
    many.copies(ClericalPair.objects.first(), [{"token": f"{which:032x}"} for which in range(10**6, 10**6 + number)])


def more_of_a_run(run: LinkageRun, number: int) -> None:
    more_linkage(run, number)
    run.deliveries.add(*Delivery.objects.all())
    many.history(run, FEW)


def a_pair() -> ClericalPair:
    """The first of two: with the last one the queue is also looked through from its beginning."""
    pair, _ = linked.pairs(linked.a_run("running"), 2)
    store(pair)
    return pair


def more_pairs(pair: ClericalPair, number: int) -> None:
    made = many.copies(pair, [{"token": f"{which:032x}"} for which in range(10**6, 10**6 + number)])
    linked.decide(made[0], "same", reviewers=["lou"])


def more_of_the_trail(project: Any, number: int) -> None:
    """Copies of a project, the first fifty with a history of their own on the trail."""
    for made in many.projects(project, number)[:FEW]:
        for before, after in (("", "draft"), ("draft", "triage"), ("triage", "owners"), ("owners", "panel")):
            trail.append(actor=worker(), action="move", subject=made, before=before, after=after, at=now())


def a_resting_publication() -> Any:
    return a_publication(a_released_output())


def more_stand_ins(grant: RoleGrant, number: int) -> None:
    """Earlier ones, which have ended."""
    ended = [{"person": one, "state": "taken_back"} for one in many.people(person("olu"), number)]
    many.copies(grant, ended)


def sent_again() -> Any:
    project = a_project("returned")
    return projects.submit(project, catalogue=catalogue(), by=project.lead, at=now())


def an_amendment() -> Any:
    made = amendments.start(an_agreement().project, kind=Kind.PURPOSE, by=person("ruth"), at=now())
    amendments.explain(made, reason="The question grew.", by=person("ruth"), at=now())
    amendments.reword(made, lay_summary="We ask why.", public_benefit="", by=person("ruth"), at=now())
    made = amendments.submit(made, catalogue=catalogue(), by=person("ruth"), at=now())
    declare_on(made, "sam")
    said = {"verdict": Verdict.APPROVE, "reasons": "x", "round": 1, "at": now()}
    return amendments.decide_as_support(made, by=person("sam"), **said)


def more_amendments(amendment: Any, number: int) -> None:
    each = zip(many.agreements(amendment.project.agreements.get(), number), range(number), strict=True)
    many.copies(amendment, [{"project": agreement.project} for agreement, _ in each])


def more_votes(amendment: Any, number: int) -> None:
    many.copies(amendment.votes.first(), [{"round": 50 + which} for which in range(number)])


def a_condition() -> Any:
    agreement, at = an_agreement(), now()
    given = {"owner": "police", "kind": "sight", "text": "Show us.", "state_since": at, "created_at": at}
    return agreement.project.conditions.create(agreement=agreement, **given)


def more_incidents(incident: Any, number: int) -> None:
    many.copies(incident, many.numbered("reference", number))


def an_incident_with_people() -> Any:
    incident, sam = an_incident("assessed"), person("sam")
    incidents.link_person(incident, person("olu"), part="Printed it.", by=sam, at=now())
    return incidents.link_project(incident, a_project("approved"), by=sam, at=now())


def more_of_an_incident(incident: Any, number: int) -> None:
    many.copies(incident.people.first(), [{"person": one} for one in many.people(person("olu"), number)])
    many.copies(incident.projects.first(), [{"project": one} for one in many.projects(a_project("approved"), number)])
    many.history(incident, FEW)


def more_of_a_closure(closure: Any, number: int) -> None:
    ruth = closure.project.members.get(person__username="ruth")
    for one in many.people(person("ruth"), number):
        many.copies(ruth, [{"person": one}])
        many.copies(closure.answers.filter(key="drafts").first(), [{"person": one}])
    many.history(closure, FEW)


def more_files_to_come_in(ingress: Any, number: int) -> None:
    many.copies(ingress.files.first(), many.numbered("name", number))
    many.history(ingress, FEW)


def an_invitation() -> Any:
    organisation = person("ruth").organisation
    organisation.contact = person("ruth")
    organisation.save()
    said = {"organisation": organisation, "address": lambda token: token, "by": person("ruth"), "at": now()}
    return invitations.invite("nia@northshire.example", **said)


def more_invitations(one: Any, number: int) -> None:
    each = ({"email": f"{n}@x.example", "token_sha256": f"{n:064x}"} for n in range(number))
    many.copies(one, each)


def more_organisations(one: Any, number: int) -> None:
    many.copies(one.organisation, [{"name": f"Institute {which}", "contact": None} for which in range(number)])


def a_notice() -> Any:
    said = {
        "key": "k",
        "group": "turn",
        "kind": "turn",
        "reference": "GH-1",
        "says": "It waits.",
        "address": "/",
        "how": "none",
    }
    return Notice.objects.create(person=person("ruth"), at=now(), **said)


def a_lost_message() -> Any:
    at = now()
    return Message.objects.create(key="k", to="a@x.example", subject="s", state="dead", made_at=at, due_at=at)


def an_attachment() -> Any:
    project = a_project("draft")
    said = {"name": "dpia.pdf", "kind": "application/pdf", "content": "x", "sha256": "0" * 64, "size": 3}
    return project.attachments.create(question="dpia", uploaded_by=project.lead, uploaded_at=now(), **said)


PROJECTS = (
    Page("ruth", lambda: a_project("draft"), many.projects),
    Page("sam", lambda: a_project("triage"), many.projects),
    Page("petra", lambda: a_project("owners"), many.projects),
    Page("pia", lambda: a_project("panel"), many.projects),
    Page("ada", lambda: a_project("approved"), many.projects),
    Page("ruth", a_team_to_sign, many.agreements),
    Page("sam", lambda: an_agreement("signed"), many.agreements),
)

PAGES: dict[str, tuple[Page, ...]] = {
    "home": (
        *PROJECTS,
        Page("sam", an_accreditation_to_decide, more_requests),
        Page("ada", a_proposed_role, more_roles),
        Page("otto", a_factor_reset, more_factor_resets),
        Page("petra", an_amendment, more_amendments),
        Page("ruth", a_condition, many.conditions),
        Page("sam", an_enquiry, many.alike),
        Page("ruth", lambda: an_output("draft"), many.outputs),
        Page("cass", lambda: an_output("submitted"), many.outputs),
        Page("cass", lambda: an_output("cleared"), many.outputs),
        Page("ruth", lambda: an_ingress("draft"), many.ingresses),
        Page("cass", lambda: an_ingress("submitted"), many.ingresses),
        Page("sam", an_incident, more_incidents),
        Page("lin", a_failed_run, more_linkage),
        Page("rae", linked.a_release, many.releases),
    ),
    "projects": PROJECTS,
    "incidents": (Page("sam", an_incident, more_incidents), Page("coral", an_incident, more_incidents)),
    "incident": (Page("sam", an_incident_with_people, more_of_an_incident, its_number, FEW),),
    "project_incident": (
        Page("ruth", an_incident_with_people, more_incidents, lambda made: (made.projects.get().project_id, made.pk)),
    ),
    "ingresses": (
        Page("ruth", lambda: an_ingress("draft"), many.ingresses),
        Page("cass", lambda: an_ingress("submitted"), many.ingresses),
    ),
    "closure": (
        Page("ruth", lambda: a_closure("answered"), more_of_a_closure, its_number, FEW),
        Page("sam", lambda: a_closure("submitted"), more_of_a_closure, its_number, FEW),
    ),
    "ingress": (
        Page("ruth", lambda: an_ingress("draft"), more_files_to_come_in, its_number, FEW),
        Page("cass", lambda: an_ingress("submitted"), more_files_to_come_in, its_number, FEW),
    ),
    "project": (
        Page(
            "ruth",
            lambda: an_ingress("draft"),
            lambda made, number: many.copies(made, [{}] * number),
            lambda made: (made.project_id,),
        ),
        Page("ruth", lambda: a_project("returned"), more_of_a_project, its_number),
        Page("sam", lambda: a_project("returned"), more_of_a_project, its_number),
        Page("ruth", a_resting_publication, many.publications, lambda made: (made.project_id,)),
    ),
    "publication": (Page("ruth", a_resting_publication, many.behind_one_publication, its_number, FEW),),
    "project_team": (Page("ruth", lambda: a_project("returned"), more_of_a_project, its_number),),
    "project_data": (Page("ruth", lambda: a_project("draft"), many.projects, its_number),),
    "project_application": (Page("ruth", lambda: a_project("returned"), more_of_a_project, its_number),),
    "project_changes": (Page("sam", sent_again, more_of_a_project, its_number),),
    "amendment": (Page("sam", an_amendment, more_votes, its_number),),
    "condition": (Page("petra", a_condition, many.history, its_number, FEW),),
    "enquiries": (Page("sam", an_enquiry, many.alike),),
    "enquiry": (Page("sam", an_enquiry, many.history, its_number, FEW),),
    "attachments": (Page("sam", an_attachment, many.alike),),
    "invitations": (Page("sam", an_invitation, more_invitations),),
    "invitation": (Page("sam", an_invitation, many.history, its_number, FEW),),
    "organisations": (
        Page(
            "sam",
            an_invitation,
            more_organisations,
        ),
    ),
    "notices": (Page("ruth", a_notice, lambda one, number: many.copies(one, many.numbered("key", number))),),
    "operations": (Page("otto", a_lost_message, lambda one, number: many.copies(one, many.numbered("key", number))),),
    "handover": (Page("olu", lambda: a_handover(a_project()), many.history, its_number, FEW),),
    "agreement": (Page("ruth", a_team_to_sign, many.history, its_number, FEW),),
    "outputs": (
        Page("ruth", lambda: an_output("draft"), many.outputs),
        Page("cass", lambda: an_output("submitted"), many.outputs),
        Page("cass", lambda: an_output("cleared"), many.outputs),
    ),
    "output": (
        Page("ruth", lambda: an_output("draft"), more_files, its_number, FEW),
        Page("cass", lambda: an_output("submitted"), more_files, its_number, FEW),
        Page("ruth", lambda: an_output("returned"), more_checks, its_number),
    ),
    "output_file": (
        Page("cass", lambda: an_output("submitted"), more_files, lambda made: (made.pk, made.files.first().pk), FEW),
    ),
    "people": (
        Page("sam", a_trained_person, many.people),
        Page("sam", an_accreditation_to_decide, more_requests),
    ),
    "person": (Page("sam", a_trained_person, more_of_a_person, its_number, FEW),),
    "you": (Page("ruth", a_trained_person, more_of_a_person, rows=FEW),),
    "accreditation": (Page("sam", an_accreditation_to_decide, many.history, its_number, FEW),),
    "sanction": (
        Page(
            "sam",
            lambda: standing.impose(person("ruth"), level=1, reasons="A warning.", by=person("sam"), at=now()),
            lambda one, number: many.copies(one, [{}] * number),
            its_number,
        ),
    ),
    "roles": (
        Page("sam", a_proposed_role, more_roles),
        Page("ada", a_proposed_role, more_roles),
    ),
    "role": (Page("ada", a_proposed_role, many.history, its_number, FEW),),
    "team_review": (
        Page("ruth", a_team_review, more_of_a_team_review, its_number),
        Page("coral", a_team_review, more_of_a_team_review, its_number),
    ),
    "role_review": (Page("ada", a_role_review, more_of_a_role_review, its_number, FEW),),
    "standins": (Page("pia", a_stand_in, more_stand_ins, rows=FEW),),
    "factor_reset": (Page("otto", a_factor_reset, many.history, its_number, FEW),),
    "permission_matrix": (Page("", a_proposed_role, more_roles),),
    "linkage": (Page("lin", a_failed_run, more_linkage), Page("rae", a_failed_run, more_linkage)),
    "linkage_run": (Page("lin", a_failed_run, more_of_a_run, its_number),),
    "linkage_start": (Page("lin", a_failed_run, more_linkage),),
    "review": (Page("lin", a_pair, more_pairs),),
    "review_pair": (Page("lin", a_pair, more_pairs, lambda made: (made.token,)),),
    "releases": (
        Page("", lambda: linked.a_release("published"), more_releases),
        Page("rae", lambda: linked.a_release("published"), more_releases),
    ),
    "release": (Page("rae", lambda: linked.a_release("published"), more_releases, its_number),),
    "about_the_data": (Page("", lambda: linked.a_release("published"), more_releases),),
    "catalogue": (Page("", lambda: linked.a_release("published"), more_releases),),
    "catalogue_dataset": (Page("", lambda: linked.a_release("published"), more_releases, lambda made: (made.code,)),),
    "catalogue_table": (
        Page("", lambda: linked.a_release("published"), more_releases, lambda made: (made.code, "pol_crime")),
    ),
    "catalogue_variable": (
        Page(
            "",
            lambda: linked.a_release("published"),
            more_releases,
            lambda made: (made.code, "pol_crime", "knife_flag"),
        ),
    ),
    "register": (Page("", a_released_output, many.outputs), Page("", a_resting_publication, many.publications)),
    "register_researchers": (Page("", a_trained_person, many.people),),
    "register_figures": (Page("", lambda: a_project("approved"), more_of_the_trail),),
    "register_project": (
        Page("", a_released_output, many.outputs_of_one_project, lambda made: (made.project.reference,)),
        Page("", a_resting_publication, many.publications, lambda made: (made.project.reference,)),
    ),
    "trail": (Page("ada", lambda: a_project("triage"), many.history, rows=FEW),),
}

# The pages of one extract need a release with its files, which takes a fixture.
OF_EXTRACTS: dict[str, tuple[Page, ...]] = {
    "home": (Page("ruth", a_failed_extract, many.extracts), Page("sam", a_held_extract, more_held)),
    "project": (Page("ruth", a_failed_extract, more_work, lambda made: (made.project_id,)),),
    "extract": (
        Page("ruth", an_extract, more_work, its_number),
        Page("sam", a_held_extract, more_held, its_number),
    ),
    "extract_specification": (Page("ruth", an_extract, more_work, its_number),),
    "project_workspace": (Page("ruth", an_extract, more_work, lambda made: (made.project_id,)),),
    "project_keys": (Page("sam", a_rotated_key, more_versions, lambda made: (made.project_id,), FEW),),
    "extract_request": (Page("ruth", an_extract, more_work, lambda made: (made.project_id,)),),
    "release": (Page("rae", an_extract, many.extracts, lambda made: (made.release_id,)),),
}

FORM = "A form about one record, whose page is in the table."
NO_ROWS = "It shows no row of the database."
OWN = "How one signs in oneself: a handful of rows, made by a library."
DOWNLOAD = "A file, written row by row; not a page."
EXEMPT = {
    **dict.fromkeys(
        (
            "release_publish", "release_withdraw", "linkage_cancel", "linkage_retry", "review_undo", "declaration",
            "accreditation_ask", "person_training", "person_sanction", "accreditation_decide", "accreditation_withdraw",
            "accreditation_revoke", "project_new", "project_choose", "project_drop", "project_remove", "project_submit",
            "project_withdraw", "project_decide", "agreement_sign", "agreement_revoke", "extract_cancel",
            "extract_decide", "extract_refresh", "extract_retry", "key_rotate", "output_new", "output_edit",
            "output_add_file", "output_describe", "output_remove_file", "output_submit", "output_withdraw",
            "output_check", "output_release", "ingress_new", "ingress_edit", "ingress_add_file", "ingress_remove_file",
            "ingress_rescan", "ingress_submit", "ingress_withdraw", "ingress_decide", "ingress_try_again",
            "ingress_remove", "closure_start", "closure_answer", "closure_excuse", "closure_submit", "closure_return",
            "closure_confirm", "closure_withdraw", "incident_report", "incident_assess", "incident_follow_up",
            "incident_add_project",
            "incident_remove_project", "incident_add_person", "incident_remove_person", "incident_regulator",
            "incident_contain", "incident_close", "incident_reopen", "role_propose", "standin_name", "role_decide",
            "role_end", "look_at_draft", "factor_reset_ask", "factor_reset_decide", "factor_reset_end",
            "amendment_choose", "amendment_decide", "amendment_drop", "amendment_edit", "amendment_interests",
            "amendment_new", "amendment_submit", "amendment_withdraw", "attachment_scan", "enquiry_new",
            "enquiry_withdraw", "handover_answer", "handover_propose", "invitation_accept", "invitation_confirm",
            "invitation_follow", "invitation_new", "invitation_resend", "invitation_withdraw", "message_discard",
            "message_retry", "notice_open", "notices_preferences", "notices_read", "organisation_edit", "person_back",
            "person_leave", "project_attach", "project_cohort", "project_comment", "project_copy", "project_form",
            "project_interests", "project_pause", "project_revise", "project_revoke", "project_section", "project_take",
            "project_take_up", "publication_correct", "publication_hide", "publication_new", "publication_show_again",
            "publication_withdraw",
        ),
        FORM,
    ),
    **dict.fromkeys(
        (
            "accessibility", "account_login", "account_logout", "account_signup", "account_inactive", "healthz",
            "readyz", "ingress_file",
        ),
        NO_ROWS,
    ),
    **dict.fromkeys(
        (
            "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn", "mfa_authenticate",
            "mfa_deactivate_totp", "mfa_edit_webauthn", "mfa_generate_recovery_codes", "mfa_index",
            "mfa_list_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
            "mfa_totp_picture", "mfa_view_recovery_codes", "openid_connect_callback", "openid_connect_login",
            "sessions",
        ),
        OWN,
    ),
    **dict.fromkeys(
        (
            "output_download", "trail_export", "incidents_export", "agreement_pdf", "closure_pdf", "closure_json",
            "attachment", "project_csv", "project_pdf", "catalogue_twin", "project_twin",
        ),
        DOWNLOAD,
    ),
}  # fmt: skip


def cases(pages: dict[str, tuple[Page, ...]]) -> list[Any]:
    return [
        pytest.param(name, page, id=f"{name}-{page.who or 'anyone'}-{number}")
        for name, several in pages.items()
        for number, page in enumerate(several)
    ]


def queries(client: Client, address: str) -> list[str]:
    """What the page asks of a database that it finds as if for the first time."""
    cache.clear()  # what is kept between two visits would hide what the page asks
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code == 200, response
    return [query["sql"] for query in asked]


def asks_as_often(name: str, page: Page) -> None:
    person("ruth")
    made = page.first()
    client, address = signed_in(page.who) if page.who else Client(), reverse(name, args=page.about(made))
    client.get(address)  # that it was seen is on the trail from then on
    few = queries(client, address)
    page.more(made, page.rows - 1)
    a_lot = queries(client, address)
    more = new_ones(few, a_lot)
    assert len(a_lot) == len(few), more


def new_ones(few: list[str], a_lot: list[str]) -> str:
    """The beginnings of the queries that are asked more often, with how often."""
    before, after = ([sql[:150] for sql in one] for one in (few, a_lot))
    return "\n".join(f"{after.count(sql)} for {before.count(sql)}: {sql}" for sql in dict.fromkeys(after)
                     if after.count(sql) > before.count(sql))  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("name", "page"), cases(PAGES))
def test_a_page_asks_as_often_for_many_rows_as_for_one(zones, name, page):
    asks_as_often(name, page)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("name", "page"), cases(OF_EXTRACTS))
def test_a_page_of_extracts_asks_as_often_for_many_rows_as_for_one(release, name, page):
    asks_as_often(name, page)


def test_every_page_is_measured_or_says_why_not():
    measured = PAGES.keys() | OF_EXTRACTS.keys()
    assert {pattern.name for pattern in get_resolver().url_patterns} == measured | EXEMPT.keys()
    assert not measured & EXEMPT.keys()


@pytest.mark.django_db
def test_a_page_that_asks_once_a_row_would_be_noticed():
    """The count sees what a loop over rows asks."""
    members = [row.person.memberships for row in a_project("triage").members.all()]
    with CaptureQueriesContext(connection) as asked:
        for membership in members:
            assert membership.exists()
    assert len(asked) == len(members) == 2
