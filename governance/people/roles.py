"""The roles, one line each, with what the codelist of roles calls them.

Roles on a project are granted to its team; roles everywhere belong to the people of the service.
Later rooms add their own: a role stands here when a lifecycle asks for it.
"""

from enum import StrEnum


class Role(StrEnum):
    RESEARCHER = "researcher"  # RES: applies, analyses, asks for outputs
    COORDINATOR = "coordinator"  # COORD: manages team and dates of a project; decides nothing
    SIGNATORY = "signatory"  # SUP: signs agreements for the institution and answers for breaches; sees no data
    SUPPORT = "support"  # SUPPORT: triage, feasibility, countersigns for the service
    OWNER = "owner"  # OWN: decides for the tables of their own organisation
    ETHICS = "ethics"  # ETH: records the ethics decision; decides no access
    PANEL = "panel"  # PANEL: accredits projects
    CHECKER = "checker"  # OC1, OC2: first and second checker are states and a guard, not two roles
    LINKER = "linker"  # LINK: holds identifiers, builds links and reviews pairs; never sees payload
    STEWARD = "steward"  # publishes and withdraws releases; whoever built one has no part in it
    AUDITOR = "auditor"  # AUD: reads everything, changes nothing
    OPERATOR = "operator"  # keeps the machine running; reaches no project and reads no record but resets
    WORKER = "worker"  # ENG: the machine that builds, checks and packs; never a person
    CONTACT = "contact"  # vouches for the people of one organisation, whose record names them
    SELF = "self"  # whoever a record is about: nobody is granted it

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Role.RESEARCHER: "Researcher",
    Role.COORDINATOR: "Project coordinator",
    Role.SIGNATORY: "Institution's signatory",
    Role.SUPPORT: "Research support officer",
    Role.OWNER: "Data owner",
    Role.ETHICS: "Ethics reviewer",
    Role.PANEL: "Accreditation panel member",
    Role.CHECKER: "Output checker",
    Role.LINKER: "Linkage analyst",
    Role.STEWARD: "Release manager",
    Role.AUDITOR: "Auditor",
    Role.OPERATOR: "Operator",
    Role.WORKER: "Worker",
    Role.CONTACT: "Vouching contact",
    Role.SELF: "The person themselves",
}

# Granted project by project, through guardian. All others are held everywhere, through a group.
TEAM_ROLES = frozenset({Role.RESEARCHER, Role.COORDINATOR})
# Worked out from the record itself, and granted to nobody.
FROM_THE_RECORD = frozenset({Role.CONTACT, Role.SELF})
SERVICE_ROLES = frozenset(Role) - TEAM_ROLES - FROM_THE_RECORD

# These reach no project, whatever its state: the work of two is on the linked data, of one on the machine.
DATA_ROLES = frozenset({Role.LINKER, Role.STEWARD})
OFF_PROJECTS = DATA_ROLES | {Role.OPERATOR}
ON_PROJECTS = frozenset(Role) - OFF_PROJECTS - FROM_THE_RECORD

# Who decides on applications. They may name somebody who stands in for them for a while.
DECIDING = frozenset({Role.SUPPORT, Role.ETHICS, Role.OWNER, Role.PANEL})

# They read applications and agreements, and none of what is done with the data.
NO_DATA = frozenset({Role.SIGNATORY, Role.ETHICS, Role.PANEL})
