"""Stored objects: listed, never loaded."""

import os
import pickle
import zlib
from pathlib import Path

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.contents import PartKind
from extracts.disclosure.reading.formats.opaque import read

from .parts import concealed, kinds, texts


class Model:
    """A model that keeps what it was fitted to."""

    def __init__(self) -> None:
        self.names = ["Ann Ash", "Bo Birch"]


class Touching:
    """An object that makes a folder when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return os.mkdir, (str(self.path),)


def test_a_pickle_is_named_by_its_classes_and_its_texts_are_searched() -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        contents = read(pickle.dumps(Model(), protocol), "a.pkl", SRS_10)
        assert kinds(contents) == [PartKind.MODEL, PartKind.TEXT]
        assert "Model" in contents.parts[0].note and "Ann Ash" not in contents.parts[0].note
        assert "Ann Ash" in texts(contents)
        assert concealed(contents) == []


def test_nothing_is_ever_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        contents = read(pickle.dumps(Touching(folder), protocol), "a.pkl", SRS_10)
        assert concealed(contents) == [("active_content", "fail")]
    assert not folder.exists()


def test_packed_ones_are_listed_too() -> None:
    contents = read(zlib.compress(pickle.dumps(Model())), "a.joblib", SRS_10)
    assert contents.kind == "pickle" and "Ann Ash" in texts(contents)


def test_arrays_between_the_steps_end_the_list() -> None:
    contents = read(pickle.dumps(Model())[:-5] + bytes(range(256)), "a.joblib", SRS_10)
    assert contents.kind == "pickle" and "not complete" in contents.parts[0].note


def test_whatever_else_it_is_it_is_a_model() -> None:
    for content in (b"\x89HDF\r\n\x1a\n", b"SQLite format 3\x00", b"nothing known", b"\x93NUMPY", b""):
        contents = read(content, "a", SRS_10)
        assert kinds(contents) == [PartKind.MODEL]
