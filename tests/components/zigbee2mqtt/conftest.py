"""A site whose door has a lock of Zigbee2MQTT, on the stand-in."""

from collections.abc import AsyncIterator, Iterator
from functools import partial

from homeassistant.core import HomeAssistant
import pytest

from simulators.zigbee import DoorLock, Limits, LockNode
from simulators.zigbee2mqtt import Definition, Device
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.site.running import log_without_pins, running_site
from tests.harness.site.site_driver import PINS
from tests.harness.site.zigbee2mqtt import Zigbee2MqttSite


@pytest.fixture(autouse=True)
def no_pin_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Search all that Keyholder logs for the PINs of these tests."""
    with log_without_pins(caplog, PINS):
        yield


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
    hass: HomeAssistant, zigbee2mqtt_network: Zigbee2MqttNetwork
) -> AsyncIterator[Zigbee2MqttSite]:
    """Home Assistant with MQTT and Keyholder, both by their own setup."""
    async with running_site(
        hass, partial(Zigbee2MqttSite, hass, zigbee2mqtt_network)
    ) as site:
        yield site
