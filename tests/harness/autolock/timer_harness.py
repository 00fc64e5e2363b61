"""The timer of one lock by itself, on virtual time.

How to use it: `run_with_timer(scenario)`; nothing may be left when the scenario ends.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from homeassistant.core import HomeAssistant

from custom_components.keyholder.autolock.store import TimerStore
from custom_components.keyholder.autolock.timer import AutolockTimer, TimerState
from custom_components.keyholder.model.autolock import TimerReason
from custom_components.keyholder.model.autolock_timer import (
    Finished,
    TimerEntry,
    TimerOutcome,
)
from tests.harness.autolock.fake_door import FakeTimerDisk
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.instances.ha_instances import running_home_assistant

SECOND = timedelta(seconds=1)


class TimerHarness:
    """A timer, its disk, and an action whose outcome can be chosen."""

    def __init__(self, hass: HomeAssistant, disk: FakeTimerDisk) -> None:
        self.hass = hass
        self.disk = disk
        self.acted: list[float] = []
        self.entries: list[TimerEntry] = []
        self.outcome: TimerOutcome | BaseException = Finished()
        self.takes = 0.0
        self.began = hass.loop.time()
        self.changes = 0
        self.deaf = False
        self.timer = AutolockTimer(
            hass, "front", TimerStore(disk), self.act, self.on_change
        )

    async def act(self, entry: TimerEntry) -> TimerOutcome:
        """Note that it is time, and end as chosen."""
        self.acted.append(round(self.hass.loop.time() - self.began))
        self.entries.append(entry)
        await asyncio.sleep(self.takes)
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    def on_change(self) -> None:
        """Note that there is something to show."""
        self.changes += 1
        if self.deaf:
            raise RuntimeError

    def start(self, seconds: float = 60) -> asyncio.Future[None]:
        """Start the timer as an unlocked door does."""
        return self.timer.start(TimerReason.UNLOCKED, seconds * SECOND)

    @property
    def on_disk(self) -> bool:
        """Return whether a timer is stored."""
        return bool((self.disk.stored or {}).get("timers"))


def is_running(harness: TimerHarness) -> bool:
    """Return whether it will fire by itself, read anew."""
    return harness.timer.is_running


def timer_state(harness: TimerHarness) -> TimerState:
    """Return the state, read anew."""
    return harness.timer.state


type Scenario = Callable[[TimerHarness], Awaitable[None]]


def run_with_timer(scenario: Scenario, disk: FakeTimerDisk | None = None) -> None:
    """Run a scenario; nothing of the timer is left when it is closed."""

    async def run() -> None:
        async with running_home_assistant() as hass:
            before = asyncio.all_tasks()
            harness = TimerHarness(hass, disk or FakeTimerDisk())
            await harness.timer.recover()
            await scenario(harness)
            await harness.timer.close()
            assert not is_running(harness)
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == before
            acted = len(harness.acted)
            await asyncio.sleep(100_000)
            assert len(harness.acted) == acted
            await hass.async_stop(force=True)

    run_on_virtual_clock(run())
