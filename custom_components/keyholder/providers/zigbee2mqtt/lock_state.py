"""The position of the bolt, asked of the lock itself after it was away.

Zigbee2MQTT publishes after a start what it knew before, and what happened meanwhile is told
by nobody. Home Assistant's lock entity, and whoever goes by it, would go by that.
"""

import asyncio
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..base import ProviderError
from .ear import Ear
from .library import publish
from .link import LockLink

_LOGGER: Final = logging.getLogger(__name__)


class LockState:
    """Has the state of one lock read again, in the background."""

    def __init__(self, hass: HomeAssistant, link: LockLink, ear: Ear) -> None:
        """Read nothing before `look`."""
        self._hass = hass
        self._link = link
        self._ear = ear
        self._task: asyncio.Task[None] | None = None

    @callback
    def look(self) -> None:
        """Have it read now; 1 read. The lock's entity hears the answer."""
        self.stop()
        self._task = self._hass.async_create_background_task(
            self._look(), "keyholder reads a Zigbee lock's state", eager_start=False
        )

    @callback
    def stop(self) -> None:
        """Leave it at what is known. May be called again."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _look(self) -> None:
        try:
            way = self._link.way()
            async with self._ear.listening(way.state):
                await publish(self._hass, way.get, {"state": ""})
        except ProviderError as err:
            _LOGGER.debug("Lock %s: its state was not read: %s", self._link, err)
