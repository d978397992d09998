"""Drawings: marks are counted, texts read, and what is not drawn is found."""

import pytest

from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.contents import PartKind
from extracts.disclosure.reading.formats import read
from extracts.disclosure.reading.triage import CannotRead

from .parts import concealed, kinds, texts

HEAD = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


def drawing(inside: str) -> bytes:
    return f"{HEAD}<g><rect width='5'/><text>n = <tspan>12</tspan></text>{inside}</g></svg>".encode()


def test_a_clean_drawing() -> None:
    contents = read(drawing(""), "a.svg", SRS_10)
    assert (kinds(contents), concealed(contents)) == ([PartKind.PICTURE, PartKind.TEXT], [])
    assert contents.parts[0].note == "A drawing of 1 rect, 1 text." and texts(contents).strip() == "n = 12"


def test_a_drawing_as_matplotlib_writes_it() -> None:
    public = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    about = "<metadata><Work><creator><Agent><title>Matplotlib v3.9.2, https://matplotlib.org/</title></Agent></creator></Work></metadata>"
    label = '<g id="text_1"><!-- 0.5 --></g>'
    contents = read((HEAD.replace("\n", "\n" + public) + about + label + "</svg>").encode(), "a.svg", SRS_10)
    assert concealed(contents) == [] and "0.5" in texts(contents)


UNSEEN = {
    "points": ("<circle cx='1' cy='2' r='1'/>" * 60, ("hidden_content", "review")),
    "points that are used": ("<use x='1' xlink:href='#a'/>" * 60, ("hidden_content", "review")),
    "points that are paths": ("<path d='M 1 2 C 3 4 5 6 7 8 Z'/>" * 60, ("hidden_content", "review")),
    "a line of many corners": (f"<polyline points='{'1,2 ' * 500}'/>", ("hidden_content", "review")),
    "hidden parts": ("<g style='display:none'><text>7</text></g>", ("hidden_content", "fail")),
    "a hiding class": ("<style>.x{opacity:0}</style><text class='x'>7</text>", ("hidden_content", "fail")),
    "white words": ("<text style='fill:#ffffff'>7</text>", ("hidden_content", "fail")),
    "data": ("<rect data-n='7'/>", ("hidden_content", "fail")),
    "a comment": ("<!-- 7 people -->", ("hidden_content", "review")),
    "text that is not drawn": ("<g>7 people</g>", ("hidden_content", "fail")),
    "a script": ("<script>var n = 7</script>", ("active_content", "fail")),
    "a page within": ("<foreignObject><p>7</p></foreignObject>", ("active_content", "fail")),
    "a reaction": ("<rect onclick='f(7)'/>", ("active_content", "review")),
    "a picture elsewhere": ("<image href='https://x.org/a.png'/>", ("active_content", "review")),
    "an author": ("<metadata><creator>A. Person 7</creator></metadata>", ("metadata", "review")),
}


@pytest.mark.parametrize("what", UNSEEN)
def test_what_is_not_drawn_is_found(what: str) -> None:
    inside, wanted = UNSEEN[what]
    contents = read(drawing(inside), "a.svg", SRS_10)
    assert wanted in concealed(contents)
    if "7<" in inside or "7'" in inside:
        assert "7" in texts(contents) or what == "a reaction"


def test_what_is_said_to_those_who_do_not_see_is_read() -> None:
    contents = read(
        drawing("<path aria-label='area: North; n: 7'/><title>Eight</title><desc>Nine</desc>"), "a.svg", SRS_10
    )
    assert all(word in texts(contents) for word in ("area: North; n: 7", "Eight", "Nine"))


@pytest.mark.parametrize(
    "head", ["<!DOCTYPE svg [<!ENTITY a '7'>]>", "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>"]
)
def test_entities_are_refused(head: str) -> None:
    with pytest.raises(CannotRead):
        read(f"{head}<svg xmlns='http://www.w3.org/2000/svg'><text>&a;</text></svg>".encode(), "a.svg", SRS_10)
