"""One simulator process for the folder, and a site in it for each test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import time, timedelta
from functools import partial
import logging
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulators.zwave.network_process import NetworkProcess
from tests.harness.clock.shifted_clock import ShiftedClock
from tests.harness.networks.shared_simulators import shared
from tests.harness.networks.zwave import HOME_ID, TIME_ZONE, ZWaveNetwork
from tests.harness.site.running import log_without_pins, running_site
from tests.harness.site.zwave import ZWaveSite
from tests.harness.site.zwave_locks import PINS, network as locks

EVENING = time(23, 50)
"""When every scenario begins."""


@pytest.fixture(scope="session")
def site_rig(request: pytest.FixtureRequest) -> Iterator[NetworkProcess]:
    """The locks of the site, one process for all tests."""
    with shared(request, NetworkProcess(locks(), time_zone=TIME_ZONE)) as rig:
        yield rig


@pytest.fixture
def quick_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save entries at once: the engine waits for that. Its own delays are the real ones."""
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    # Below this it logs whole frames, codes included
    logging.getLogger("zwave_js_server").setLevel(logging.INFO)


@pytest.fixture(autouse=True)
def no_pin_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Search all that Keyholder logs for the PINs of these tests."""
    with log_without_pins(caplog, PINS):
        yield


@pytest.fixture
async def clock(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> ShiftedClock:
    """The site's clock, in the evening of some day."""
    clock = ShiftedClock(asyncio.get_running_loop(), monkeypatch)
    evening = clock.today(EVENING)
    if evening < clock.utcnow():
        evening += timedelta(days=1)
    await clock.leap(evening)
    return clock


@pytest.fixture
async def site(
    site_rig: NetworkProcess,
    hass: HomeAssistant,
    clock: ShiftedClock,
    quick_saves: None,
    socket_enabled: None,
) -> AsyncIterator[ZWaveSite]:
    """Home Assistant with Z-Wave JS and Keyholder, both by their own setup."""
    zwave = MockConfigEntry(
        domain="zwave_js",
        unique_id=str(HOME_ID),
        data={"url": site_rig.websocket_url, "use_addon": False},
        minor_version=2,
    )
    # Of its many entities only the locks matter here
    with patch("homeassistant.components.zwave_js.PLATFORMS", [Platform.LOCK]):
        zwave.add_to_hass(hass)
        assert await hass.config_entries.async_setup(zwave.entry_id)
        await hass.async_block_till_done()
        network = ZWaveNetwork(hass, site_rig, zwave)
        async with running_site(hass, partial(ZWaveSite, hass, network)) as site:
            yield site
        if zwave.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(zwave.entry_id)
        await hass.async_block_till_done()
