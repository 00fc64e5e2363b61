"""The position of the bolt, asked of the lock itself after it was away.

A Matter server that was just started can show for a while what was so before, and what
happened meanwhile is told by nobody. Home Assistant's lock entity, and whoever goes by
it, would go by that.
"""

import asyncio
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..base import ProviderError
from .library import DoorLock, refresh
from .link import LockLink

_LOGGER: Final = logging.getLogger(__name__)

ATTEMPTS: Final = 3
PAUSE_SECONDS: Final = 20.0
"""The first command to a lock that was restarted is lost, and takes about as long."""


class LockState:
    """Has the state of one lock read again, in the background."""

    def __init__(self, hass: HomeAssistant, link: LockLink) -> None:
        """Read nothing before `look`."""
        self._hass = hass
        self._link = link
        self._task: asyncio.Task[None] | None = None

    @callback
    def look(self) -> None:
        """Read it now; 1 read, and up to 2 more if the lock does not answer."""
        self.stop()
        self._task = self._hass.async_create_background_task(
            self._look(), "keyholder reads a Matter lock's state", eager_start=False
        )

    @callback
    def stop(self) -> None:
        """Leave it at what is known. May be called again."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _look(self) -> None:
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(PAUSE_SECONDS)
            try:
                way = self._link.way()
                attribute = DoorLock.Attributes.LockState
                return await refresh(way.client, way.endpoint, attribute)
            except ProviderError as err:
                _LOGGER.debug("Lock %s: its state was not read: %s", self._link, err)
        return None
