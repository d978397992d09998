"""Writing: the cells that changed are changed, and not a byte beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.repair.write import Change, with_changes


def change(row: int, column: str, now: str = "[c]", file: str = "a.csv") -> Change:
    return Change(file, row, column, "", now)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"sex,n\nmale,5\nfemale,20\n", b"sex,n\nmale,[c]\nfemale,20\n"),
        (b"\xef\xbb\xbfsex,n\r\n\"male\",\"5\"\r\nfemale, 20", b"\xef\xbb\xbfsex,n\r\n\"male\",\"[c]\"\r\nfemale, 20"),
        (b'sex,n\n"a ""b"", c",5\nx,20', b'sex,n\n"a ""b"", c",[c]\nx,20'),
        ("sex,n\nm\u00e4nnlich , 5 \nx,20\n\n".encode(), "sex,n\nm\u00e4nnlich ,[c]\nx,20\n\n".encode()),
    ],
)  # fmt: skip
def test_only_the_changed_cell_differs(before: bytes, after: bytes) -> None:
    assert with_changes("a.csv", before, [change(2, "n")], SRS_10) == after


def test_empty_lines_keep_their_number() -> None:
    assert with_changes("a.csv", b"sex,n\n\nmale,5\n", [change(3, "n")], SRS_10) == b"sex,n\n\nmale,[c]\n"


def test_tabs_separate_too() -> None:
    assert with_changes("a.tsv", b"a\tn\nx,y\t5", [change(2, "n", file="a.tsv")], SRS_10) == b"a\tn\nx,y\t[c]"


FIELD = st.text(st.sampled_from('ab,"\n é'), max_size=4)


@given(st.lists(st.tuples(FIELD, FIELD), min_size=1, max_size=5), st.data())
def test_every_other_field_reads_as_before(rows: list[tuple[str, str]], data: st.DataObject) -> None:
    written = [["key", "n"], *([f"k{a}", f"1{b}"] for a, b in rows)]
    quoted = ['"' + field.replace('"', '""') + '"' for row in written for field in row]
    content = "".join(f"{a},{b}\n" for a, b in zip(quoted[::2], quoted[1::2], strict=True)).encode()
    row = data.draw(st.integers(2, len(rows) + 1))
    repaired = with_changes("a.csv", content, [change(row, "n")], SRS_10)  # itself compares all other fields
    assert repaired.count(b"[c]") == 1
