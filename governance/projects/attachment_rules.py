"""Which files may be attached to an application: by what is in them, not by what they are called."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

MOST_BYTES = 10 * 1024 * 1024
PLAIN_NAME = re.compile(r"[^\x00-\x1f/\\<>:\"|?*]{1,120}")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BEGINNINGS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
ENDINGS = {
    "application/pdf": {".pdf"},
    "image/png":       {".png"},
    "image/jpeg":      {".jpg", ".jpeg"},
    DOCX:              {".docx"},
}  # fmt: skip


class NotAttachable(ValueError):
    """The message says why, for whoever attaches it."""


def plain_name(name: str) -> str:
    """The file's own name without folders. Raises NotAttachable for one that no system could keep."""
    own = PurePath(name.replace("\\", "/")).name.strip()
    if not PLAIN_NAME.fullmatch(own):
        raise NotAttachable(f"Give {own or 'the file'} a plain name of at most 120 characters.")
    return own


def kind_of(name: str, content: bytes) -> str:
    """The kind of the file, found in its content. Raises NotAttachable for a kind, size or ending that is not taken."""
    if not content:
        raise NotAttachable(f"{name} is empty.")
    if len(content) > MOST_BYTES:
        raise NotAttachable(f"{name} is larger than {MOST_BYTES // 1024**2} MB.")
    found = next((kind for beginning, kind in BEGINNINGS if content.startswith(beginning)), "") or _in_zip(content)
    if not found:
        raise NotAttachable(f"{name} is no PDF, Word document (docx), PNG or JPEG.")
    if PurePath(name).suffix.lower() not in ENDINGS[found]:
        raise NotAttachable(f"{name} holds something else than its name says: rename it.")
    return found


def _in_zip(content: bytes) -> str:
    """DOCX for a Word document without macros, else ""."""
    if not content.startswith(b"PK\x03\x04"):
        return ""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    return DOCX if "word/document.xml" in names and "word/vbaProject.bin" not in names else ""
