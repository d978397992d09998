"""Projects, their teams, what applicants hand in, and what boards decide on them."""

from governance.projects.enquiries.models import Enquiry
from governance.projects.models.decisions import Decision, Interest, Stage, votes_on
from governance.projects.models.grants import ProjectGroupObjectPermission, ProjectUserObjectPermission
from governance.projects.models.project import Handover, Member, Project
from governance.projects.papers import Attachment, Comment, Submission

__all__ = [
    "Attachment",
    "Comment",
    "Decision",
    "Enquiry",
    "Handover",
    "Interest",
    "Member",
    "Project",
    "ProjectGroupObjectPermission",
    "ProjectUserObjectPermission",
    "Stage",
    "Submission",
    "votes_on",
]
