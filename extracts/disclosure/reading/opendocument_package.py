"""What an OpenDocument workbook holds beside its sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Part, PartKind
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.markup import Element, attribute, descendants, local, parse_xml, text_of
from extracts.disclosure.reading.nesting import read_within
from extracts.disclosure.reading.office import FAIL, REVIEW, SOFTWARE, Office
from extracts.disclosure.reading.package import Package

CELLS = ("table-cell", "covered-table-cell")

KNOWN = re.compile(r"mimetype|content\.xml|styles\.xml|meta\.xml|settings\.xml|META-INF/manifest\.xml|manifest\.rdf")


def note_beside(office: Office, root: Element) -> None:
    """What stands in the content beside sheets."""
    for names, rule, problem, cure in (
        (("tracked-changes",), "hidden_content", "The file holds the history of its changes.", "Accept all changes."),
        (("script", "event-listener"), "active_content", "The file holds macros.", "Save it without macros."),
        (("dde-link", "table-source", "database-range-source-sql", "cell-range-source"), "hidden_content",
         "The file is linked to data elsewhere.", "Break the links."),
        (("hidden-text", "hidden-paragraph", "conditional-text"), "hidden_content",
         "The file holds text that is not seen.", "Delete it."),
        (("data-pilot-table",), "hidden_content", "The file holds a pivot table.", "Paste it as values."),
    ):  # fmt: skip
        if any(True for _ in descendants(root, *names)):
            office.conceals(rule, FAIL, problem, cure)
    texts = list(_texts_elsewhere(root))
    if texts:
        office.parts.append(Part(PartKind.TEXT, "beside the cells", text="\n".join(texts)))
    rules = [attribute(one, "condition") or "" for one in descendants(root, "content-validation")]
    if rules:
        office.parts.append(Part(PartKind.TEXT, "rules for cells", text="\n".join(rules)))
    for one in descendants(root, "named-expression"):
        said = attribute(one, "expression") or ""
        problem = "A defined name holds a value."
        office.conceals("hidden_content", REVIEW, problem, "Delete the name.", "defined names")
        office.parts.append(Part(PartKind.TEXT, "defined names", text=said))


def _texts_elsewhere(root: Element) -> Iterator[str]:
    """What stands beside cells and comments: shapes, header, footer, tracked changes, titles of tables and pictures."""
    yield from filter(None, (as_seen(text_of(one)) for one in descendants(root, "title", "desc")))
    for one in descendants(root, "p"):
        parent = one.getparent()
        if parent is not None and local(parent) not in (*CELLS, "annotation") and (text := as_seen(text_of(one))):
            yield text


def note_members(office: Office, package: Package, limits: Policy) -> None:
    """Other files in the package, and names of people in its properties."""
    for name in package.names:
        if name.endswith(".xml") and b"<!--" in package.read(name):
            problem = "A part of the file has comments in its XML, which no software writes."
            office.conceals("hidden_content", FAIL, problem, "Save it anew.", name)
        if KNOWN.fullmatch(name) or name.startswith("Configurations2/"):
            continue
        if name.startswith(("Basic/", "Scripts/")):
            office.conceals("active_content", FAIL, "The file holds macros.", "Save it without macros.")
        elif name.startswith("Thumbnails/"):
            office.conceals("hidden_content", REVIEW, "The file holds a small picture of itself.", "Save it as XLSX.")
        elif name.startswith("Pictures/"):
            parts, concealed = read_within(package.read(name), name, f"picture {name.rpartition('/')[2]}", limits)
            office.parts += parts
            office.concealed += concealed
        else:
            office.conceals("hidden_content", FAIL, "Another file is embedded in this one.", "Remove it.", "package")
            if name.endswith("content.xml"):
                text = as_seen(text_of(parse_xml(package.read(name))))
                office.parts.append(Part(PartKind.TEXT, "embedded object", text=text))
    for name in ("styles.xml", "meta.xml"):
        if name in package.names:
            _properties(office, parse_xml(package.read(name)))


def _properties(office: Office, root: Element) -> None:
    for one in descendants(root, "creator", "initial-creator", "printed-by"):
        if not SOFTWARE.fullmatch(text_of(one).strip()):
            cure = "Remove personal information from the properties of the file."
            office.conceals("metadata", REVIEW, "The properties of the file name its author or an organisation.", cure)
    texts = [
        as_seen(text_of(one))
        for one in descendants(root, "title", "subject", "description", "keyword", "user-defined", "p")
    ]
    if text := "\n".join(filter(None, texts)):
        office.parts.append(Part(PartKind.TEXT, "properties", text=text))
