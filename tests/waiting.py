"""Waiting for what has to come true, never for luck."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final

PATIENCE: Final = 30.0
"""Seconds of a machine that has much else to do; whoever is at rest waits for less."""


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return once the condition holds; fail if it does not in time."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "the condition did not come true in time"
        await asyncio.sleep(0.002)
