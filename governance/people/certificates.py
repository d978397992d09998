"""What a training certificate in PDF says: whose it is, its number and its days. It proposes, and records nothing.

Only what stands beside a label is taken ("Certificate number", "This is to certify that", "Valid until"), on its line
or on the next one. A name without a label could be the trainer's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from pypdf import PdfReader

from governance.people.public_list import agree

MOST_BYTES = 5 * 1024 * 1024
MOST_PAGES = 20
MOST_CHARACTERS = 100_000
MOST_LETTERS_OF_A_NAME = 200

HOLDER = r"(?:participant|delegate|candidate|holder|researcher|attendee|learner)"
NAME = (
    r"certif(?:y|ies) that",
    r"(?:awarded|presented|issued) to",
    rf"name of (?:the )?{HOLDER}",
    rf"^(?:full |{HOLDER}(?:'s)? )?name",  # not the name of a course or a trainer
    rf"^{HOLDER}",
)
NUMBER = (
    r"(?:certificate|cert\.?|reference|registration) ?(?:number|no\.?|id|code|ref(?:erence)?\.?|nr\.?|#)",
    r"certificate(?=:)",
)
UNTIL = (
    r"valid from .{6,40}? (?:until|to)",
    r"valid (?:until|to|till|through)",
    r"(?:certificate )?expir(?:es|y)(?: (?:on|date))?",
    r"date of expiry",
    r"expiration date",
    r"renew(?:al)? (?:by|due|date)(?: on)?",
)
PASSED = (
    r"(?:assessment |test |exam )?passed(?: on)?",
    r"date (?:passed|of (?:completion|training|assessment|(?:the )?test|pass|issue|award))",
    r"(?:successfully )?completed(?: on)?",
    r"completion date",
    r"(?:awarded|issued) on",
    r"issue date",
    r"valid from",
    r"date(?= ?:? ?(?:\d|$))",  # and no date of birth
)
ANY_LABEL = re.compile("|".join(f"(?<!\\w)(?:{label})(?!\\w)" for label in (*NAME, *NUMBER, *UNTIL, *PASSED)), re.I)
# Where a name ends that stands inside of a sentence.
AFTER_A_NAME = re.compile(
    r",|;|\(|\b(?:has|have|had|of|from|for|on|successfully|completed|passed|attended|who)\b", re.I
)
A_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9/._-]*\d[A-Z0-9/._-]*|\d[A-Z0-9/._-]*", re.I)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = rf"(?P<name>{'|'.join(MONTHS)})[a-z]*\.?"
DATES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})",  # as written in Britain: the day first
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{MONTH},? (?P<year>\d{{4}})",
        rf"{MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
    )
)


class BadCertificate(ValueError):
    """The file is no certificate that can be read; the sentence says why."""


@dataclass(frozen=True)
class Certificate:
    """What was found; "" and None for what was not. `sha256` is the file's."""

    sha256: str
    name: str = ""
    number: str = ""
    passed_on: date | None = None
    valid_until: date | None = None

    def is_of(self, person: str) -> bool:
        """Whether the name on it is this person's. No name on it is nobody's."""
        return agree(self.name, person)


def read(content: bytes) -> Certificate:
    """What the PDF says. Raises BadCertificate for a file that is too large, broken, encrypted or without a text."""
    return find(_text(content), sha256=hashlib.sha256(content).hexdigest())


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise BadCertificate(f"The certificate must be at most {MOST_BYTES // 1024**2} MB.")
    if not content.startswith(b"%PDF-"):
        raise BadCertificate("The certificate must be a PDF.")
    try:
        text = _text_of(PdfReader(BytesIO(content)))
    except BadCertificate:
        raise
    except Exception:  # a broken file makes pypdf raise whatever its structure leads to
        raise BadCertificate("The PDF is broken and cannot be read: type in what it says.") from None
    if not text.strip():
        raise BadCertificate("There is no text in the PDF, such as in a scan: type in what it says.")
    return text


def _text_of(pdf: PdfReader) -> str:
    if pdf.is_encrypted:
        raise BadCertificate("The PDF is encrypted and cannot be read: type in what it says.")
    if len(pdf.pages) > MOST_PAGES:
        raise BadCertificate(f"The certificate must have at most {MOST_PAGES} pages.")
    text = ""
    for page in pdf.pages:
        contents = page.get_contents()
        small = contents is None or len(contents.get_data()) <= MOST_BYTES
        text += page.extract_text() + "\n" if small else ""
        if not small or len(text) > MOST_CHARACTERS:
            raise BadCertificate("There is too much in the PDF for a certificate: type in what it says.")
    return text


def find(text: str, *, sha256: str = "") -> Certificate:
    """Name, number and days in the text of a certificate. What stands after a label that comes first wins."""
    lines = [" ".join(line.split()) for line in text.replace("’", "'").splitlines()]
    lines = [line for line in lines if line and not _is_head(line)]
    until = next(_dates(_after(lines, UNTIL)), None)
    passed = (day for day in _dates(_after(lines, PASSED)) if until is None or day < until)
    return Certificate(
        sha256=sha256,
        name=next(_names(_after(lines, NAME)), ""),
        number=next(_numbers(_after(lines, NUMBER)), ""),
        passed_on=next(passed, None),
        valid_until=until,
    )


def _is_head(line: str) -> bool:
    """Whether the line is the head of a table: labels beside labels, of which none says what stands under it."""
    return len(ANY_LABEL.findall(line)) > 1 and not ANY_LABEL.sub("", line).strip(" :.|-")


def _after(lines: Sequence[str], labels: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What stands after each label, on its own line and on the next, in the order of the labels."""
    for label in labels:
        pattern = re.compile(rf"(?<!\w)(?:{label})(?!\w) ?[:.]? ?", re.I)
        for place, line in enumerate(lines):
            if found := pattern.search(line):
                following = lines[place + 1] if place + 1 < len(lines) else ""
                yield line[found.end() :].strip(), following


def _names(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    for beside, below in found:
        words = AFTER_A_NAME.split(beside or below, maxsplit=1)[0].strip(" .:-")
        if words and not re.search(r"\d", words):
            yield words[:MOST_LETTERS_OF_A_NAME]


def _numbers(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    for beside, below in found:
        if number := A_NUMBER.match(beside or below):
            yield number.group().rstrip("._-/")[:60]


def _dates(found: Iterable[tuple[str, str]]) -> Iterator[date]:
    for beside, below in found:
        if day := _date(beside) or (None if beside else _date(below)):
            yield day


def _date(text: str) -> date | None:
    """The first date in the text, or None; none that the calendar does not have."""
    matches = [match for pattern in DATES if (match := pattern.search(text))]
    for match in sorted(matches, key=lambda match: match.start()):
        parts = match.groupdict()
        month = int(parts["month"]) if parts.get("month") else MONTHS.index(parts["name"].lower()) + 1
        try:
            return date(int(parts["year"]), month, int(parts["day"]))
        except ValueError:
            continue
    return None
