"""Secondary suppression: what totals give back was never hidden."""

import pytest

from extracts.disclosure.rulebook import Rule
from extracts.disclosure.rules import secondary_suppression

from .tables import counts, found, long_counts, of_rule

CODE = secondary_suppression.CODE


@pytest.fixture(autouse=True)
def _in_the_rulebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule in place of the one it replaces."""
    from extracts.disclosure import check, rulebook

    others = [rule for rule in rulebook.RULES if rule.code not in ("margins", CODE)]
    own = Rule(CODE, "", rulebook.CELLS, secondary_suppression.findings)
    monkeypatch.setattr(check, "RULES", (*others, own))


@pytest.mark.parametrize(
    ("rows", "verdict", "back"),
    [
        ("male, [c], 30, 35\nfemale, 20, 30, 50", "fail", ["sex male, a"]),
        ("male, [c], 30, 45\nfemale, 20, 30, 50", "pass", []),       # 15 may be shown
        ("male, [c], 30, 30\nfemale, 20, 30, 50", "pass", []),       # a zero may be shown
        ("male, [c], 30, 25\nfemale, 20, 30, 50", "review", ["sex male, Total"]),  # does not add up
        ("male, [c], 30, [c]\nfemale, 20, 30, 50", "pass", []),      # the total is hidden too
        ("male, [c], [c], 35\nfemale, 20, 30, 50", "pass", []),      # any number up to 35
        ("male, [c], [c], 7\nfemale, 20, 30, 50", "fail", ["sex male, a", "sex male, b"]),
        ("male, 20, 30, 53\nfemale, 20, 30, 50", "review", ["sex male, Total"]),  # 3 of no listed category
        ("male, 20, 30, 90\nfemale, 20, 30, 50", "pass", []),
        ("male, <10, <10, 18\nfemale, 20, 30, 50", "fail", ["sex male, a", "sex male, b"]),  # 9 and 9
        ("male, <10, <10, 10\nfemale, 20, 30, 50", "pass", []),      # 1 to 9 each, as anybody would think
        ("male, <10, <10, 6\nfemale, 20, 30, 50", "fail", ["sex male, a", "sex male, b"]),
        ("male, <10, <10, 12\nfemale, 20, 30, 50", "review", ["sex male, a", "sex male, b"]),  # 3 to 9 each
    ],
)  # fmt: skip
def test_hidden_cells_beside_totals(rows: str, verdict: str, back: list[str]) -> None:
    report = counts("sex, a, b, Total\n" + rows)
    assert (found(report, CODE), report.verdict) == (back, verdict)
