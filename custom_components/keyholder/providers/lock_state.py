"""The position of the bolt, asked of the lock itself after it was away.

Home Assistant can show for a while what was so before, and what happened meanwhile is told
by nobody. Its lock entity, and whoever goes by it, would go by that.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .base import ProviderError
from .entity_link import EntityReference

_LOGGER: Final = logging.getLogger(__name__)

RETRY_DELAY: Final = 20.0
"""A first command that is lost takes about as long."""


class BoltStateReader[Link: EntityReference]:
    """Has the state of one lock read again, in the background."""

    def __init__(
        self,
        hass: HomeAssistant,
        link: Link,
        read: Callable[[], Awaitable[None]],
        *,
        attempts: int = 1,
    ) -> None:
        """Read nothing before `look`; `read` has to raise nothing but ProviderError."""
        self._hass = hass
        self._link = link
        self._read = read
        self._attempts = attempts
        self._task: asyncio.Task[None] | None = None

    @callback
    def start(self) -> None:
        """Read it now; where the lock does not answer, as often as it may be tried."""
        self.stop()
        self._task = self._hass.async_create_background_task(
            self._look(),
            f"keyholder reads the state of {self._link}",
            eager_start=False,
        )

    @callback
    def stop(self) -> None:
        """Leave it at what is known. May be called again."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _look(self) -> None:
        for attempt in range(self._attempts):
            if attempt:
                await asyncio.sleep(RETRY_DELAY)
            try:
                return await self._read()
            except ProviderError as err:
                _LOGGER.debug("Lock %s: its state was not read: %s", self._link, err)
        return None
