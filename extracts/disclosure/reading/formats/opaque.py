"""Objects that are never loaded: pickles, joblib files, models and databases. What they are made of is listed.

Loading a pickle runs whatever it says, so its opcodes are only listed (`pickletools`).
"""

from __future__ import annotations

import bz2
import lzma
import pickletools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Concealed, Contents, Part, PartKind
from extracts.disclosure.report import Verdict

SIGNATURES = {
    b"\x89HDF\r\n\x1a\n":     ("hdf5",   "an HDF5 file, as Keras and pandas write them"),
    b"\x93NUMPY":             ("npy",    "a NumPy array"),
    b"SQLite format 3\x00":   ("sqlite", "a SQLite database"),
    b"\x08":                  ("onnx",   "perhaps an ONNX model"),
    b"GGUF":                  ("gguf",   "a language model"),
    b"binf":                  ("xgb",    "an XGBoost model"),
    b"{L":                    ("ubjson", "an XGBoost model"),
}  # fmt: skip

# Modules and names that reach outside of the data: nothing that is released may call them.
REACHING_WORDS = """
    os posix nt subprocess sys shutil socket pty importlib runpy webbrowser ctypes builtins __builtin__ commands
    multiprocessing asyncio http urllib requests pip code pdb timeit
"""
HARMLESS_WORDS = """
    set frozenset list dict tuple int float str bytes bytearray complex bool slice range object print len Ellipsis
    NotImplemented
"""
REACHING, HARMLESS_BUILTINS = frozenset(REACHING_WORDS.split()), frozenset(HARMLESS_WORDS.split())
MOST_OPCODES, MOST_TEXT = 2_000_000, 1_000_000
CURE = "Models and stored objects are not released by default: release coefficients or tables, or ask the data owner."


@dataclass
class Listing:
    """What the opcodes of a pickle say."""

    opcodes: int = 0
    protocol: int = 0
    names: dict[str, None] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    complete: bool = False

    @property
    def reaching(self) -> list[str]:
        """Names that a loaded pickle would call outside of the data."""
        parted = [(name, *name.partition(".")[::2]) for name in self.names]
        return [
            name for name, module, called in parted
            if module in REACHING and not (module.endswith(("builtins", "builtin__")) and called in HARMLESS_BUILTINS)
        ]  # fmt: skip


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """One part for the object, with a note of what it is made of, and one for the texts in it.

    Nothing is loaded, whatever the file is: bytes of no known kind are an object, too.
    """
    kind, what = next((found for mark, found in SIGNATURES.items() if content.startswith(mark)), ("", ""))
    if kind:
        return Contents(kind, (Part(PartKind.MODEL, note=f"The file is {what}. It is not opened."),))
    plain = unpacked(content, 4 * limits.max_bytes)
    listing = listed(plain)
    if not listing.opcodes:
        return Contents("object", (Part(PartKind.MODEL, note="The file is an object that is not opened."),))
    parts = [Part(PartKind.MODEL, note=_note(listing))]
    if listing.texts:
        parts.append(Part(PartKind.TEXT, "texts in the object", text="\n".join(listing.texts)))
    return Contents("pickle", tuple(parts), tuple(_active(listing)))


def listed(content: bytes) -> Listing:
    """The opcodes of a pickle, up to the first that is none: what it names and the texts it holds."""
    found, length = Listing(), 0
    recent: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(content):
            found.opcodes += 1
            if opcode.name == "PROTO":
                found.protocol = int(argument or 0)
            if opcode.name in ("GLOBAL", "INST"):
                found.names[str(argument).replace(" ", ".", 1)] = None
            elif opcode.name == "STACK_GLOBAL":
                found.names[".".join(recent[-2:])] = None
            elif isinstance(argument, str | bytes) and length < MOST_TEXT:
                text = (
                    argument if isinstance(argument, str) else argument.decode("latin-1") if len(argument) < 256 else ""
                )
                recent = [*recent[-3:], text]
                found.texts.append(text)
                length += len(text)
            if found.opcodes >= MOST_OPCODES:
                return found
        found.complete = True
    except Exception:
        # Bytes that are no pickle, or arrays between the opcodes as joblib writes them: the list ends here.
        pass
    if found.opcodes < 2 or (not found.protocol and not found.complete):
        return Listing()
    return found


def _note(listing: Listing) -> str:
    """What the object is made of, for a person: module and class names, no values."""
    names = ", ".join(sorted(listing.names)[:20]) or "plain values only"
    more = "" if listing.complete else " The list of its parts is not complete."
    return f"A Python pickle of {listing.opcodes:,} steps, made of {names}. It is not loaded.{more}"


def _active(listing: Listing) -> Iterator[Concealed]:
    for name in listing.reaching:
        problem = f"Whoever loads this file runs {name}."
        yield Concealed("active_content", Verdict.FAIL, problem, CURE, "pickle")


def unpacked(content: bytes, most: int) -> bytes:
    """The first bytes of a compressed object, or the bytes as they are."""
    try:
        if content[:1] == b"\x78":
            return zlib.decompressobj().decompress(content, most)
        if content[:2] == b"\x1f\x8b":
            return zlib.decompressobj(31).decompress(content, most)
        if content[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(content, most)
        if content[:6] == b"\xfd7zXZ\x00":
            return lzma.LZMADecompressor(memlimit=256 * 2**20).decompress(content, most)
    except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError):
        pass
    return content
