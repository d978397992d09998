"""Every action says who is told of it; and mail says nothing but a reference, one sentence and a link."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail

from extracts.telling import reminding, warning
from extracts.telling.audience import reference_of
from extracts.telling.table import GROUPS, REFERENCES, ROWS, Who, rows_for
from governance.catalogue.catalogue import available, find
from governance.notices import digests, services
from governance.notices.groups import Group, How, Kind
from governance.notices.models import Notice
from governance.people.models import Organisation, local_day
from governance.people.roles import Role
from governance.standing import services as standing
from portal import demo
from tests.builders import a_project, a_request_for_accreditation, an_agreement, an_output, catalogue, now
from tests.cast import person
from tests.extracts.telling.telling import SITE, send_all, spread
from tests.promises.test_lifecycles_are_sound import ENDS

RECORDS = {model.__name__: model for model in ENDS}
ROOT = Path(settings.BASE_DIR)
SERVICES = (
    "governance/*/services.py",
    "governance/standing/invitations.py",
    "governance/standing/factor_resets.py",
    "governance/projects/leaving.py",
    "governance/*/services/*.py",
    "governance/projects/enquiries/services.py",
    "extracts/services/*.py",
)


def beginnings() -> set[tuple[str, str]]:
    """(record, action) of every call of `begin`, read from the services' source."""
    found = set()
    for path in [path for pattern in SERVICES for path in ROOT.glob(pattern)]:
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                found |= set(_begun(function))
    return found


def _begun(function: ast.FunctionDef):
    made = {
        target.id: node.value.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name)
        if node.value.func.id != "begin"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "begin":
            record, action = node.args[:2]
            yield (record.func.id if isinstance(record, ast.Call) else made[record.id]), action.value


def actions() -> set[tuple[str, str]]:
    moves = {(name, move.action) for name, model in RECORDS.items() for move in model.LIFECYCLE}
    return moves | beginnings()


@pytest.mark.slow
def test_the_beginnings_are_found():
    assert {("Project", "start"), ("Accreditation", "ask"), ("Release", "build")} <= beginnings()
    assert {name for name, _ in beginnings()} == RECORDS.keys() - {"ClericalPair"}, "pairs are made in bulk"


def test_every_action_of_every_record_has_a_row_and_no_row_an_action_that_is_not():
    assert {(row.record, row.action) for row in ROWS} == actions()
    assert REFERENCES.keys() == GROUPS.keys() == RECORDS.keys()


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.record}-{row.action}-{row.who}")
def test_every_row_is_whole(row):
    rows = rows_for(row.record, row.action)
    if row.who == Who.NOBODY:
        assert rows == (row,) and not (row.says or row.may or row.turn)
        return
    assert row.says.endswith(".") and len(row.says) <= 250
    assert len({other.who for other in rows}) == len(rows), "nobody is meant twice"
    if row.who == Who.NEXT:
        assert rows[0] == row, "whose turn it is comes first"
        moves = RECORDS[row.record].LIFECYCLE
        led_to = {move.target for move in moves if move.action == row.action}
        led_to |= (
            {RECORDS[row.record]._meta.get_field("state").default}
            if (row.record, row.action) in beginnings()
            else set()
        )
        assert [move for move in moves if move.action == row.may and set(move.sources) & led_to], "nobody could"
        assert all(move.by != Role.WORKER for move in moves if move.action == row.may)


def test_blind_decisions_tell_nobody():
    for record, action in (("OutputRequest", "check"), ("ClericalPair", "decide"), ("ClericalPair", "undo")):
        assert [row.who for row in rows_for(record, action)] == [Who.NOBODY]


class Guarded:
    """A record that lets a reference read what may stand in mail, and fails the test for anything else."""

    OPEN = {
        "reference": "GH-2026-0001",
        "pk": 7,
        "number": 2,
        "version": "2026.1",
        "dataset": "cjs_linked",
        "code": "cjs_linked",
    }

    def __init__(self, **more):
        self.__dict__.update(self.OPEN | more)

    def __getattr__(self, name):
        raise AssertionError(f"a reference reads {name}")

    def __format__(self, spec):
        raise AssertionError("a reference reads the whole record")


@pytest.mark.parametrize("record", sorted(RECORDS))
def test_a_reference_reads_numbers_and_nothing_that_was_typed(record):
    name = {"name": "2026.1"} if record == "LinkageRun" else {}  # of a linkage: the version that it builds
    said = REFERENCES[record].format(Guarded(project=Guarded(), **name))
    assert re.fullmatch(r"[\w .-]{1,120}", said)


NUMBERED = r"GH-\d{4}-\d{4}"
REFERENCE = (
    rf"(?:{NUMBERED}|Agreement \d+ of {NUMBERED}|Extract \d+ of {NUMBERED}|Output \d+ of {NUMBERED}"
    rf"|Amendment \d+ of {NUMBERED}|Ingress \d+ of {NUMBERED}|Closure of {NUMBERED}"
    rf"|Publication \d+ of {NUMBERED}|Condition \d+ of {NUMBERED}"
    rf"|Lead of {NUMBERED}|Enquiry \d+|Accreditation request \d+|Your roles in the service"
    rf"|Review of access to {NUMBERED}|Review of roles \d+|Reset \d+ of a second factor"
    r"|Incident INC-\d{4}-\d{4}|Your standing as a researcher)"
)
SENTENCE = "(?:" + "|".join(re.escape(kind.said) for kind in Kind) + ")"
LINK = re.escape(SITE) + r"/[\w/]*"
CLOSING = rf"You choose which notices come by email, and when: {LINK}\n"
ONE = re.compile(rf"{REFERENCE}: {SENTENCE}\n\nSign in to read it: {LINK}\n\n{CLOSING}")
MANY = re.compile(rf"(?:- {REFERENCE}: {SENTENCE}\n)+\nSign in to read them: {LINK}\n\n{CLOSING}")
TYPED = (
    "Why victims withdraw", "Withdrawals by offence", "withdrawals.csv", "Complete and feasible", "Fits our purpose",
    "Clear public benefit", "Say more on method", "Every count is above 10", "Needed for the outcome", "Shared her",
)  # fmt: skip


def much_happens() -> None:
    """Everything that the starting points of tests can make happen, told of, warned of and overdue."""
    for state in ("draft", "triage", "returned", "owners", "panel"):
        a_project(state)
    for state in ("cleared", "returned"):
        an_output(state)
    request = a_request_for_accreditation()
    standing.refuse(request, reasons="Shared her evidence with others.", by=person("sam"), at=now())
    sanction = standing.impose(
        person("ruth"), level=2, months=6, reasons="Shared her password.", by=person("sam"), at=now()
    )
    standing.lift(sanction, reasons="Shared her view.", by=person("sam"), at=now())
    agreement = an_agreement()
    spread()
    ending = now() + (agreement.ends_on - timedelta(days=7) - local_day(now()))
    for at in (now() + timedelta(days=60), ending):
        warning.warn_all(at=at, site=SITE)
        reminding.remind_all(at=at, site=SITE)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("how", [How.AT_ONCE, How.DIGEST])
def test_mail_holds_nothing_sensitive(how):
    for member in demo.CAST:
        services.choose({group: how for group in Group}, by=person(member.username))
    much_happens()
    later = now() + timedelta(days=1000)
    for one in digests.due(later):
        digests.write_digest(one, at=later, site=SITE)
    send_all(later)
    assert len(mail.outbox) > (40 if how == How.AT_ONCE else 5)
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert kinds == {kind.value for kind in Kind}, "there is one of each kind"
    for message in mail.outbox:
        said = f"{message.subject}\n{message.body}"
        assert (ONE if how == How.AT_ONCE else MANY).fullmatch(message.body), said
        assert re.fullmatch(rf"Gatehouse: (?:{REFERENCE}|your daily digest)", message.subject), said
        assert not message.attachments and not message.cc and not message.bcc and len(message.to) == 1
        assert found_in(said) == [], said


def forbidden() -> list[str]:
    people = [member.name for member in demo.CAST] + list(Organisation.objects.values_list("name", flat=True))
    known = [find(dataset.code, settings.GATEHOUSE_CATALOGUES) for dataset in available(settings.GATEHOUSE_CATALOGUES)]
    variables = {v.name for data in known for table in data.tables for v in table.variables if "_" in v.name}
    return [*people, *TYPED, *variables, *(table.name for table in catalogue().tables)]


def found_in(said: str) -> list[str]:
    words = set(re.findall(r"[\w]+", said))
    return [one for one in forbidden() if (one in words if " " not in one else one in said)]


@pytest.mark.django_db
def test_the_search_would_find_what_is_forbidden():
    person("ruth")
    assert found_in("Sam of the Police decided on crt_case: Fits our purpose.") == [
        "Sam", "Police", "Fits our purpose", "crt_case",
    ]  # fmt: skip


@pytest.mark.long
@pytest.mark.django_db
def test_sentences_of_notices_name_no_decider_either():
    much_happens()
    names = {member.name for member in demo.CAST}
    for notice in Notice.objects.all():
        assert not names & set(re.findall(r"\w+", f"{notice.reference} {notice.says}")), notice
        assert not [typed for typed in TYPED if typed in notice.says]


@pytest.mark.django_db
def test_references_are_those_of_real_records():
    output = an_output()
    assert reference_of(output) == f"Output {output.pk} of {output.project.reference}"
    assert reference_of(output.project) == output.project.reference
