"""Folders arrive whole or not at all, twice is once, and packages tell when they were touched."""

import base64
import json
import os
import stat
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from extracts import delivery
from extracts.delivery import AlreadyThere, BadName, PackedFile, WrongBytes

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def fill(folder, **files):
    """Write files and the manifest that lists them."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content)
    entries = [{"name": name, "sha256": delivery.sha256_of(folder / name)} for name in files]
    (folder / "manifest.json").write_text(json.dumps({"files": entries}))
    return folder


def test_staging_is_private_and_leaves_nothing_behind(tmp_path):
    with pytest.raises(RuntimeError), delivery.staging(tmp_path / "staging") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "half").write_text("a row")
        raise RuntimeError
    assert list((tmp_path / "staging").iterdir()) == []


def test_a_folder_moves_whole_and_read_only(tmp_path):
    with delivery.staging(tmp_path / "staging") as folder:
        fill(folder, a="1", b="2")
        (folder / "codelists").mkdir()
        target = delivery.move_into_place(folder, tmp_path / "workspaces" / "P-1", "X-1")
    assert sorted(path.name for path in target.iterdir()) == ["a", "b", "codelists", "manifest.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in target.iterdir() if path.is_file()} == {0o440}
    assert delivery.verify(target) == []


def test_the_same_content_delivered_twice_is_delivered_once(tmp_path):
    for _ in range(2):
        with delivery.staging(tmp_path / "staging") as folder:
            fill(folder, a="1")
            target = delivery.move_into_place(folder, tmp_path / "P-1", "X-1")
            inode = target.stat().st_ino
            assert not folder.exists()
    assert target.stat().st_ino == inode
    assert [path.name for path in (tmp_path / "P-1").iterdir()] == ["X-1"]


def test_other_content_in_the_place_is_refused_and_stays(tmp_path):
    delivery.move_into_place(fill(tmp_path / "one", a="1"), tmp_path / "P-1", "X-1")
    with pytest.raises(AlreadyThere):
        delivery.move_into_place(fill(tmp_path / "two", a="2"), tmp_path / "P-1", "X-1")
    assert (tmp_path / "P-1" / "X-1" / "a").read_text() == "1"


@pytest.mark.parametrize("name", ["../X", "a/b", "", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    with pytest.raises(BadName):
        delivery.move_into_place(fill(tmp_path / "one", a="1"), tmp_path / "P-1", name)


def test_the_digest_knows_names_and_content(tmp_path):
    digests = {
        delivery.digest_of(fill(tmp_path / str(number), **files))
        for number, files in enumerate([{"a": "1"}, {"a": "2"}, {"b": "1"}, {"a": "1", "b": ""}])
    }
    assert len(digests) == 4
    assert delivery.digest_of(fill(tmp_path / "again", a="1")) in digests


def test_the_sweep_takes_only_what_is_old(tmp_path):
    old, busy, other = (tmp_path / name for name in ("build-old", "build-busy", "other"))
    for folder in (old, busy, other):
        fill(folder, a="1")
        for path in (folder / "a", folder / "manifest.json", folder):
            os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    (busy / "a").write_text("still writing")
    assert delivery.sweep_staging(tmp_path, LONG_AGO + timedelta(hours=1)) == ["build-old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build-busy", "other"]


def test_verify_names_what_is_wrong(tmp_path):
    folder = fill(tmp_path / "one", a="1", b="2")
    (folder / "a").write_text("changed")
    (folder / "b").unlink()
    (folder / "c").write_text("new")
    assert delivery.verify(folder) == ["b is missing.", "a has changed.", "c is not in the manifest."]
    (folder / "manifest.json").write_text("[]")
    assert delivery.verify(folder) == ["manifest.json is missing or cannot be read."]


@pytest.fixture
def key():
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def outputs(tmp_path):
    fill(tmp_path / "outputs", table="force,count\nN,10\n", notes="Rounded to 5.")
    return [
        PackedFile(f"{name}.csv", path, delivery.sha256_of(path))
        for name, path in [(name, tmp_path / "outputs" / name) for name in ("table", "notes")]
    ]


def pack(outputs, key, path):
    return delivery.pack_release(outputs, manifest={"approvals": ["Cass", "Devi"]}, signing_key=key, into=path)


def test_a_package_holds_the_files_and_verifies(tmp_path, outputs, key):
    sha256 = pack(outputs, key, tmp_path / "out.zip")
    assert sha256 == delivery.sha256_of(tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as package:
        assert package.read("table.csv") == b"force,count\nN,10\n"
        manifest = json.loads(package.read("manifest.json"))
        key.public_key().verify(base64.b64decode(package.read("manifest.sig")), package.read("manifest.json"))
    assert manifest["approvals"] == ["Cass", "Devi"]
    assert [(entry["name"], entry["bytes"]) for entry in manifest["files"]] == [("notes.csv", 13), ("table.csv", 17)]
    assert delivery.verify_package(tmp_path / "out.zip", key.public_key()) == []


def test_packing_twice_gives_the_same_bytes(tmp_path, outputs, key):
    assert pack(outputs, key, tmp_path / "one.zip") == pack(outputs[::-1], key, tmp_path / "two.zip")


def test_a_file_changed_after_approval_is_not_packed(tmp_path, outputs, key):
    outputs[0].path.write_text("force,count\nN,11\n")
    with pytest.raises(WrongBytes, match=r"table\.csv"):
        pack(outputs, key, tmp_path / "out.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["outputs"]


@pytest.mark.parametrize("name", ["manifest.json", "../up.csv", "/etc/x", "a\\b", "notes.csv"])
def test_bad_names_are_not_packed(tmp_path, outputs, key, name):
    with pytest.raises(BadName):
        pack([*outputs, PackedFile(name, outputs[0].path, outputs[0].sha256)], key, tmp_path / "out.zip")


def rewrite(path, **changes):
    """The same package with some entries changed (None drops one)."""
    with zipfile.ZipFile(path) as package:
        entries = {name: package.read(name) for name in package.namelist()} | changes
    path.chmod(0o600)
    with zipfile.ZipFile(path, "w") as package:
        for name, content in entries.items():
            if content is not None:
                package.writestr(name, content)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"table.csv": b"force,count\nN,11\n"}, "table.csv has changed."),
        ({"table.csv": None},                   "table.csv is missing."),
        ({"more.csv": b"1"},                    "more.csv is not in the manifest."),
        ({"manifest.json": b'{"files": []}'},   "The manifest was not signed with this key."),
        ({"manifest.sig": b"!"},                "The package is damaged or is not one of ours."),
    ],
)  # fmt: skip
def test_a_touched_package_says_so(tmp_path, outputs, key, changes, problem):
    pack(outputs, key, tmp_path / "out.zip")
    rewrite(tmp_path / "out.zip", **changes)
    assert delivery.verify_package(tmp_path / "out.zip", key.public_key()) == [problem]


def test_a_package_signed_by_another_key_says_so(tmp_path, outputs, key):
    pack(outputs, Ed25519PrivateKey.generate(), tmp_path / "out.zip")
    assert delivery.verify_package(tmp_path / "out.zip", key.public_key()) == [
        "The manifest was not signed with this key."
    ]


def test_a_folder_that_a_killed_build_left_is_gone_on_with(tmp_path):
    root = tmp_path / "staging"
    (root / "build-same").mkdir(parents=True)
    (root / "build-same" / "table").write_text("whole")
    (root / "build-other").mkdir()
    with delivery.going_on(root, "same") as folder:
        assert (folder / "table").read_text() == "whole"
        assert not (root / "build-other").exists(), "nobody goes on with that one"
    assert list(root.iterdir()) == []


def test_of_two_who_go_on_at_once_the_second_begins_anew(tmp_path):
    """A worker that is thought dead and is not, and the one that took its job over."""
    root = tmp_path / "staging"
    with delivery.going_on(root, "same") as first:
        (first / "table").write_text("half")
        with delivery.going_on(root, "same") as second:
            assert second != first and list(second.iterdir()) == []
        with delivery.going_on(root, "another") as third:
            assert third != first and (first / "table").exists(), "what is in use is left alone"
    assert list(root.iterdir()) == []
