"""Probe the capabilities of a lock each time that it connects."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ...model.provider_io import Capabilities
from ...model.timing import Timing
from ...providers.base import (
    IncompatibleLibraryError,
    LockProvider,
    LockUnreachableError,
    NotSupportedError,
)
from .connection import LockConnection
from .timeouts import CallTimeoutError, async_run_with_timeout

_LOGGER: Final = logging.getLogger(__name__)


class CapabilityProbe:
    """Probes one lock in the background, one probe at a time."""

    def __init__(
        self,
        hass: HomeAssistant,
        name: str,
        *,
        provider: LockProvider,
        connection: LockConnection,
        timing: Timing,
        on_found: Callable[[Capabilities], None],
    ) -> None:
        """Call `on_found` with the capabilities, before the lock is marked reachable."""
        self._hass = hass
        self._name = name
        self._provider = provider
        self._connection = connection
        self._timing = timing
        self._on_found = on_found
        self._task: asyncio.Task[None] | None = None
        self._probe_again = False
        self._closed = False
        self.is_done = False
        """Whether a probe has succeeded since the lock last connected."""

    @callback
    def async_invalidate(self) -> None:
        """Require a new probe: the capabilities may have changed."""
        self.is_done = False

    @callback
    def async_start(self) -> None:
        """Probe the lock in the background, and mark it reachable if that works."""
        if self._task is not None:
            self._probe_again = True
            return
        # in the background: a slow lock must not delay the start of Home Assistant
        self._task = self._hass.async_create_background_task(
            self._async_run(), f"keyholder connects {self._name}", eager_start=False
        )

    async def async_close(self) -> None:
        """Cancel the probe."""
        self._closed = True
        if (task := self._task) is not None:
            task.cancel()
            await asyncio.wait({task})

    async def async_probe(self) -> Capabilities:
        """Return the lock's capabilities; raises a ProviderError or CallTimeoutError."""
        return await async_run_with_timeout(
            self._provider.async_probe(), self._timing.job_timeout
        )

    async def _async_run(self) -> None:
        try:
            await self._async_probe()
            while self._probe_again and not self._closed:
                self._probe_again = False
                await self._async_probe()
        finally:
            self._task = None

    async def _async_probe(self) -> None:
        try:
            capabilities = await self.async_probe()
        except (LockUnreachableError, CallTimeoutError) as err:
            self._connection.async_mark_unreachable(err)
        except NotSupportedError:
            _LOGGER.error("Lock %s does not support managing codes", self._name)
        except IncompatibleLibraryError as err:
            self._connection.async_mark_incompatible(err)
        except Exception as err:  # noqa: BLE001 - any fault of a library stays here
            self._connection.async_log_unexpected_error("probe", err)
            self._connection.async_mark_unreachable()
        else:
            self.is_done = True
            self._on_found(capabilities)
            self._connection.async_mark_connected()
