"""What happens in the event loop while something is measured."""

from asyncio import events
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import gc
import sys
import tracemalloc
from types import CodeType
from typing import Any
from unittest.mock import patch

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback


@dataclass
class LoopWatch:
    """The callbacks that a loop has run: how many, and the longest. Seconds."""

    callbacks: int = 0
    longest: float = 0.0


@contextmanager
def watch_loop(clock: Callable[[], float]) -> Iterator[LoopWatch]:
    """Time every callback of the loop, garbage collection included."""
    watch = LoopWatch()
    # asyncio has no hook for what it runs
    run: Any = events.Handle._run  # noqa: SLF001

    def timed(handle: events.Handle) -> None:
        began = clock()
        run(handle)
        took = clock() - began
        watch.callbacks += 1
        watch.longest = max(watch.longest, took)

    with patch.object(events.Handle, "_run", timed):
        yield watch


@dataclass
class Steps:
    """Lines of code that were executed."""

    executed: int = 0


@contextmanager
def count_steps(folder: str) -> Iterator[Steps]:
    """Count each execution of a line of code that is in that folder."""
    steps = Steps()
    monitoring, tool = sys.monitoring, sys.monitoring.OPTIMIZER_ID

    def note(code: CodeType, _line: int) -> object:
        if not code.co_filename.startswith(folder):
            return monitoring.DISABLE
        steps.executed += 1
        return None

    monitoring.use_tool_id(tool, "count_steps")
    monitoring.register_callback(tool, monitoring.events.LINE, note)
    monitoring.set_events(tool, monitoring.events.LINE)
    try:
        yield steps
    finally:
        monitoring.set_events(tool, monitoring.events.NO_EVENTS)
        monitoring.free_tool_id(tool)


@contextmanager
def count_state_writes(hass: HomeAssistant) -> Iterator[list[str]]:
    """Collect the entity of every state that is written, changed or not."""
    written: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        written.append(event.data["entity_id"])

    @callback
    def every(_data: Any) -> bool:
        return True

    stops = [
        hass.bus.async_listen(EVENT_STATE_CHANGED, note),
        hass.bus.async_listen(EVENT_STATE_REPORTED, note, event_filter=every),
    ]
    yield written
    for stop in stops:
        stop()


@dataclass
class Memory:
    """MiB that Python has come to hold."""

    grown: float = 0.0


@contextmanager
def watch_memory() -> Iterator[Memory]:
    """Trace what is allocated from now on and still held at the end."""
    memory = Memory()
    gc.collect()
    tracemalloc.start()
    try:
        yield memory
        gc.collect()
        memory.grown = tracemalloc.get_traced_memory()[0] / 2**20
    finally:
        tracemalloc.stop()
