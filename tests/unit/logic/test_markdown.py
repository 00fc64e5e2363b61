"""Names where Home Assistant renders markdown."""

import ast
from collections.abc import Iterator
import html
from pathlib import Path

from hypothesis import given, strategies as st
from markdown_it import MarkdownIt
import pytest

import custom_components.keyholder
from custom_components.keyholder.logic.markdown import (
    escape_markdown,
    markdown_placeholders,
)

_RENDERER = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(
    ["table", "strikethrough"]
)

NAMES = (
    *("[click](https://evil.example)", "![pixel](https://evil.example/a.png)"),
    *("**Anna**", "_Anna_", "__init__", "~~Anna~~", "`Anna`", "a*b*c"),
    *("<img src=x onerror=alert(1)>", "</p><b>Anna</b>", "<https://evil.example>"),
    *("# Anna", "> Anna", "- Anna", "+ Anna", "1. floor", "2) floor", "123456789. x"),
    *(
        "---",
        "===",
        "***",
        "| a | b |",
        "&lt;b&gt;",
        "&#42;",
        "\\*",
        "[a]: https://e.x",
    ),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_rendered_as_it_is(name: str) -> None:
    """Clause 16.30: markdown in a name is text, not markup."""
    assert _rendered(escape_markdown(name)) == name


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("https://evil.example", "https\\://evil.example"),
        ("WWW.evil.example", "WWW\\.evil.example"),
        ("anna@evil.example", "anna\\@evil.example"),
    ],
)
def test_an_address_in_a_name_becomes_no_link(name: str, escaped: str) -> None:
    """Clause 16.30: the frontend makes a link of an address by itself."""
    assert escape_markdown(name) == escaped
    assert _rendered(escaped) == name


@pytest.mark.parametrize(
    "name", ["Anna-Maria Lee", "O’Brien", "Bob & Sons", "anna_lee", "Flat 2.1 (left)"]
)
def test_a_usual_name_needs_no_escape(name: str) -> None:
    """Clause 16.30: a title is plain text and would show the backslashes."""
    assert markdown_placeholders({"name": name}) == {"name": name}


@given(st.text(st.sampled_from("ab_*`[]()<>#-+=~&;l1.!:/\\|@\"' "), min_size=1))
def test_any_text_is_rendered_as_it_is(text: str) -> None:
    """Clause 16.30: whatever somebody types as a name."""
    text = " ".join(text.split()) or "a"

    assert _rendered(escape_markdown(text)) == text


def test_a_line_break_ends_no_line() -> None:
    """Clause 16.30: the name of a device may hold one, and begin a heading with it."""
    assert escape_markdown("Front\n# door") == "Front # door"


def test_every_placeholder_of_a_rendered_text_is_escaped() -> None:
    """Clause 16.30: dialogs, menus, aborts, progress and repairs, whoever adds one.

    `_names` of a fix flow are the placeholders of its issue, which are escaped. A list of
    codes is markdown by itself, with escaped names.
    """
    package = Path(str(custom_components.keyholder.__file__)).parent
    found = [
        (path.relative_to(package), ast.unparse(value))
        for path in sorted(package.rglob("*.py"))
        for value in _rendered_placeholders(ast.parse(path.read_text()))
    ]

    assert len(found) > 10
    assert not [
        (str(path), value)
        for path, value in found
        if not value.startswith("markdown_placeholders(")
        and "code_lines(" not in value
        and (path.parts[0], value) != ("repairs", "self._names")
    ]


def _rendered_placeholders(module: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            issue = ast.unparse(node.func).endswith("async_create_issue")
            for keyword in node.keywords:
                if keyword.arg == "description_placeholders" or (
                    issue and keyword.arg == "translation_placeholders"
                ):
                    yield keyword.value


def _rendered(markdown: str) -> str:
    """Return what a reader sees, and fail if it is more than one paragraph of text."""
    page = _RENDERER.render(markdown).strip()
    text = page.removeprefix("<p>").removesuffix("</p>")
    assert "<" not in text
    return html.unescape(text)
