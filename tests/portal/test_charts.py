"""Charts as SVG: where things lie, and that a page may carry them under the content security policy."""

import re
from xml.etree import ElementTree

import pytest

from portal.charts import Axis, bar, curve, interval


@pytest.mark.parametrize(
    ("values", "limits", "low", "high"),
    [
        ([0.961, 0.993], {"least": 0, "most": 1}, 0.96, 1.0),
        ([0.0, 26.1], {}, 0, 30),
        ([-17.3, 11.9], {}, -20, 20),
        ([0.5, 0.5], {}, 0.5, 0.501),
        ([1.0, 1.0], {"least": 0, "most": 1}, 0.999, 1.0),
        ([0.0], {"least": 0, "most": 1}, 0.0, 0.001),
        ([], {}, 0, 1),
    ],
)
def test_axes_have_round_ends_that_hold_all_values(values, limits, low, high):
    axis = Axis.around(values, **limits)
    assert (axis.low, axis.high) == (pytest.approx(low), pytest.approx(high))
    assert all(0 <= axis.share(value) <= 100 for value in values)
    assert len(axis.ticks) <= 7


def shapes(svg):
    return {one.get("class"): one for one in ElementTree.fromstring(svg)}


def test_an_interval_lies_between_its_ends():
    drawn = shapes(interval(Axis(0.9, 1.0, 0.02), 0.92, 0.95, 0.96))
    line, mark = drawn["gh-span__line"], drawn["gh-span__mark"]
    assert (float(line.get("x")), float(line.get("width"))) == (20, 40)
    assert float(mark.get("x")) == pytest.approx(49.2)


def test_a_bar_shows_which_way_it_points():
    axis = Axis(-10, 10, 5)
    up, down = shapes(bar(axis, 0, 5)), shapes(bar(axis, 0, -5))
    assert (up["gh-span__bar gh-span__bar--up"].get("x"), up["gh-span__zero"].get("x")) == ("50", "50")
    assert down["gh-span__bar gh-span__bar--down"].get("x") == "25"
    assert "gh-span__zero" not in shapes(bar(Axis(0, 10, 5), 0, 5)), "an end needs no line"


def test_a_curve_runs_through_its_points_and_says_what_it_is():
    drawn = curve([(0, 0.0), (5, 0.1), (10, 0.4)], x_label="bits", y_label="share", title="A <title>")
    svg = ElementTree.fromstring(drawn)
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "A <title>")
    (line,) = [one for one in svg if one.get("class") == "gh-curve__line"]
    points = [tuple(map(float, point.split(","))) for point in line.get("points").split()]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert points[0][1] > points[1][1] > points[2][1], "more is higher"
    assert {"40%", "10", "bits"} <= {one.text for one in svg}


def test_no_style_and_no_script_inside():
    drawn = interval(Axis(0, 1, 0.2), 0.1, 0.2, 0.3) + curve([(0, 0), (1, 1)], x_label="x", y_label="y", title="t")
    assert not re.search(r"\sstyle=|<script|on\w+=", drawn)
