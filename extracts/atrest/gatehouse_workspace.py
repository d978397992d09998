"""Open the files of a Gatehouse extract. This module lies in the extract's folder; it needs nothing of Gatehouse.

    import sys; sys.path.insert(0, "extract-7-0123456789abcdef")
    import gatehouse_workspace as gw

    gw.names()                      what there is
    gw.read("pol_crime")            a table as a pandas DataFrame, from whichever of its files comes first
    gw.read("pol_crime.dta")        the same from this file
    gw.arrow("pol_crime")           as a pyarrow Table; columns=[...] reads those only
    gw.duckdb().sql("FROM pol_crime")       a DuckDB connection on which every table is a view
    gw.open("dictionary.csv")       the plain bytes as a file, to read and to seek in
    with gw.path_of("dictionary.html") as path: ...     the plain bytes under a path, for programs that want one
    gw.copy("pol_crime.dta", "/dev/shm/pol_crime.dta")      a copy that is not encrypted
    gw.check()                      what is wrong with the files, measured against manifest.json; [] when all is well

The files are encrypted. The key is in a file that only you can read (rights 0600), named by the environment variable
GATEHOUSE_WORKSPACE_KEY, else /run/secrets/gatehouse_workspace_key. Whoever set your workspace up put it there.
What you write yourself is not encrypted by this module.

Needs pyarrow and cryptography; pandas and duckdb for what is named after them; pyreadstat for .sav, rdata for .rds.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import stat
import struct
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyarrow.parquet.encryption import create_decryption_properties

if TYPE_CHECKING:
    import duckdb as engine
    import pandas

KEY_VARIABLE, KEY_MOUNTED = "GATEHOUSE_WORKSPACE_KEY", "/run/secrets/gatehouse_workspace_key"
HERE = Path(__file__).resolve().parent
MANIFEST = "manifest.json"
FORMATS = (".parquet", ".csv", ".dta", ".sav", ".rds")  # which file of a table is read first

# A sealed file: header, its tag, then chunks of CHUNK_BYTES plain bytes (the last may be shorter), each with its tag.
MAGIC, VERSION, CHUNK_BYTES, TAG_BYTES = b"GHSEALED", 1, 1 << 20, 16
HEADER = struct.Struct(">8sBI7s72sQ")  # magic, version, chunk bytes, nonce prefix, wrapped data key, plain bytes
PLACE = struct.Struct(">IB")  # ends a nonce: number of the chunk, and what it is
MORE, LAST, OF_HEADER = 0, 1, 2
UNFINISHED = (1 << 64) - 1  # in place of the plain bytes, until a file has been written whole
WRAPPED = struct.Struct(">8s16s48s")  # id of the workspace key, salt, encrypted data key with its tag
WRAPPED_IN_PARQUET = re.compile(rb'"wrappedDEK":"([A-Za-z0-9+/=]+)"')

PLAIN_PARQUET, ENCRYPTED_PARQUET = b"PAR1", b"PARE"
BLOCK_ROWS = 1 << 16


class CannotOpen(Exception):
    """A file cannot be opened; the kinds below say why."""


class NoSuchFile(CannotOpen):
    """The extract holds no file or table of this name."""


class NoKey(CannotOpen):
    """There is no key file, or it is not one, or others can read it."""


class WrongKey(CannotOpen):
    """The file was sealed under another key than those given."""


class WrongFile(CannotOpen):
    """The file was sealed under another name, or its wrapped key was altered."""


class Truncated(CannotOpen):
    """The file ends early, or was never finished."""


class ExtraBytes(CannotOpen):
    """The file goes on after its end."""


class Damaged(CannotOpen):
    """Bytes of the file are not those that were written, or not in the place where they were."""


Keys = Mapping[bytes, bytes]  # key id -> workspace key


def keys() -> Keys:
    """The workspace's keys by their ids, from the key file. Raises NoKey with what to do."""
    path = Path(os.environ.get(KEY_VARIABLE) or KEY_MOUNTED)
    try:
        found = path.stat()
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise NoKey(
            f"{path} cannot be read ({type(problem).__name__}). Set {KEY_VARIABLE} to the file that holds your "
            "workspace's key; whoever runs the workspace has it."
        ) from None
    if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
        raise NoKey(f"Others can read the key in {path}: take their rights away (chmod 600) and report it.")
    given = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    try:
        return by_id(bytes.fromhex(secret) for _, secret in given)
    except ValueError:
        raise NoKey(f"{path} is not a key file: each line holds a version and 64 hexadecimal digits.") from None


def by_id(secrets: Iterable[bytes]) -> Keys:
    """Workspace keys by their ids. Raises ValueError unless there are some, of 32 bytes each."""
    found = {key_id(secret): secret for secret in secrets}
    if not found or any(len(secret) != 32 for secret in found.values()):
        raise ValueError("A workspace key has 32 bytes.")
    return found


def key_id(workspace_key: bytes) -> bytes:
    """Eight bytes that tell workspace keys apart and say nothing else of them."""
    return HKDF(hashes.SHA256(), 8, None, b"gatehouse workspace key id").derive(workspace_key)


def wrapping_key(workspace_key: bytes, name: str, salt: bytes) -> bytes:
    """The key that wraps the data key of one file. It follows from the file's name, so that none passes for another."""
    return HKDF(hashes.SHA256(), 32, salt, b"gatehouse file|" + name.encode()).derive(workspace_key)


def unwrapped(wrapped: bytes, name: str, known: Keys) -> bytes:
    """The data key of the file of this name. Raises WrongKey, WrongFile and Damaged."""
    if len(wrapped) != WRAPPED.size:
        raise Damaged(f"{name}: its wrapped key is damaged.")
    of_key, salt, sealed = WRAPPED.unpack(wrapped)
    if of_key not in known:
        have = ", ".join(sorted(one.hex() for one in known))
        raise WrongKey(f"{name} was sealed under the key {of_key.hex()}; yours: {have}.")
    try:
        # A wrapping key wraps one data key, so its nonce need not change.
        return AESGCM(wrapping_key(known[of_key], name, salt)).decrypt(bytes(12), sealed, None)
    except InvalidTag:
        raise WrongFile(f"{name} was sealed under another name, or altered.") from None


class SealedFile(io.RawIOBase):
    """The plain bytes of a sealed file, to read and to seek in; one chunk is held in memory.

    Raises WrongKey, WrongFile, Truncated, ExtraBytes and Damaged when made, and Damaged when a chunk is read
    that is not what was written in that place.
    """

    def __init__(self, file: BinaryIO, *, name: str, known: Keys) -> None:
        self._file, self._name, self._at, self._held = file, name, 0, (-1, b"")
        head = file.read(HEADER.size + TAG_BYTES)
        if len(head) < HEADER.size + TAG_BYTES:
            raise Truncated(f"{name} ends within its header.")
        magic, version, self._chunk, self._prefix, wrapped, self._size = HEADER.unpack_from(head)
        if magic != MAGIC or version != VERSION:
            raise Damaged(f"{name} is not a sealed file of version {VERSION}.")
        self._cipher = AESGCM(unwrapped(wrapped, name, known))
        if self._size == UNFINISHED:
            raise Truncated(f"{name} was never finished.")
        self._decrypt(head[HEADER.size :], 0, OF_HEADER, head[: HEADER.size])
        self._chunks = max(1, -(-self._size // self._chunk))
        self._compare_length(file.seek(0, io.SEEK_END))

    def _compare_length(self, found: int) -> None:
        expected = HEADER.size + TAG_BYTES + self._size + self._chunks * TAG_BYTES
        if found < expected:
            raise Truncated(f"{self._name} ends early: {expected - found} bytes are missing.")
        if found > expected:
            raise ExtraBytes(f"{self._name} goes on after its end: {found - expected} bytes are too many.")

    def _decrypt(self, sealed: bytes, number: int, kind: int, told: bytes | None = None) -> bytes:
        try:
            return self._cipher.decrypt(self._prefix + PLACE.pack(number, kind), sealed, told)
        except InvalidTag:
            what = "its header" if kind == OF_HEADER else f"chunk {number + 1} of {self._chunks}"
            raise Damaged(f"{self._name}: {what} is not what was written there.") from None

    def _plain(self, number: int) -> bytes:
        if self._held[0] != number:
            self._file.seek(HEADER.size + TAG_BYTES + number * (self._chunk + TAG_BYTES))
            sealed = self._file.read(self._chunk + TAG_BYTES)
            self._held = (number, self._decrypt(sealed, number, LAST if number == self._chunks - 1 else MORE))
        return self._held[1]

    def readinto(self, buffer: Any) -> int:
        if self._at >= max(self._size, 1):  # even an empty file has one chunk to look at
            return 0
        number, start = divmod(self._at, self._chunk)
        part = self._plain(number)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


class ContentDigest:
    """SHA-256 of a table's content: the same for the same columns and rows in the same order, however they are stored.

    Hashed are the names and types of the columns as JSON, then blocks of BLOCK_ROWS rows (the last may be shorter).
    Of each block: its number of rows in four bytes; of each column in turn, one bit a row that says whether there is
    a value (the first row in the lowest bit), then the values: numbers, dates and times as their fixed bytes, truths
    as one bit a row, texts as their lengths in four bytes each and then all their UTF-8 bytes. Where there is no
    value, a zero or an empty text stands. Numbers are little-endian. Raises TypeError for other types.
    """

    def __init__(self, schema: pyarrow.Schema) -> None:
        self._schema = pyarrow.schema([(field.name, _plain_type(field.type)) for field in schema])
        columns = [[field.name, str(field.type)] for field in self._schema]
        self._hash = hashlib.sha256(json.dumps(["gatehouse table 1", columns], ensure_ascii=False).encode())
        self._waiting: list[pyarrow.RecordBatch] = []
        self._rows = 0

    def update(self, batch: pyarrow.RecordBatch) -> None:
        """Add rows; how they are cut into batches makes no difference."""
        while self._rows + batch.num_rows >= BLOCK_ROWS:
            taken = BLOCK_ROWS - self._rows
            self._add(batch.slice(0, taken))
            self._flush()
            batch = batch.slice(taken)
        if batch.num_rows:
            self._add(batch)

    def hexdigest(self) -> str:
        if self._rows:
            self._flush()
        return self._hash.hexdigest()

    def _add(self, batch: pyarrow.RecordBatch) -> None:
        self._waiting.append(batch)
        self._rows += batch.num_rows

    def _flush(self) -> None:
        table = pyarrow.Table.from_batches(self._waiting).cast(self._schema)
        self._hash.update(struct.pack("<I", self._rows))
        for column in table.columns:
            whole = column.chunk(0) if column.num_chunks == 1 else pyarrow.concat_arrays(column.chunks)
            for part in _bytes_of(whole):
                self._hash.update(part)
        self._waiting, self._rows = [], 0


def _plain_type(kind: pyarrow.DataType) -> pyarrow.DataType:
    if pyarrow.types.is_dictionary(kind):
        kind = kind.value_type
    texts = (pyarrow.types.is_string, pyarrow.types.is_large_string, pyarrow.types.is_string_view)
    if any(is_text(kind) for is_text in texts):
        return pyarrow.string()
    if not pyarrow.types.is_primitive(kind) or not kind.bit_width:
        raise TypeError(f"No digest is defined for columns of the type {kind}.")
    return kind


def _bytes_of(column: pyarrow.Array) -> Iterator[Any]:
    """Validity and values of one column of a block, as ContentDigest describes them."""
    yield _bits(column.is_valid())
    if pyarrow.types.is_string(column.type):
        filled = pyarrow.compute.fill_null(column, "")
        yield pyarrow.compute.binary_length(filled).buffers()[1]
        ends = memoryview(filled.buffers()[1]).cast("i")[filled.offset : filled.offset + len(filled) + 1]
        if ends[-1] > ends[0]:
            yield memoryview(filled.buffers()[2])[ends[0] : ends[-1]]
    elif pyarrow.types.is_boolean(column.type):
        yield _bits(pyarrow.compute.fill_null(column, False))
    else:
        width = column.type.bit_width // 8
        numbers = column.view({1: pyarrow.int8(), 2: pyarrow.int16(), 4: pyarrow.int32(), 8: pyarrow.int64()}[width])
        filled = pyarrow.compute.fill_null(numbers, 0)
        yield memoryview(filled.buffers()[1])[filled.offset * width : (filled.offset + len(filled)) * width]


def _bits(truths: pyarrow.Array) -> Any:
    return numpy.packbits(truths.to_numpy(zero_copy_only=False), bitorder="little")


def content_sha256(name: str, folder: Path | str = HERE) -> str:
    """The digest that manifest.json gives as `content_sha256`: ContentDigest of a Parquet file, SHA-256 of others."""
    path = _file_named(name, Path(folder))
    if path.suffix == ".parquet":
        file = parquet(name, folder)
        digest = ContentDigest(file.schema_arrow)
        for batch in file.iter_batches(BLOCK_ROWS):
            digest.update(batch)
        return digest.hexdigest()
    with open(name, folder) as plain:
        return _sha256(plain)


def check(folder: Path | str = HERE) -> list[str]:
    """What is wrong with the extract, measured against its manifest; [] when every file is what was delivered."""
    entries = {entry["name"]: entry for entry in _manifest(Path(folder))["files"]}
    return [problem for name, entry in entries.items() if (problem := _problem(name, entry, folder))]


def _problem(name: str, entry: dict[str, Any], folder: Path | str) -> str:
    try:
        found = content_sha256(name, folder)
    except (CannotOpen, OSError, pyarrow.ArrowException) as problem:
        return f"{name} cannot be read ({type(problem).__name__})."
    return "" if found == entry["content_sha256"] else f"{name} has changed."


def names(folder: Path | str = HERE) -> list[str]:
    """The files of the extract, as `read` and `open` take them."""
    root = Path(folder)
    found = (path for path in root.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
    return sorted(_name_of(path, root) for path in found)


def read(name: str, folder: Path | str = HERE, **options: Any) -> pandas.DataFrame | Any:
    """A table or file as a pandas DataFrame. `options` go to the pandas function that reads this format.

    Whole numbers are pandas' Int64: where some are missing, pandas would make keys decimals and lose their last digits.
    """
    import pandas

    path = _file_named(name, Path(folder))
    own = _name_of(path, Path(folder))
    if path.suffix == ".parquet":
        whole = {pyarrow.int64(): pandas.Int64Dtype()}
        return arrow(own, folder).to_pandas(**{"types_mapper": whole.get, **options})
    if path.suffix == ".sav":
        with path_of(own, folder) as plain:
            return pandas.read_spss(plain, **options)
    with open(own, folder) as file:
        if path.suffix == ".csv":
            return pandas.read_csv(file, **{"dtype_backend": "numpy_nullable", **options})
        if path.suffix == ".dta":
            return pandas.read_stata(file, **options)
        if path.suffix == ".rds":
            return _rds(file)
    raise CannotOpen(f"{own} is not a table: use gatehouse_workspace.open.")


def _rds(file: BinaryIO) -> Any:
    try:
        import rdata
    except ImportError:
        raise CannotOpen("Reading .rds in Python needs the package rdata: read the Parquet file instead.") from None
    return rdata.read_rds(file)


def arrow(name: str, folder: Path | str = HERE, columns: list[str] | None = None) -> pyarrow.Table:
    """A table as a pyarrow Table, whole or some of its columns."""
    return parquet(name, folder).read(columns=columns)


def parquet(name: str, folder: Path | str = HERE) -> pyarrow.parquet.ParquetFile:
    """The Parquet file of a table, to read in parts: `.iter_batches()`, `.schema_arrow`, `.metadata`."""
    path = _file_named(f"{name.removesuffix('.parquet')}.parquet", Path(folder))
    key = data_key(path, _name_of(path, Path(folder)))
    properties = create_decryption_properties(key) if key else None
    try:
        return pyarrow.parquet.ParquetFile(path, decryption_properties=properties)
    except OSError as problem:
        raise Damaged(f"{path.name} is not what was written.") from problem


def data_key(path: Path, name: str, known: Keys | None = None) -> bytes | None:
    """The key of an encrypted Parquet file, from its own metadata; None when it is not encrypted.

    Raises NoKey, WrongKey, WrongFile, Truncated and Damaged.
    """
    with path.open("rb") as file:
        begins = file.read(4)
        if begins == PLAIN_PARQUET:
            return None
        end = file.seek(0, io.SEEK_END)
        file.seek(max(0, end - 8))
        length, ends = struct.unpack("<I4s", file.read(8).rjust(8, b"\0"))
        if begins != ENCRYPTED_PARQUET or ends != ENCRYPTED_PARQUET or length + 12 > end:
            raise Truncated(f"{name} does not end as a Parquet file does: it is cut short or goes on after its end.")
        file.seek(end - 8 - length)
        found = WRAPPED_IN_PARQUET.search(file.read(length))
    if not found:
        raise Damaged(f"{name} holds no wrapped key.")
    return unwrapped(base64.b64decode(found[1]), name, keys() if known is None else known)


def dataset(path: Path, key: bytes | None) -> pyarrow.dataset.Dataset:
    """A Parquet file as a pyarrow Dataset, for what scans in parts; `key` is what `data_key` gives."""
    properties = create_decryption_properties(key) if key else None
    # Whole columns read ahead would be held for a file that lies on this machine anyway.
    options = pyarrow.dataset.ParquetFragmentScanOptions(decryption_properties=properties, pre_buffer=False)
    file_format = pyarrow.dataset.ParquetFileFormat(default_fragment_scan_options=options)
    return pyarrow.dataset.dataset(path, format=file_format)


def duckdb(*tables: str, folder: Path | str = HERE, spill: Path | str | None = None) -> engine.DuckDBPyConnection:
    """A DuckDB connection on which the given tables, or all, are views. DuckDB itself is never told a key.

    spill  a folder for what does not fit into memory. DuckDB writes it there unencrypted; without a folder such
           queries fail instead.
    """
    import duckdb as engine

    root = Path(folder)
    connection = engine.connect(":memory:", config={"temp_directory": str(spill or "")})
    for table in tables or [path.stem for path in sorted(root.glob("*.parquet"))]:
        path = _file_named(f"{table}.parquet", root)
        connection.register(table, dataset(path, data_key(path, path.name)))
    return connection


def open(name: str, folder: Path | str = HERE) -> BinaryIO:
    """The plain bytes of a file, to read and to seek in. Parquet files are opened by `read`, `arrow` and `duckdb`."""
    path = _file_named(name, Path(folder))
    file = path.open("rb")
    start = file.read(len(MAGIC))
    file.seek(0)
    if start.startswith(ENCRYPTED_PARQUET):
        file.close()
        raise CannotOpen(f"{name} is encrypted within: use read, arrow, parquet or duckdb.")
    if start != MAGIC:
        return file
    try:
        return io.BufferedReader(SealedFile(file, name=_name_of(path, Path(folder)), known=keys()), CHUNK_BYTES)
    except CannotOpen:
        file.close()
        raise


@contextlib.contextmanager
def path_of(name: str, folder: Path | str = HERE) -> Iterator[str]:
    """A path under which a program finds the plain bytes, until the block ends.

    On Linux they are in memory only; elsewhere in a temporary file that is removed.
    """
    with open(name, folder) as plain, _nameless() as file:
        shutil.copyfileobj(plain, file, CHUNK_BYTES)
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}" if hasattr(os, "memfd_create") else str(file.name)


def copy(name: str, to: Path | str, folder: Path | str = HERE) -> Path:
    """Write the plain bytes to a new file that only you can read, for programs that cannot be given `path_of`.

    It is not encrypted: keep it in memory (/dev/shm) where you can, and remove it when you are done.
    """
    with open(name, folder) as plain, os.fdopen(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        shutil.copyfileobj(plain, file, CHUNK_BYTES)
    return Path(to)


def _nameless() -> Any:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("gatehouse"), "w+b")
    return tempfile.NamedTemporaryFile("w+b")


def _manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / MANIFEST).read_bytes()))


def _file_named(name: str, folder: Path) -> Path:
    """The file of a name, or of a table's name in the first of FORMATS that is there."""
    for path in (folder / name, *(folder / f"{name}{suffix}" for suffix in FORMATS)):
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            return path
    raise NoSuchFile(f"There is no {name} here. There is: {', '.join(names(folder))}.")


def _name_of(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while part := file.read(CHUNK_BYTES):
        digest.update(part)
    return digest.hexdigest()
