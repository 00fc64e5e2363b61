"""The fake and the real stack, started once for a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulators.matter import CHIP, FakeMatterServer, Limits, Node
from simulators.matter.lock import DoorLock
from tests.real_matter import running_stack

from .conversation import conversation
from .pair import Pair


@pytest.fixture
def expected_lingering_timers() -> bool:
    """A websocket leaves its cancelled heartbeat behind."""
    return True


@pytest.fixture
def limits() -> Limits:
    """What both locks have room for."""
    return Limits()


@pytest.fixture
async def pair(
    real_sockets: None, tmp_path: Path, limits: Limits
) -> AsyncIterator[Pair]:
    """Two locks that nobody has used yet."""
    lock = DoorLock(limits)
    lock.traits.enforces = False
    node = Node(1, {1: lock})
    async with (
        running_stack(tmp_path, limits) as stack,
        FakeMatterServer([node], dialect=CHIP) as server,
        conversation(server.url) as fake,
        conversation(stack.url) as real,
    ):
        yield Pair(fake, node, real, stack.lock)
