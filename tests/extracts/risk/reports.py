"""A report as an assessment would make it, of a table that is above the ceiling of its dataset."""

from extracts.risk import Remedy, RiskReport, Step, TableReport
from extracts.risk.report import Diversity, Rare, Special, Together
from governance.catalogue.risk_rules import Ceiling

OF_THE_DATASET = Ceiling(0.2, 0.8)
REMEDY = Remedy("pol_crime", (Step("recorded_date", "month", "quarter"),), 0.04, 0.4, 1.5, True)


def a_report(*, alone: int = 700, ceiling: Ceiling | None = OF_THE_DATASET) -> RiskReport:
    """1,400 crimes by force and month, so many of which are alone; one officer's decision away."""
    crimes = TableReport(
        "pol_crime",
        (("force_code", "force"), ("recorded_date", "month")),
        1400,
        alone + 4,
        1,
        (alone, 4, 0, 7, 0, 1389 - alone),
        alone + 11,
        (Diversity("outcome_type", alone + 2, 1, 0.93, 0.4),),
        Special((3, alone - 3, 0), (("force_code", alone), ("recorded_date", alone - 3))),
        Together("crime_id_hash", 120, 60),
        (Rare(("ho_offence_code", "force_code", "recorded_date"), 640),),
    )
    outcomes = TableReport("case_link", (), 300, 1, 300, (0, 0, 0, 0, 0, 300), 0)
    return RiskReport("cjs_linked", "2026.1", 10, ceiling, (crimes, outcomes))
