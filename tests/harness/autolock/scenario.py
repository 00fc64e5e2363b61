"""Runs a scenario at a door in memory; `notices` returns what was published of it."""

from collections.abc import Awaitable, Callable

from custom_components.keyholder.model.autolock import AutolockNoticeType
from tests.harness.autolock.fake_door import AutolockHarness, FakeDoor, autolock_harness
from tests.harness.clock.virtual_clock import run_on_virtual_clock

type Scenario = Callable[[AutolockHarness], Awaitable[None]]


def run_at_door(scenario: Scenario, door: FakeDoor | None = None) -> FakeDoor:
    """Return the door after the scenario."""
    door = door or FakeDoor()

    async def run() -> None:
        async with autolock_harness(door) as there:
            await scenario(there)

    run_on_virtual_clock(run())
    return door


def notices(door: FakeDoor) -> list[AutolockNoticeType]:
    """Return what was reported, in order."""
    return [published.notice for published in door.published]
