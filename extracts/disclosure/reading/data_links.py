"""Addresses in HTML and SVG: files packed into them, what is loaded from outside, what runs."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.nesting import read_within
from extracts.disclosure.reading.office import FAIL, REVIEW, Office

DATA = re.compile(r"data:(?P<kind>[\w.+-]+/[\w.+-]+)?(?:;[\w=-]+)*?(?P<packed>;base64)?,(?P<content>.*)", re.S | re.I)
ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/svg+xml": ".svg", "text/html": ".html",
    "text/csv": ".csv", "application/json": ".json", "text/plain": ".txt", "application/pdf": ".pdf",
}  # fmt: skip
FONTS_AND_STYLE = re.compile(r"(?:font|application/(?:x-)?font)|text/css|application/(?:x-|vnd\.ms-)font", re.I)


def note_address(office: Office, address: str, place: str, limits: Policy, *, loads: bool) -> None:
    """Read a file that is packed into an address; note one that runs, or that is loaded when the page is opened."""
    address = address.strip()
    if match := DATA.fullmatch(address):
        _packed(office, match, place, limits)
    elif re.match(r"(?:javascript|vbscript):", address, re.I):
        office.conceals("active_content", REVIEW, "A link runs a script.", "Remove the script.", place)
    elif re.match(r"file:|[a-z]:\\|\\\\", address, re.I):
        office.conceals("metadata", REVIEW, "A link names a file of somebody's computer.", "Remove the link.", place)
    elif loads and re.match(r"(?:https?:|ftp:|wss?:)?//", address, re.I):
        problem = "The file loads something from outside when it is opened."
        office.conceals("active_content", REVIEW, problem, "Save it with all that it needs, or as a picture.", place)


def _packed(office: Office, match: re.Match[str], place: str, limits: Policy) -> None:
    """The file in a `data:` address, as a file within the file."""
    kind = (match["kind"] or "text/plain").lower()
    if FONTS_AND_STYLE.match(kind):
        return
    try:
        packed = re.sub(r"\s", "", match["content"])
        content = base64.b64decode(packed, validate=True) if match["packed"] else unquote_to_bytes(match["content"])
    except (binascii.Error, ValueError):
        problem = "Data packed into an address cannot be read."
        office.conceals("hidden_content", FAIL, problem, "Remove the data.", place)
        return
    if not kind.startswith("image/"):
        office.conceals("hidden_content", FAIL, "Another file is packed into this one.", "Remove it.", place)
    parts, concealed = read_within(content, f"packed{ENDINGS.get(kind, '')}", place, limits)
    office.parts += parts
    office.concealed += concealed
