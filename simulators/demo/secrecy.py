"""A search for PINs in everything that Home Assistant shows, stores and logs."""

import asyncio
from collections.abc import Iterable, Iterator
import json
from pathlib import Path
import re
import sqlite3

from .house import DOMAIN
from .stage import Stage


def _pattern(pins: Iterable[str]) -> re.Pattern[str]:
    """Return what finds a PIN that stands by itself.

    Not inside a longer number, and not as the fraction of one: the microseconds of some
    moment look like somebody's PIN sooner or later.
    """
    digits = "|".join(map(re.escape, pins))
    return re.compile(rf"(?<![0-9A-Fa-f])(?<!\d\.)(?:{digits})(?![0-9A-Fa-f])")


async def find_secrets(stage: Stage, pins: Iterable[str]) -> set[str]:
    """Return the names of the places where a PIN was found; none is the right answer.

    The stage must be running. Looked through: states, diagnostics, repairs, what the
    websocket brought, all files but our own vault, and the recorder's database.
    """
    pattern = _pattern(pins)
    found = set()
    for place, text in await _shown(stage):
        if pattern.search(text):
            found.add(place)
    folder = stage.home_assistant.config_folder
    for place, text in await asyncio.to_thread(lambda: list(_stored(folder))):
        if pattern.search(text):
            found.add(place)
    return found


async def _shown(stage: Stage) -> list[tuple[str, str]]:
    client = stage.client
    texts = [
        ("states", json.dumps(await client.rest.get("/api/states"))),
        ("repairs", json.dumps(await client.repairs(DOMAIN))),
        ("frames", "\n".join(client.received)),
    ]
    for entry in await client.entries(DOMAIN):
        diagnostics = await client.diagnostics(entry["entry_id"])
        texts.append(("diagnostics", json.dumps(diagnostics)))
    return texts


def _stored(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.is_symlink() or "custom_components" in file.parts:
            continue
        if file.name.startswith(f"{DOMAIN}.") and file.name.endswith(".secrets"):
            continue
        if file.suffix == ".db":
            yield from _database(file)
        else:
            yield file.name, file.read_text(errors="replace")


def _database(file: Path) -> Iterator[tuple[str, str]]:
    """Every row as text, read with what is not yet in the main file."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608
            yield f"database table {table}", "\n".join(map(repr, rows))
