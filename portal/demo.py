"""The demonstration's people: made-up, by first name only. Nothing here exists outside of demo mode."""

from __future__ import annotations

from dataclasses import dataclass

from governance.people.roles import Role

PASSWORD = "open the gate please"


@dataclass(frozen=True)
class DemoPerson:
    """One person of the cast; `role` is held everywhere, None means granted project by project."""

    username: str
    name: str
    organisation: str
    role: Role | None
    what: str
    accredited: bool = False


# Organisation -> the data owner of the catalogues that it is, or "".
ORGANISATIONS = {
    "Northshire University": "",
    "Eastmoor Institute": "",
    "Gatehouse Service": "",
    "Statistics Panel": "",
    "Statistics Ethics Team": "",
    "Police": "police",
    "Crown Prosecution Service": "cps",
    "HM Courts and Tribunals Service": "hmcts",
    "HM Prison and Probation Service": "hmpps",
    "Department for Education": "dfe",
    "HM Revenue and Customs": "hmrc_dwp",
    "Linkage team": "moj_linkage",
    "State's Attorney's Office": "sao",
}
# Organisation -> a domain that is verified to be its own, and who vouches for its people.
VOUCHED = {"Northshire University": ("northshire.example", "coral")}
CAST = (
    DemoPerson("ruth", "Ruth", "Northshire University", None, "Researcher, leads projects", accredited=True),
    DemoPerson("coral", "Coral", "Northshire University", None, "Project coordinator"),
    DemoPerson("sian", "Sian", "Northshire University", Role.SIGNATORY, "Signs agreements for the university"),
    DemoPerson("sam", "Sam", "Gatehouse Service", Role.SUPPORT, "Research support: triage, countersigns"),
    DemoPerson("petra", "Petra", "Police", Role.OWNER, "Data owner, Police"),
    DemoPerson("percy", "Percy", "Police", Role.OWNER, "Data owner, Police: its second vote"),
    DemoPerson("connie", "Connie", "Crown Prosecution Service", Role.OWNER, "Data owner, CPS"),
    DemoPerson("hugo", "Hugo", "HM Courts and Tribunals Service", Role.OWNER, "Data owner, HMCTS"),
    DemoPerson("hetty", "Hetty", "HM Prison and Probation Service", Role.OWNER, "Data owner, HMPPS"),
    DemoPerson("dora", "Dora", "Department for Education", Role.OWNER, "Data owner, DfE"),
    DemoPerson("wyn", "Wyn", "HM Revenue and Customs", Role.OWNER, "Data owner, HMRC and DWP"),
    DemoPerson("lena", "Lena", "Linkage team", Role.OWNER, "Data owner, linkage team"),
    DemoPerson("stella", "Stella", "State's Attorney's Office", Role.OWNER, "Data owner, Cook County records"),
    DemoPerson("esme", "Esme", "Statistics Ethics Team", Role.ETHICS, "Ethics reviewer"),
    DemoPerson("pia", "Pia", "Statistics Panel", Role.PANEL, "Accreditation panel"),
    DemoPerson("piers", "Piers", "Statistics Panel", Role.PANEL, "Accreditation panel"),
    DemoPerson("priya", "Priya", "Statistics Panel", Role.PANEL, "Accreditation panel, independent member"),
    DemoPerson("cass", "Cass", "Gatehouse Service", Role.CHECKER, "Output checker"),
    DemoPerson("devi", "Devi", "Gatehouse Service", Role.CHECKER, "Output checker"),
    DemoPerson("lin", "Lin", "Linkage team", Role.LINKER, "Linkage analyst: links, reviews pairs"),
    DemoPerson("lou", "Lou", "Linkage team", Role.LINKER, "Linkage analyst: second reviewer of pairs"),
    DemoPerson("lara", "Lara", "Linkage team", Role.LINKER, "Linkage analyst: third reviewer, settles"),
    DemoPerson("rae", "Rae", "Gatehouse Service", Role.STEWARD, "Release manager: publishes, withdraws"),
    DemoPerson("ada", "Ada", "Gatehouse Service", Role.AUDITOR, "Auditor: reads the trail"),
    DemoPerson("olu", "Olu", "Eastmoor Institute", None, "Researcher elsewhere, sees none of it", accredited=True),
    DemoPerson("otto", "Otto", "Gatehouse Service", Role.OPERATOR, "Operator: keeps the machine running"),
)


def people() -> list[tuple[str, str, str]]:
    """User name, name and what they do, as printed at the start and shown on the sign-in page."""
    return [(person.username, person.name, f"{person.what} ({person.organisation})") for person in CAST]
