"""What the engine keeps alive: timers and tasks of ours in the event loop."""

import asyncio
from collections.abc import Iterator
from typing import Any

from homeassistant.core import HassJob, HomeAssistant
from homeassistant.util.async_ import get_scheduled_timer_handles

OURS = "custom_components.keyholder"


def live_timers(hass: HomeAssistant) -> list[str]:
    """Return what timers of ours will call."""
    return [
        target.__qualname__
        for handle in get_scheduled_timer_handles(hass.loop)
        if not handle.cancelled()
        for target in _targets(handle)
        if str(target.__module__).startswith(OURS)
    ]


def live_tasks() -> list[str]:
    """Return the names of tasks of ours."""
    return [
        task.get_name()
        for task in asyncio.all_tasks()
        if task.get_name().startswith("keyholder")
    ]


def _targets(handle: asyncio.TimerHandle) -> Iterator[Any]:
    # a handle has no public way to tell what it will call
    job = getattr(handle._callback, "job", None)  # type: ignore[attr-defined]  # noqa: SLF001
    for argument in (job, *(handle._args or ())):  # noqa: SLF001
        if isinstance(argument, HassJob):
            yield argument.target
