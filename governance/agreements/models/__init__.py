"""Agreements, their signatures, and the conditions that approvals carry."""

from governance.agreements.models.agreement import Agreement, Signature
from governance.agreements.models.condition import Condition

__all__ = ["Agreement", "Condition", "Signature"]
