"""A lock, a driver, a server or a library that is gone in the middle of a write."""

import asyncio
from typing import Final

from tests.engine.faults.zwave.cases_writes import U3C, UC1, UC1_S2, UC2, UC2_SUP
from tests.harness.faults.zwave.case import Case, Cost, Does, Holds
from tests.harness.faults.zwave.trial_lock import TrialLock


async def comes_back(door: TrialLock) -> None:
    """Wait until the lock is known to be gone; let it come back, and be found."""
    await door.until_reason("lock_unreachable")
    await door.heal()
    await asyncio.to_thread(door.site.network.rig.ping, door.node)


async def library_mends(door: TrialLock) -> None:
    """Let the library be as it should, when the first call has been given up."""
    await door.until(lambda: len(door.shown) > 1, "the end of a call")
    door.site.wire.mend(door.node)


async def hangs(door: TrialLock) -> None:
    """Let every write go out and never return."""
    door.site.wire.hang(door.node)


async def raises(door: TrialLock) -> None:
    """Let every write go out and end with an exception that nobody knows."""
    door.site.wire.fail(door.node)


async def _until_all_are_mid_write(door: TrialLock) -> None:
    await door.until(lambda: "syncing" in door.shown, "a write")
    rig = door.site.network.rig
    while True:
        counts = await asyncio.to_thread(rig.counts, door.node)
        if counts["writes"] or counts["clears"]:
            return
        await asyncio.sleep(0.02)


async def driver_restarts(door: TrialLock) -> None:
    """Restart driver and server while the lock has not answered yet."""
    await _until_all_are_mid_write(door)
    site = door.site

    async def restart() -> None:
        await asyncio.to_thread(site.network.rig.restart_driver)
        await site.network.wait_until_loaded()

    await site.together(restart)
    await door.heal()


async def server_drops(door: TrialLock) -> None:
    """Drop the websocket while the lock has not answered yet."""
    await _until_all_are_mid_write(door)
    await door.site.together(door.site.network.drop_connection)
    await door.heal()


CONNECTION: Final = (
    Case(
        fault="the lock dies; then it is revived",
        does=Does.NEW_PIN,
        on=(UC1, U3C, UC1_S2),
        faults={"dead": True},
        script=comes_back,
        shows="SPSPI",
        cost=Cost(writes=1, reads=6),
        holds=Holds.WANTED,
        together="dead",
        sampled=False,
    ),
    Case(
        fault="the lock dies; then it is revived",
        does=Does.SWITCH_OFF,
        on=(U3C, UC2_SUP, UC1),
        faults={"dead": True},
        script=comes_back,
        shows="SPOSPI",
        cost=Cost(clears=1, reads=6),
        holds=Holds.NOTHING,
        together="dead",
    ),
    Case(
        fault="the driver restarts in the middle of a write",
        does=Does.NEW_PIN,
        on=(UC1_S2, UC1, U3C, UC2),
        faults={"answerDelayMs": 2500},
        script=driver_restarts,
        shows="SPI",
        cost=Cost(writes=1, reads=2),
        holds=Holds.WANTED,
        together="driver restart",
    ),
    Case(
        fault="the driver restarts in the middle of a clear",
        does=Does.SWITCH_OFF,
        on=(UC1, U3C),
        faults={"answerDelayMs": 2500},
        script=driver_restarts,
        shows="SPI",
        cost=Cost(clears=1, reads=2),
        holds=Holds.NOTHING,
        together="driver restart",
    ),
    Case(
        fault="the websocket drops in the middle of a write",
        does=Does.NEW_PIN,
        on=(U3C, UC1, UC1_S2),
        faults={"answerDelayMs": 2500},
        script=server_drops,
        shows="SPI",
        cost=Cost(writes=1, reads=3),
        holds=Holds.WANTED,
        together="websocket",
    ),
    Case(
        fault="a call of the library never returns; then calls do",
        does=Does.NEW_PIN,
        on=(UC2, U3C, UC1),
        prepare=hangs,
        script=library_mends,
        shows="SPI",
        cost=Cost(writes=2, reads=4),
        holds=Holds.WANTED,
    ),
    Case(
        fault="the library raises something unknown; then it does not",
        does=Does.NEW_PIN,
        on=(UC1, U3C, UC1_S2),
        prepare=raises,
        script=library_mends,
        shows="SPI",
        cost=Cost(writes=2, reads=4),
        holds=Holds.WANTED,
    ),
)
