"""Bytes that are text, decoded, and what text may hold that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from extracts.disclosure.reading.contents import Concealed
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)  # fmt: skip

# Line ends, tabs, page breaks and the escape that colours a terminal; a few more make no binary file.
USUAL_CONTROLS = frozenset("\n\r\t\f\x1b\b")
SAMPLE, FEW = 8192, 8

# So many characters of an alphabet of 64 in a row are a file or picture written as text, not words or a digest.
BLOB = re.compile(r"[A-Za-z0-9+/_-]{200,}={0,2}")
# Joiners that scripts and emoji need, and the mark that some editors put first.
USUAL = frozenset("\u200c\u200d\ufeff\u00ad")


def decoded(content: bytes) -> str:
    """The text that bytes stand for, by their mark, as UTF-8, or as Windows-1252. Raises CannotRead for no text."""
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise CannotRead("The file is not the text that its first bytes promise.") from None
        text = _by_habit(content)
    if sum(letter < " " and letter not in USUAL_CONTROLS for letter in text[:SAMPLE]) > FEW or "\x00" in text:
        raise CannotRead("The file is not text.")
    return text


def _by_habit(content: bytes) -> str:
    """Text that is not UTF-8, as Windows writes it. Raises CannotRead when it isn't that either."""
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise CannotRead("The file is not text in UTF-8 or another known encoding.", "Save it in UTF-8.") from None


def unseen(text: str, place: str = "") -> Iterator[Concealed]:
    """What text holds that no reader sees or could read: invisible characters and files written as characters."""
    invisible = sum(unicodedata.category(letter) == "Cf" and letter not in USUAL for letter in set(text))
    if invisible:
        yield Concealed(
            "hidden_content", Verdict.REVIEW, "The text holds characters that nobody sees.",
            "Remove them: they can carry a message.", place,
        )  # fmt: skip
    if BLOB.search(text):
        yield Concealed(
            "hidden_content", Verdict.FAIL, "The text holds a long run of encoded characters: a file written as text.",
            "Leave it out, or supply what it holds as a file of its own.", place,
        )  # fmt: skip
