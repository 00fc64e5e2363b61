"""A site that is set up in Home Assistant, and locks in memory for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.providers.registry import LOADERS
from tests.harness.clock.event_loops import (
    REAL_LOOP,
    LoopFactory,
    configure_event_loop,  # noqa: F401 (a fixture)
    virtual_loop,
)
from tests.harness.engine.engine_harness import QUICK
from tests.harness.site.flow_driver import PLATFORM, FakeLocks

REAL_FOLDERS: Final = {"matter", "zha", "zigbee2mqtt", "zwave"}
"""What locks are reached by there runs beside the loop: in a process or in threads."""


def pytest_asyncio_loop_factories(item: pytest.Function) -> Mapping[str, LoopFactory]:
    """Run a test on virtual time, unless it talks to something that lives on real time."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return REAL_LOOP if folder in REAL_FOLDERS else virtual_loop(item)


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
