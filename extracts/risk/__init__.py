"""How identifying an extract is, counted exactly on its rows before they are delivered, and what would make it less so.

The rows stay in the engine: what comes out are counts. The estimate that is shown while variables are chosen is
another thing: `extracts/figures/risk.py`.
"""

from extracts.risk.assess import assess
from extracts.risk.remedies import Remedy, Step, remedies
from extracts.risk.report import RiskReport, TableReport

__all__ = ["Remedy", "RiskReport", "Step", "TableReport", "assess", "remedies"]
