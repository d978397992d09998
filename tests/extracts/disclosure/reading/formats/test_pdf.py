"""PDF: tables and text come out, and everything beside the pages is found."""

import io
import zlib

import pytest
import typst
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.contents import PartKind
from extracts.disclosure.reading.formats.pdf import read
from extracts.disclosure.reading.triage import CannotRead

from .documents import comment, pdf
from .parts import concealed, kinds, tables, texts

SMALL = Policy("small", "1", max_bytes=2**20)
COUNTS = [["area", "n"], ["North", "12"], ["South", "3"]]


def test_a_ruled_table_and_the_text_around_it() -> None:
    contents = read(pdf("Mean age was 34.2.", "", table=COUNTS), "a.pdf", SRS_10)
    assert tables(contents) == {"page 1, table 1": [tuple(row) for row in COUNTS]}
    assert texts(contents).strip() == "Mean age was 34.2."
    assert concealed(contents) == []


def _with_script(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")})
    names = ArrayObject([TextStringObject("start"), writer._add_object(action)])
    writer.root_object[NameObject("/Names")] = DictionaryObject(
        {NameObject("/JavaScript"): DictionaryObject({NameObject("/Names"): names})}
    )


def _with_attachment(writer: PdfWriter) -> None:
    writer.add_attachment("rows.csv", b"person_id,age\nP1,30\n")


def _with_comment(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(comment("Ann Ash is case 3"))])


def _with_author(writer: PdfWriter) -> None:
    writer.add_metadata({"/Author": "Ann Ash"})


def _with_layer(writer: PdfWriter) -> None:
    layer = writer._add_object(DictionaryObject({NameObject("/Type"): NameObject("/OCG"),
                                                 NameObject("/Name"): TextStringObject("names")}))  # fmt: skip
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject({
        NameObject("/OCGs"): ArrayObject([layer]),
        NameObject("/D"): DictionaryObject({NameObject("/OFF"): ArrayObject([layer])}),
    })  # fmt: skip


def _with_field(writer: PdfWriter) -> None:
    field = DictionaryObject({NameObject("/FT"): NameObject("/Tx"), NameObject("/T"): TextStringObject("who"),
                              NameObject("/V"): TextStringObject("Ann Ash")})  # fmt: skip
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([writer._add_object(field)])}
    )


def _launching(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject("/S"): NameObject("/Launch")})


@pytest.mark.parametrize(
    ("change", "wanted", "says"),
    [
        (_with_script, ("active_content", "fail"), ""),
        (_launching, ("active_content", "fail"), ""),
        (_with_attachment, ("hidden_content", "fail"), ""),
        (_with_comment, ("hidden_content", "fail"), "Ann Ash is case 3"),
        (_with_author, ("metadata", "review"), "Ann Ash"),
        (_with_layer, ("hidden_content", "fail"), ""),
        (_with_field, ("hidden_content", "review"), "who: Ann Ash"),
    ],
)
def test_what_stands_beside_the_pages(change: object, wanted: tuple[str, str], says: str) -> None:
    contents = read(pdf("Text.", change=change), "a.pdf", SRS_10)
    assert wanted in concealed(contents)
    assert says in texts(contents)
    assert not any("Ann Ash" in one.problem + one.place for one in contents.concealed)


def test_attached_files_are_read_too() -> None:
    contents = read(pdf("Text.", change=_with_attachment), "a.pdf", SRS_10)
    assert [("person_id", "age"), ("P1", "30")] in tables(contents).values()


def _with_xmp(writer: PdfWriter) -> None:
    head = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    inner = '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
    said = "<dc:creator><rdf:Seq><rdf:li>Ann Ash</rdf:li></rdf:Seq></dc:creator><xmp:CreatorTool>T 1</xmp:CreatorTool>"
    stream = DecodedStreamObject()
    stream.set_data(f"{head}{inner}{said}</rdf:Description></rdf:RDF></x:xmpmeta>".encode())
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)


def test_properties_in_xml_are_read_for_people_and_not_for_tools() -> None:
    contents = read(pdf("Text.", change=_with_xmp), "a.pdf", SRS_10)
    assert "creator: Ann Ash" in texts(contents) and "T 1" not in texts(contents)
    assert concealed(contents) == [("metadata", "review")]


@pytest.mark.slow
def test_a_document_of_a_typesetter() -> None:
    """Tables with and without rules, a title, a link and a chart drawn with lines, as people hand them in."""
    contents = read(typst.compile(DOCUMENT.encode()), "a.pdf", SRS_10)
    assert list(tables(contents).values()) == [
        [("Area", "Victims", "Share"), ("North", "120", "12.5%"), ("South", "3", "0.3%")],
        [("Offence", "2019", "2020"), ("Theft", "12", "30"), ("Drugs", "13", "31"), ("Total", "25", "61")],
    ]
    assert PartKind.PICTURE in kinds(contents)
    assert concealed(contents) == []


DOCUMENT = """
#set document(title: "Outcomes")
= Outcomes by area
The mean age was 34.2. See #link("https://example.org")[the method].
#table(columns: 3, [Area], [Victims], [Share], [North], [120], [12.5%], [South], [3], [0.3%])
Some more text.
#table(columns: 3, stroke: none, [Offence], [2019], [2020], [Theft], [12], [30],
  [Drugs], [13], [31], [Total], [25], [61])
#box(width: 99pt, height: 99pt, for i in range(9) { place(dx: i * 9pt, dy: i * 7pt, circle(radius: 2pt)) })
"""


def test_drawings_are_for_a_person() -> None:
    curves = "\n".join(f"{x} 300 m {x} 310 {x + 5} 310 {x + 5} 300 c S" for x in range(100, 200, 10))

    def draw(writer: PdfWriter) -> None:
        page = writer.pages[0]
        data = page.get_contents().get_data() + b"\n" + curves.encode()
        stream = page.get_contents()
        stream.set_data(data)
        page[NameObject("/Contents")] = writer._add_object(stream)

    assert PartKind.PICTURE in kinds(read(pdf("Figure", change=draw), "a.pdf", SRS_10))


def test_an_earlier_version_is_found() -> None:
    writer = PdfWriter(io.BytesIO(pdf("A count of 3")), incremental=True)
    writer.add_metadata({"/Producer": "another"})
    file = io.BytesIO()
    writer.write(file)
    assert ("hidden_content", "review") in concealed(read(file.getvalue(), "a.pdf", SRS_10))


def test_encrypted_and_broken_files_are_not_read() -> None:
    def lock(writer: PdfWriter) -> None:
        writer.encrypt("secret")

    for content in (pdf("x", change=lock), b"%PDF-1.7\nnothing", pdf("x")[:200]):
        with pytest.raises(CannotRead):
            read(content, "a.pdf", SRS_10)


def test_a_stream_that_unpacks_to_far_more_is_refused_before_it_is_parsed() -> None:
    packed = zlib.compress(bytes(20 * 2**20), 9)
    with pytest.raises(CannotRead, match="far more"):
        read(b"%PDF-1.7\n1 0 obj<</Filter/FlateDecode>>stream\n" + packed + b"\nendstream endobj", "a.pdf", SMALL)
