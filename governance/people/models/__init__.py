"""People and organisations, and what is on record of a person's standing as a researcher."""

from governance.people.models.people import Organisation, User, local_day
from governance.people.models.standing import Accreditation, Sanction, SignedDeclaration, Training

__all__ = ["Accreditation", "Organisation", "Sanction", "SignedDeclaration", "Training", "User", "local_day"]
