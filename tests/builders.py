"""Starting points for tests: each goes through the services, so that nothing is there that could not be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from extracts.disclosure.check import check
from extracts.disclosure.description import Description
from extracts.output_policy import policy_for
from extracts.services.closing import look
from governance.agreements import services as agreements
from governance.agreements.models import Agreement
from governance.amendments import services as amendments
from governance.amendments.models import Amendment
from governance.catalogue.catalogue import Catalogue, find
from governance.closing import services as closures
from governance.closing.checklist import Who, checklist
from governance.closing.models import Closure
from governance.incidents import services as incidents
from governance.incidents.models import Incident, Regulator
from governance.ingress import services as ingresses
from governance.ingress.models import Ingress
from governance.outputs import services as outputs
from governance.outputs.models import CheckVerdict, Clearance, OutputRequest
from governance.people.grants import give_everywhere, owner_code
from governance.people.models import Accreditation, FactorReset, Organisation, RoleGrant, User
from governance.people.models.standing import Level
from governance.people.roles import Role
from governance.permissions import services as permissions
from governance.permissions.models import RoleReview, TeamReview
from governance.projects import answering, leaving
from governance.projects import services as projects
from governance.projects.attaching import Scanned
from governance.projects.boards import Verdict
from governance.projects.enquiries import services as enquiries
from governance.projects.models import Enquiry, Handover, Project
from governance.projects.papers import Scan
from governance.publications import services as publications
from governance.publications.citation import Citation
from governance.publications.models import Publication
from governance.standing import factor_resets
from governance.standing import services as people
from tests.cast import person
from tests.kept import made_once

# Four variables of two owners: the smallest data wish that needs the police (two votes) and Hugo.
WISH = {
    "pol_crime": {"offence_subgroup": "subgroup", "recorded_date": "month"},
    "crt_case": {"case_outcome": "", "sex": ""},
}
VOTERS = {
    "police": ("petra", "percy"), "cps": ("connie",), "hmcts": ("hugo",), "hmpps": ("hetty",), "dfe": ("dora",),
    "hmrc_dwp": ("wyn",), "moj_linkage": ("lena",), "sao": ("stella",),
}  # fmt: skip

REVIEW_DUE = permissions.REVIEWED_EVERY + timedelta(days=1)


def now() -> datetime:
    """On the clock of London: its day is the service's, which in a summer's late evening is not yet that of UTC."""
    return timezone.localtime()


def catalogue(code: str = "cjs_linked") -> Catalogue:
    return find(code, settings.GATEHOUSE_CATALOGUES)


def application_answers() -> dict[str, Any]:
    """Complete answers to the questions that every application is asked: question -> answer."""
    ends_on = timezone.localdate() + timedelta(days=700)
    text = {name: f"What we say of {name.replace('_', ' ')}." for name in TEXTS}
    choice = {name: {"choice": code, "text": "As we explain."} for name, code in CHOICES_WITH_TEXT.items()}
    return {
        **text,
        **choice,
        **CHOICES,
        **ROWS,
        "lay_summary": "We follow cases from report to court and ask where victims withdraw.",
        "public_benefit": {
            "choices": ["policy"], "text": "Forces and courts learn at which step support is missing.",
        },
        "software": {"choices": ["r"], "text": "R 4.5 with survival."},
        "dates": {"starts_on": timezone.localdate().isoformat(), "ends_on": ends_on.isoformat(), "text": ""},
        "period": {"from": "2019-01-01", "to": "2026-12-31"},
        "dpia": {"text": "DPIA 2026/17, low residual risk."},
        "self_assessment": {f"e{n:02d}": {"score": 1, "reason": "Low risk."} for n in range(1, 23)},
        "lead_declaration": {"signed": True},
        "institution_declaration": {"signed": True, "text": "Head of research"},
        "register_consent": {"signed": True},
    }  # fmt: skip


TEXTS = (
    "research_questions", "background", "stakeholders", "necessity", "quality_limits", "victim_variables", "design",
    "power", "bias", "disclosure_risks", "owners_sight", "retention",
)  # fmt: skip
CHOICES_WITH_TEXT = {"gateway": "dea_research", "match_quality": "balanced", "area_results": "no", "no_judges": "yes"}
CHOICES: dict[str, Any] = {
    "environment": ["this_service"], "kind": "new", "coordinator": "member", "aggregation": "default",
    "ethics_route": "self",
}  # fmt: skip
ROWS = {
    "funders": [{"body": "Northshire University", "interest": "sponsor", "note": ""}],
    "dissemination": [{"output": "Article", "audience": "The public", "when": "2028", "open": "yes"}],
    "controllers": [
        {"organisation": "Northshire University", "role": "controller", "basis": "6(1)(e)", "conditions": "9(2)(j)"}
    ],
    "privacy_risks": [{"risk": "A rare offence in a small place.", "likelihood": "low", "measure": "No small places."}],
    "links": [{"first": "pol_crime", "second": "crt_case", "level": "case"}],
    "planned_outputs": [{"type": "FREQ", "number": "12", "description": "Withdrawals by offence and month."}],
}


def levels_for(known: Catalogue, table: str, names: Any) -> dict[str, str]:
    """Each variable at its default level."""
    return {name: known[table][name].default_level for name in names}


def a_project(
    state: str = "draft",
    *,
    by: str = "ruth",
    code: str = "cjs_linked",
    wish: dict[str, Any] | None = None,
    form: str = "2026-1",
) -> Project:
    """A project in the given state, on the given form: draft, triage, ethics, owners, panel, approved, returned."""
    person(by)
    asked: dict[str, Any] = {"by": by, "code": code, "wish": wish, "form": form}
    return made_once(f"project {state} {asked} {settings.GATEHOUSE_CATALOGUES}", lambda: _a_project(state, **asked))


def _a_project(state: str, *, by: str, code: str, wish: dict[str, Any] | None, form: str) -> Project:
    known, lead, at = catalogue(code), person(by), now()
    project = projects.start(title="Why victims withdraw", catalogue=known, by=lead, at=at)
    Project.objects.filter(pk=project.pk).update(form_version=form)
    given = application_answers()
    if state == "ethics":
        given["self_assessment"]["e06"] = {"score": 3, "reason": "Rare offences."}
    project = answering.save(project, given, by=lead, at=at)
    for table, names in (wish or WISH).items():
        variables = {
            name: {"level": level, "reason": "Needed for the outcome."}
            for name, level in levels_for(known, table, names).items()
        }
        project = projects.choose_table(
            project, table, reason="The unit of analysis.", variables=variables, catalogue=known, by=lead, at=at
        )
    if state == "draft":
        return project
    project = projects.add_member(project, person("coral"), role=Role.COORDINATOR, by=lead, at=at)
    project = projects.submit(project, catalogue=known, by=lead, at=at)
    return advance(project, state)


def advance(project: Project, state: str) -> Project:
    """A submitted project, further on its way."""
    at = now()
    if state == "triage":
        return project
    declare(project, "sam")
    if state == "returned":
        return projects.send_back(project, reasons="Say more on method.", round=project.round, by=person("sam"), at=at)
    project = projects.accept(project, reasons="Complete and feasible.", round=project.round, by=person("sam"), at=at)
    if state in {"ethics", "owners"}:
        return project
    for owner in project.owners:
        project = decided(project, owner)
    return panel_approves(project) if state == "approved" else project


def declare(project: Project, *who: str, conflict: str = "") -> None:
    """These people say that they have no conflict of interest, or which."""
    for one in who:
        projects.declare_interest(project, conflict=bool(conflict), details=conflict, by=person(one), at=now())


def declare_on(amendment: Amendment, who: str) -> None:
    """Somebody who decides on an amendment says, once, that there is no conflict of interest."""
    amendment.refresh_from_db()
    if amendment.project.interest_of(person(who)) is None:
        amendments.declare_interest(amendment, conflict=False, details="", by=person(who), at=now())


def cast_vote(project: Project, who: str, verdict: Verdict | str = Verdict.APPROVE, **kind: Any) -> Project:
    """One vote for a data owner, by somebody who has declared no conflict of interest."""
    if project.interest_of(person(who)) is None and owner_code(person(who)) in project.owners:
        declare(project, who)
    kind = {"reasons": "Fits our purpose.", "round": project.round, **kind}
    return projects.vote(
        project, verdict=Verdict(verdict), catalogue=catalogue(project.dataset), by=person(who), at=now(), **kind
    )


def decided(project: Project, owner: str, verdict: Verdict = Verdict.APPROVE, **kind: Any) -> Project:
    """As many votes as the owner's quorum asks for, all the same."""
    for who in VOTERS[owner][: project.quorums[owner]]:
        project = cast_vote(project, who, verdict, **kind)
    return project


def panel_votes(project: Project, who: str, verdict: Verdict = Verdict.APPROVE, **kind: Any) -> Project:
    """One panel member's vote."""
    if project.state == "panel" and project.interest_of(person(who)) is None:
        declare(project, who)
    kind = {"reasons": "Clear public benefit.", "round": project.round, **kind}
    return agreements.conclude(
        project, verdict=verdict, catalogue=catalogue(project.dataset), by=person(who), at=now(), **kind
    )


def panel_approves(project: Project) -> Project:
    """As many votes as the panel's quorum asks for."""
    for who in ("pia", "piers", "priya")[: project.panel_quorum]:
        project = panel_votes(project, who)
    return project


def a_handover(project: Project) -> Handover:
    """Olu is on the team of Ruth's draft, and is proposed to lead it next."""
    ruth, olu, at = project.lead, person("olu"), now()
    projects.add_member(project, olu, role=Role.RESEARCHER, by=ruth, at=at)
    return leaving.propose(project, successor=olu, by=ruth, at=at)


def an_enquiry(by: str = "ruth") -> Enquiry:
    """An enquiry that waits for research support."""
    question = "Do waits differ by court and year?"
    return enquiries.ask(title="Waits by court", question=question, catalogue=catalogue(), by=person(by), at=now())


def a_request_for_accreditation(by: str = "coral", *, route: str = "degree", supervisor: str = "") -> Accreditation:
    """A request that waits for research support."""
    named = person(supervisor) if supervisor else None
    evidence = "MSc in statistics, Northshire University, 2019."
    return people.ask_for_accreditation(route=route, evidence=evidence, supervisor=named, by=person(by), at=now())


def a_proposed_role(role: Role = Role.PANEL, *, of: str = "olu", **days: Any) -> RoleGrant:
    """A role of the service that Sam proposed and that waits for the auditor."""
    at = now()
    days = {"begins_on": timezone.localdate(at)} | days
    return permissions.propose(person(of), role, because="The panel is short of one.", by=person("sam"), at=at, **days)


def a_factor_reset(of: str = "ruth") -> FactorReset:
    """Sam asked for the reset of somebody's second factor, and a second person has to confirm it."""
    because = "Compared with her identity card in a video call."
    said = {"because": because, "address": lambda reset: f"https://gatehouse.example{reset.get_absolute_url()}"}
    return factor_resets.ask(person(of), **said, by=person("sam"), at=now())


def a_team_review(project: Project | None = None) -> TeamReview:
    """Of Ruth's project, opened on the day on which it is due."""
    project = project or a_project("approved")
    permissions.open_reviews(at=now() + REVIEW_DUE)
    return TeamReview.objects.get(project=project)


def a_role_review(who: str = "pia") -> RoleReview:
    """Of the roles of one of the service's people, opened on the day on which it is due."""
    one = person(who)
    permissions.open_reviews(at=now() + REVIEW_DUE)
    return RoleReview.objects.get(person=one)


def a_stand_in(
    role: Role = Role.PANEL,
    *,
    of: str = "olu",
    for_: str = "pia",
    confirmed: bool = True,
    days: int = 10,
    first: int = 0,
) -> RoleGrant:
    """`of`, now of the organisation of `for_`, was named to stand in for them; confirmed by Ada, or waiting for her."""
    at, colleague, principal = now(), person(of), person(for_)
    User.objects.filter(pk=colleague.pk).update(organisation=principal.organisation)
    today = timezone.localdate(at)
    grant = permissions.name_stand_in(
        person(of), role, because="On leave.", begins_on=today + timedelta(days=first),
        ends_on=today + timedelta(days=first + days - 1), by=principal, at=at,
    )  # fmt: skip
    return permissions.confirm(grant, reasons="Seen.", by=person("ada"), at=at) if confirmed else grant


def an_agreement(state: str = "in_force", **kind: Any) -> Agreement:
    """An agreement of Ruth's project: drawn_up, signed or in_force."""
    person("ruth")
    return made_once(f"agreement {state} {kind} {settings.GATEHOUSE_CATALOGUES}", lambda: _an_agreement(state, **kind))


def _an_agreement(state: str = "in_force", **kind: Any) -> Agreement:
    project = a_project("approved", **kind)
    agreement = project.agreements.get()
    if state in {"signed", "in_force"}:
        agreement = everybody_signs(agreement)
    if state == "in_force":
        agreement = agreements.countersign(agreement, sha256=agreement.sha256, by=person("sam"), at=now())
    return agreement


def everybody_signs(agreement: Agreement) -> Agreement:
    """Every member of the team and the institution's signatory."""
    for member in agreement.project.members.all():
        agreement = agreements.sign(agreement, sha256=agreement.sha256, by=member.person, at=now())
    signatory = signatory_of(agreement.project.lead.organisation)
    return agreements.sign(agreement, sha256=agreement.sha256, by=signatory, at=now())


def signatory_of(organisation: Organisation) -> User:
    """Sian for her own university; elsewhere somebody who is made for it."""
    sian = person("sian")
    if organisation == sian.organisation:
        return sian
    name = f"signatory{organisation.pk}"
    one, _ = User.objects.get_or_create(username=name, defaults={"name": "Signatory", "organisation": organisation})
    give_everywhere(one, Role.SIGNATORY)
    return one


FREQUENCIES = b"offence,cases,withdrawn\nViolence,120,40\nTheft,300,25\nRobbery,80,12\n"
DESCRIBED = {
    "output_type": "FREQ",
    "text": "Cases and withdrawals by offence group.",
    "layout": {"form": "long", "rows": ["offence"], "counts": ["cases", "withdrawn"]},
}


def an_output(
    state: str = "draft", *, content: bytes = FREQUENCIES, described: dict[str, Any] | None = None
) -> OutputRequest:
    """An output request of Ruth's: draft, checking, submitted, checked_once, cleared, returned."""
    project, ruth, at = an_agreement().project, person("ruth"), now()
    output = outputs.start(
        project,
        title="Withdrawals by offence",
        context="For a journal article; readers are the public.",
        clearance=Clearance.PUBLICATION,
        by=ruth,
        at=at,
    )
    file = outputs.add_file(output, name="withdrawals.csv", content=content, by=ruth, at=at)
    described = DESCRIBED if described is None else described
    outputs.describe_file(file, text="Cases and withdrawals by offence.", description=described, by=ruth, at=at)
    if state == "draft":
        return OutputRequest.objects.get(pk=output.pk)
    output = outputs.submit(output, by=ruth, at=at)
    if state == "checking":
        return output
    report = check(
        {file.name: content}, Description.from_json({"files": [{**described, "name": file.name}]}), policy_for(project)
    )
    output = outputs.record_report(
        output, round=output.round, verdict=str(report.verdict), content=report.to_json(), at=at
    )
    verdicts = {
        "submitted": [],
        "checked_once": [CheckVerdict.APPROVE],
        "cleared": [CheckVerdict.APPROVE, CheckVerdict.APPROVE],
        "returned": [CheckVerdict.APPROVE, CheckVerdict.RETURN],
    }[state]
    for checker, verdict in zip(("cass", "devi"), verdicts, strict=False):
        output = outputs.check(
            output, verdict=verdict, reasons="Every count is above 10.", round=output.round, by=person(checker), at=at
        )
    return output


def a_released_output() -> OutputRequest:
    """An output request of Ruth's that was released for publication."""
    output = an_output("cleared")
    output = outputs.release(output, round=output.round, by=person("cass"), at=now())
    return outputs.record_package(output, package="p.zip", sha256="ab" * 32, at=now())


def a_citation(**said: Any) -> Citation:
    """What Ruth says of her article, which appears today and rests on no output unless the test says otherwise."""
    usual: dict[str, Any] = {
        "kind": "article",
        "title": "Where victims leave",
        "authors": "R. Researcher and C. Coordinator",
        "appeared_in": "Journal of Cases",
        "published_on": timezone.localdate(),
        "doi": "10.1234/cases.7",
        "no_outputs_because": "It describes the method alone.",
    }
    return Citation(**(usual | said))


def a_publication(output: OutputRequest | None = None, **said: Any) -> Publication:
    """In the register: of the released output's project, resting on it; without one, of an approved project."""
    project = output.project if output else a_project("approved")
    because = {"no_outputs_because": ""} if output else {}
    rests_on = [output] if output else []
    return publications.record(project, a_citation(**(because | said)), outputs=rests_on, by=person("ruth"), at=now())


AREAS = b"area,name\nE23000001,Metropolitan\nE23000002,Northshire\n"


def clean(content: bytes) -> Scanned:
    """What a malware scanner says that finds nothing."""
    return Scanned(Scan.CLEAN)


def a_wish(**said: Any) -> ingresses.Wish:
    """What Ruth says of the areas that she wants to bring in."""
    usual = {
        "kind": "data",
        "title": "Police force areas",
        "purpose": "To name the areas in tables.",
        "source": "The national statistics office, its web site, May 2026.",
        "licence": "Open Government Licence v3.0",
        "personal": "no",
    }
    return ingresses.Wish(**(usual | said))


def an_ingress(
    state: str = "draft",
    *,
    name: str = "areas.csv",
    content: bytes = AREAS,
    project: Project | None = None,
    **said: Any,
) -> Ingress:
    """Files of a project of Ruth's that are to come in: draft, submitted, approved, returned, refused."""
    project, ruth, at = project or an_agreement().project, person("ruth"), now()
    ingress = ingresses.start(project, a_wish(**said), by=ruth, at=at)
    ingresses.add_file(ingress, name=name, content=content, scanner=clean, by=ruth, at=at)
    if state == "draft":
        return Ingress.objects.get(pk=ingress.pk)
    ingress = ingresses.submit(ingress, by=ruth, at=at)
    verdicts = {"approved": "approve", "returned": "return", "refused": "refuse"}
    if state in verdicts:
        verdict = ingresses.Verdict(verdicts[state])
        ingress = ingresses.decide(
            ingress, verdict, reasons="Areas, and nothing else.", round=1, by=person("cass"), at=at
        )
    return ingress


def a_closure(state: str = "open", project: Project | None = None) -> Closure:
    """The end of Ruth's project: open, answered, submitted, confirmed."""
    at, ruth = now(), person("ruth")
    project = project or an_agreement().project
    closure = closures.start(project, why="The questions are answered.", by=ruth, at=at)
    if state == "open":
        return closure
    for item in checklist():
        if item.who == Who.LEAD:
            closures.answer(closure, item.key, says="There is no code." if item.says else "", by=ruth, at=at)
        for member in project.members.all() if item.who == Who.MEMBER else ():
            closures.answer(closure, item.key, by=member.person, at=at)
    if state in {"submitted", "confirmed"}:
        closure = closures.submit(closure, look=look, by=ruth, at=at)
    if state == "confirmed":
        closure = closures.confirm(closure, look=look, by=person("sam"), at=at)
    return closure


def an_incident(
    state: str = "reported", *, by: str = "coral", level: int = 1, regulator: str = "not_needed", **said: Any
) -> Incident:
    """What Coral noticed two hours ago: reported, assessed, contained, closed."""
    at, sam = now(), person("sam")
    usual = {"kind": "shared_account", "text": "A password lay on the printer.", "about": "Room 4."}
    usual["noticed_at"] = at - timedelta(hours=2)
    incident = incidents.report(**(usual | said), by=person(by), at=at)
    if state == "reported":
        return incident
    given = {"level": Level(level), "regulator": Regulator(regulator), "because": "Nobody had used it."}
    incident = incidents.assess(incident, **given, by=sam, at=at)
    if state == "assessed":
        return incident
    incident = incidents.contain(incident, contained_at=at, how="The password was changed.", by=sam, at=at)
    if state == "contained":
        return incident
    day = timezone.localdate(at)
    said = {"institution_told_on": day, "actions": "A talk.", "lessons": "No passwords on paper."}
    incident = incidents.record(incident, **said, by=sam, at=at)
    return incidents.close(incident, by=sam, at=at)
