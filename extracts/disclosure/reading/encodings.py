"""Text in files: in UTF-8, UTF-16 or what old programs write."""

from __future__ import annotations

import re

CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def as_text(content: bytes) -> str | None:
    """The file as text, in UTF-8, UTF-16 or what its bytes look like; None when it holds what no text does."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                return None
    if CONTROL.search(content):
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _in_older_encoding(content)


def _in_older_encoding(content: bytes) -> str | None:
    """Text of Windows or of old Unix. What charset-normalizer calls it must agree that it is text at all."""
    from charset_normalizer import from_bytes

    if from_bytes(content[:65536]).best() is None:
        return None
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")
