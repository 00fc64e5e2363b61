"""A site that is set up in Home Assistant, and locks in memory for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.runner import configure_event_loop as configure
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.providers.registry import LOADERS
from tests.virtual.loop import VirtualLoop
from tests.virtual.run import clocks_of

from .engine.house import QUICK
from .surface import PLATFORM, FakeLocks

type LoopFactory = Callable[[], asyncio.AbstractEventLoop]

REAL_FOLDERS: Final = {"matter", "zha", "zigbee2mqtt", "zwave"}
"""What locks are reached by there runs beside the loop: in a process or in threads."""
REAL_FIXTURES: Final = {"hass_client", "hass_ws_client", "recorder_mock"}
"""A web server goes by the real clock, the recorder is a thread."""


def pytest_asyncio_loop_factories(item: pytest.Function) -> Mapping[str, LoopFactory]:
    """Run a test on virtual time, unless it talks to something that lives on real time."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    if folder in REAL_FOLDERS or REAL_FIXTURES.intersection(item.fixturenames):
        return {"real": asyncio.new_event_loop}
    return {"virtual": VirtualLoop}


@pytest.fixture(autouse=True)
async def configure_event_loop() -> AsyncIterator[None]:
    """Replace the plugin's fixture: Home Assistant gives its loop the real clock."""
    loop = asyncio.get_running_loop()
    configure(loop)
    if isinstance(loop, VirtualLoop):
        del vars(loop)["time"]
        with clocks_of(loop):
            yield
    else:
        yield


@pytest.fixture
def fake_locks(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> FakeLocks:
    """Return locks that a site can manage."""
    locks = FakeLocks(hass)
    monkeypatch.setitem(LOADERS, PLATFORM, locks.load)
    return locks


@pytest.fixture
async def site(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MockConfigEntry:
    """Return a site that runs, a hundred times as fast as a real one."""
    # Home Assistant saves its registry a second late; the engine waits for that
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    monkeypatch.setattr("custom_components.keyholder.TIMING", QUICK)
    entry = MockConfigEntry(domain=DOMAIN, title="Home")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry
