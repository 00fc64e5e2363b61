"""A lock that is left alone, and notes when it is looked at."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import override

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.model.slot import SlotState
from tests.fakes.provider import FakeProvider, Profile
from tests.integration.engine.house import House

from .house import Disk, virtual_house
from .run import run_virtually

HOUR = timedelta(hours=1)
PEOPLE = 6


class Watched(FakeProvider):
    """A lock that notes when each of its slots was read, while it can be reached."""

    def __init__(
        self, profile: Profile = Profile.READABLE, *, reports_changes: bool = False
    ) -> None:
        super().__init__(profile, reports_changes=reports_changes)
        self.shows_codes = profile is not Profile.WRITE_ONLY
        self.looks: list[tuple[datetime, int]] = []

    @override
    async def async_read(self, slots: object) -> dict[int, SlotReading]:
        assert isinstance(slots, list)
        if self.is_connected:
            self.looks += [(dt_util.utcnow(), slot) for slot in slots]
        return await super().async_read(slots)

    @property
    def moments(self) -> list[datetime]:
        """Return when any slot was read."""
        return [at for at, _ in self.looks]


async def rest(span: timedelta) -> None:
    """Let time pass."""
    await asyncio.sleep(span.total_seconds())


async def move_in(
    house: House,
    provider: Watched,
    checks: int | None = None,
    people: int = PEOPLE,
) -> LockId:
    """Put everybody's code on a lock, and leave it alone for a while."""
    shows = provider.shows_codes
    lock = house.add_lock("Front", provider, None if shows else (1, 10))
    house.set_data(f"lock_{lock}", checks_per_hour=checks)
    for number in range(people):
        await house.add_person(str(number), f"90715{number}")
    await rest(timedelta(minutes=5))
    settled = SlotState.IN_SYNC if shows else SlotState.ACCEPTED
    views = house.snapshot(lock).slots.values()
    assert [view.state for view in views] == [settled] * people
    return lock


def tell(story: Callable[[House], Awaitable[None]], disk: Disk | None = None) -> None:
    """Run a story in a house of its own."""

    async def run() -> None:
        async with virtual_house(disk) as house:
            await story(house)

    run_virtually(run())
