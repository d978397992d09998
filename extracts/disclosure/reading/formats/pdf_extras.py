"""What a PDF holds beside its pages: attachments, scripts, layers, comments, forms, properties, earlier versions."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Concealed, Part, PartKind
from extracts.disclosure.reading.nesting import read_within
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import Verdict

CURE = "Print the document to a new PDF, which leaves this out."
ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/URI",
    "/GoToR",
    "/GoToE",
    "/Rendition",
    "/Movie",
    "/Sound",
}
# Annotations that are part of the page as everybody sees it.
SHOWN = {"/Link", "/Widget", "/Popup"}
MOST_NODES = 200_000
PEOPLE = ("/Author", "/Title", "/Subject", "/Keywords", "/Company", "/Manager")


@dataclass
class Extras:
    """Parts and concealed things of a PDF beside its pages."""

    parts: list[Part] = field(default_factory=list)
    concealed: list[Concealed] = field(default_factory=list)

    def note(self, rule: str, verdict: Verdict, problem: str, place: str = "") -> None:
        """Add something that is concealed."""
        self.concealed.append(Concealed(rule, verdict, problem, CURE, place))

    def text(self, place: str, lines: list[str]) -> None:
        """Add lines of text as a part, to be searched for what identifies people."""
        if lines:
            self.parts.append(Part(PartKind.TEXT, place, text="\n".join(lines)))


def read(content: bytes, limits: Policy) -> Extras:
    """What the file holds beside its pages. Raises CannotRead for encrypted ones, and what pypdf raises."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise CannotRead("The PDF is encrypted.", "Supply it without a password.")
    extras = Extras()
    steps: tuple[Callable[[Any, Extras, Policy], None], ...] = (
        _properties,
        _attachments,
        _layers,
        _forms,
        _comments,
        _names,
    )
    for step in steps:
        step(reader, extras, limits)
    for where in _actions(reader):
        extras.note("active_content", Verdict.FAIL, "The PDF runs a script or another action when it is opened.", where)
    versions = content.count(b"%%EOF") - (b"/Linearized" in content[:2048])
    if versions > 1:
        extras.note("hidden_content", Verdict.REVIEW, "The PDF keeps earlier versions of its pages.")
    return extras


def _properties(reader: Any, extras: Extras, limits: Policy) -> None:
    """Author, title and the like. What made the file is no matter."""
    said = {
        name: str(reader.metadata[name]) for name in reader.metadata or {} if name in PEOPLE or name[1:] not in TOOLS
    }
    said = {name: text for name, text in said.items() if text.strip() and text != "None"}
    if said:
        extras.text("properties", [f"{name[1:]}: {text}" for name, text in said.items()])
    if any(name != "/Title" for name in said):
        extras.note("metadata", Verdict.REVIEW, "The PDF names its author or says more about itself.", "properties")
    more = {name: text for name, text in _xmp(reader).items() if text not in said.values()}
    if more:
        extras.text("XMP properties", [f"{name}: {text}" for name, text in more.items()])
        if set(more) != {"title"}:
            problem = "The PDF names its author or its history."
            extras.note("metadata", Verdict.REVIEW, problem, "XMP properties")


def _xmp(reader: Any) -> dict[str, str]:
    """What the XML of properties says of people and content, by name; all of it when it cannot be parsed."""
    stream = reader.root_object.get("/Metadata")
    if stream is None:
        return {}
    data = stream.get_object().get_data()
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError):
        return {"not readable": data.decode("utf-8", "replace")}
    found: dict[str, str] = {}
    for described in root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"):
        said = {child.tag: " ".join(" ".join(child.itertext()).split()) for child in described} | described.attrib
        found |= {tag.rpartition("}")[2]: text for tag, text in said.items()}
    return {name: text for name, text in found.items() if text and name not in TECHNICAL}


TOOLS = {"Producer", "Creator", "CreationDate", "ModDate", "Trapped", "PTEX.Fullbanner"}

# Properties in XML that tell of the program and the file, not of people or content.
TECHNICAL = {"CreatorTool", "Producer", "ModifyDate", "CreateDate", "MetadataDate", "NPages", "format", "InstanceID",
             "about", "DocumentID", "OriginalDocumentID", "RenditionClass", "PDFVersion", "language", "part",
             "conformance", "Trapped", "VersionID", "amd", "rev"}  # fmt: skip


def _attachments(reader: Any, extras: Extras, limits: Policy) -> None:
    """Files that are attached: each is read like any other."""
    for number, (name, files) in enumerate(reader.attachments.items(), 1):
        place = f"attachment {number}"
        extras.note("hidden_content", Verdict.FAIL, "A file is attached to the PDF.", place)
        for data in files if isinstance(files, list) else [files]:
            parts, concealed = read_within(data, str(name), place, limits)
            extras.parts += parts
            extras.concealed += concealed


def _layers(reader: Any, extras: Extras, limits: Policy) -> None:
    """Layers, which a reader can switch on and off."""
    layers = _get(reader.root_object, "/OCProperties")
    if layers is None or not _get(layers, "/OCGs"):
        return
    default = _get(layers, "/D") or {}
    if _get(default, "/OFF") or str(default.get("/BaseState", "")) == "/OFF":
        extras.note("hidden_content", Verdict.FAIL, "The PDF has layers that are switched off.", "layers")
    else:
        extras.note("hidden_content", Verdict.REVIEW, "The PDF has layers that can be switched on and off.", "layers")


def _forms(reader: Any, extras: Extras, limits: Policy) -> None:
    """Fields of forms and what is filled in."""
    form = _get(reader.root_object, "/AcroForm")
    if form is None:
        return
    if "/XFA" in form:
        extras.note("active_content", Verdict.FAIL, "The PDF holds a form that is a program of its own.", "form")
    fields = reader.get_fields() or {}
    values = [f"{name}: {value}" for name, one in fields.items() if (value := one.get("/V")) not in (None, "")]
    if values:
        extras.text("form", values)
        extras.note("hidden_content", Verdict.REVIEW, f"{len(values)} fields of a form are filled in.", "form")


def _comments(reader: Any, extras: Extras, limits: Policy) -> None:
    """Comments, marks and hidden notes on pages."""
    for number, page in enumerate(reader.pages, 1):
        lines, links, hidden = list[str](), list[str](), False
        for one in _get(page, "/Annots") or ():
            note = one.get_object()
            kind, said = str(note.get("/Subtype", "")), note.get("/Contents")
            if kind not in SHOWN:
                lines += [str(said)] if said else []
                hidden = True
            elif said and kind == "/Link":
                links.append(str(said))
        extras.text(f"page {number}, comments", lines)
        extras.text(f"page {number}, links", links)
        if hidden:
            problem = "The page has comments or other marks that are not part of it."
            extras.note("hidden_content", Verdict.FAIL, problem, f"page {number}, comments")


def _names(reader: Any, extras: Extras, limits: Policy) -> None:
    """Titles in the table of contents, and what is said in place of pictures and other parts of a page."""
    root = reader.root_object
    extras.text("contents", list(_said(_get(root, "/Outlines"), ("/First", "/Next"), ("/Title",))))
    extras.text("alternative texts", list(_said(_get(root, "/StructTreeRoot"), ("/K",), ("/Alt", "/ActualText"))))


def _said(root: Any, ways: tuple[str, ...], keys: tuple[str, ...]) -> Iterator[str]:
    """Texts under these keys in a tree of dictionaries; each is looked at once. Raises CannotRead for too many."""
    waiting, met = [root], dict[int, Any]()
    while waiting:
        node = waiting.pop()
        if id(node) in met:
            continue
        met[id(node)] = node
        if isinstance(node, list):
            waiting += [one.get_object() for one in node if hasattr(one, "get_object")]
        elif isinstance(node, dict):
            yield from (str(said) for key in keys if (said := _get(node, key)))
            waiting += [_get(node, way) for way in ways]
        if len(waiting) + len(met) > MOST_NODES:
            raise CannotRead("The PDF has far too many parts.", CURE)


def _actions(reader: Any) -> Iterator[str]:
    """Where the file holds an action that does more than turn a page. Links to addresses on a page are left alone."""
    root = reader.root_object
    if _get(_get(root, "/Names") or {}, "/JavaScript") is not None:
        yield "scripts"
    opening = _get(root, "/OpenAction")
    if isinstance(opening, dict) and str(opening.get("/S", "")) in ACTIONS:
        yield "opening"
    if _get(root, "/AA") is not None:
        yield "document"
    for number, page in enumerate(reader.pages, 1):
        active = _get(page, "/AA") is not None
        for one in _get(page, "/Annots") or ():
            note = one.get_object()
            action = _get(note, "/A")
            kind = str(action.get("/S", "")) if isinstance(action, dict) else ""
            active |= kind in ACTIONS - {"/URI"} or _get(note, "/AA") is not None
        if active:
            yield f"page {number}"


def _get(holder: Any, name: str) -> Any:
    """What stands under a name in a dictionary of the file, followed to where it is kept; None for nothing."""
    value = holder.get(name) if hasattr(holder, "get") else None
    return value.get_object() if value is not None and hasattr(value, "get_object") else value
