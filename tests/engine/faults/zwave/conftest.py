"""One simulator process for the folder; a packed of its own for each test."""

from collections.abc import AsyncIterator, Iterator
import logging
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from simulators.zwave.network_process import NetworkProcess
from tests.harness.faults.zwave.case import PackedTrials
from tests.harness.faults.zwave.lock_kinds import network
from tests.harness.faults.zwave.shared_network import SharedNetwork
from tests.harness.faults.zwave.trial_run import timing_of
from tests.harness.networks.shared_simulators import shared
from tests.harness.networks.zwave import HOME_ID, ZWaveNetwork


@pytest.fixture(scope="session")
def shared_network_rig(request: pytest.FixtureRequest) -> Iterator[NetworkProcess]:
    """The locks of the network, one process for all trials."""
    with shared(request, NetworkProcess(network(), ready_timeout=150)) as rig:
        yield rig


@pytest.fixture
async def shared_network(
    shared_network_rig: NetworkProcess,
    packed: PackedTrials,
    hass: HomeAssistant,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[SharedNetwork]:
    """Home Assistant with Z-Wave JS and Keyholder, both by their own setup."""
    # Home Assistant saves its registry a second late; the engine waits for that
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    timing = timing_of(packed)
    monkeypatch.setattr("custom_components.keyholder.TIMING", timing)
    # Below this it logs whole frames, codes included
    logging.getLogger("zwave_js_server").setLevel(logging.INFO)
    zwave = MockConfigEntry(
        domain="zwave_js",
        unique_id=str(HOME_ID),
        data={"url": shared_network_rig.websocket_url, "use_addon": False},
        minor_version=2,
    )
    keyholder = MockConfigEntry(domain=DOMAIN, title="Street")
    with patch("homeassistant.components.zwave_js.PLATFORMS", [Platform.LOCK]):
        for entry in (zwave, keyholder):
            entry.add_to_hass(hass)
            assert await hass.config_entries.async_setup(entry.entry_id)
            await hass.async_block_till_done()
        yield SharedNetwork(
            hass,
            ZWaveNetwork(hass, shared_network_rig, zwave),
            keyholder,
            timing=timing,
        )
        for entry in (keyholder, zwave):
            if entry.state is ConfigEntryState.LOADED:
                await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()
