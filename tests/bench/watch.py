"""What happens in the event loop while something is measured."""

from asyncio import events
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import gc
import tracemalloc
from typing import Any, Final
from unittest.mock import patch

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback

STALL: Final = 0.05
"""Seconds for which one callback may keep the event loop from everything else."""


@dataclass
class LoopWatch:
    """The callbacks that a loop has run: how many, and the longest. Seconds."""

    callbacks: int = 0
    longest: float = 0.0
    stalls: int = 0


@contextmanager
def watch_loop(clock: Callable[[], float]) -> Iterator[LoopWatch]:
    """Time every callback of the loop, garbage collection included."""
    watch = LoopWatch()
    run: Any = events.Handle._run

    def timed(handle: events.Handle) -> None:
        began = clock()
        run(handle)
        took = clock() - began
        watch.callbacks += 1
        watch.longest = max(watch.longest, took)
        watch.stalls += took > STALL

    with patch.object(events.Handle, "_run", timed):
        yield watch


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
