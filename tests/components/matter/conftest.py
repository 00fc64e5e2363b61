"""A site whose door has a Matter lock, on the fake server."""

from collections.abc import AsyncIterator, Iterator
from functools import partial

from homeassistant.core import HomeAssistant
import pytest

from tests.harness.networks.matter import MatterNetwork
from tests.harness.site.matter import MatterSite
from tests.harness.site.running import log_without_pins, running_site
from tests.harness.site.site_driver import PINS


@pytest.fixture(autouse=True)
def no_pin_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Search all that Keyholder logs for the PINs of these tests."""
    with log_without_pins(caplog, PINS):
        yield


@pytest.fixture
async def site(
    hass: HomeAssistant, matter_network: MatterNetwork
) -> AsyncIterator[MatterSite]:
    """Home Assistant with Matter and Keyholder, both by their own setup."""
    async with running_site(hass, partial(MatterSite, hass, matter_network)) as site:
        yield site
