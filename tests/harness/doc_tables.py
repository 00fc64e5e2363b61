"""Tables in the documentation that are made from runs, and stay what the runs show."""

from collections.abc import Iterable, Sequence
import os
from pathlib import Path
from typing import Final

_DOCS: Final = Path(__file__).parents[2] / "docs"


def render_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def writes_documents() -> bool:
    """Return whether pages are to be written instead of being compared."""
    return os.environ.get("KEYHOLDER_WRITE_DOCS") == "1"


def read_table(page: str, name: str) -> list[tuple[str, ...]]:
    """Return the rows that a page (in docs/) shows in a table."""
    _before, shown, _after = _parts(page, name)
    _head, _line, *rows = shown.strip().splitlines()
    return [
        tuple(row.removeprefix("| ").removesuffix(" |").split(" | ")) for row in rows
    ]


def assert_documented(page: str, name: str, table: str) -> None:
    """Fail if the page (in docs/) shows another table under that name.

    With KEYHOLDER_WRITE_DOCS=1 the page is written instead. It holds the lines
    `<!-- table: NAME -->` and `<!-- end of NAME -->` where the table belongs.
    """
    if writes_documents():
        write_table(page, name, table)
        return
    _before, shown, _after = _parts(page, name)
    assert shown.strip() == table, (
        f"docs/{page} does not show what the runs show; "
        "KEYHOLDER_WRITE_DOCS=1 and the same test write it"
    )


def read_rows(page: str, name: str) -> list[tuple[str, ...]]:
    """Return the rows of a table that the page (in docs/) shows under that name."""
    _before, shown, _after = _parts(page, name)
    return [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in shown.strip().splitlines()[2:]
    ]


def write_table(page: str, name: str, table: str) -> None:
    """Put the table into the page (in docs/), in place of what it shows under that name."""
    before, _shown, after = _parts(page, name)
    (_DOCS / page).write_text(f"{before}\n{table}\n\n{after}")


def _parts(page: str, name: str) -> tuple[str, str, str]:
    """Return the page to where the table begins, what is shown, and all that follows."""
    text = (_DOCS / page).read_text()
    begin, end = f"<!-- table: {name} -->\n", f"<!-- end of {name} -->"
    before, found, rest = text.partition(begin)
    shown, ends, after = rest.partition(end)
    assert found, f"docs/{page} has no place for the table {name}"
    assert ends, f"docs/{page} does not say where the table {name} ends"
    return before + begin, shown, end + after
