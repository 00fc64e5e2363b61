"""Stories that the state machine has found, each with what was wrong then."""

import asyncio
from typing import Any
from unittest.mock import patch

from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.runtime.durable import DurableStore
from tests.fakes.provider import FakeProvider

from .house import virtual_house
from .run import run_virtually

HOUR = 3600.0


async def _no_space(_store: DurableStore, _data: dict[str, Any]) -> None:
    raise OSError("no space left")


def test_a_lock_is_not_asked_again_and_again_while_the_disk_is_full() -> None:
    """It was read twice in every half minute, for a write that could not be."""

    async def story() -> tuple[int, SlotState | None]:
        async with virtual_house() as house:
            door = FakeProvider()
            lock = house.add_lock("Front", door)
            ann = await house.add_person("Ann", "907153")
            with patch.object(DurableStore, "_async_write_data", _no_space):
                await asyncio.sleep(24 * HOUR)
                reads = door.counts.reads
            await asyncio.sleep(60)
            return reads, house.state(lock, ann)

    reads, state = run_virtually(story())
    assert reads <= 30
    assert state is SlotState.IN_SYNC
