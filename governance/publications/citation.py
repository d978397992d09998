"""What is said of a publication, and what of it makes no sense: its date, its DOI, its web address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, unquote, urlsplit

MOST_IN_DOI = 200
DOI_ADDRESS = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)
DOI_WORD = re.compile(r"doi:\s*", re.IGNORECASE)
DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
RESOLVER = "https://doi.org/"
IN_NO_ADDRESS = re.compile(r"[\s<>\"\\^`{|}]")


@dataclass(frozen=True)
class Citation:
    """One publication as its team describes it.

    doi, address        where it can be read; either may be ""
    no_outputs_because  why it rests on no released output, "" where it rests on some
    """

    kind: str
    title: str
    authors: str
    appeared_in: str
    published_on: date
    doi: str = ""
    address: str = ""
    no_outputs_because: str = ""


class NotADoi(ValueError):
    """What was typed is no DOI. The message says what one looks like."""


def normalised(typed: str) -> str:
    """The bare DOI of one that was typed, or pasted as an address; "" of nothing. Raises NotADoi.

    In small letters: DOIs that differ in their capitals alone are the same.
    """
    text = typed.strip()
    if not text:
        return ""
    if address := DOI_ADDRESS.match(text):
        bare = unquote(text[address.end() :])
    else:
        bare = DOI_WORD.sub("", text, count=1) if DOI_WORD.match(text) else text
    if not (DOI.fullmatch(bare) and bare.isprintable() and len(bare) <= MOST_IN_DOI):
        raise NotADoi("A DOI is 10, a full stop, four digits or more, a slash and the rest, for example 10.1234/abcd.")
    return bare.lower()


def doi_address(doi: str) -> str:
    """Where a DOI leads to."""
    return RESOLVER + quote(doi, safe="/:;()")


def why_not_linked(address: str) -> str | None:
    """Why the register does not link to a web address, or None: https, a whole host name, nobody's user name."""
    if not address:
        return None
    if DOI_ADDRESS.match(address):
        return "This is the address of a DOI: enter it as the DOI."
    try:
        parts = urlsplit(address)
        host, sound = parts.hostname or "", parts.port is None or parts.port > 0
    except ValueError:
        host, sound = "", False
    if not sound or parts.scheme != "https" or IN_NO_ADDRESS.search(address) or not address.isprintable():
        return "A web address begins with https:// and has no spaces in it."
    if "." not in host.strip(".") or "@" in parts.netloc:
        return "A web address names a whole host after https://, for example https://journal.example/article."
    return None


def why_not_on(day: date, *, approved_on: date, today: date) -> str | None:
    """Why nothing of a project can have been published on this day, or None."""
    if day > today:
        return "The date of publication is in the future: record it on the day on which it appears."
    if day < approved_on:
        return f"The date of publication is before the project's approval, on {in_words(approved_on)}."
    return None


def why_not_resting(outputs: int, because: str) -> str | None:
    """Why this many outputs do not go with what is said of none, or None: the one or the other."""
    if not outputs and not because.strip():
        return "Select the outputs that it rests on, or say why it rests on none."
    if outputs and because.strip():
        return "Say why it rests on no output only where you select none."
    return None


def in_words(day: date) -> str:
    """A day as pages write it: 3 May 2026."""
    return f"{day.day} {day:%B %Y}"
