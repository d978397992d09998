"""People and organisations, and what is on record of a person's standing as a researcher."""

from governance.people.models.grants import RoleGrant
from governance.people.models.people import Organisation, User, local_day
from governance.people.models.standing import Accreditation, ListedResearcher, Sanction, SignedDeclaration, Training

__all__ = [
    "Accreditation", "ListedResearcher", "Organisation", "RoleGrant", "Sanction", "SignedDeclaration", "Training",
    "User", "local_day",
]  # fmt: skip
