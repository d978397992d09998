"""What is stored: deliveries, linkage runs, pairs for review, releases, the extracts made from them, and key versions.

No row holds a name or any other value of a record, and none a key.
"""

from extracts.models.clerical import ClericalDecision, ClericalPair
from extracts.models.extract import Extract
from extracts.models.job import Job
from extracts.models.key import ProjectKey
from extracts.models.linkage import Delivery, LinkageRun
from extracts.models.release import Release
from extracts.models.risk import RiskAssessment
from extracts.models.withholding import Withholding

__all__ = [
    "ClericalDecision", "ClericalPair", "Delivery", "Extract", "Job", "LinkageRun", "ProjectKey", "Release",
    "RiskAssessment", "Withholding",
]  # fmt: skip
