"""Word and PowerPoint: tables and texts are read, and what a page or a slide does not show is found."""

import io
import zipfile

import pytest
from docx import Document

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.formats import read

from ..office_files import (
    RELATIONS,
    P,
    W,
    docx,
    pptx,
    slide_table,
    slide_text,
    word_cell,
    word_table,
    word_text,
    xlsx,
)  # fmt: skip
from .parts import concealed, tables, texts

WANTED = [("area", "n"), ("North", "10"), ("South", "20")]
FIRST, NEXT = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_clean_documents() -> None:
    for content, name in ((docx(), "a.docx"), (pptx(), "a.pptx")):
        contents = read(content, name, SRS_10)
        assert (list(tables(contents).values()), concealed(contents)) == ([WANTED], [])


def test_the_picture_of_the_template_of_python_docx_is_harmless_and_any_other_is_not() -> None:
    made = io.BytesIO()
    document = Document()
    document.add_table(2, 2)
    document.save(made)
    with zipfile.ZipFile(made) as package:
        thumbnail = package.read("docProps/thumbnail.jpeg")
    for picture, wanted in ((thumbnail, []), (thumbnail + b".", ["The file holds a small picture of itself."])):
        contents = read(docx(more={"docProps/thumbnail.jpeg": picture}), "a.docx", SRS_10)
        assert [one.problem for one in contents.concealed] == wanted


def test_text_around_tables_is_read() -> None:
    contents = read(
        docx(word_text("Table 1"), word_table(("a", "n"), ("x", 1)), word_text("Note: 7 cases")), "a.docx", SRS_10
    )
    assert texts(contents).split("\n")[-2:] == ["Table 1", "Note: 7 cases"]


def test_merged_labels_of_word_tables_hold_for_all_their_cells() -> None:
    wide = word_cell("Male", '<w:gridSpan w:val="2"/>')
    rows = [
        f"<w:tr>{word_cell('')}{word_cell('area')}{wide}</w:tr>",
        f"<w:tr>{''.join(map(word_cell, ('', '', 'n', 'm')))}</w:tr>",
        f"<w:tr>{word_cell('W', FIRST)}{''.join(map(word_cell, ('North', 1, 2)))}</w:tr>",
        f"<w:tr>{word_cell('', NEXT)}{''.join(map(word_cell, ('South', 3, 4)))}</w:tr>",
    ]
    [table] = tables(read(docx(f"<w:tbl>{''.join(rows)}</w:tbl>"), "a.docx", SRS_10)).values()
    assert table == [("column 1", "area", "Male / n", "Male / m"), ("W", "North", "1", "2"), ("W", "South", "3", "4")]


def test_tables_within_cells_are_tables_of_their_own() -> None:
    inner = word_table(("b", "m"), ("y", 5))
    outer = word_table(("a", "n"), ("x", 1)).replace("</w:tc>", inner + "</w:tc>", 1)
    found = list(tables(read(docx(outer), "a.docx", SRS_10)).values())
    assert found == [[("a", "n"), ("x", "1")], [("b", "m"), ("y", "5")]]


def run(properties: str = "") -> str:
    """The XML of a piece of text."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>7 people</w:t></w:r>"


HIDDEN_IN_WORD = {
    "deleted text": "<w:del w:author='A'><w:r><w:delText>7 people</w:delText></w:r></w:del>",
    "inserted text": f"<w:ins w:author='A'>{run()}</w:ins>",
    "hidden text": run("<w:vanish/>"),
    "white text": run('<w:color w:val="FFFFFF"/>'),
    "tiny text": run('<w:sz w:val="2"/>'),
}


@pytest.mark.parametrize("what", HIDDEN_IN_WORD)
def test_hidden_text_of_documents_is_found_and_read(what: str) -> None:
    contents = read(docx(word_table(("a", "n"), ("x", 1)), f"<w:p>{HIDDEN_IN_WORD[what]}</w:p>"), "a.docx", SRS_10)
    assert ("hidden_content", "fail") in concealed(contents)
    assert "7 people" in texts(contents)


def test_text_that_is_seen_is_left_in_peace() -> None:
    shaded = word_text("Head", '<w:color w:val="FFFFFF"/><w:shd w:fill="112233"/>')
    off = word_text("Seen", '<w:vanish w:val="0"/><w:sz w:val="20"/>')
    page = "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    assert concealed(read(docx(shaded, off, page), "a.docx", SRS_10)) == []


def test_hiding_styles_are_found() -> None:
    style = f'<w:styles {W}><w:style w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    gone = "<w:p>" + run('<w:rStyle w:val="Gone"/>') + "</w:p>"
    assert concealed(read(docx(gone, more={"word/styles.xml": style}), "a.docx", SRS_10)) == [
        ("hidden_content", "fail")
    ]
    assert concealed(read(docx(more={"word/styles.xml": style}), "a.docx", SRS_10)) == []


def relation(kind: str, target: str) -> str:
    """The XML of a link to something outside of the package."""
    one = f'<Relationship Id="a" Type="http://x/{kind}" Target="{target}" TargetMode="External"/>'
    return f'<Relationships xmlns="{RELATIONS}">{one}</Relationships>'


LINKS, PICTURES = "word/_rels/settings.xml.rels", "word/_rels/document.xml.rels"
VARIABLES = f'<w:settings {W}><w:docVars><w:docVar w:name="a" w:val="7"/></w:docVars></w:settings>'
AUTHOR = "<a xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:creator>A. Person</dc:creator></a>"
COMMENTS = f"<w:comments {W}>{word_text('7 people')}</w:comments>"
HIDES, RUNS, NAMES = ("hidden_content", "fail"), ("active_content", "review"), ("metadata", "review")
BLOCKS = f"<w:glossaryDocument {W}>{word_text('7 people')}</w:glossaryDocument>"
BESIDE_WORD: dict[str, tuple[str, str | bytes, tuple[str, str]]] = {
    "comments":             ("word/comments.xml",      COMMENTS,                                        HIDES),
    "variables":            ("word/settings.xml",      VARIABLES,                                       HIDES),
    "a template elsewhere": (LINKS,                    relation("attachedTemplate", "http://x/a.dotm"), RUNS),
    "a picture elsewhere":  (PICTURES,                 relation("image", "http://x/a.png"),             RUNS),
    "a document within":    ("word/afchunk.mht",       "x",                                             HIDES),
    "data in XML":          ("customXml/item1.xml",    "<a>7</a>",                                      HIDES),
    "a workbook":           ("word/embeddings/a.xlsx", xlsx(),                                          HIDES),
    "building blocks":      ("word/glossary/document.xml", BLOCKS,             ("hidden_content", "review")),
    "a comment in XML":     ("word/styles.xml",        f"<w:styles {W}><!-- 7 people --></w:styles>",   HIDES),
    "an author":            ("docProps/core.xml",      AUTHOR,                                          NAMES),
}  # fmt: skip


@pytest.mark.parametrize("what", BESIDE_WORD)
def test_what_stands_beside_the_pages_is_found(what: str) -> None:
    member, content, wanted = BESIDE_WORD[what]
    assert wanted in concealed(read(docx(more={member: content}), "a.docx", SRS_10))


def test_lists_that_office_writes_although_they_are_empty_are_no_finding() -> None:
    sources = '<b:Sources SelectedStyle="/APA.XSL" xmlns:b="http://schemas.openxmlformats.org/bibliography"/>'
    more = {"customXml/item1.xml": sources, "word/persons/person.xml": "<personList/>"}
    assert concealed(read(docx(more=more), "a.docx", SRS_10)) == []
    named = "<personList><person displayName='A. Person'/></personList>"
    assert concealed(read(docx(more={"word/persons/person.xml": named}), "a.docx", SRS_10)) == [("metadata", "review")]


def test_an_ordinary_link_is_no_finding_but_its_address_is_read() -> None:
    more = {PICTURES: relation("hyperlink", "https://example.org/7")}
    contents = read(docx(more=more), "a.docx", SRS_10)
    assert concealed(contents) == [] and "https://example.org/7" in texts(contents)


def test_fields_that_fetch_are_found_even_when_cut_in_pieces() -> None:
    field = "<w:p><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\a</w:instrText></w:r></w:p>"
    assert concealed(read(docx(field), "a.docx", SRS_10)) == [("active_content", "fail")]


def test_the_numbers_that_a_chart_keeps_are_a_table() -> None:
    c = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    points = "<c:strCache><c:pt idx='0'><c:v>North</c:v></c:pt><c:pt idx='1'><c:v>South</c:v></c:pt></c:strCache>"
    values = "<c:numCache><c:pt idx='0'><c:v>7</c:v></c:pt><c:pt idx='1'><c:v>9</c:v></c:pt></c:numCache>"
    name = "<c:tx><c:pt idx='0'><c:v>{}</c:v></c:pt></c:tx>"
    one = f"<c:ser>{name}<c:cat>{points}</c:cat><c:val>{values}</c:val></c:ser>"
    chart = f"<c:chartSpace xmlns:c='{c}'>{one.format('n')}{one.format('m')}</c:chartSpace>"
    found = tables(read(docx(more={"word/charts/chart1.xml": chart}), "a.docx", SRS_10))
    assert found["chart chart1.xml"] == [("label", "n", "m"), ("North", "7", "7"), ("South", "9", "9")]


def test_words_outside_of_paragraphs_are_found_and_read() -> None:
    contents = read(docx(word_text("x"), "<w:other>7 people</w:other>"), "a.docx", SRS_10)
    assert ("hidden_content", "fail") in concealed(contents) and "7 people" in texts(contents)


def test_words_of_diagrams_are_read() -> None:
    diagram = f"<a:d {P}><a:t>There are 7</a:t></a:d>"
    contents = read(docx(more={"word/diagrams/data1.xml": diagram}), "a.docx", SRS_10)
    assert "There are 7" in texts(contents) and concealed(contents) == []


NOTES = f"<p:notes {P}><a:p><a:r><a:t>{{}}</a:t></a:r></a:p></p:notes>"
HIDDEN_IN_SLIDES = {
    "a hidden slide": (pptx(show='show="0"'), "fail"),
    "a hidden shape": (pptx(slide_text("7", 'hidden="1"')), "fail"),
    "a shape beside the slide": (pptx(slide_text("7", x=99_999_999)), "review"),
    "notes with numbers": (pptx(more={"ppt/notesSlides/notesSlide1.xml": NOTES.format("7 people")}), "fail"),
    "notes": (pptx(more={"ppt/notesSlides/notesSlide1.xml": NOTES.format("speak slowly")}), "review"),
    "comments": (
        pptx(more={"ppt/comments/comment1.xml": f"<p:cmLst {P}><p:cm><p:text>7</p:text></p:cm></p:cmLst>"}),
        "fail",
    ),
    "a slide that is not listed": (pptx(slide_table(("a", "n"), ("x", 1)), slide_text("7"), listed=1), "fail"),
    "the workbook of a chart": (pptx(more={"ppt/embeddings/Workbook1.xlsx": xlsx()}), "fail"),
}


@pytest.mark.parametrize("what", HIDDEN_IN_SLIDES)
def test_hidden_content_of_presentations_is_found(what: str) -> None:
    content, verdict = HIDDEN_IN_SLIDES[what]
    assert concealed(read(content, "a.pptx", SRS_10)) == [("hidden_content", verdict)]


def test_texts_of_slides_are_read_and_numbers_of_pages_are_no_notes() -> None:
    more = {"ppt/notesSlides/notesSlide1.xml": NOTES.format("1")}
    contents = read(pptx(slide_text("There are 7"), more=more), "a.pptx", SRS_10)
    assert "There are 7" in texts(contents) and concealed(contents) == []
