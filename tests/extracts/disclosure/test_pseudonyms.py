"""Pseudonyms: those of the extracts are found whatever the key; large numbers and digests of files are not."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.rules.pseudonyms import findings, in_text, is_pseudonym, pseudonymous
from extracts.pseudonyms import KINDS, pseudonymise

IDS = pa.array(range(200), pa.int64())


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(key=st.binary(min_size=32, max_size=32))
def test_pseudonyms_made_with_any_key_are_found(kind: str, key: bytes) -> None:
    values = [str(value) for value in pseudonymise(IDS, domain="person", key=key, kind=kind).to_pylist()]
    assert sum(map(is_pseudonym, values)) >= 0.98 * len(values)
    assert pseudonymous(values)
    assert pseudonymous([f"{value}.0" for value in values])


def test_rounded_by_a_spreadsheet_they_are_found_too() -> None:
    values = [str(float(v)) for v in pseudonymise(IDS, domain="person", key=bytes(32)).to_pylist()]
    assert pseudonymous(values)


@pytest.mark.parametrize(
    "values",
    [
        ["12", "1234567", "1,234,567"], ["0.12345678901234567", "-1.2345678901234567"], ["1.5e-12", "2.25E+06"],
        ["2019-01-01T00:00:00.000000000"], ["00000000000000000000000000000000"], ["1000000000000000000"],
        ["E01000001"], ["123e4567-e89b-12d3-a456-426614174000"], ["9" * 25], [],
        ["8.12345e+17", "12", "13", "14", "15"],
    ],
)  # fmt: skip
def test_look_alikes_pass(values: list[str]) -> None:
    assert not pseudonymous(values)


def test_one_of_them_in_a_column_is_enough_and_is_not_printed() -> None:
    key = "8123456789012345678"
    found = list(findings("a.csv", Table(("area", "n"), (("North", "12"), (key, "30")), (2, 3))))
    assert [(one.rule, str(one.verdict), one.cell and one.cell.column) for one in found] == [
        ("pseudonym", "fail", "area")
    ]
    assert key not in str(found)
    assert len(list(findings("a.csv", Table((key,), (), ())))) == 1


def test_in_text_a_digest_that_says_so_is_for_a_person() -> None:
    digest = "d41d8cd98f00b204e9800998ecf8427e"
    text = f"Row {digest}\nmd5sum {digest}\nn = 1234567, file {digest}0\n0.12345678901234567"
    assert list(in_text(text)) == [(1, True), (2, False)]
