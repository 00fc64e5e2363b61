"""The driver, or the way to it, ends while a lock learns when a code may be used."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import WEEKDAYS
import pytest
from zwave_js_server.client import Client

from custom_components.keyholder.model.timing import Timing
from simulators.zwave.network_process import NetworkProcess
from tests.harness.clock.shifted_clock import ShiftedClock
from tests.harness.sampling import sample
from tests.harness.site.door_driver import rule
from tests.harness.site.zwave import PATIENCE, ZWaveDoor, ZWaveSite
from tests.harness.site.zwave_locks import PAIRS, PIN, SLOT, WEEK

pytestmark = pytest.mark.simulator

FIRST_ENTRY: Final = "setWeekDaySchedule"
SWITCHED_ON: Final = "setEnabled"
ENDS: Final = {
    "driver": NetworkProcess.restart_driver,
    "websocket": NetworkProcess.restart_server,
}
CUTS: Final = [
    (WEEK, FIRST_ENTRY, "driver"),
    (PAIRS, FIRST_ENTRY, "driver"),
    (WEEK, SWITCHED_ON, "driver"),
    (PAIRS, SWITCHED_ON, "driver"),
    (WEEK, FIRST_ENTRY, "websocket"),
    (PAIRS, FIRST_ENTRY, "websocket"),
    (WEEK, SWITCHED_ON, "websocket"),
    (PAIRS, SWITCHED_ON, "websocket"),
]
TRIED_CUTS: Final = sample(CUTS, 2)
TRIED_DEATHS: Final = sample(
    [(PAIRS, False), (WEEK, False), (PAIRS, True), (WEEK, True)], 1
)
TRIED_ENDS: Final = sample([(node, ends) for node in (WEEK, PAIRS) for ends in ENDS], 1)
RECOVERY: Final = Timing().write_window + 4 * Timing().unreachable_backoff
"""Nobody knows what became of the write: it may land as long as its window is open."""


@dataclass
class Cut:
    """Ends something once, right after a command that the lock has received."""

    client: Client
    method: str
    end: Callable[[], None]
    done: bool = False

    def __post_init__(self) -> None:
        """Stand between the client library and its websocket."""
        self._send = self.client.async_send_command
        self.client.async_send_command = self._on_command  # type: ignore[method-assign]

    async def _on_command(
        self, message: dict[str, Any], require_schema: int | None = None
    ) -> dict[str, Any]:
        answer: dict[str, Any] = await self._send(message, require_schema)
        if message.get("methodName") == self.method and not self.done:
            # Who waits for the answer may give up meanwhile; the end takes its time
            ending = asyncio.ensure_future(asyncio.to_thread(self.end))
            ending.add_done_callback(self._on_end)
            await asyncio.shield(ending)
        return answer

    def _on_end(self, ending: asyncio.Future[None]) -> None:
        ending.result()
        self.done = True


def two_windows(clock: ShiftedClock) -> dict[str, Any]:
    """Return a rule of two entries; one of them is open."""
    today = [WEEKDAYS[clock.now().weekday()]]
    return rule(
        {"days": today, "start": "20:00", "end": "23:58"},
        {"days": today, "start": "06:00", "end": "07:30"},
    )


async def expect_recovered(door: ZWaveDoor, clock: ShiftedClock) -> None:
    """See that the lock comes to hold what it should, and that it never was worse.

    Time runs faster while the radio is quiet: the engine keeps its own delays.
    """
    back = clock.utcnow()
    received, quiet = 0, 0
    while not (door.is_proven("present") and door.enforced_by == "lock"):
        await asyncio.sleep(0.1)
        before, received = received, await door.received()
        quiet = quiet + 1 if received == before else 0
        if quiet > 5:
            await clock.leap(clock.utcnow() + timedelta(seconds=5))
        assert clock.utcnow() - back < RECOVERY, f"it does not recover: {door.slot}"
    assert await door.holds()
    # the lock itself has looked, after every command that it received
    assert not await door.was_unrestricted()
    held = await door.schedule()
    assert held is not None
    assert held["enabled"]
    assert len(held["weekDays"]) == 2
    assert await door.opens(clock.now())
    assert not await door.opens(clock.now().replace(hour=12))


@pytest.mark.parametrize(("node", "after", "ends"), TRIED_CUTS)
async def test_no_code_is_live_where_the_way_to_the_lock_ended_before_it(
    site: ZWaveSite, clock: ShiftedClock, node: int, after: str, ends: str
) -> None:
    await site.manage(node)
    network = site.network
    client = network.entry.runtime_data.client
    cut = Cut(client, after, lambda: ENDS[ends](network.rig))

    ann = await site.add("Ann", PIN, node, rule=two_windows(clock))

    door = site.door(ann, node)
    async with asyncio.timeout(PATIENCE):
        while not cut.done:
            assert await door.codes() == {}
    # the lock has begun to learn, and knows no code
    assert await door.schedule() is not None
    assert await door.codes() == {}
    assert await door.steps() in (["schedule"], ["schedule", "enable"])
    await network.wait_until_loaded()
    await expect_recovered(door, clock)


@pytest.mark.parametrize(("node", "needs_code"), TRIED_DEATHS)
async def test_no_code_is_live_where_the_driver_died_of_writing_it(
    site: ZWaveSite, clock: ShiftedClock, node: int, needs_code: bool
) -> None:
    """The schedule is there, and the driver takes the code to its grave.

    Where a schedule needs a code first, it is the one that is switched off.
    """
    await site.manage(node)
    network = site.network
    await network.faults(node, killDriverAtWrite=1, schedulesNeedCode=needs_code)
    ann = await site.add("Ann", PIN, node, rule=two_windows(clock))
    door = site.door(ann, node)

    async with asyncio.timeout(PATIENCE):
        while (await network.truth(node))["faults"]["killDriverAtWrite"]:
            assert await door.codes() == {}

    assert (await door.schedule() is None) is needs_code
    assert await door.codes() == {}
    await asyncio.to_thread(network.rig.wait_until_ready)
    await network.wait_until_loaded()
    await expect_recovered(door, clock)


@pytest.mark.parametrize(("node", "ends"), TRIED_ENDS)
async def test_a_code_that_is_disabled_stays_so_until_its_schedule_is_there(
    site: ZWaveSite, clock: ShiftedClock, node: int, ends: str
) -> None:
    """The lock takes schedules for codes only, and the way ends between the two."""
    await site.manage(node)
    network = site.network
    await network.faults(node, schedulesNeedCode=True)
    client = network.entry.runtime_data.client
    cut = Cut(client, "set", lambda: ENDS[ends](network.rig))
    ann = await site.add("Ann", PIN, node, rule=two_windows(clock))
    door = site.door(ann, node)

    async with asyncio.timeout(PATIENCE):
        while not cut.done:
            assert not await door.opens(clock.now())

    assert await door.codes() == {SLOT: PIN}
    assert await door.steps() == ["schedule", "enable", "disabled code"]
    assert await door.schedule() is None
    assert not await door.opens(clock.now())
    await network.wait_until_loaded()
    await expect_recovered(door, clock)
