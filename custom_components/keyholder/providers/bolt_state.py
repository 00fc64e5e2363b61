"""Read the state of the bolt from the lock after it was unreachable.

Home Assistant may show a state from before, and no report says what happened meanwhile.
The lock entity, and everything that uses it, would show the old state.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .base import ProviderError
from .entity_reference import EntityReference

_LOGGER: Final = logging.getLogger(__name__)

RETRY_DELAY: Final = 20.0
"""Seconds; about as long as a first command that is lost takes."""


class BoltStateReader[Reference: EntityReference]:
    """Reads the state of the bolt of one lock, in a background task."""

    def __init__(
        self,
        hass: HomeAssistant,
        reference: Reference,
        read: Callable[[], Awaitable[None]],
        *,
        attempts: int = 1,
    ) -> None:
        """Read nothing before `start`; `read` must raise nothing but ProviderError."""
        self._hass = hass
        self._reference = reference
        self._read = read
        self._attempts = attempts
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_start(self) -> None:
        """Read now; without an answer again, up to `attempts` reads in all."""
        self.async_stop()
        self._task = self._hass.async_create_background_task(
            self._read_with_retries(),
            f"keyholder reads the state of {self._reference}",
            eager_start=False,
        )

    @callback
    def async_stop(self) -> None:
        """Cancel the read. May be called again."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _read_with_retries(self) -> None:
        for attempt in range(self._attempts):
            if attempt:
                await asyncio.sleep(RETRY_DELAY)
            try:
                return await self._read()
            except ProviderError as err:
                # Not its text: a code must not get into the log, whoever wrote the text
                _LOGGER.debug(
                    "Lock %s: reading the state failed with %s",
                    self._reference,
                    type(err).__name__,
                )
        return None
