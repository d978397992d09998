"""Under whose rules a project's outputs are checked: its dataset's, its data owners' and those of its variables."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from extracts.disclosure.policies import POLICY_FILE, Policies
from extracts.disclosure.policy import Policy
from governance.catalogue.catalogue import catalogue_at, description_of
from governance.catalogue.sensitivity import Sensitivity
from governance.projects.models import Project


def policy_for(project: Project) -> Policy:
    """The strictest of what the dataset's `disclosure.json` says for the project's data owners.

    Variables that the catalogue calls sensitive by context are under its stricter threshold. A dataset without the
    file is under the base policy. Raises BadPolicy for a file that holds none, and UnknownName.
    """
    folder = description_of(project.dataset, settings.GATEHOUSE_CATALOGUES)
    path = folder / POLICY_FILE
    known = Policies.of_file(path) if path.is_file() else Policies()
    policy = known.of(project.dataset, project.owners)
    names = {
        variable.name
        for table in catalogue_at(folder).tables
        for variable in table.variables
        if variable.sensitivity is Sensitivity.SV
    }
    own = dict.fromkeys(names, policy.sensitive_threshold) | dict(policy.sensitive_variables)
    return replace(policy, sensitive_variables=tuple(sorted(own.items())))
