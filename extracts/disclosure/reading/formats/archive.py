"""Archives: what they list, and every file in them read like any other, to a number, a size and a depth."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePath, PurePosixPath
from typing import Any

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Concealed, Contents, Part
from extracts.disclosure.reading.nesting import read_within
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

MOST_FILES = 200
MOST_TIMES = 8  # unpacked bytes of the whole archive, as a multiple of the largest file allowed
CURE = "Supply the files by themselves rather than in an archive."
Member = tuple[str, bytes]


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """The parts of every file in a zip, tar or gzip archive, `<file>: <place>`. Raises CannotRead.

    That files come in an archive at all is for a person; what lies beside the files is a fault.
    """
    kind, members, concealed = _opened(content, name, limits)
    parts: list[Part] = []
    for inner, data in members:
        found = read_within(data, PurePosixPath(inner).name, f"file {inner}", limits) if data.strip() else ((), ())
        parts += found[0]
        concealed += found[1]
    if kind != "gzip":
        problem = f"The files come in an archive of {len(members)}."
        concealed.append(Concealed("hidden_content", Verdict.REVIEW, problem, CURE))
    return Contents(kind, tuple(parts), tuple(concealed))


def _opened(content: bytes, name: str, limits: Policy) -> tuple[str, list[Member], list[Concealed]]:
    """Kind of archive, its files and what is wrong with it. Raises CannotRead."""
    concealed: list[Concealed] = []
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip", list(_zip(content, limits, concealed)), concealed
    plain = _unpacked(content, limits)
    if plain is not None and plain[257:262] != b"ustar":
        return "gzip", [(PurePath(name).stem or "file", plain)], concealed
    return "tar", list(_tar(content if plain is None else plain, limits, concealed)), concealed


def _unpacked(content: bytes, limits: Policy) -> bytes | None:
    """What gzip, bzip2 or xz packed, or None when it was none of them. Raises CannotRead when it is too large."""
    makers: dict[bytes, Callable[[], Any]] = {
        b"\x1f\x8b": lambda: zlib.decompressobj(31),
        b"BZh": bz2.BZ2Decompressor,
        b"\xfd7zXZ\x00": lambda: lzma.LZMADecompressor(memlimit=256 * 2**20),
    }
    maker = next((make for mark, make in makers.items() if content.startswith(mark)), None)
    if maker is None:
        return None
    machine, most = maker(), MOST_TIMES * limits.max_bytes
    try:
        plain: bytes = machine.decompress(content, most + 1)
    except (zlib.error, OSError, lzma.LZMAError, EOFError):
        raise CannotRead("The archive is damaged.", CURE) from None
    if len(plain) > most:
        raise CannotRead("The archive unpacks to far more than it is.", CURE)
    if not machine.eof or machine.unused_data:
        raise CannotRead("The archive is not whole, or goes on after its end.", CURE)
    return plain


def _zip(content: bytes, limits: Policy, concealed: list[Concealed]) -> Iterator[Member]:
    """The files of a zip archive, each unpacked to no more than what is left of the whole. Raises CannotRead."""
    left = MOST_TIMES * limits.max_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _require_few(len(entries))
            concealed += _around(content, entries, archive)
            for entry in entries:
                concealed += _strange(entry.filename, link=entry.external_attr >> 28 == 0xA)
                if entry.flag_bits & 1:
                    raise CannotRead("The archive is encrypted.", "Supply it without a password.")
                if entry.is_dir():
                    continue
                with archive.open(entry) as file:
                    data = file.read(left + 1)
                left -= len(data)
                _require_left(left)
                yield entry.filename, data
    except CannotRead:
        raise
    except Exception:
        # zipfile raises what its decompressors and damaged numbers lead to.
        raise CannotRead("The archive is damaged.", CURE) from None


def _tar(content: bytes, limits: Policy, concealed: list[Concealed]) -> Iterator[Member]:
    """The files of a tar archive; nothing is written anywhere. Raises CannotRead."""
    left = MOST_TIMES * limits.max_bytes
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for number, entry in enumerate(archive, 1):
                _require_few(number)
                concealed += _strange(entry.name, link=not (entry.isfile() or entry.isdir()))
                file = archive.extractfile(entry) if entry.isfile() else None
                if file is None:
                    continue
                data = file.read(left + 1)
                left -= len(data)
                _require_left(left)
                yield entry.name, data
    except (tarfile.TarError, EOFError, ValueError, OSError, OverflowError) as error:
        if isinstance(error, CannotRead):
            raise
        raise CannotRead("The archive is damaged.", CURE) from None


def _around(content: bytes, entries: list[zipfile.ZipInfo], archive: zipfile.ZipFile) -> Iterator[Concealed]:
    """Comments, bytes before the first file and names used twice."""
    before = min((entry.header_offset for entry in entries), default=0)
    if archive.comment or any(entry.comment for entry in entries) or before > 0:
        problem = "The archive holds comments, or bytes that belong to none of its files."
        yield Concealed("hidden_content", Verdict.FAIL, problem, CURE)
    if len({entry.filename for entry in entries}) < len(entries):
        problem = "Two files in the archive have one name, so that most programs show only one of them."
        yield Concealed("hidden_content", Verdict.FAIL, problem, CURE)


def _strange(name: str, *, link: bool) -> Iterator[Concealed]:
    """Files that would land elsewhere when unpacked, and hidden ones."""
    path = PurePosixPath(name.replace("\\", "/"))
    if link or path.is_absolute() or ".." in path.parts or ":" in name:
        problem = "A file in the archive would be written outside of its folder, or is a link."
        yield Concealed("active_content", Verdict.FAIL, problem, CURE)
    elif any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
        yield Concealed("hidden_content", Verdict.REVIEW, "The archive holds a hidden file.", "Leave it out.")


def _require_few(number: int) -> None:
    if number > MOST_FILES:
        raise CannotRead(f"The archive holds more than {MOST_FILES} files.", CURE)


def _require_left(left: int) -> None:
    if left < 0:
        raise CannotRead("The archive unpacks to far more than it is.", CURE)
