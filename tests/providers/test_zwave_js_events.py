"""What a Z-Wave lock reports, as its age and its driver tell it."""

import pytest

from custom_components.keyholder.model.lock_events import (
    Action,
    Jammed,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.slot_events import ChangeKind
from tests.harness.providers.codes import OTHER, PIN, SLOT
from tests.harness.providers.zwave_lock import S2, UC1, ZWaveLock, on
from tests.harness.waiting import wait_for

pytestmark = pytest.mark.simulator


@on(UC1, S2)
@pytest.mark.parametrize("style", ["report", "byte", "v1alarm"])
async def test_whose_code_it_was(lock: ZWaveLock, style: str) -> None:
    await lock.faults(userIdStyle=style)
    for user in (SLOT, SLOT, 9):
        await lock.act("keypad_unlock", userId=user)
        await lock.act("keypad_lock", userId=user)
    await lock.settle()

    assert [
        (event.action, event.method, event.slot)
        for event in lock.events
        if isinstance(event, LockOperated)
    ] == [
        (action, Method.KEYPAD, user)
        for user in (SLOT, SLOT, 9)
        for action in (Action.UNLOCK, Action.LOCK)
    ]
    assert len(lock.events) == 6


@on(UC1)
async def test_a_lock_that_does_not_say_who(lock: ZWaveLock) -> None:
    await lock.faults(userIdStyle="none")
    await lock.act("keypad_unlock", userId=SLOT)
    await lock.act("keypad_set_code", slot=SLOT, code=PIN)
    await lock.settle()

    operated, changed = lock.events
    assert isinstance(operated, LockOperated)
    assert operated.slot is None
    assert changed == SlotChanged(None, ChangeKind.UNKNOWN)


@on(UC1)
async def test_old_locks_report_changes_by_alarm(lock: ZWaveLock) -> None:
    await lock.faults(userIdStyle="v1alarm")
    await lock.act("keypad_set_code", slot=SLOT, code=PIN)
    await lock.act("keypad_set_code", slot=SLOT, code=OTHER)
    await lock.act("keypad_delete_code", slot=SLOT)
    await lock.settle()

    assert lock.events == [
        SlotChanged(SLOT, ChangeKind.SET),
        SlotChanged(SLOT, ChangeKind.SET),
        SlotChanged(SLOT, ChangeKind.CLEARED),
    ]


@on(UC1)
async def test_each_jam_is_reported_and_the_end_of_one_is_not(lock: ZWaveLock) -> None:
    await lock.act("jam")
    await lock.act("jam")
    await lock.act("idle")
    await lock.act("jam")
    await lock.settle()

    assert [type(event) for event in lock.events] == [Jammed] * 3


@on(UC1)
async def test_a_keypad_change_that_is_also_reported_is_delivered_once(
    lock: ZWaveLock,
) -> None:
    await lock.faults(reportKeypadChanges=True)
    await lock.act("keypad_set_code", slot=SLOT, code=PIN)
    await lock.settle()

    assert lock.events == [SlotChanged(SLOT, ChangeKind.SET)]


@on(UC1)
async def test_a_door_moved_by_home_assistant_is_moved_by_radio(
    lock: ZWaveLock,
) -> None:
    entity = lock.network.lock_entity(UC1)
    await lock.network.hass.services.async_call(
        "lock", "unlock", {"entity_id": entity.entity_id}, blocking=True
    )
    await wait_for(lambda: bool(lock.events))

    (operated,) = lock.events
    assert isinstance(operated, LockOperated)
    assert (operated.action, operated.method) == (Action.UNLOCK, Method.REMOTE)
