"""Waiting for what has to come true, never for luck."""

import asyncio
from collections.abc import Callable
from typing import Final

from tests.harness.clock.virtual_loop import VirtualLoop

PATIENCE: Final = 30.0
"""Seconds of a machine that has much else to do; whoever is at rest waits for less."""

FAILED: Final = "the condition did not come true in time"


async def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return once the condition holds; fail if it does not in time.

    On virtual time it is looked at after every turn of the loop, and the seconds are the
    loop's own; on real time it is looked at every two milliseconds.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    if isinstance(loop, VirtualLoop):
        await _wait_for_on(loop, condition, deadline)
        return
    while not condition():
        assert loop.time() < deadline, FAILED
        await asyncio.sleep(0.002)


async def _wait_for_on(
    loop: VirtualLoop, condition: Callable[[], object], deadline: float
) -> None:
    # without this timer nothing might be left that ends the wait
    timer = loop.call_at(deadline, _nothing)
    try:
        while not condition():
            assert loop.time() < deadline, FAILED
            await loop.turn()
    finally:
        timer.cancel()


def _nothing() -> None:
    """Let the time come."""
