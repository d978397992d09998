"""Pictures: always for a person, with what their file says beside the picture."""

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.contents import Contents, PartKind
from extracts.disclosure.reading.formats.picture import read
from extracts.disclosure.reading.triage import CannotRead

from .parts import concealed, kinds, texts

PICTURE = Image.new("RGB", (40, 30), "white")


def saved(kind: str = "PNG", picture: Image.Image = PICTURE, **said: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **said)
    return file.getvalue()


def read_it(content: bytes) -> Contents:
    return read(content, "a", SRS_10)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"])
def test_a_clean_picture_is_only_a_picture(kind: str) -> None:
    contents = read_it(saved(kind))
    assert kinds(contents) == [PartKind.PICTURE] and concealed(contents) == []
    assert "40 by 30" in contents.parts[0].note


def test_what_drawing_programs_say_of_themselves_is_no_matter() -> None:
    info = PngInfo()
    info.add_text("Software", "Matplotlib version3.9.0, https://matplotlib.org/")
    assert concealed(read_it(saved(pnginfo=info, dpi=(100, 100)))) == []


def test_texts_are_found() -> None:
    info = PngInfo()
    info.add_text("Description", "Ann Ash is the third point")
    contents = read_it(saved(pnginfo=info))
    assert concealed(contents) == [("metadata", "review")] and "Ann Ash" in texts(contents)
    assert "Ann Ash" in texts(read_it(saved("JPEG", comment=b"Ann Ash")))


def test_place_and_maker_are_found() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Ann Ash"
    exif.get_ifd(0x8825).update({1: "N", 2: (53.0, 48.0, 0.0)})
    found = concealed(read_it(saved("JPEG", exif=exif)))
    assert ("metadata", "fail") in found and ("metadata", "review") in found


def test_more_pictures_and_bytes_after_the_end_are_found() -> None:
    frames = saved("GIF", save_all=True, append_images=[Image.new("RGB", (40, 30), "black")])
    assert concealed(read_it(frames)) == [("hidden_content", "review")]
    for kind in ("PNG", "JPEG"):
        assert concealed(read_it(saved(kind) + b"person_id,age\nP1,30\nP2,31\n")) == [("hidden_content", "fail")]


def test_broken_pictures_are_not_read() -> None:
    for content in (saved()[:60], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a"):
        with pytest.raises(CannotRead):
            read_it(content)
