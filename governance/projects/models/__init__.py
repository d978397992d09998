"""Projects, their teams, and what boards decide on them."""

from governance.projects.models.decisions import Decision, Interest, Stage, votes_on
from governance.projects.models.grants import ProjectGroupObjectPermission, ProjectUserObjectPermission
from governance.projects.models.project import Handover, Member, Project

__all__ = [
    "Decision",
    "Handover",
    "Interest",
    "Member",
    "Project",
    "ProjectGroupObjectPermission",
    "ProjectUserObjectPermission",
    "Stage",
    "votes_on",
]
