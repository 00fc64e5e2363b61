"""A fake lock that notes when each of its slots is read.

How to use it: `run_with_engine(scenario)`, in it `await set_up_people(engine, provider)`,
then `await advance(HOUR)` and look at `provider.looks`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import override

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.model.slot import SlotState
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import StoredData, engine_with_real_delays
from tests.harness.fakes.provider import FakeProvider, Profile

HOUR = timedelta(hours=1)
PEOPLE = 6


class ReadRecordingProvider(FakeProvider):
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


async def advance(span: timedelta) -> None:
    """Let time pass."""
    await asyncio.sleep(span.total_seconds())


async def set_up_people(
    engine: EngineHarness,
    provider: ReadRecordingProvider,
    checks: int | None = None,
    people: int = PEOPLE,
) -> LockId:
    """Put everybody's code on a lock, and leave it alone for a while."""
    shows = provider.shows_codes
    lock = engine.add_lock("Front", provider, None if shows else (1, 10))
    engine.set_data(f"lock_{lock}", checks_per_hour=checks)
    for number in range(people):
        await engine.add_person(str(number), f"90715{number}")
    await advance(timedelta(minutes=5))
    settled = SlotState.IN_SYNC if shows else SlotState.ACCEPTED
    views = engine.snapshot(lock).slots.values()
    assert [view.state for view in views] == [settled] * people
    return lock


def run_with_engine(
    scenario: Callable[[EngineHarness], Awaitable[None]], disk: StoredData | None = None
) -> None:
    """Run a scenario in a site of its own."""

    async def run() -> None:
        async with engine_with_real_delays(disk) as engine:
            await scenario(engine)

    run_on_virtual_clock(run())
