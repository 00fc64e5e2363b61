"""The fake and the real stack, started once for a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulators.matter import CHIP, FakeMatterServer, Limits, Node
from simulators.matter.lock import DoorLock
from tests.harness.matter_stack.conversation import conversation
from tests.harness.matter_stack.pair import Pair
from tests.harness.networks.matter_stack import running_stack


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
