"""A site on locks in memory, with the delays of real ones, on virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from pytest_homeassistant_custom_component.common import (
    mock_storage,
)

from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.providers.registry import LOADERS
from tests.bare import bare_home_assistant
from tests.integration.engine.house import PLATFORM, House

type Disk = dict[str, Any]


@asynccontextmanager
async def virtual_house(
    disk: Disk | None = None, timing: Timing | None = None
) -> AsyncIterator[House]:
    """Run a site on what is stored, until the story is over."""
    async with bare_home_assistant() as hass:
        with mock_storage(disk):
            house = House(hass, timing or Timing())
            with patch.dict(LOADERS, {PLATFORM: house.load}):
                await house.open()
                yield house
                await house.close()
                await hass.async_stop(force=True)
