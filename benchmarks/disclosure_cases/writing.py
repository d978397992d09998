"""How a draft becomes files, in one of many dresses that must not change what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.disclosure_cases.draft import Draft, File, Table, Value

SWITCHES = (
    "thousands", "quoted", "windows", "byte_order_mark", "shuffled", "spaces", "floats", "numbered", "titled",
)  # fmt: skip


@dataclass(frozen=True)
class Dress:
    """How a table is written.

    floats    whole numbers end in .0, as programs write columns with a gap
    numbered  rows are numbered in a first column without a heading, as data frames are written
    titled    there is a line above the table and one below it
    left_out  what the case doesn't say, so that the engine has to find out
    """

    delimiter: str = ","
    thousands: bool = False
    quoted: bool = False
    windows: bool = False
    byte_order_mark: bool = False
    shuffled: bool = False
    spaces: bool = False
    floats: bool = False
    numbered: bool = False
    titled: bool = False
    left_out: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """What is unusual about it, for tables of results."""
        said = [name for name in SWITCHES if getattr(self, name)]
        separator = {",": [], ";": ["semicolon"], "\t": ["tab"]}[self.delimiter]
        return [*separator, *said, *(f"no {name}" for name in self.left_out)]


PLAIN = Dress()
CHANGES: tuple[Callable[[Dress], Dress], ...] = (
    lambda dress: replace(dress, delimiter=";"),
    lambda dress: replace(dress, delimiter="\t"),
    lambda dress: replace(dress, thousands=True),
    lambda dress: replace(dress, quoted=True),
    lambda dress: replace(dress, windows=True),
    lambda dress: replace(dress, byte_order_mark=True),
    lambda dress: replace(dress, shuffled=True),
    lambda dress: replace(dress, shuffled=True),
    lambda dress: replace(dress, spaces=True),
    lambda dress: replace(dress, floats=True),
    lambda dress: replace(dress, numbered=True),
    lambda dress: replace(dress, titled=True),
    lambda dress: replace(dress, left_out=("layout",)),
    lambda dress: replace(dress, left_out=("kind",)),
    lambda dress: replace(dress, left_out=("kind", "layout")),
)


def dress(random: Random, draft: Draft) -> Dress:
    """Half of the cases are plain; the others are changed in one way or two."""
    if random.random() < 0.5:
        return PLAIN
    changed = PLAIN
    for change in random.sample(CHANGES, random.randint(1, 2)):
        changed = change(changed)
    if draft.fixed:
        return Dress(left_out=changed.left_out)
    return replace(changed, shuffled=changed.shuffled and not draft.ordered)


def written(draft: Draft, worn: Dress, random: Random, *, name: str, group: str, folder: Path) -> dict[str, Any]:
    """Write the files of a draft below `folder`; the case in the form of the shared examples."""
    places = {file.stem: f"files/{name}_{_file_name(file, worn)}" for file in draft.files}
    for file in draft.files:
        (folder / places[file.stem]).write_bytes(content(file, worn, random))
    case: dict[str, Any] = {"id": name, "class": group, "title": draft.title, "variants": worn.names}
    if draft.kind and "kind" not in worn.left_out:
        case["kind"] = draft.kind
    case["files"] = [_listed(file, places[file.stem], worn) for file in draft.files]
    if draft.layout and "layout" not in worn.left_out:
        case["layout"] = draft.layout
    if draft.context:
        case["context"] = _placed(draft.context, places)
    if draft.policy:
        case["policy"] = draft.policy
    case["expect"] = draft.expect.to_json()
    if draft.ambiguous:
        case["ambiguous"] = draft.ambiguous
    case["source"] = "arithmetic on made-up records"
    return case


def _listed(file: File, place: str, worn: Dress) -> dict[str, Any]:
    layout = {"layout": file.layout} if file.layout and "layout" not in worn.left_out else {}
    return {"path": place, "role": file.role, **layout}


def _file_name(file: File, worn: Dress) -> str:
    tabbed = isinstance(file.content, Table) and file.role == "output" and worn.delimiter == "\t"
    return file.stem.replace(".csv", ".tsv") if tabbed else file.stem


def _placed(value: Any, places: dict[str, str]) -> Any:
    """The context with files named by where they are."""
    if isinstance(value, dict):
        return {name: _placed(one, places) for name, one in value.items()}
    if isinstance(value, list):
        return [_placed(one, places) for one in value]
    return places.get(value, value) if isinstance(value, str) else value


def content(file: File, worn: Dress, random: Random) -> bytes:
    """The bytes of a file; only outputs are dressed, since records and counts come from programs."""
    if isinstance(file.content, bytes):
        return file.content
    table = file.content
    if file.role != "output":
        return csv(table, PLAIN).encode()
    if worn.shuffled:
        table = Table(table.headings, random.sample(table.rows, len(table.rows)))
    if worn.numbered:
        table = Table(["", *table.headings], [[place, *row] for place, row in enumerate(table.rows)])
    mark = b"\xef\xbb\xbf" if worn.byte_order_mark else b""
    return mark + csv(table, worn).encode()


def csv(table: Table, worn: Dress) -> str:
    """The table as text."""
    out = StringIO()
    end = "\r\n" if worn.windows else "\n"
    out.write(f"Table 1: persons of the study{end}{end}" if worn.titled else "")
    for row in table.lines:
        out.write(worn.delimiter.join(_field(value, worn) for value in row) + end)
    out.write(f"{end}Source: linked court data{end}" if worn.titled else "")
    return out.getvalue()


def _field(value: Value, worn: Dress) -> str:
    text = "" if value is None else str(value)
    if isinstance(value, int) and worn.thousands:
        text = f"{value:,}"
    elif isinstance(value, int) and worn.floats:
        text = f"{value}.0"
    if worn.spaces and text:
        text = f" {text} " if not isinstance(value, str) else f"{text} "
    if worn.quoted or any(mark in text for mark in (worn.delimiter, '"', "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text
