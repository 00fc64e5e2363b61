"""What a lock was sent about codes and limits, and what it makes of it."""

import asyncio
from dataclasses import replace

from custom_components.keyholder.model.lock_schedule import LockSchedule
from simulators.zwave.answers import Frame, Schedule
from tests.harness.providers.codes import ANNA, SLOT
from tests.harness.providers.zwave_lock import ZWaveLock


async def frames(lock: ZWaveLock) -> list[Frame]:
    """Return what the lock was sent about codes and limits."""
    received = await asyncio.to_thread(lock.network.rig.frames, lock.node)
    return [frame for frame in received if frame.get("slot") is not None]


async def changes_sent(lock: ZWaveLock) -> list[str]:
    """Return the changes that the lock was sent, in order, without repetitions."""
    words: list[str] = []
    for frame in await frames(lock):
        if frame["cc"].startswith("UserCode"):
            match frame.get("enables"):
                case True:
                    word = "code"
                case False:
                    word = "disabled code"
                case _:
                    word = "read" if frame["cc"].endswith("Get") else "clear"
        else:
            match frame.get("erases"):
                case True:
                    word = "erase"
                case False:
                    word = "schedule"
                case _:
                    word = "look" if frame["cc"].endswith("Get") else "enable"
        if words[-1:] != [word]:
            words.append(word)
    return words


async def entries(lock: ZWaveLock, slot: int = SLOT) -> Schedule | None:
    """Return what the lock really holds of the slot's schedule."""
    return (await lock.network.truth(lock.node))["schedules"].get(slot)


async def leave_behind(lock: ZWaveLock, limits: LockSchedule) -> None:
    """Have the schedule of an earlier holder in the slot, and no code."""
    await lock.write(replace(ANNA, schedule=limits))
    await lock.act("unreported_delete_code", slot=SLOT)
    await lock.reset_counts()


async def expect_nothing_was_live(lock: ZWaveLock) -> None:
    truth = await lock.network.truth(lock.node)
    assert SLOT not in truth["unrestricted"]
    held = truth["codes"].get(SLOT)
    assert held is None or not held["enabled"]
