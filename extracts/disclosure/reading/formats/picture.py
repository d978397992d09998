"""Pictures: their size, and what stands in them beside the picture: texts, place, author, a second picture."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

from PIL import ExifTags, Image

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Concealed, Contents, Part, PartKind
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
MOST_PIXELS = 200_000_000
CLEAN = "Save the picture again without texts, properties and thumbnails, as most programs can."

# What drawing programs say of themselves.
HARMLESS = re.compile(r"(matplotlib|R Graphics|ggplot|Stata|gnuplot|plotly|vl-convert|seaborn|cairo)[^\n]{0,120}", re.I)
TECHNICAL = {"icc_profile", "gamma", "srgb", "chromaticity", "dpi", "aspect", "transparency", "interlace", "jfif",
             "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression", "adobe", "adobe_transform",
             "background", "duration", "loop", "version", "extension", "compression", "exif", "bbox", "default_image",
             "disposal", "blend", "timestamp", "resolution", "mp", "mpoffset", "quality", "loops"}  # fmt: skip
PEOPLE = {"Artist", "XPAuthor", "Copyright", "CameraOwnerName", "BodySerialNumber", "HostComputer", "MakerNote"}
END = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9", "GIF": b";"}


def read(content: bytes, name: str, limits: Policy) -> Contents:
    """One picture, for people to look at, and the texts that its file holds. Raises CannotRead."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(content)
    except CannotRead:
        raise
    except Exception:
        # Pillow raises whatever its many decoders do with damaged bytes.
        raise CannotRead("The file is not a picture that can be read.", "Save it as PNG.") from None


def _read(content: bytes) -> Contents:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        width, height, kind, frames = *picture.size, str(picture.format), int(getattr(picture, "n_frames", 1))
        if width * height > MOST_PIXELS:
            raise CannotRead("The picture is too large to be opened safely.", "Save it with fewer pixels.")
        picture.load()
        texts, exif = _texts(picture), picture.getexif()
        concealed = [*_of_texts(texts), *_of_exif(exif), *_of_size(content, kind, frames)]
    note = f"A picture of {width:,} by {height:,} pixels. A checker must look at it, with the counts behind it."
    parts = [Part(PartKind.PICTURE, note=note)]
    if said := "\n".join(f"{name}: {text}" for name, text in {**texts, **_said(exif)}.items()):
        parts.append(Part(PartKind.TEXT, "picture's properties", text=said))
    return Contents(kind.lower(), tuple(parts), tuple(concealed))


def _texts(picture: Image.Image) -> dict[str, str]:
    """Texts that a file holds beside its picture, by name; those of drawing programs about themselves are left out."""
    found = {**{str(name): value for name, value in picture.info.items()}, **getattr(picture, "text", {})}
    texts = {name: _plain(value) for name, value in found.items() if name.lower() not in TECHNICAL}
    return {name: text for name, text in texts.items() if text and not HARMLESS.fullmatch(text)}


def _plain(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _of_texts(texts: dict[str, str]) -> Iterator[Concealed]:
    if texts:
        problem = f"The picture's file holds {len(texts)} texts that nobody sees."
        yield Concealed("metadata", Verdict.REVIEW, problem, CLEAN, "picture's properties")


def _of_exif(exif: Image.Exif) -> Iterator[Concealed]:
    """The place, the maker and the thumbnail that a camera or a program notes."""
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        yield Concealed("metadata", Verdict.FAIL, "The picture says at which place it was taken.", CLEAN, "EXIF")
    if PEOPLE & set(_said(exif)):
        yield Concealed("metadata", Verdict.REVIEW, "The picture names its maker or the device.", CLEAN, "EXIF")
    if exif.get_ifd(ExifTags.IFD.IFD1):
        problem = "The file holds a second, smaller picture, which may show what was cut off."
        yield Concealed("hidden_content", Verdict.FAIL, problem, CLEAN, "EXIF")


def _said(exif: Image.Exif) -> dict[str, str]:
    """What EXIF says in words, by name."""
    tags = {**dict(exif), **dict(exif.get_ifd(ExifTags.IFD.Exif))}
    named = {ExifTags.TAGS.get(tag, str(tag)): value for tag, value in tags.items()}
    texts = {name: value for name, value in named.items() if isinstance(value, str | bytes)}
    return {name: _plain(text)[:10_000] for name, text in texts.items() if _plain(text).strip("\x00 ")}


def _of_size(content: bytes, kind: str, frames: int) -> Iterator[Concealed]:
    """More pictures than one is shown, and bytes after the end of the picture."""
    if frames > 1:
        problem = f"The file holds {frames} pictures one after the other."
        yield Concealed("hidden_content", Verdict.REVIEW, problem, "Save each as a file of its own.")
    mark = END.get(kind)
    if mark and len(content) - content.rfind(mark) - len(mark) > 16:
        problem = "The file goes on after the end of its picture."
        yield Concealed("hidden_content", Verdict.FAIL, problem, CLEAN)
