"""Styles that keep a part of a page or a drawing from being seen."""

from __future__ import annotations

import re

from extracts.disclosure.reading.markup import Element, attribute, local

HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![-\w])opacity\s*:\s*0?\.?0*\s*(?:;|!|$)"
    r"|font-size\s*:\s*0|(?:text-indent|left|top)\s*:\s*-\d{3,}|(?<!-)color\s*:\s*(?:transparent|rgba\([^)]*,\s*0\s*\))"
    r"|(?<![-\w])(?:width|height|max-height|max-width)\s*:\s*0(?:px|em|%|pt)?\s*(?:;|!|$)|clip\s*:\s*rect\(\s*0",
    re.I,
)
WHITE_INK = re.compile(
    r"(?<![-\w])(?:color|fill)\s*:\s*(?:white|#fff(?:fff)?|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))", re.I
)
GROUND = re.compile(r"background", re.I)
RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,4000})\}")


def hiding_selectors(css: str) -> tuple[frozenset[str], frozenset[str], bool]:
    """Classes and ids that a style sheet hides, and whether it hides anything by another kind of selector."""
    classes, ids, other = set(), set(), False
    for selectors, body in RULE.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        if not HIDES.search(body):
            continue
        for selector in selectors.split(","):
            match = re.fullmatch(r"\s*[\w-]*(?:\.([\w-]+)|#([\w-]+))\s*", selector)
            if match and match[1]:
                classes.add(match[1])
            elif match:
                ids.add(match[2])
            else:
                other = True
    return frozenset(classes), frozenset(ids), other


def is_hidden(element: Element, classes: frozenset[str] = frozenset(), ids: frozenset[str] = frozenset()) -> bool:
    """Whether an element hides what is in it, by its own style, its attributes, or one of these classes or ids."""
    style = attribute(element, "style") or ""
    if HIDES.search(style) or (WHITE_INK.search(style) and not GROUND.search(style) and local(element) not in SHAPES):
        return True
    if attribute(element, "hidden") is not None or local(element) in ("template", "noscript", "datalist"):
        return True
    if attribute(element, "display") == "none" or attribute(element, "visibility") == "hidden":
        return True
    if attribute(element, "opacity") in ("0", "0.0") or attribute(element, "font-size") in ("0", "0px"):
        return True
    named = set((attribute(element, "class") or "").split())
    return bool(named & classes) or (attribute(element, "id") or "") in ids


# A white bar or dot is part of a drawing; only white words are hidden ones.
SHAPES = frozenset(["svg", "g", "rect", "path", "circle", "ellipse", "polygon", "polyline", "line", "use"])
