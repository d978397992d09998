"""What projects bring in: text that a person can read, looked at by somebody from elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from governance.audit.models import Entry
from governance.ingress import services
from governance.ingress.file_rules import NotBroughtIn, file_kinds, kinds_of, plain_name, text_of
from governance.ingress.hints import BY_CODE, MOST_LINES, RULES, hints_in, lines_of, to_be_read
from governance.ingress.models import NOT_THIS_WAY, Ingress, Verdict
from governance.people.grants import give_everywhere
from governance.people.models import User
from governance.people.roles import Role
from governance.projects.attaching import Scanned
from governance.projects.papers import Scan
from governance.standing import services as standing
from governance.workflow import Refused
from tests.builders import AREAS, a_project, a_wish, an_agreement, an_ingress, clean, now
from tests.cast import person


def found(text: str, kind: str = "code") -> dict[str, tuple[int, ...]]:
    return {hint.rule: hint.lines for hint in hints_in(text, kind=kind)}


HINTS = (
    # rule             it sees                                        and passes over
    ("email",          "mail ruth@northshire.example",                "x @ y, a@b"),
    ("nino",           "id = 'AB123456C'",                            "AB1234567"),
    ("nhs",            "485 777 3456",                                "4857773456"),
    ("pnc",            "94/123456K",                                  "94/123456"),
    ("urn",            "case 01AB1234567",                            "case 01AB"),
    ("postcode",       "SW1A 2AA",                                    "SW1A only"),
    ("phone",          "0161 496 0000",                               "2019-2024"),
    ("long_number",    "keep 123456789",                              "keep 12345678"),
    ("hidden",         "if ad\u202emin",                              "if admin"),
    ("row_of_values",  "x <- c(" + ", ".join("123456789012") + ")",   "f(a, b, c)"),
    ("blob",           "k = '" + "Ab1+" * 30 + "'",                   "k = '" + "Ab1+" * 29 + "'"),
    ("long_line",      "#" * 401,                                     "#" * 400),
    ("network",        "pd.read_csv('https://x.example')",            "pd.read_csv('x.csv')"),
    ("runs_other",     "system('ls')",                                "ecosystem <- 1"),
    ("outside_path",   "open('../../keys')",                          "open('areas/keys')"),
    ("secret",         "password = 'abc'",                            "password <- ask()"),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "seen", "passed"), HINTS, ids=[row[0] for row in HINTS])
def test_each_rule_sees_its_form_and_says_on_which_line(rule, seen, passed):
    assert found(f"x\n{passed}\n{seen}\r\n{passed}")[rule] == (3,)
    assert rule not in found(f"{passed}\n{passed}")


def test_headings_about_people_are_seen_in_the_first_line_of_data_alone():
    assert found("area,Date of Birth\n1,2", "data") == {"person_heading": (1,)}
    assert found("area,size\n1,surname", "data") == {}
    assert {"person_heading"} | {row[0] for row in HINTS} == {rule.code for rule in RULES} == BY_CODE.keys()


def test_hints_hold_lines_and_never_what_stands_there():
    (hint,) = hints_in("a@b.example\n" * 300, kind="data")
    assert (hint.count, len(hint.lines)) == (300, MOST_LINES)
    assert set(hint.to_json()) == {"rule", "count", "lines"} and "example" not in str(hint.to_json())


@pytest.mark.parametrize("text", ["", "a", "a\n", "a\r\nb\r\n", "a\n\n", "a\rb", "a\u2028b\x0cc\n"])
def test_lines_are_counted_as_readers_count_them(text):
    """A second way of counting: the ends of lines, and one more where the last line has none."""
    ends = len(re.findall(r"\r\n|\r|\n", text))
    assert len(lines_of(text)) == max(1, ends + (not re.search(r"[\r\n]\Z", text)))


def test_what_cannot_be_seen_is_shown_by_its_number():
    assert to_be_read("a\u202eb") == "a⟨U+202E⟩b"
    assert to_be_read("\tif x:  # y").replace("\u00a0", " ") == "    if x:  # y"
    assert "  " not in to_be_read("     x")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\x\\areas.csv", "areas.csv"),
        ("/a/b.py", "b.py"),
        ("a (1).R", "a (1).R"),
    ],
)
def test_a_name_loses_its_folders(typed, kept):
    assert plain_name(typed) == kept


@pytest.mark.parametrize(
    "typed", ["..", "", ".bashrc", "-rf.py", "a\nb.csv", "ä.csv", "x" * 121, "Manifest.JSON", "a\x00.py"]
)
def test_a_name_that_could_reach_out_or_hide_is_not_taken(typed):
    with pytest.raises(NotBroughtIn, match="plain name"):
        plain_name(typed)


@pytest.mark.parametrize(
    ("name", "content", "kind", "why"),
    [
        ("a.xlsx", b"x", "data", "take one of"),
        ("a.py", b"x", "data", "take one of"),
        ("a.csv", b"x", "code", "take one of"),
        ("a.csv", b"", "data", "empty"),
        ("a.csv", b"PK\x03\x04\xff\xfe", "data", "no text in UTF-8"),
        ("a.py", b"x\x00y", "code", "characters that no text has"),
        ("a.py", b"x" * (512 * 1024 + 1), "code", "larger than 512 KB"),
        ("a.csv", b"x" * (4096 * 1024 + 1), "data", "larger than 4 MB"),
    ],
)
def test_what_nobody_could_read_is_not_taken(name, content, kind, why):
    with pytest.raises(NotBroughtIn, match=why):
        text_of(name, content, kind=kind)


def test_the_table_of_kinds_is_whole():
    assert {one.kind for one in file_kinds()} == {"data", "code"}
    assert all(one.ending == one.ending.lower() and one.ending[0] == "." for one in file_kinds())
    assert len(kinds_of("data")) + len(kinds_of("code")) == len(file_kinds())
    assert text_of("A.CSV", b"\xef\xbb\xbfx", kind="data") == "x"


pytestmark = pytest.mark.django_db


def decide(ingress: Ingress, who: User, verdict: Verdict = Verdict.APPROVE, **more) -> Ingress:
    given = {"reasons": "Seen.", "round": ingress.round, "by": who, "at": now()} | more
    return services.decide(ingress, verdict, **given)


def test_a_checker_from_elsewhere_approves_and_it_is_on_the_trail():
    ingress = decide(an_ingress("submitted"), person("cass"))
    assert ingress.state == "approved" and ingress.review_now().checker == person("cass")
    entry = Entry.objects.filter(action="approve").latest("seq")
    assert (entry.actor, entry.note) == ("cass", "Seen.")


def test_nobody_approves_own_work_or_their_organisations():
    ingress = an_ingress("submitted")
    give_everywhere(person("ruth"), Role.CHECKER)
    with pytest.raises(Refused, match="own project's work"):
        decide(ingress, person("ruth"))
    User.objects.filter(username="cass").update(organisation=person("ruth").organisation)
    with pytest.raises(Refused, match="your organisation"):
        decide(ingress, person("cass"))
    User.objects.filter(username="devi").update(organisation=None)
    with pytest.raises(Refused, match="no organisation on record"):
        decide(ingress, person("devi"))
    for outsider in ("olu", "sam", "petra", "ada"):
        with pytest.raises(Refused, match="Your role"):
            decide(ingress, person(outsider))
    ingress.refresh_from_db()
    assert ingress.state == "submitted" and not ingress.reviews.exists()


def test_a_decision_counts_in_its_round_alone_and_carries_reasons():
    ingress = an_ingress("submitted")
    with pytest.raises(Refused, match="reasons"):
        decide(ingress, person("cass"), reasons=" ")
    ingress = decide(ingress, person("cass"), Verdict.RETURN)
    ingress = services.submit(ingress, by=person("ruth"), at=now())
    with pytest.raises(Refused, match="changed since"):
        decide(ingress, person("devi"), round=1)
    assert decide(ingress, person("devi"), Verdict.REFUSE).state == "refused"
    assert [one.round for one in ingress.reviews.all()] == [2, 1]


@pytest.mark.parametrize("said", ["yes", "unsure"])
def test_data_about_people_do_not_come_in_this_way_and_nothing_typed_is_lost(said):
    ingress = an_ingress(personal=said)
    with pytest.raises(Refused, match=re.escape(NOT_THIS_WAY[:40])):
        services.submit(ingress, by=person("ruth"), at=now())
    ingress = services.edit(ingress, replace(a_wish(), personal="no"), by=person("ruth"), at=now())
    assert services.submit(ingress, by=person("ruth"), at=now()).state == "submitted"


def test_what_cannot_be_scanned_stays_closed_and_is_not_submitted():
    ingress, ruth = an_ingress(), person("ruth")
    waits = Scanned(Scan.WAITING, "No malware scanner is set up.")
    file = services.add_file(ingress, name="b.csv", content=b"x", scanner=lambda content: waits, by=ruth, at=now())
    assert not file.can_be_opened
    with pytest.raises(Refused, match=r"has not found b\.csv clean"):
        services.submit(ingress, by=ruth, at=now())
    services.rescan(file, scanner=clean, by=ruth, at=now())
    assert services.submit(ingress, by=ruth, at=now()).state == "submitted"
    with pytest.raises(Refused, match="cannot edit"):
        services.rescan(file, scanner=clean, by=ruth, at=now())


def test_malware_is_not_kept_and_that_it_came_is_on_the_trail():
    ingress, ruth = an_ingress(), person("ruth")
    with pytest.raises(Refused, match="holds malware"):
        services.add_file(
            ingress,
            name="b.csv",
            content=b"x",
            scanner=lambda content: Scanned(Scan.INFECTED, "Bad"),
            by=ruth,
            at=now(),
        )
    assert [file.name for file in ingress.files.all()] == ["areas.csv"]
    assert Entry.objects.latest("seq").action == "refuse file"


@pytest.mark.slow
def test_the_scanner_is_asked_nothing_by_who_may_not_add():
    def never(content: bytes) -> Scanned:
        raise AssertionError

    for who in ("coral", "olu", "cass"):
        with pytest.raises(Refused):
            services.add_file(an_ingress(), name="b.csv", content=b"x", scanner=never, by=person(who), at=now())


def test_a_file_of_the_same_name_takes_the_place_of_the_other():
    ingress, ruth = an_ingress(), person("ruth")
    services.add_file(ingress, name="../areas.csv", content=b"a\n1\n", scanner=clean, by=ruth, at=now())
    (file,) = ingress.files.all()
    assert (file.size, file.lines) == (4, 2)
    services.remove_file(file, by=ruth, at=now())
    with pytest.raises(Refused, match="at least one file"):
        services.submit(ingress, by=ruth, at=now())


def test_files_go_with_what_is_said_of_them():
    ingress = services.edit(an_ingress(), a_wish(kind="code"), by=person("ruth"), at=now())
    with pytest.raises(Refused, match=r"Remove areas\.csv"):
        services.submit(ingress, by=person("ruth"), at=now())


@pytest.mark.slow
def test_only_who_may_use_the_project_begins_or_submits():
    with pytest.raises(Refused, match="Only researchers"):
        services.start(an_agreement().project, a_wish(), by=person("coral"), at=now())
    with pytest.raises(Refused, match="not approved"):
        services.start(a_project("panel"), a_wish(), by=person("ruth"), at=now())
    ingress = an_ingress()
    standing.impose(person("ruth"), level=2, months=6, reasons="A breach.", by=person("sam"), at=now())
    with pytest.raises(Refused, match=r"sanction|suspended"):
        services.submit(ingress, by=person("ruth"), at=now())


def test_bytes_that_were_changed_in_storage_open_for_nobody(zones):
    (file,) = an_ingress().files.all()
    assert services.content_of(file) == AREAS
    with open(file.content.path, "ab") as stored:
        stored.write(b"x")
    with pytest.raises(Refused, match="not those that were uploaded"):
        services.content_of(file)
