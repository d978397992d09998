"""People and organisations, and what is on record of a person's standing as a researcher."""

from governance.people.models.factor_resets import FactorReset
from governance.people.models.grants import RoleGrant
from governance.people.models.invitations import Invitation
from governance.people.models.people import EmailDomain, Organisation, User, local_day
from governance.people.models.standing import Accreditation, ListedResearcher, Sanction, SignedDeclaration, Training

__all__ = [
    "Accreditation", "EmailDomain", "FactorReset", "Invitation", "ListedResearcher", "Organisation", "RoleGrant",
    "Sanction", "SignedDeclaration", "Training", "User", "local_day",
]  # fmt: skip
