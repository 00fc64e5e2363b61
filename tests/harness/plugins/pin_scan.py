"""A search for PINs in all that a Home Assistant inside a test shows, keeps and logs.

Ask for the fixture `secrecy` before anything happens, and check at the end:

    await secrecy.check("907153", "904862", results=[form, done])

Whatever a test is about, this holds. `simulators/demo/secrecy.py` searches a real
Home Assistant in the same places.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
import json
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.recorder import get_instance, session_scope
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy import MetaData, select

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.diagnostics import async_get_config_entry_diagnostics
from simulators.demo.secrecy import finder

type Place = tuple[str, str]

_WRITES_WHAT_IS_STORED: Final = "pytest_homeassistant_custom_component.common"
"""The mock storage of the tests logs all that it is given."""


class Secrecy:
    """Listens from the beginning, and searches on request."""

    def __init__(
        self,
        hass: HomeAssistant,
        caplog: pytest.LogCaptureFixture,
        hass_storage: Mapping[str, Any],
    ) -> None:
        """Search this Home Assistant."""
        self._hass = hass
        self._caplog = caplog
        self._storage = hass_storage
        self._events: list[str] = []

    @callback
    def on_event(self, event: Event) -> None:
        """Keep what goes over the bus."""
        self._events.append(repr(event.as_dict()))

    async def check(self, *pins: str, results: Iterable[object] = ()) -> None:
        """Fail if one of these PINs is anywhere; `results` are those of flows."""
        found = await find_secrets(self._hass, self._caplog, self._storage, pins)
        find = finder(pins)
        if any(map(find, self._events)):
            found.add("events")
        if any(find(shown(result)) for result in results):
            found.add("flows")
        assert not found, f"a PIN is in: {', '.join(sorted(found))}"


@pytest.fixture
def secrecy(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
) -> Iterator[Secrecy]:
    """The search, with every log on."""
    search = Secrecy(hass, caplog, hass_storage)
    stop = hass.bus.async_listen(MATCH_ALL, search.on_event)
    with caplog.at_level(logging.DEBUG):
        yield search
    stop()


async def assert_no_secrets(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    hass_storage: Mapping[str, Any],
    pins: Iterable[str],
) -> None:
    """Fail if one of these PINs is anywhere."""
    found = await find_secrets(hass, caplog, hass_storage, pins)
    assert not found, f"a PIN is in: {', '.join(sorted(found))}"


async def find_secrets(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    hass_storage: Mapping[str, Any],
    pins: Iterable[str],
) -> set[str]:
    """Return the names of the places where a PIN was found; none is the right answer."""
    await hass.async_block_till_done()
    places = [
        *_shown(hass),
        *_stored(hass_storage),
        *_logged(caplog),
        *[place async for place in _diagnosed(hass)],
    ]
    folder = Path(hass.config.path(".storage"))
    places += await hass.async_add_executor_job(lambda: list(_files(folder)))
    if "recorder" in hass.config.components:
        await async_wait_recording_done(hass)
        places += await get_instance(hass).async_add_executor_job(_recorded, hass)
    find = finder(pins)
    return {place for place, text in places if find(text)}


def shown(result: object) -> str:
    """Return all that the result of a flow tells, what its form is filled with too."""
    if not isinstance(result, Mapping):
        return repr(result)
    schema = result.get("data_schema")
    fields = getattr(schema, "schema", None) or {}
    suggested = [getattr(field, "description", None) for field in fields]
    return f"{dict(result)}{suggested}"


def _shown(hass: HomeAssistant) -> Iterator[Place]:
    yield "states", repr([state.as_dict() for state in hass.states.async_all()])
    for entry in hass.config_entries.async_entries(DOMAIN):
        yield "config entries", f"{entry.as_dict()}{entry}{entry.subentries}"
    yield "entities", repr(list(er.async_get(hass).entities.values()))
    yield "devices", repr(list(dr.async_get(hass).devices))
    yield "repairs", repr(list(ir.async_get(hass).issues.values()))
    flows = hass.config_entries.subentries.async_progress()
    yield "open flows", repr(flows)


def _stored(hass_storage: Mapping[str, Any]) -> Iterator[Place]:
    for key, content in hass_storage.items():
        if not _is_vault(key):
            yield f"storage {key}", json.dumps(content, default=repr)


def _files(folder: Path) -> Iterator[Place]:
    if folder.is_dir():
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not _is_vault(file.name):
                yield f"file {file.name}", file.read_text(errors="replace")


def _is_vault(key: str) -> bool:
    return key.startswith(f"{DOMAIN}.") and key.endswith(".secrets")


def _logged(caplog: pytest.LogCaptureFixture) -> Iterator[Place]:
    formatter = logging.Formatter("%(name)s %(message)s")
    for when in ("setup", "call"):
        for record in caplog.get_records(when):
            if record.name != _WRITES_WHAT_IS_STORED:
                yield "log", f"{formatter.format(record)} {record.args}"


async def _diagnosed(hass: HomeAssistant) -> AsyncIterator[Place]:
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        reported = await async_get_config_entry_diagnostics(hass, entry)
        yield "diagnostics", json.dumps(reported, default=repr)


def _recorded(hass: HomeAssistant) -> list[Place]:
    """Return every row of the recorder; runs in its own thread."""
    with session_scope(hass=hass, read_only=True) as session:
        tables = MetaData()
        tables.reflect(session.connection())
        return [
            (f"recorder {table.name}", repr(session.execute(select(table)).all()))
            for table in tables.sorted_tables
        ]
