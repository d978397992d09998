"""Mutations of files: damage that must not break a reader, and changes that a reader must not overlook."""

import random
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..reading.office_files import members_of, zipped
from .corpus import CORPUS, TELLING


@dataclass(frozen=True)
class Mutant:
    """A mutated file. `seen` says that its content differs in what a reader must give, or in what it must refuse."""

    base: str
    name: str
    content: bytes
    how: str
    seen: bool = False


Damage = Callable[[bytes, random.Random], bytes]
FRAGMENTS = (
    b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", b"&b;", b"<!--", b"]]>", b"\x00" * 8, b"\xff" * 8,
    b"{" * 500, b"[" * 5_000, b"<div>" * 3_000, b'="', b"1e999", b"NaN", b"9" * 5_000, b"\xed\xa0\x80", b"%s%n",
    b"=cmd|'/c calc'!A0", b"http://192.0.2.1/x", b"PK\x03\x04", b"../../etc/passwd", b"\r", b'"', b"<table>" * 300,
    b"\xf0\x9f\x98\x80", b"(" * 3_000,
)  # fmt: skip


def flipped(content: bytes, rng: random.Random) -> bytes:
    """A few bits the other way round."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16, 64))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(content: bytes, rng: random.Random) -> bytes:
    """The beginning, or the end."""
    place = rng.randrange(1, max(2, len(content)))
    return content[:place] if rng.random() < 0.8 else content[place:]


def lengthened(content: bytes, rng: random.Random) -> bytes:
    """A huge length where there may be one."""
    size = rng.choice((2, 4, 8))
    place = rng.randrange(max(1, len(content) - size))
    huge = rng.choice((b"\xff" * size, b"\x7f" + b"\xff" * (size - 1), b"\xff" * (size - 1) + b"\x7f", b"\x00" * size))
    return content[:place] + huge + content[place + size :]


def fragment_put_in(content: bytes, rng: random.Random) -> bytes:
    """Something that misleads one parser or another."""
    place = rng.randrange(len(content))
    return content[:place] + rng.choice(FRAGMENTS) + content[place + rng.choice((0, 0, 10)) :]


def repeated(content: bytes, rng: random.Random) -> bytes:
    """A piece many times over."""
    start = rng.randrange(len(content))
    end = min(len(content), start + rng.randrange(1, 200))
    return content[:start] + content[start:end] * rng.choice((2, 50, 2_000)) + content[end:]


def spliced(content: bytes, rng: random.Random) -> bytes:
    """The beginning of one file and the end of another."""
    other = CORPUS[rng.choice(sorted(CORPUS))](TELLING)
    return content[: rng.randrange(len(content))] + other[rng.randrange(len(other)) :]


DAMAGES: tuple[Damage, ...] = (flipped, flipped, flipped, cut, lengthened, fragment_put_in, repeated, spliced)


def member_damaged(content: bytes, rng: random.Random) -> bytes:
    """Damage within one member of a package, so that the checksum of the zip file is right again."""
    members = members_of(content)
    name = rng.choice([name for name, inner in members.items() if inner])
    members[name] = rng.choice(DAMAGES)(members[name], rng)
    return zipped(members)


def entities_put_in(content: bytes, rng: random.Random) -> bytes:
    """Entities that stand for one another, or for a file, in a document or in one member of a package."""
    if content[:4] == b"PK\x03\x04":
        members = members_of(content)
        name = rng.choice([name for name in members if name.endswith((".xml", ".rels"))] or sorted(members))
        return zipped({**members, name: entities_put_in(members[name], rng)})
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, rng.choice((3, 12))))
    kind = rng.choice((f'<!DOCTYPE r [<!ENTITY e0 "x">{levels}]>', "<!DOCTYPE r [<!ENTITY e2 SYSTEM 'file:///etc/passwd'>]>",
                       "<!DOCTYPE r SYSTEM 'http://192.0.2.1/a.dtd'>")).encode()  # fmt: skip
    body = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", content)
    return kind + body.replace(b">", b">&e2;", rng.randrange(1, 4))


def zip_damaged(content: bytes, rng: random.Random) -> bytes:
    """A package whose members are lost, swapped, bombs, or not what its directory says."""
    members = members_of(content)
    names = sorted(members)
    kind = rng.randrange(5)
    if kind == 0:
        del members[rng.choice(names)]
    elif kind == 1:
        first, second = rng.choice(names), rng.choice(names)
        members[first], members[second] = members[second], members[first]
    elif kind == 2:
        members[rng.choice(names)] = b"\x00" * rng.choice((2**20, 30 * 2**20))
    elif kind == 3:
        place = content.index(b"PK\x01\x02")
        size = struct.pack("<I", rng.choice((0, 1, 2**31 - 1, 2**32 - 1)))
        return content[: place + rng.choice((20, 24, 42))] + size + content[place + 24 :]
    else:
        for _ in range(6):
            members = {"inner.zip": zipped(members)}
    return zipped(members)


def number_swapped(content: bytes, rng: random.Random) -> bytes | None:
    """Another number in the place of the telling one, wherever it stands and however it is written; None if nowhere."""
    other = rng.choice([4322, 4331, 5321, 1324])
    if content[:4] == b"PK\x03\x04":
        members = {name: number_swapped(inner, rng) or inner for name, inner in members_of(content).items()}
        return zipped(members) if members != members_of(content) else None
    if content[:2] == b"\x1f\x8b":
        inner = number_swapped(zlib.decompress(content, 31), rng)
        packer = zlib.compressobj(wbits=31)
        return packer.compress(inner) + packer.flush() if inner else None
    changed = _png_swapped(content, other) if content[:4] == b"\x89PNG" else content
    for form in ("a", "w", "<q", "<d", "<i", ">d", ">i"):
        before, after = (_written(form, number) for number in (TELLING, other))
        if len(changed) < 400 or len(before) > 2:
            changed = changed.replace(before, after)
    return changed if changed != content else None


def _written(form: str, number: int) -> bytes:
    if form in "aw":
        return str(number).encode("ascii" if form == "a" else "utf-16-le")
    return struct.pack(form, number)


def _png_swapped(content: bytes, other: int) -> bytes:
    """The text chunk with another number and the checksum that goes with it."""
    place = content.index(b"tEXt")
    length = struct.unpack(">I", content[place - 4 : place])[0]
    chunk = content[place : place + 4 + length].replace(str(TELLING).encode(), str(other).encode())
    return content[:place] + chunk + struct.pack(">I", zlib.crc32(chunk)) + content[place + 8 + length :]


PLANTED_MEMBERS = (
    "xl/vbaProject.bin", "word/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "customXml/item1.xml",
    "secret.txt", "xl/pivotCache/pivotCacheRecords1.xml", "xl/worksheets/sheet9.xml", "docProps/secret.xml",
    "word/media/a.bin",
)  # fmt: skip


def planted(content: bytes, rng: random.Random) -> bytes | None:
    """A file with something hidden in it that a reader must not overlook; None for kinds without a hiding place."""
    secret = f"<a>{rng.randrange(1000, 9999)} people</a>"
    if content[:4] == b"PK\x03\x04":
        return _planted_in_zip(content, secret, rng)
    if content.startswith(b"<html") and rng.random() < 0.2:
        return content + secret.encode()
    if content.lstrip()[:5] in (b"<html", b"<svg "):
        number, end = secret.encode(), content.rindex(b"</")
        hidden = rng.choice(
            (b"<!-- %s -->", b'<g style="display:none"><text>%s</text></g>', b'<g data-n="%s"/>', b"<title>%s</title>")
        )
        return content[:end] + hidden % number.replace(b"<a>", b"").replace(b"</a>", b"") + content[end:]
    return None


def _planted_in_zip(content: bytes, secret: str, rng: random.Random) -> bytes:
    """One more member, or bytes before, behind or between the members."""
    kind = rng.randrange(4)
    if kind == 0:
        return secret.encode() + content
    if kind == 1:
        return content + secret.encode()
    if kind == 2:
        place = content.index(b"PK\x01\x02")
        end = content.rindex(b"PK\x05\x06")
        start = struct.pack("<I", place + len(secret))
        return content[:place] + secret.encode() + content[place : end + 16] + start + content[end + 20 :]
    members = members_of(content)
    names = [name for name in PLANTED_MEMBERS if name not in members]
    return zipped({**members, rng.choice(names): secret})


OTHER_ENDINGS = (".csv", ".xlsx", ".png", ".html", ".pdf", ".dat")


def renamed(base: str, rng: random.Random) -> str:
    """The name of a file of another kind."""
    stem, _, ending = base.partition(".")
    return stem + rng.choice([other for other in OTHER_ENDINGS if other != f".{ending}"])


def mutant(rng: random.Random, bases: dict[str, bytes]) -> Mutant:
    """One mutated file, of any kind and by any means."""
    base = rng.choice(sorted(bases))
    content, is_zip = bases[base], bases[base][:4] == b"PK\x03\x04"
    chance = rng.random()
    if chance < 0.15 and (changed := number_swapped(content, rng)):
        return Mutant(base, base, changed, "number swapped", seen=True)
    if chance < 0.25 and (changed := planted(content, rng)):
        return Mutant(base, base, changed, "something planted", seen=True)
    if chance < 0.30:
        # Text is read as what its name says, so that it may well be a table of another name.
        return Mutant(
            base, renamed(base, rng), content, "renamed", seen=not base.endswith((".csv", ".tsv", ".txt", ".yaml"))
        )
    if chance < 0.38 and b"<" in content:
        return Mutant(base, base, entities_put_in(content, rng), "entities put in")
    if is_zip and chance < 0.6:
        return Mutant(base, base, member_damaged(content, rng), "member damaged")
    if is_zip and chance < 0.7:
        return Mutant(base, base, zip_damaged(content, rng), "zip damaged")
    before = content
    how: Sequence[Damage] = rng.choices(DAMAGES, k=rng.choice((1, 1, 1, 2)))
    for damage in how:
        content = damage(content, rng) or content
    return Mutant(base, base, content, how[-1].__name__, seen=base in ALL_SHOWN and _digits(content) != _digits(before))


# Files of which a reader gives every number: damage that changes one of them must show.
ALL_SHOWN = frozenset(["a.csv", "semicolon.csv", "a.tsv", "a.txt", "a.json", "vega.json", "a.yaml"])


def _digits(content: bytes) -> list[bytes]:
    """The numbers of a text, in order."""
    return re.findall(rb"\d+", content)
