"""Zip packages, read strictly: two readers must never see two different files, and nothing unpacks without limit."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.triage import CannotRead

MOST_MEMBERS = 2_000
MOST_TIMES = 8  # what a package may unpack to, as a multiple of the largest file allowed
# Repetitive sheets pack 100 to 1; beyond this ratio a large member is a bomb.
RATIO, RATIO_FROM = 400, 2**20
MOST_EXTRA = 128  # bytes beside a member: times, owners, long sizes
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

CURE = "Save the file anew with ordinary software, or supply its tables as CSV files."


@dataclass(frozen=True)
class Package:
    """A zip file that was found sound. `names` are those of its members, folders left out."""

    file: zipfile.ZipFile
    names: tuple[str, ...]

    def read(self, name: str) -> bytes:
        """One member. Raises CannotRead when it isn't there, is damaged, or is not as long as it says."""
        if name not in self.names:
            raise CannotRead("The file lacks a part that it must have.", CURE)
        info = self.file.getinfo(name)
        try:
            with self.file.open(info) as stream:
                content = stream.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
            raise CannotRead("A part of the file is damaged.", CURE) from None
        if len(content) != info.file_size:
            raise CannotRead("A part of the file is not as long as the file says.", CURE)
        return content


def open_package(content: bytes, policy: Policy) -> Package:
    """The package in a zip file.

    Raises CannotRead for one that is damaged, encrypted or a bomb, that has two members of one name,
    bytes before, between or after its members, or a directory that differs from what is there.
    """
    try:
        file = zipfile.ZipFile(io.BytesIO(content))
        infos = file.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError, UnicodeDecodeError):
        raise CannotRead("The file is a damaged package.", CURE) from None
    _require_bounds(infos, policy)
    _require_ordinary(infos)
    _require_no_gaps(content, file, infos)
    return Package(file, tuple(info.filename for info in infos if not info.is_dir()))


def _require_bounds(infos: list[zipfile.ZipInfo], policy: Policy) -> None:
    """Raises CannotRead for too many members, or for too much in them, before anything is unpacked."""
    if len(infos) > MOST_MEMBERS:
        raise CannotRead(f"The file has more than {MOST_MEMBERS:,} parts.", CURE)
    bombs = any(one.file_size > RATIO_FROM and one.file_size > RATIO * one.compress_size for one in infos)
    if bombs or sum(one.file_size for one in infos) > MOST_TIMES * policy.max_bytes:
        raise CannotRead("The file unpacks to far more than it is.", CURE)


def _require_ordinary(infos: list[zipfile.ZipInfo]) -> None:
    """Raises CannotRead for encrypted members, odd methods, names that lead elsewhere and names that come twice."""
    if any(one.flag_bits & 0x1 for one in infos):
        raise CannotRead("The file is encrypted.", "Supply it without a password.")
    if any(one.compress_type not in METHODS for one in infos):
        raise CannotRead("A part of the file is packed in a way that the engine does not read.", CURE)
    if any(one.comment or len(one.extra) > MOST_EXTRA for one in infos):
        raise CannotRead("The file keeps words beside its parts.", CURE)
    names = [one.filename for one in infos]
    if len({name.casefold() for name in names}) < len(names):
        raise CannotRead("Two parts of the file have the same name.", CURE)
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") or "\x00" in name for name in names):
        raise CannotRead("A part of the file has a name that leads outside of it.", CURE)


def _require_no_gaps(content: bytes, file: zipfile.ZipFile, infos: Iterable[zipfile.ZipInfo]) -> None:
    """Raises CannotRead unless members follow one another from the first byte to the directory, as it says.

    A data descriptor (12 to 24 bytes) may stand after a member that was written as a stream.
    """
    place = 0
    for one in sorted(infos, key=lambda one: one.header_offset):
        gap = one.header_offset - place
        if gap != 0 or content[one.header_offset : one.header_offset + 4] != b"PK\x03\x04":
            raise CannotRead("The file holds bytes that are in none of its parts.", CURE)
        place = _end_of(content, one)
    if file.start_dir != place:
        raise CannotRead("The file holds bytes that are in none of its parts.", CURE)
    if file.comment or content[-22:-18] != b"PK\x05\x06":
        raise CannotRead("The file holds bytes behind its last part.", CURE)


def _end_of(content: bytes, info: zipfile.ZipInfo) -> int:
    """Where a member ends, by its own header, which must say what the directory says. Raises CannotRead."""
    start = info.header_offset
    header = content[start : start + 30]
    if len(header) < 30:
        raise CannotRead("The file is a damaged package.", CURE)
    _, _, flags, method, _, _, crc, packed, size, name_length, extra = struct.unpack("<4s5H3L2H", header)
    streamed = flags & 0x8
    said = (crc, packed, size)
    really = (info.CRC, info.compress_size, info.file_size)
    longer = 0xFFFFFFFF in said  # sizes are in the extra field
    if method != info.compress_type or (not streamed and not longer and said != really):
        raise CannotRead("The file says two different things about one of its parts.", CURE)
    name = content[start + 30 : start + 30 + name_length]
    if name != info.orig_filename.encode("utf-8" if flags & 0x800 else "cp437", "replace"):
        raise CannotRead("The file says two different things about one of its parts.", CURE)
    end: int = start + 30 + name_length + extra + info.compress_size
    return end + (_descriptor(content, end, info) if streamed else 0)


def _descriptor(content: bytes, end: int, info: zipfile.ZipInfo) -> int:
    """Length of the data descriptor behind a streamed member: with or without signature, of 32 or 64 bits."""
    for signature in (b"PK\x07\x08", b""):
        for form in ("<3L", "<LQQ"):
            wanted = signature + struct.pack(form, info.CRC, info.compress_size, info.file_size)
            if content[end : end + len(wanted)] == wanted:
                return len(wanted)
    raise CannotRead("The file says two different things about one of its parts.", CURE)
