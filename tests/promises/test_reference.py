"""The reference pages say what the code says today."""

from portal.management.commands.write_reference import FOLDER, out_of_date, pages


def test_the_reference_is_current():
    assert out_of_date(FOLDER) == []


def test_a_stale_page_would_be_noticed(tmp_path):
    for name, text in pages().items():
        (tmp_path / name).write_text(text)
    (tmp_path / "roles.md").write_text("old")
    assert out_of_date(tmp_path) == ["roles.md"]
