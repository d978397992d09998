"""Who is told what: (record, action) -> who, and a neutral sentence.

Every action of every lifecycle has a row, if only one that says nobody. The rows of an action are read from the top,
and a person is told once, by the first that means them. Nobody is told of what they did themselves, nor of a record
that they may not see. Sentences name no decider and repeat no reason: those are read on the record's page.

What one checker or reviewer decided tells nobody, neither the author nor the other one: `check`, and `decide` of a
pair, are silent until the worker has put two decisions together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from extracts.lifecycle.extract import STOPS, stop_action
from governance.notices.groups import Group


class Who(StrEnum):
    NOBODY = "nobody"
    NEXT = "next"  # everybody who may take the row's action `may` on the record now: it is their turn
    TEAM = "team"
    AUTHOR = "author"  # of an output request
    REQUESTER = "requester"  # who asked for a linkage
    SUBJECT = "subject"  # whom the record is about
    PRINCIPAL = "principal"  # for whom somebody stands in, if anybody
    LINKERS = "linkers"


@dataclass(frozen=True)
class Row:
    """`may` is the action that makes it somebody's turn; `turn` says so where it is one person's by another reason."""

    record: str
    action: str
    who: Who
    says: str = ""
    may: str = ""
    turn: bool = False

    @property
    def is_turn(self) -> bool:
        return self.turn or self.who == Who.NEXT


NOBODY, NEXT, TEAM, AUTHOR, REQUESTER, SUBJECT, PRINCIPAL, LINKERS = Who
R = Row
ROWS = (
    # record          action         who        says
    R("Project",       "start",       NOBODY),
    R("Project",       "edit",        NOBODY),
    R("Project",       "submit",      NEXT,      "An application waits for triage.", may="accept"),
    R("Project",       "submit",      TEAM,      "The application was submitted."),
    R("Project",       "withdraw",    TEAM,      "The application was withdrawn."),
    R("Project",       "declare",     NOBODY),
    R("Project",       "accept",      NEXT,      "An application waits for ethical review.", may="pass"),
    R("Project",       "accept",      TEAM,      "The application is in ethical review now."),
    R("Project",       "pass",        NEXT,      "An application waits for your decision.", may="vote"),
    R("Project",       "pass",        TEAM,      "The application is with the data owners now."),
    R("Project",       "waive",       NEXT,      "An application waits for your decision.", may="vote"),
    R("Project",       "waive",       TEAM,      "The application is with the data owners now."),
    R("Project",       "return",      NEXT,      "The application was returned: answer the reasons.", may="edit"),
    R("Project",       "return",      TEAM,      "The application was returned for changes."),
    R("Project",       "vote",        TEAM,      "A board has voted on the application."),
    R("Project",       "offer",       NEXT,      "A reduced project is offered to you.", may="take"),
    R("Project",       "offer",       TEAM,      "A reduced project is offered to the team."),
    R("Project",       "take",        NEXT,      "An application waits for the panel.", may="vote"),
    R("Project",       "take",        TEAM,      "The reduced project is with the panel now."),
    R("Project",       "revise",      TEAM,      "The application is the team's to change again."),
    R("Project",       "refer",       NEXT,      "An application waits for the panel.", may="vote"),
    R("Project",       "refer",       TEAM,      "The application is with the panel now."),
    R("Project",       "refuse",      TEAM,      "The application has ended: read why."),
    R("Project",       "approve",     TEAM,      "The panel has decided: read what comes next."),
    R("Project",       "pause",       TEAM,      "The application is paused: read why."),
    R("Project",       "take up",     TEAM,      "The application goes on."),
    R("Project",       "renew ethics", TEAM,     "The ethics decision was renewed."),
    R("Project",       "amend",       NOBODY),
    R("Project",       "revoke",      TEAM,      "The project was revoked: nobody may use its data any more."),
    R("Amendment",     "start",       NOBODY),
    R("Amendment",     "edit",        NOBODY),
    R("Amendment",     "submit",      NEXT,      "An amendment waits for research support.", may="return"),
    R("Amendment",     "submit",      TEAM,      "The amendment was submitted."),
    R("Amendment",     "withdraw",    TEAM,      "The amendment was withdrawn."),
    R("Amendment",     "declare",     NOBODY),
    R("Amendment",     "hand on",     NEXT,      "An amendment waits for your decision.", may="vote"),
    R("Amendment",     "hand on",     TEAM,      "The amendment is with the data owners now."),
    R("Amendment",     "agree",       TEAM,      "The amendment is agreed."),
    R("Amendment",     "conclude",    TEAM,      "The amendment is agreed: sign the new agreement."),
    R("Amendment",     "return",      NEXT,      "The amendment was returned: answer the reasons.", may="edit"),
    R("Amendment",     "return",      TEAM,      "The amendment was returned for changes."),
    R("Amendment",     "refuse",      TEAM,      "The amendment was refused: read why."),
    R("Amendment",     "dismiss",     TEAM,      "The amendment was refused: read why."),
    R("Amendment",     "vote",        TEAM,      "A board has voted on the amendment."),
    R("Amendment",     "refer",       NEXT,      "An amendment waits for the panel.", may="vote"),
    R("Amendment",     "refer",       TEAM,      "The amendment is with the panel now."),
    R("Enquiry",       "ask",         NEXT,      "An enquiry waits for an answer.", may="redirect"),
    R("Enquiry",       "find feasible", SUBJECT, "Your enquiry was answered."),
    R("Enquiry",       "find not feasible", SUBJECT, "Your enquiry was answered."),
    R("Enquiry",       "redirect",    SUBJECT,   "Your enquiry was answered."),
    R("Enquiry",       "withdraw",    NOBODY),
    R("Handover",      "propose",     NEXT,      "You are asked to take over the lead of a project.", may="decline"),
    R("Handover",      "propose",     TEAM,      "Somebody of the team is asked to take over the lead."),
    R("Handover",      "accept",      TEAM,      "The project has a new lead."),
    R("Handover",      "decline",     TEAM,      "The lead stays who it was."),
    R("Handover",      "withdraw",    TEAM,      "The lead stays who it was."),
    R("Invitation",    "invite",      NOBODY),
    R("Invitation",    "confirm",     NOBODY),
    R("Invitation",    "resend",      NOBODY),
    R("Invitation",    "withdraw",    NOBODY),
    R("Invitation",    "accept",      NOBODY),
    R("RoleGrant",     "propose",     NEXT,      "A role of the service waits to be confirmed.", may="confirm"),
    R("RoleGrant",     "confirm",     SUBJECT,   "You hold a role of the service."),
    R("RoleGrant",     "confirm",     PRINCIPAL, "Your stand-in was confirmed."),
    R("RoleGrant",     "refuse",      PRINCIPAL, "Your stand-in was refused: read the reasons."),
    R("RoleGrant",     "withdraw",    PRINCIPAL, "Your stand-in was withdrawn."),
    R("RoleGrant",     "take back",   SUBJECT,   "A role of the service was taken back from you."),
    # Of the first and the last step whoever it is about is written to besides: governance/standing/factor_resets.py.
    R("FactorReset",   "ask",         NEXT,      "A reset of a second factor waits to be confirmed.", may="confirm"),
    R("FactorReset",   "confirm",     NOBODY),
    R("FactorReset",   "refuse",      SUBJECT,   "Your second factor stays as it was: the reset was refused."),
    R("FactorReset",   "stop",        NOBODY),
    R("FactorReset",   "withdraw",    SUBJECT,   "Your second factor stays as it was: the reset was taken back."),
    R("FactorReset",   "run out",     SUBJECT,   "Your second factor stays as it was: the reset was not confirmed."),
    R("TeamReview",    "open",        NEXT,      "Say who of the team still needs the project.", may="confirm"),
    R("TeamReview",    "open",        TEAM,      "It is being reviewed who still needs the project."),
    R("TeamReview",    "confirm",     TEAM,      "Who still needs the project was reviewed."),
    R("RoleReview",    "open",        NEXT,      "Say which roles of the service are still needed.", may="confirm"),
    R("RoleReview",    "open",        SUBJECT,   "It is being reviewed whether your roles are still needed."),
    R("RoleReview",    "confirm",     SUBJECT,   "Your roles of the service were reviewed."),
    R("RoleGrant",     "take back",   PRINCIPAL, "Your stand-in has ended."),
    R("Agreement",     "draw up",     NEXT,      "An agreement waits for your signature.", may="sign"),
    R("Agreement",     "draw up",     TEAM,      "An agreement was drawn up."),
    R("Agreement",     "sign",        TEAM,      "The agreement was signed by one more side."),
    R("Agreement",     "complete",    NEXT,      "An agreement waits for the service's signature.", may="countersign"),
    R("Agreement",     "complete",    TEAM,      "Everybody on the project's side has signed the agreement."),
    R("Agreement",     "countersign", TEAM,      "The agreement is in force."),
    R("Agreement",     "supersede",   TEAM,      "A newer agreement took the place of an earlier one."),
    R("Agreement",     "revoke",      TEAM,      "The agreement was revoked: read why."),
    R("Condition",     "set",         NOBODY),
    R("Condition",     "report",      NEXT,      "A condition of yours was reported as met.", may="discharge"),
    R("Condition",     "report",      TEAM,      "A condition was reported as met."),
    R("Condition",     "discharge",   TEAM,      "A condition was discharged."),
    R("Condition",     "reopen",      TEAM,      "A condition is open again: read why."),
    R("Extract",       "request",     TEAM,      "An extract was requested."),
    R("Extract",       "start",       NOBODY),
    R("Extract",       "resume",      NOBODY),
    R("Extract",       "hold",        NEXT,      "An extract is held: decide on its risk.", may="let through"),
    R("Extract",       "hold",        TEAM,      "The extract is held: research support decides on its risk."),
    R("Extract",       "let through", TEAM,      "The extract was let through: it will be built."),
    R("Extract",       "refuse",      TEAM,      "The extract was refused: read why, and what would help."),
    R("Extract",       "deliver",     TEAM,      "The extract is in the project's workspace."),
    *(
        R("Extract", stop_action(state), TEAM, "The extract was stopped: read which condition failed.")
        for state in STOPS
    ),
    R("Extract",       "fail",        NEXT,      "The extract failed: read why, and try again.", may="retry"),
    R("Extract",       "fail",        TEAM,      "The extract failed."),
    R("Extract",       "cancel",      TEAM,      "The extract was cancelled."),
    R("Extract",       "retry",       NOBODY),
    R("Extract",       "replace",     NOBODY),
    R("Extract",       "destroy",     TEAM,      "An extract was destroyed."),
    R("Extract",       "recall",      TEAM,      "The extract was recalled: stop working with it."),
    R("ProjectKey",    "make",        NOBODY),
    R("ProjectKey",    "rotate",      TEAM,      "The project's key was rotated: read what follows from it."),
    R("ProjectKey",    "retire",      NOBODY),
    R("ProjectKey",    "destroy",     NOBODY),
    R("OutputRequest", "start",       NOBODY),
    R("OutputRequest", "edit",        NOBODY),
    R("OutputRequest", "submit",      TEAM,      "An output request was submitted."),
    R("OutputRequest", "withdraw",    TEAM,      "The output request was withdrawn."),
    R("OutputRequest", "report",      NEXT,      "An output request waits for a check.", may="check"),
    R("OutputRequest", "check",       NOBODY),
    R("OutputRequest", "clear",       NEXT,      "An output request waits for its release.", may="release"),
    R("OutputRequest", "clear",       TEAM,      "The output request was cleared: it will be released."),
    R("OutputRequest", "return",      AUTHOR,    "The output request was returned: answer the reasons.", turn=True),
    R("OutputRequest", "return",      TEAM,      "The output request was returned for changes."),
    R("OutputRequest", "release",     NOBODY),
    R("OutputRequest", "pack",        TEAM,      "The output was released: the signed package can be downloaded."),
    R("OutputRequest", "withhold",    AUTHOR,    "The output request was returned: read what is wrong.", turn=True),
    R("OutputRequest", "withhold",    TEAM,      "The output request was returned for changes."),
    R("Ingress",       "start",       NOBODY),
    R("Ingress",       "edit",        NOBODY),
    R("Ingress",       "submit",      NEXT,      "Files wait for a review before they come in.", may="approve"),
    R("Ingress",       "submit",      TEAM,      "Files were submitted to be brought into the workspace."),
    R("Ingress",       "withdraw",    TEAM,      "Files are not brought into the workspace after all."),
    R("Ingress",       "return",      NEXT,      "Files were returned: answer the reasons.", may="edit"),
    R("Ingress",       "return",      TEAM,      "Files that were to come in were returned for changes."),
    R("Ingress",       "refuse",      TEAM,      "Files may not be brought into the workspace: read why."),
    R("Ingress",       "approve",     TEAM,      "Files were approved: they are copied into the workspace."),
    R("Ingress",       "bring in",    TEAM,      "Files were brought into the project's workspace."),
    R("Ingress",       "stop",        NEXT,      "Files did not come in: read why, and try again.", may="withdraw"),
    R("Ingress",       "stop",        TEAM,      "Files did not come in: read why."),
    R("Ingress",       "withhold",    NEXT,      "Files did not come in: upload them again.", may="edit"),
    R("Ingress",       "withhold",    TEAM,      "Files did not come in: read why."),
    R("Ingress",       "try again",   NOBODY),
    R("Ingress",       "remove",      TEAM,      "Files are taken out of the project's workspace."),
    R("Ingress",       "clear away",  NOBODY),
    R("Closure",       "open",        NEXT,      "The project is to be closed: do your part.", may="answer"),
    R("Closure",       "answer",      NOBODY),
    R("Closure",       "excuse",      TEAM,      "A member was excused from the checklist of the closure."),
    R("Closure",       "submit",      NEXT,      "The closure of a project waits to be confirmed.", may="confirm"),
    R("Closure",       "submit",      TEAM,      "The checklist of the closure was submitted."),
    R("Closure",       "return",      TEAM,      "The closure was returned: read why.", turn=True),
    R("Closure",       "confirm",     TEAM,      "The project is closed: nobody may use its data any more."),
    R("Closure",       "withdraw",    TEAM,      "The project is not closed after all."),
    R("Closure",       "begin",       NOBODY),
    R("Closure",       "certify",     TEAM,      "Workspace and keys were destroyed: the certificate is there."),
    R("Publication",   "record",      NEXT,      "A publication is in the register: look at it.", may="hide"),
    R("Publication",   "record",      TEAM,      "A publication was recorded: the register shows it."),
    R("Publication",   "correct",     NEXT,      "A publication was corrected: look at it.", may="hide"),
    R("Publication",   "withdraw",    TEAM,      "A publication was withdrawn."),
    R("Publication",   "hide",        TEAM,      "A publication was taken out of the register: read why."),
    R("Publication",   "show again",  TEAM,      "A publication is in the register again."),
    R("Accreditation", "ask",         NEXT,      "A request for accreditation waits for a decision.", may="refuse"),
    R("Accreditation", "grant",       SUBJECT,   "Your accreditation was granted."),
    R("Accreditation", "refuse",      SUBJECT,   "Your request for accreditation was decided on: read the reasons."),
    R("Accreditation", "withdraw",    NOBODY),
    R("Accreditation", "revoke",      SUBJECT,   "Your accreditation was revoked: read the reasons."),
    R("Sanction",      "impose",      SUBJECT,   "Your standing as a researcher has changed: read why."),
    R("Sanction",      "lift",        SUBJECT,   "A sanction on you was lifted."),
    R("Incident",      "report",      NEXT,      "An incident was reported: assess it.", may="assess"),
    R("Incident",      "assess",      SUBJECT,   "The incident that you reported was assessed."),
    R("Incident",      "record",      NOBODY),
    R("Incident",      "tell regulator", NOBODY),
    R("Incident",      "contain",     NOBODY),
    R("Incident",      "close",       SUBJECT,   "The incident that you reported was followed up and closed."),
    R("Incident",      "reopen",      NEXT,      "An incident was opened again: contain it.", may="contain"),
    R("Incident",      "reopen",      SUBJECT,   "The incident that you reported was taken up again."),
    R("Delivery",      "receive",     LINKERS,   "A delivery was received."),
    R("Delivery",      "accept",      NOBODY),
    R("Delivery",      "refuse",      LINKERS,   "A delivery was refused: tell its provider why."),
    R("LinkageRun",    "request",     NOBODY),
    R("LinkageRun",    "start",       NOBODY),
    R("LinkageRun",    "resume",      NOBODY),
    R("LinkageRun",    "finish",      REQUESTER, "The linkage has built a release."),
    R("LinkageRun",    "fail",        NEXT,      "A linkage failed: read why, and try again.", may="retry"),
    R("LinkageRun",    "cancel",      REQUESTER, "The linkage was cancelled."),
    R("LinkageRun",    "retry",       NOBODY),
    R("ClericalPair",  "decide",      NOBODY),
    R("ClericalPair",  "undo",        NOBODY),
    R("ClericalPair",  "agree",       NOBODY),
    R("ClericalPair",  "disagree",    NOBODY),
    R("Release",       "build",       NEXT,      "A release waits for a decision on its publication.", may="publish"),
    R("Release",       "publish",     LINKERS,   "A release was published."),
    R("Release",       "supersede",   NOBODY),
    R("Release",       "withdraw",    LINKERS,   "A release was withdrawn: read what is wrong with it."),
)  # fmt: skip

# What a record is called in a notice and in e-mail: never by a title, a person or what was decided.
REFERENCES = {
    "Project": "{0.reference}",
    "Agreement": "Agreement {0.version} of {0.project.reference}",
    "Enquiry": "Enquiry {0.pk}",
    "Handover": "Lead of {0.project.reference}",
    "Invitation": "Invitation {0.pk}",
    "RoleGrant": "Your roles in the service",
    "FactorReset": "Reset {0.pk} of a second factor",
    "TeamReview": "Review of access to {0.project.reference}",
    "RoleReview": "Review of roles {0.pk}",
    "Condition": "Condition {0.pk} of {0.project.reference}",
    "Amendment": "Amendment {0.number} of {0.project.reference}",
    "Extract": "Extract {0.pk} of {0.project.reference}",
    "ProjectKey": "Key of {0.project.reference}",
    "OutputRequest": "Output {0.pk} of {0.project.reference}",
    "Ingress": "Ingress {0.pk} of {0.project.reference}",
    "Closure": "Closure of {0.project.reference}",
    "Publication": "Publication {0.pk} of {0.project.reference}",
    "Accreditation": "Accreditation request {0.pk}",
    "Sanction": "Your standing as a researcher",
    "Incident": "Incident {0.reference}",
    "Delivery": "Delivery {0.pk} of {0.dataset}",
    "LinkageRun": "Linkage {0.name} of {0.dataset}",
    "ClericalPair": "Review of pairs",
    "Release": "Release {0.version} of {0.code}",
}
GROUPS = {
    "Project": Group.PROJECTS,
    "Agreement": Group.PROJECTS,
    "Enquiry": Group.PROJECTS,
    "Handover": Group.PROJECTS,
    "Invitation": Group.STANDING,
    "RoleGrant": Group.STANDING,
    "FactorReset": Group.STANDING,
    "TeamReview": Group.PROJECTS,
    "RoleReview": Group.STANDING,
    "Condition": Group.PROJECTS,
    "Amendment": Group.PROJECTS,
    "Extract": Group.PROJECTS,
    "ProjectKey": Group.PROJECTS,
    "OutputRequest": Group.OUTPUTS,
    "Ingress": Group.OUTPUTS,
    "Closure": Group.PROJECTS,
    "Publication": Group.OUTPUTS,
    "Accreditation": Group.STANDING,
    "Sanction": Group.STANDING,
    "Incident": Group.STANDING,
    "Delivery": Group.LINKED_DATA,
    "LinkageRun": Group.LINKED_DATA,
    "ClericalPair": Group.LINKED_DATA,
    "Release": Group.LINKED_DATA,
}


class NotInTheTable(KeyError):
    """No row says who is told of this action on this record."""


def rows_for(record: str, action: str) -> tuple[Row, ...]:
    """The rows of an action, from the top. Raises NotInTheTable: nothing is passed over in silence."""
    found = tuple(row for row in ROWS if (row.record, row.action) == (record, action))
    if not found:
        raise NotInTheTable(f"{record}, {action}")
    return found
