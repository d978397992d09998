"""Areas of few people."""

import pytest

from tests.extracts.disclosure.cases import answer


@pytest.mark.parametrize(
    ("heading", "labels", "verdict"),
    [
        ("lsoa", ["E01000001", "E01000002"], "review"),
        ("area_code", ["W00000101", "W00000102"], "review"),
        ("area_code", ["S01006506", "S01006507"], "review"),
        ("area_code", ["E08000035", "W06000015"], "pass"),
        ("msoa", ["E02000001", "E02000002"], "pass"),
        ("court", ["Leeds", "York"], "pass"),
    ],
)
def test_small_areas_are_seen_by_a_person(heading: str, labels: list[str], verdict: str) -> None:
    table = f"{heading}, count\n" + "\n".join(f"{label}, 120" for label in labels)
    found = answer(table, "map")
    assert found["verdict"] == verdict, found["findings"]
