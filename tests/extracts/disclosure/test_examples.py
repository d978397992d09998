"""The shared worked examples whose rules exist now, checked through the front door.

They live beside the repository, so a copy of the repository alone skips them.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription, Regression
from extracts.disclosure.layout import Layout, Percentage
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.report import Report, Verdict

EXAMPLES = Path(__file__).parents[3].parent / "shared" / "sdc" / "examples"

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the shared examples are not beside this repository")

JUDGED = ("f01", "f05", "h01", "m01", "m06", "n01", "p01", "r01", "x01")
WITHOUT_A_RULE_YET = ("d01", "d03", "o01", "q01", "s01")

TYPES = {
    "frequency": "FREQ", "histogram": "FREQ", "differencing": "FREQ", "file": "FREQ", "percentage": "RATIO",
    "odds_ratio": "RATIO", "magnitude": "MAGN", "regression": "REGR", "quantile": "QUANT", "survival": "SURV",
}  # fmt: skip


def cases() -> dict[str, dict[str, Any]]:
    return {case["id"]: case for case in json.loads((EXAMPLES / "cases.json").read_text())["cases"]}


def of_role(case: Mapping[str, Any], role: str) -> bytes | None:
    paths = [file["path"] for file in case["files"] if file["role"] == role]
    return (EXAMPLES / paths[0]).read_bytes() if paths else None


def layout_of(case: Mapping[str, Any], headings: list[str]) -> Layout:
    """The layout in the words of a description; a wide example across measures is our long one."""
    said = case.get("layout", {})
    rows = tuple(said.get("row_dims", said.get("dims", headings[:1])))
    body = tuple(name for name in headings if name not in rows)
    if "percent_column" in said:
        return Layout(rows=rows, percentages=(Percentage(said["percent_column"], said["base_column"]),))
    if case["kind"] == "regression":
        return Layout(rows=rows, others=body)
    across = said.get("col_dim", "measure")
    wide = ("wide", rows, across) if across != "measure" else ("long", rows, "")
    amount = said["measure"] if case["kind"] == "magnitude" and not wide[2] else None
    if case["kind"] == "magnitude":
        means = (amount,) if amount else body
        return Layout(*wide, counts=tuple(name for name in body if name not in means), means=means)
    return Layout(*wide, counts=body)


def evidence_from(microdata: bytes, case: Mapping[str, Any], layout: Layout) -> bytes:
    """Contributors of each cell from the records, worked out unit by unit."""
    records = pd.read_csv(BytesIO(microdata))
    unit, value = case["context"]["unit"], case["context"]["value"]
    dimensions = list(layout.dimensions)
    rows = []
    for key, cell in records.dropna(subset=[value]).groupby(dimensions):
        given = sorted(cell.groupby(unit)[value].sum().tolist(), reverse=True)
        rows.append([*key, len(given), sum(given), given[0], given[1] if len(given) > 1 else 0])
    columns = [*dimensions, "n", "total", "largest", "second_largest"]
    return pd.DataFrame(rows, columns=columns).to_csv(index=False).encode()


def report_on(case: Mapping[str, Any]) -> Report:
    content = of_role(case, "output") or b""
    headings = content.decode().splitlines()[0].split(",")
    layout = layout_of(case, headings)
    files = {"table.csv": content}
    said = FileDescription("table.csv", TYPES[case["kind"]], layout=layout)
    if (microdata := of_role(case, "microdata")) and case["kind"] == "magnitude":
        files["evidence.csv"] = evidence_from(microdata, case, layout)
        said = replace(said, evidence="evidence.csv")
    if metadata := of_role(case, "metadata"):
        size = json.loads(metadata)
        said = replace(said, regression=Regression(n_obs=size["n_obs"], df_residual=size["df_resid"]))
    return check(files, Description((said,)), replace(SRS_10, **case.get("policy", {})))


@pytest.mark.parametrize("name", JUDGED)
def test_example(name: str) -> None:
    case = cases()[name]
    report, expected = report_on(case), case["expect"]
    assert report.verdict == expected["verdict"], report.findings
    cells = {}
    for finding in report.findings:
        if finding.cell and finding.rule not in ("class_disclosure", "identifier"):
            key = tuple(finding.cell.key.values())
            cells.setdefault(key if finding.cell.column in key else (*key, finding.cell.column), set()).add(
                finding.rule
            )
    wanted = {tuple(cell["key"].values()): set(cell["rules"]) for cell in expected.get("cells", [])}
    assert cells == wanted
    for group in expected.get("also", []):
        assert group["group"] in [f.cell.key for f in report.findings if f.rule == group["rule"] and f.cell]
    assert set(expected.get("rules", [])) <= {finding.rule for finding in report.findings}
    columns = {finding.cell.column for finding in report.findings if finding.rule == "identifier" and finding.cell}
    assert columns == set(expected.get("columns", []))


def test_every_example_is_accounted_for() -> None:
    """An example that is added must be judged, or be listed as one that waits for its rule."""
    assert set(cases()) == {*JUDGED, *WITHOUT_A_RULE_YET}


@pytest.mark.parametrize("name", ["q01", "s01", "o01"])
def test_examples_of_kinds_without_a_rule_never_pass(name: str) -> None:
    assert report_on(cases()[name]).verdict != Verdict.PASS
