"""Charts drawn by the server as SVG: intervals, bars and a curve. No script, no inline style.

The small ones stand in the cells of a table beside the figures that they draw, and are hidden from who listens;
the curve has its figures in a table below it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDE, HIGH = 400, 220  # of the curve, in its own units
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 44
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100)
MOST_STEPS = 5


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, with a tick at every `step`."""

    low: float
    high: float
    step: float

    @classmethod
    def around(cls, values: Iterable[float], *, least: float = -math.inf, most: float = math.inf) -> Axis:
        """The smallest axis with round ends that holds all values, inside `least` and `most`. None gives 0 to 1."""
        known = list(values) or [0.0, 1.0]
        low, high = max(least, min(known)), min(most, max(known))
        span = max(high - low, 1e-6)
        step = next((step for step in STEPS if span / step <= MOST_STEPS), span)
        start, end = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
        if end - start < step / 2:  # all in one place: one step around it, away from a limit
            start, end = (start, start + step) if start + step <= most else (start - step, start)
        return cls(max(least, start), min(most, end), step)

    def share(self, value: float) -> float:
        """Where on the axis the value lies, 0 to 100; what is beyond an end lies at the end."""
        return 100 * min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    @property
    def ticks(self) -> list[float]:
        number = round((self.high - self.low) / self.step)
        return [round(self.low + which * self.step, 6) for which in range(number + 1)]


def interval(axis: Axis, low: float, value: float, high: float) -> SafeString:
    """A line from `low` to `high` with a mark at `value`."""
    start, end, middle = axis.share(low), axis.share(high), axis.share(value)
    return _strip(
        axis,
        format_html('<rect class="gh-span__line" x="{}" y="5" width="{}" height="2"/>', _n(start), _n(end - start)),
        format_html('<rect class="gh-span__mark" x="{}" y="1" width="1.6" height="10"/>', _n(min(middle, 99.2) - 0.8)),
    )


def bar(axis: Axis, start: float, end: float) -> SafeString:
    """A bar between two values, in one of two colours: upwards or downwards."""
    low, high = sorted((axis.share(start), axis.share(end)))
    kind = "up" if end >= start else "down"
    shape = '<rect class="gh-span__bar gh-span__bar--{}" x="{}" y="1" width="{}" height="10"/>'
    return _strip(axis, format_html(shape, kind, _n(low), _n(max(high - low, 0.4))))


def _strip(axis: Axis, *shapes: SafeString) -> SafeString:
    """One line of a table of figures, drawn: as wide as its cell. Where 0 is on the axis it has a line."""
    zero = axis.low < 0 < axis.high
    line = format_html('<rect class="gh-span__zero" x="{}" y="0" width="0.4" height="12"/>', _n(axis.share(0)))
    return format_html(
        '<svg class="gh-span" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="gh-span__ground" x="0" y="0" width="100" height="12"/>{}{}</svg>',
        line if zero else "",
        format_html_join("", "{}", ((shape,) for shape in shapes)),
    )


def curve(points: Sequence[tuple[float, float]], *, x_label: str, y_label: str, title: str) -> SafeString:
    """A line through the points, in the order of x, with both axes; y is a share and shown in per cent."""
    x = Axis.around([point[0] for point in points])
    y = Axis.around([0.0, *(point[1] for point in points)], least=0.0, most=1.0)
    path = " ".join(f"{_n(_left(x, one))},{_n(_top(y, other))}" for one, other in points)
    return format_html(
        '<svg class="gh-curve" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}'
        '<polyline class="gh-curve__line" points="{}"/>'
        '<text class="gh-curve__label" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="gh-curve__label" x="{}" y="{}" text-anchor="start">{}</text></svg>',
        WIDE, HIGH, title,
        _grid((LEFT, WIDE - RIGHT, _top(y, tick), _top(y, tick)) for tick in y.ticks),
        _numbers(x, y), path, (LEFT + WIDE - RIGHT) / 2, HIGH - 6, x_label, 2, 10, y_label,
    )  # fmt: skip


def _left(axis: Axis, value: float) -> float:
    return LEFT + (WIDE - LEFT - RIGHT) * axis.share(value) / 100


def _top(axis: Axis, value: float) -> float:
    return HIGH - BOTTOM - (HIGH - BOTTOM - TOP - 8) * axis.share(value) / 100


def _grid(lines: Iterable[tuple[float, float, float, float]]) -> SafeString:
    shape = '<line class="gh-curve__grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
    return format_html_join("", shape, (tuple(map(_n, line)) for line in lines))


def _numbers(x: Axis, y: Axis) -> SafeString:
    """The numbers at the ticks: those of y to the left, those of x below."""
    places: list[tuple[float, float, str, str]]
    places = [(LEFT - 6.0, _top(y, tick) + 4, "end", f"{100 * tick:g}%") for tick in y.ticks]
    places += [(_left(x, tick), HIGH - BOTTOM + 18, "middle", f"{tick:g}") for tick in x.ticks]
    shape = '<text class="gh-curve__number" x="{}" y="{}" text-anchor="{}">{}</text>'
    return format_html_join("", shape, ((_n(left), _n(top), anchor, text) for left, top, anchor, text in places))


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
