"""The public list of accredited researchers: read whole or not at all, compared by words, told and never decisive."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from governance.audit.models import Entry
from governance.people.models import ListedResearcher
from governance.people.public_list import BadList, agree, read_list
from governance.standing import services
from governance.workflow import Refused
from tests.builders import now
from tests.cast import person

HEAD = "number,name,organisation,kind,valid_until\n"
LINES = (
    HEAD + "ONS-1,Dr Coral,Northshire University,Full,2031-01-31\nONS-2,Olu,Eastmoor Institute,provisional,2030-06-30\n"
)


def written(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_is_read_whole(tmp_path):
    first, second = read_list(written(tmp_path, "\ufeff" + LINES))
    assert (first.number, first.kind, first.valid_until) == ("ONS-1", "full", date(2031, 1, 31))
    assert second.kind == "provisional"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("number,name\n", "no column organisation"),
        (HEAD, "The list is empty"),
        (HEAD + "1,A,B,full,\n", "Row 2: valid_until is empty"),
        (HEAD + "1,A,B,full,31/01/2031\n", "Row 2: valid_until is a date such as"),
        (HEAD + "1,A,B,half,2031-01-31\n", "Row 2: kind is full or provisional"),
        (HEAD + "1,A,B,full,2031-01-31\n1,C,D,full,2031-01-31\n", "Row 3: the number stands in row 2 too"),
    ],
)
def test_what_is_no_list_is_refused_with_its_row(tmp_path, text, problem):
    with pytest.raises(BadList, match=problem):
        read_list(written(tmp_path, text))


def test_a_file_in_other_letters_is_refused(tmp_path):
    (tmp_path / "list.csv").write_bytes(HEAD.encode() + "1,Zoë,B,full,2031-01-31\n".encode("latin-1"))
    with pytest.raises(BadList, match="not in UTF-8"):
        read_list(tmp_path / "list.csv")
    with pytest.raises(BadList, match="There is no file"):
        read_list(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Dr Zoë O'Neil", "ONEIL, Zoe", True), ("Ann Lee", "Anne Lee", False), ("", "", False), ("Dr", "Prof", False),
     ("University of Northshire", "Northshire, University of", True)],
)  # fmt: skip
def test_names_agree_by_their_words(one, other, same):
    assert agree(one, other) is same


@pytest.mark.django_db
def test_a_list_takes_the_place_of_the_one_before(tmp_path, capsys):
    for text in (LINES, HEAD + "ONS-3,Olu,Eastmoor Institute,full,2030-06-30\n"):
        person("sam")
        call_command("import_researchers", str(written(tmp_path, text)), "--by", "sam")
    assert "1 researchers are on the list now." in capsys.readouterr().out
    assert [one.number for one in ListedResearcher.objects.all()] == ["ONS-3"]
    assert Entry.objects.filter(action="import public list").count() == 2


@pytest.mark.django_db
def test_a_bad_list_or_a_wrong_person_leaves_the_one_before(tmp_path):
    person("sam")
    call_command("import_researchers", str(written(tmp_path, LINES)), "--by", "sam")
    for text, by in ((HEAD + "1,A,B,half,2031-01-31\n", "sam"), (LINES, "ruth"), (LINES, "nobody")):
        with pytest.raises(CommandError):
            call_command("import_researchers", str(written(tmp_path, text)), "--by", by)
    with pytest.raises(Refused, match="The list is empty"):
        services.import_public_list([], sha256="", by=person("sam"), at=now())
    assert ListedResearcher.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "told", "agrees"),
    [
        ("", "", False),
        ("ONS-9", "The public list has no number ONS-9.", False),
        ("ONS-1", "Dr Coral, Northshire University, full, until", True),
        ("ONS-2", "Not as on the request: name, organisation, kind.", False),
    ],
)
def test_a_request_is_compared_with_its_number(tmp_path, number, told, agrees):
    person("sam")
    call_command("import_researchers", str(written(tmp_path, LINES)), "--by", "sam")
    one = services.ask_for_accreditation(
        route="degree", evidence="MSc.", public_number=number, by=person("coral"), at=now()
    )
    said, same = one.on_the_public_list(now())
    assert (told in said, same) == (True, agrees)
    if agrees:
        assert one.on_the_public_list(now() + timedelta(days=365 * 6)) == (said + " It has ended.", False)
