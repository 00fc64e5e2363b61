"""What is under way in an event loop, by what it does."""

import asyncio
from collections import Counter
from typing import Final

from homeassistant.util.async_ import get_scheduled_timer_handles

OF_TASKS: Final = frozenset({"_set_result_unless_cancelled", "Timeout._on_timeout"})
"""Timers of `asyncio.sleep` and `asyncio.timeout`: there is a task that waits for each.

A task that sleeps again and again has none in between.
"""


def running_work() -> Counter[str]:
    """Count the tasks and timers of the loop that runs, but for the task that asks.

    Not by which they are: those of a network that runs are made anew all the time.
    """
    us = asyncio.current_task()
    tasks = [
        f"task {getattr(task.get_coro(), '__qualname__', task)}"
        for task in asyncio.all_tasks()
        if task is not us
    ]
    timers = (_name(handle) for handle in _timers() if not handle.cancelled())
    return Counter(tasks + [f"timer {name}" for name in timers if name not in OF_TASKS])


def _timers() -> list[asyncio.TimerHandle]:
    """Return all timers, with those that are due: one may be about to set itself again."""
    loop = asyncio.get_running_loop()
    due = [
        handle
        for handle in getattr(loop, "_ready", ())
        if isinstance(handle, asyncio.TimerHandle)
    ]
    return [*get_scheduled_timer_handles(loop), *due]


def _name(handle: asyncio.TimerHandle) -> str:
    callback = getattr(handle, "_callback", None)
    return str(getattr(callback, "__qualname__", callback))
