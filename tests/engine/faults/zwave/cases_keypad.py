"""Somebody at the keypad, and locks that tell of it in their own ways."""

from typing import Final

from tests.engine.faults.zwave.cases_writes import U3C, UC1, UC1_S2, UC2, UC2_SUP
from tests.harness.faults.zwave.case import Cost, Does, Faults
from tests.harness.faults.zwave.lock_kinds import SLOT, Kind
from tests.harness.faults.zwave.rows import done, duplicate
from tests.harness.faults.zwave.trial_lock import TrialLock

OTHER: Final = "9064"


async def change_it(door: TrialLock) -> None:
    """Type another code into the person's slot."""
    await door.act("keypad_set_code", slot=SLOT, code=OTHER)


async def delete_it(door: TrialLock) -> None:
    """Take the person's code out."""
    await door.act("keypad_delete_code", slot=SLOT)


async def unlock(door: TrialLock) -> None:
    """Open the door with the person's code."""
    await door.act("keypad_unlock", userId=SLOT)
    await door.until(lambda: bool(door.events), "an event")


async def unlock_with_a_stranger_s_code(door: TrialLock) -> None:
    """Open the door with a code of a number that the lock should not have."""
    await door.act("keypad_unlock", userId=251)
    await door.until(lambda: bool(door.events), "an event")


async def make_room(door: TrialLock) -> None:
    """Wait until a repair says that the lock is full, and make some."""
    await door.until_reason("no_free_slot")
    assert await door.codes() == {1: "9011", 2: "9012"}
    assert door.repairs() == ["no_free_slot"]
    assert door.has_problem()
    await door.act("keypad_delete_code", slot=SLOT)


_ALARMS: Final[Faults] = {"userIdStyle": "v1alarm"}
_NAMELESS: Final[Faults] = {"userIdStyle": "none"}

KEYPAD: Final = (
    done(
        "a code is changed at the keypad, and the driver's cache not",
        Does.NOTHING,
        (UC1, UC2_SUP, U3C, UC1_S2, UC2),
        Cost(writes=1, reads=2),
        script=change_it,
        shows="?SPI",
        events=(f"code_changed {SLOT}",),
    ),
    done(
        "a masked code is changed at the keypad, and the driver's cache not",
        Does.NOTHING,
        (UC2, UC1),
        Cost(writes=1, clears=1, reads=3),
        before={"maskReads": "*"},
        script=change_it,
        shows="?SPI",
        events=(f"code_changed {SLOT}",),
    ),
    done(
        "a code is changed at the keypad, and the report lacks the slot",
        Does.NOTHING,
        (UC1_S2, UC1),
        Cost(writes=1, reads=2),
        before=_NAMELESS,
        script=change_it,
        shows="?SPI",
        events=(f"code_changed {SLOT}",),
    ),
    done(
        "a code is used, and the report lacks the user",
        Does.NOTHING,
        (UC1, UC2_SUP, U3C),
        Cost(),
        before=_NAMELESS,
        script=unlock,
        shows="",
        events=("unlocked",),
    ),
    done(
        "a code is used, by a user that the lock cannot have",
        Does.NOTHING,
        (UC2_SUP, UC1, U3C),
        Cost(),
        script=unlock_with_a_stranger_s_code,
        shows="",
        events=("unlocked",),
    ),
    done(
        "an old lock tells a use by alarm type and level",
        Does.NOTHING,
        (UC1, UC1_S2),
        Cost(),
        before=_ALARMS,
        script=unlock,
        shows="",
        events=(f"unlocked {SLOT}",),
    ),
    done(
        "an old lock tells a deleted code by alarm type and level",
        Does.NOTHING,
        (UC1, UC1_S2),
        Cost(writes=1, reads=2),
        before=_ALARMS,
        script=delete_it,
        shows="?SPI",
        events=(f"code_removed {SLOT}",),
    ),
    duplicate(
        "an old lock refuses a duplicate by alarm type and level",
        (UC1, UC1_S2),
        Cost(writes=1, clears=1, reads=3),
        before=_ALARMS,
        prepare=lambda door: door.act(
            "unreported_set_code", slot=5, code=door.next_pin
        ),
    ),
    done(
        "every slot is taken; then one is made free at the keypad",
        Does.SWITCH_ON,
        (Kind.UC1_FULL, Kind.U3C_FULL),
        Cost(writes=1, reads=8),
        script=make_room,
        shows="SOSPI",
        events=(f"code_removed {SLOT}",),
    ),
)
