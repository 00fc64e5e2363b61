"""A house whose door has a lock of Zigbee2MQTT, on the stand-in."""

from collections.abc import AsyncIterator, Iterator
import logging

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from simulators.zigbee import DoorLock, Limits, LockNode
from simulators.zigbee2mqtt import Definition, Device
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.site.site_driver import PINS
from tests.harness.site.zigbee2mqtt import Zigbee2MqttSite

OURS = "custom_components.keyholder"


@pytest.fixture(autouse=True)
def no_pin_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Search all that Keyholder logs for the PINs of these tests."""
    caplog.set_level(logging.DEBUG, OURS)
    yield
    told = [each for each in caplog.get_records("call") if each.name.startswith(OURS)]
    for record in told:
        text = f"{record.getMessage()} {record.exc_text}"
        assert not any(pin in text for pin in PINS), "there is a PIN in a log"


@pytest.fixture
def zigbee2mqtt_devices() -> list[Device]:
    """A lock that shows its codes, and only when it is asked for them."""
    node = LockNode(DoorLock(limits=Limits(pins=19, first_user=1)))
    definition = Definition("Danalock", "V3-BTZB/V3-BTZBE", pin_code_count=20)
    device = Device(node, definition=definition)
    device.options |= {"expose_pin": True, "filtered_cache": ["users"]}
    return [device]


@pytest.fixture
async def site(
    hass: HomeAssistant,
    zigbee2mqtt_network: Zigbee2MqttNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Zigbee2MqttSite]:
    """Home Assistant with MQTT and Keyholder, both by their own setup."""
    # The engine waits for that; its own delays are the real ones
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    keyholder = MockConfigEntry(domain=DOMAIN, title="House")
    keyholder.add_to_hass(hass)
    assert await hass.config_entries.async_setup(keyholder.entry_id)
    await hass.async_block_till_done()
    yield Zigbee2MqttSite(hass, zigbee2mqtt_network, keyholder)
    if keyholder.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(keyholder.entry_id)
    await hass.async_block_till_done()
