"""One wait, then one action."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

_LOGGER: Final = logging.getLogger(__name__)


def is_being_cancelled() -> bool:
    """Return whether the present task is; otherwise a CancelledError came from below."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class ScheduledFire:
    """Fires once after a delay, or never. Used once, and measured by the loop's clock.

    Setting the wall clock makes it neither early nor late. Whatever the action raises
    stays in here.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        delay: timedelta,
        action: Callable[[], Awaitable[None]],
        name: str,
    ) -> None:
        """Run the action in a task of its own after the delay; zero means now."""
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
        """Return whether it has yet to fire."""
        return self._unsub is not None

    @property
    def is_in_flight(self) -> bool:
        """Return whether the action is under way."""
        return self._task is not None and not self._task.done()

    async def async_cancel(self) -> None:
        """Make sure that nothing of it runs when this returns.

        An action under way is cancelled and joined; what it shields goes on without it.
        The action itself may call this: it is then only not waited for.
        """
        if self._unsub is not None:
            self._unsub()
            self._unsub = None
        task = self._task
        if task is None or task is asyncio.current_task():
            return
        if not self._cancelled:
            # once: a second one would break off what the first makes it tidy up
            self._cancelled = True
            task.cancel()
        # `wait` raises nothing of the task's, and only the caller's own cancellation
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
            _LOGGER.error("%s was broken off by what it called", self._name)
        except Exception:
            _LOGGER.exception("%s failed", self._name)
