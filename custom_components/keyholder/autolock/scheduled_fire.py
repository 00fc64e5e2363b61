"""One-shot delayed task that can be cancelled and awaited."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

_LOGGER: Final = logging.getLogger(__name__)


def is_being_cancelled() -> bool:
    """Return whether the current task is being cancelled.

    Otherwise a CancelledError was raised by the awaited code.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class ScheduledFire:
    """Runs an action once after a delay, unless it is cancelled.

    The delay is measured by the loop's clock: setting the wall clock does not change it.
    Exceptions of the action are logged, never raised.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        delay: timedelta,
        action: Callable[[], Awaitable[None]],
        name: str,
    ) -> None:
        """Schedule the action in its own background task; a delay of zero means now."""
        self._hass = hass
        self._action = action
        self._name = name
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False
        self._unsub: CALLBACK_TYPE | None = async_call_later(
            hass, max(delay, timedelta(0)), self._on_due
        )

    @property
    def is_waiting(self) -> bool:
        """Return whether the delay has not ended yet."""
        return self._unsub is not None

    @property
    def is_in_flight(self) -> bool:
        """Return whether the action is running."""
        return self._task is not None and not self._task.done()

    async def async_cancel(self) -> None:
        """Cancel, and return when nothing of it runs any more.

        A running action is cancelled and awaited; what it shields continues. The action
        itself may call this: it is then neither cancelled nor awaited.
        """
        if self._unsub is not None:
            self._unsub()
            self._unsub = None
        task = self._task
        if task is None or task is asyncio.current_task():
            return
        if not self._cancelled:
            # only once: a second cancellation would interrupt the cleanup of the first
            self._cancelled = True
            task.cancel()
        # `wait` never raises the task's exception, only the caller's own cancellation
        await asyncio.wait({task})

    @callback
    def _on_due(self, _now: datetime) -> None:
        self._unsub = None
        self._task = self._hass.async_create_background_task(
            self._run(), self._name, eager_start=False
        )

    async def _run(self) -> None:
        try:
            await self._action()
        except asyncio.CancelledError:
            if is_being_cancelled():
                raise
            _LOGGER.error("%s was cancelled by the code it called", self._name)
        except Exception:
            _LOGGER.exception("%s failed", self._name)
