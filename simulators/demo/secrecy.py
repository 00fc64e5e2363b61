"""A search for PINs in everything that Home Assistant shows, stores and logs."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
import json
from pathlib import Path
import re
import sqlite3
from typing import Final
from uuid import uuid4

from simulators.home_assistant import Client

from .demo_site import DOMAIN
from .demo_stack import DemoStack

_RECORDED_SECONDS: Final = 30.0
"""The recorder writes every second; see simulators/home_assistant/config.py."""
_POLL_SECONDS: Final = 0.05
_HEAD: Final = 200
"""Characters in which what is stored says what it is."""
_STORED_KEY: Final = re.compile(r'"key": ?"([^"]+)"')


def finder(pins: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that finds one of these PINs, standing by itself, in a text.

    Not inside a longer number, and not as the fraction of one: the microseconds of some
    moment look like somebody's PIN sooner or later.
    """
    ends_there = re.compile(rf"(?:{'|'.join(map(re.escape, pins))})(?![0-9A-Fa-f])")
    # looking back in the pattern itself would take eight times as long
    goes_before = re.compile(r"(?:[0-9A-Fa-f]|\d\.)\Z")
    return lambda text: any(
        not goes_before.search(text[max(hit.start() - 2, 0) : hit.start()])
        for hit in ends_there.finditer(text)
    )


async def find_secrets(
    stack: DemoStack, pins: Iterable[str], client: Client | None = None
) -> set[str]:
    """Return the names of the places where a PIN was found; none is the right answer.

    The demo must be running. Searched: states, diagnostics, repairs, what the
    owner received but for the step that shows a new PIN, all files but our own vault,
    and the recorder's database. `client` is the owner, by default the demo's own.
    """
    client = client or stack.client
    find = finder(pins)
    folder = stack.home_assistant.config_folder
    await _until_recorded(client, folder)
    texts = await _shown(client)
    texts += await asyncio.to_thread(lambda: list(_stored(folder)))
    return {place for place, text in texts if find(text)}


async def _until_recorded(client: Client, folder: Path) -> None:
    """Return when all that has happened so far is in the recorder's database."""
    marker = f"keyholder_marker_{uuid4().hex}"
    await client.rest.request("POST", f"/api/events/{marker}")
    database = folder / "home-assistant_v2.db"
    async with asyncio.timeout(_RECORDED_SECONDS):
        while not await asyncio.to_thread(_has_event, database, marker):
            await asyncio.sleep(_POLL_SECONDS)


def _has_event(file: Path, event_type: str) -> bool:
    with closing(_opened(file)) as database:
        found = database.execute(
            "SELECT 1 FROM event_types WHERE event_type = ?", (event_type,)
        )
        return found.fetchone() is not None


async def _shown(client: Client) -> list[tuple[str, str]]:
    texts = [
        ("states", json.dumps(await client.rest.get("/api/states"))),
        ("repairs", json.dumps(await client.repairs(DOMAIN))),
    ]
    for entry in await client.entries(DOMAIN):
        diagnostics = await client.diagnostics(entry["entry_id"])
        texts.append(("diagnostics", json.dumps(diagnostics)))
    received = (text for text in client.received if not shows_a_new_pin(text))
    return [*texts, ("frames", "\n".join(received))]


def shows_a_new_pin(text: str) -> bool:
    """Return whether an answer is the last step of a dialog that has made a PIN."""
    if '"generated"' not in text:
        return False
    try:
        step = json.loads(text)
    except json.JSONDecodeError:
        return False
    return isinstance(step, dict) and step.get("step_id") == "generated"


def _stored(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.is_symlink() or "custom_components" in file.parts:
            continue
        if file.suffix == ".db":
            yield from _database(file)
            continue
        try:
            text = file.read_text(errors="replace")
        except FileNotFoundError:
            # one that is being written has got its name by now
            continue
        if not _is_vault(file.name) and not _is_next_vault(file, text):
            yield file.name, text


def _is_vault(key: str) -> bool:
    return key.startswith(f"{DOMAIN}.") and key.endswith(".secrets")


def _is_next_vault(file: Path, text: str) -> bool:
    """Return whether a file is a vault that has not got its name yet.

    Home Assistant writes what it stores under a passing name, which only it can read.
    """
    named = _STORED_KEY.search(text[:_HEAD])
    return file.name.startswith("tmp") and named is not None and _is_vault(named[1])


def _database(file: Path) -> Iterator[tuple[str, str]]:
    """Every row as text, read with what is not yet in the main file."""
    with closing(_opened(file)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608
            yield f"database table {table}", "\n".join(map(repr, rows))


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True)
