"""Block tags made of pieces: a table of rows of cells, a list of tasks.

The tags inside hand their piece to the tag around them, which decides where it appears. This works
through loops, conditions and includes, because the pieces travel in the template's context.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

PIECES = "_pieces_of_the_component_around"
Build = Callable[..., Any]


class GatheringNode(Node):
    """Renders what is inside with an empty list to hand pieces to, then builds from the pieces.

    What is built is either HTML, which appears here, or a piece for the component around this one.
    """

    def __init__(self, build: Build, nodelist: NodeList, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.build, self.nodelist, self.args, self.kwargs = build, nodelist, args, kwargs

    def render(self, context: Context) -> SafeString:
        args = [arg.resolve(context) for arg in self.args]
        kwargs = {name: value.resolve(context) for name, value in self.kwargs.items()}
        pieces: list[Any] = []
        with context.push(**{PIECES: pieces}):
            content = mark_safe(self.nodelist.render(context).strip())
        built = self.build(content, pieces, *args, **kwargs)
        return built if isinstance(built, SafeString) else hand_over(context, built)


def hand_over(context: Context, piece: Any) -> SafeString:
    """Give a piece to the component around. Raises TemplateSyntaxError when there is none."""
    if PIECES not in context:
        raise template.TemplateSyntaxError("This tag belongs inside the tag of its component.")
    context[PIECES].append(piece)
    return SafeString()


def pieces_of(register: template.Library) -> Callable[[Build], Build]:
    """A decorator that registers `build(content, pieces, ...)` as a block tag of its own name."""

    def gathering(build: Build) -> Build:
        name = build.__name__

        def compile_tag(parser: Parser, token: Token) -> GatheringNode:
            args, kwargs = arguments(parser, token)
            nodelist = parser.parse((f"end{name}",))
            parser.delete_first_token()
            return GatheringNode(build, nodelist, args, kwargs)

        register.tag(name, compile_tag)
        return build

    return gathering


def arguments(parser: Parser, token: Token) -> tuple[list[Any], dict[str, Any]]:
    """The values and the named values after a tag's name, compiled."""
    args, kwargs = [], {}
    for bit in token.split_contents()[1:]:
        name, equals, value = bit.partition("=")
        if equals and name.isidentifier():
            kwargs[name] = parser.compile_filter(value)
        else:
            args.append(parser.compile_filter(bit))
    return args, kwargs
