"""A lock, a driver, a server or a library that is gone in the middle of a write."""

import asyncio
from typing import Final

from tests.engine.faults.zwave.cases_writes import U3C, UC1, UC1_S2, UC2, UC2_SUP
from tests.harness.faults.zwave.case import Cost, Does
from tests.harness.faults.zwave.rows import done
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
    done(
        "the lock dies; then it is revived",
        Does.NEW_PIN,
        (UC1, U3C, UC1_S2),
        Cost(writes=1, reads=6),
        faults={"dead": True},
        script=comes_back,
        shows="SPSPI",
        together="dead",
        sampled=False,
    ),
    done(
        "the lock dies; then it is revived",
        Does.SWITCH_OFF,
        (U3C, UC2_SUP, UC1),
        Cost(clears=1, reads=6),
        faults={"dead": True},
        script=comes_back,
        shows="SPOSPI",
        together="dead",
    ),
    done(
        "the driver restarts in the middle of a write",
        Does.NEW_PIN,
        (UC1_S2, UC1, U3C, UC2),
        Cost(writes=1, reads=2),
        faults={"answerDelayMs": 2500},
        script=driver_restarts,
        together="driver restart",
    ),
    done(
        "the driver restarts in the middle of a clear",
        Does.SWITCH_OFF,
        (UC1, U3C),
        Cost(clears=1, reads=2),
        faults={"answerDelayMs": 2500},
        script=driver_restarts,
        together="driver restart",
    ),
    done(
        "the websocket drops in the middle of a write",
        Does.NEW_PIN,
        (U3C, UC1, UC1_S2),
        Cost(writes=1, reads=3),
        faults={"answerDelayMs": 2500},
        script=server_drops,
        together="websocket",
    ),
    done(
        "a call of the library never returns; then calls do",
        Does.NEW_PIN,
        (UC2, U3C, UC1),
        Cost(writes=2, reads=4),
        prepare=hangs,
        script=library_mends,
    ),
    done(
        "the library raises something unknown; then it does not",
        Does.NEW_PIN,
        (UC1, U3C, UC1_S2),
        Cost(writes=2, reads=4),
        prepare=raises,
        script=library_mends,
    ),
)
