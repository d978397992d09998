"""What is read in a certificate: PDFs in several layouts, made here; and those that cannot be read."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import typst
from pypdf import PdfReader, PdfWriter

from governance.people import certificates
from governance.people.certificates import BadCertificate, find, read

SENTENCE = """#align(center)[= Certificate of achievement
This is to certify that
== Dr Ruth Ashdown
has successfully completed the safe researcher training on 12 March 2026

Certificate number: SRT-2026/0042

Valid until 11 March 2031]"""
TABLE = """= Safe Researcher Training
#table(columns: 2, [Course name], [Safe data], [Name], [Ruth Ashdown], [Date of birth], [01/02/1990],
[Certificate No.], [AB123456], [Date of completion], [12/03/2026], [Expiry date], [11/03/2031])
Trainer: Sam"""
RUNNING = """Awarded to: Ruth Ashdown, Northshire University. Passed on March 12th, 2026. Certificate ref: 77812.
Valid from 12 March 2026 to 11 March 2031."""
COLUMNS = r"""#columns(2)[Participant \ Ruth Ashdown #colbreak() Date of issue \ 12 Mar 2026 \ Expires on \ 2031-03-11 \
Certificate number \ XX-1]"""
DATED = r"""#set page(width: 12cm)
Holder's name: Ruth Ashdown \ Date: 12.03.2026 \ Renewal by: 11.03.2031 \ Certificate: 2026-9"""

MADE = datetime(2026, 3, 13, tzinfo=UTC)


def pdf(source: str) -> bytes:
    return bytes(typst.compile(source.encode(), format="pdf", timestamp=MADE))


@pytest.mark.parametrize(
    ("source", "number"),
    [(SENTENCE, "SRT-2026/0042"), (TABLE, "AB123456"), (RUNNING, "77812"), (COLUMNS, "XX-1"), (DATED, "2026-9")],
    ids=["sentence", "table", "running", "columns", "dated"],
)
def test_name_number_and_days_are_found_in_every_layout(source, number):
    content = pdf(source)
    found = read(content)
    assert found.number == number
    assert (found.passed_on, found.valid_until) == (date(2026, 3, 12), date(2031, 3, 11))
    assert found.is_of("Ruth Ashdown") and found.is_of("ASHDOWN, Ruth") and not found.is_of("Ruth")
    assert len(found.sha256) == 64 and found.sha256 != read(content + b"\n").sha256


@pytest.mark.parametrize(
    "text",
    ["Trainer: Ruth", "Trainer name: Ruth", "Ruth", "Course name: Ruth", "Name: 12345", "Participants Ruth", "Name:"],
)
def test_a_name_without_its_label_is_nobodys(text):
    found = find(text)
    assert found.name == "" and not found.is_of("Ruth") and not found.is_of("")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Name: Olu", "Olu"),
        ("We certify that Olu has passed", "Olu"),
        ("certifies that\nProf. Olu Ruth\nattended", "Prof. Olu Ruth"),
        ("Presented to Olu from Eastmoor", "Olu"),
        ("Name of participant: Olu (Eastmoor)", "Olu"),
    ],
)
def test_the_name_ends_where_the_sentence_goes_on(text, name):
    assert find(text).name == name


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Passed on 3/4/2026", date(2026, 4, 3)),  # as in Britain
        ("Completed on 3rd of April 2026", date(2026, 4, 3)),
        ("Date: 2026-04-03", date(2026, 4, 3)),
        ("Passed on 31/02/2026", None),
        ("Date of birth: 3 April 1990", None),
        ("In April 2026", None),
        ("Passed\n3 April 2026", date(2026, 4, 3)),
    ],
)
def test_days_are_real_ones_and_stand_beside_their_label(text, day):
    assert find(text).passed_on == day


def test_the_head_of_a_table_says_nothing_of_what_stands_under_it():
    """Nothing is better than a day in the wrong box."""
    found = read(pdf("#table(columns: 3, [Name], [Passed], [Valid until], [Ruth], [2026-03-12], [2031-03-11])"))
    assert (found.name, found.passed_on, found.valid_until) == ("", None, None)


def test_a_day_after_the_end_was_not_that_of_passing():
    assert find("Valid until 1 May 2026\nDate: 3 May 2026").passed_on is None


def encrypted() -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(BytesIO(pdf(SENTENCE)))), BytesIO()
    writer.encrypt("secret")
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda: b"", "must be a PDF"),
        (lambda: b"PK\x03\x04 no PDF", "must be a PDF"),
        (lambda: b"%PDF-1.7\nnothing", "broken"),
        (lambda: pdf(SENTENCE)[:900], "broken|no text"),
        (lambda: pdf(SENTENCE) + b" " * certificates.MOST_BYTES, "at most 5 MB"),
        (lambda: pdf("Name: Ruth" + "#pagebreak()" * 20), "at most 20 pages"),
        (lambda: pdf("#rect()"), "no text"),
        (lambda: pdf("#set text(2pt)\n#lorem(20000)"), "too much"),
        (encrypted, "encrypted"),
    ],
    ids=["empty", "zip", "nothing", "cut", "large", "long", "picture", "wordy", "encrypted"],
)
def test_what_cannot_be_read_is_said_in_a_sentence(content, why):
    with pytest.raises(BadCertificate, match=why):
        read(content())


def test_twenty_pages_are_read():
    assert read(pdf("Name: Ruth" + "#pagebreak()" * 19)).name == "Ruth"
