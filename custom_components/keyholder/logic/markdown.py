"""Escape text that others have chosen, where Home Assistant renders markdown."""

from collections.abc import Mapping
import re
from typing import Final

_SYNTAX: Final = re.compile(
    r"""
    [\\`*<>\[\]|~]        # code, emphasis, HTML, links, images, tables, strikethrough
    | (?<![^\W_])_        # emphasis: an underscore that is not between letters
    | _(?![^\W_])
    | &(?=\#?\w+;)        # an entity
    | ^[-+=\#]            # a list, a heading
    | :(?=//) | (?<=www)\. | @    # an address, which becomes a link by itself
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What starts markdown. What does not is left alone: titles show the backslashes."""

_LIST_NUMBER: Final = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def escape_markdown(text: str) -> str:
    """Return one line of markdown that is rendered as this text and as nothing else."""
    escaped = _SYNTAX.sub(r"\\\g<0>", " ".join(text.split()))
    return _LIST_NUMBER.sub(r"\1\\\2", escaped)


def markdown_placeholders(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the placeholders of a text that is rendered as markdown, escaped."""
    return {key: escape_markdown(text) for key, text in texts.items()}
