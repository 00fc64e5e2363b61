"""Quirks of Matter locks, by number: whose a code is, shown or remembered."""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.lock_events import BindingChanged, SlotChanged
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.providers.base import CodeRejectedError
from simulators.matter import AT_THE_LOCK, FOREIGN, OURS, Author
from simulators.matter.faults import command_lost
from simulators.matter.memory import Credential
from tests.harness.providers.codes import BEN, OTHER, PIN, SLOT
from tests.harness.providers.matter_lock import PIN_TYPE, MatterLock

BY_US = SlotReading.masked(enabled=True, ours=True)
BY_OTHERS = SlotReading.masked(enabled=True, ours=False)


def put(lock: MatterLock, user: int, by: Author, slot: int = SLOT) -> None:
    """Have a PIN in a slot whatever the lock's own rules are."""
    held = Credential(b"9066", user, by.fabric, by.fabric)
    lock.node.lock.memory.credentials[PIN_TYPE, slot] = held


async def test_presence_is_proven_by_the_user_their_mark_and_their_makers(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    assert await matter_lock.read() == BY_US
    assert await (await matter_lock.another_provider()).async_read([SLOT]) == {
        SLOT: BY_US
    }


@pytest.mark.parametrize("by", [FOREIGN, AT_THE_LOCK, OURS])
async def test_a_code_that_others_put_in_place_of_ours_is_not_ours(
    matter_lock: MatterLock, by: Author
) -> None:
    """It was read as occupied, and so as the code that had been cleared."""
    await matter_lock.write()
    matter_lock.node.door.delete_user(SLOT)
    matter_lock.add_user(7, by=by)
    matter_lock.add_pin(SLOT, 7, by=by)

    assert await matter_lock.read() == BY_OTHERS


async def test_a_code_that_was_put_at_the_keypad_under_our_user_is_not_ours(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    matter_lock.node.door.delete_pin(SLOT)
    put(matter_lock, SLOT, AT_THE_LOCK)

    assert await matter_lock.read() == BY_OTHERS


async def test_a_code_that_another_home_changed_is_not_ours(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    held = matter_lock.node.lock.memory.credentials[PIN_TYPE, SLOT]
    held.modified = FOREIGN.fabric

    assert await matter_lock.read() == BY_OTHERS


async def test_our_user_of_another_slot_does_not_make_a_code_ours(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    put(matter_lock, SLOT, OURS, slot=6)

    assert await matter_lock.read(6) == BY_OTHERS


async def test_on_a_lock_that_reports_no_makers_the_mark_decides(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    held = matter_lock.node.lock.memory.credentials[PIN_TYPE, SLOT]
    held.creator = held.modified = matter_lock.users[SLOT].creator = None

    assert await matter_lock.read() == BY_US
    await matter_lock.clear()
    assert matter_lock.users == {}


async def test_a_lock_that_loses_our_mark_is_remembered_for_it(
    matter_lock: MatterLock,
) -> None:
    """Users without a code were left behind, one with each code, until it was full."""
    matter_lock.node.lock.traits.keeps_user_ids = False
    for code in (None, BEN):
        await (matter_lock.write() if code is None else matter_lock.write(code))
        assert await matter_lock.read() == BY_US
        await matter_lock.clear()
        assert matter_lock.users == {}
    await matter_lock.settle()

    bound, freed = BindingChanged(SLOT, {"user": SLOT}), BindingChanged(SLOT, None)
    assert matter_lock.news == [bound, freed, bound, freed]


async def test_our_user_without_a_mark_is_known_after_a_restart(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.lock.traits.keeps_user_ids = False
    matter_lock.add_user(SLOT)
    await matter_lock.write()
    await matter_lock.read()
    user = matter_lock.owner()
    assert user is not None
    assert matter_lock.news[-1:] == [BindingChanged(SLOT, {"user": user})]

    again = await matter_lock.another_provider()
    assert await again.async_read([SLOT]) == {SLOT: BY_OTHERS}
    again.restore_bindings({SLOT: {"user": user}, 4: {}})
    assert await again.async_read([SLOT]) == {SLOT: BY_US}
    await again.async_clear(SLOT)
    assert matter_lock.names == {SLOT: "Eve"}


async def test_our_user_without_a_mark_that_was_left_behind_is_replaced(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.lock.traits.keeps_user_ids = False
    await matter_lock.write()
    matter_lock.node.faults.add("ClearUser", command_lost())
    await matter_lock.clear()
    assert matter_lock.names == {SLOT: "Zoë"}

    await matter_lock.write(BEN)

    assert matter_lock.names == {SLOT: "Ben"}
    assert matter_lock.code() == OTHER


async def test_on_a_lock_that_keeps_marks_nothing_has_to_be_remembered(
    matter_lock: MatterLock,
) -> None:
    """And a user without one is somebody else's, even where ours was before."""
    await matter_lock.write()
    await matter_lock.read()
    matter_lock.node.door.delete_user(SLOT)
    matter_lock.add_user(SLOT, "Eve", OURS)
    matter_lock.add_pin(SLOT, SLOT, by=OURS)
    await matter_lock.settle()

    assert await matter_lock.read() == BY_OTHERS
    with pytest.raises(CodeRejectedError) as caught:
        await matter_lock.write(replace(BEN))
    assert caught.value.reason is Reason.OCCUPIED
    await matter_lock.clear()
    assert matter_lock.names == {SLOT: "Eve"}
    assert matter_lock.code() is None
    assert all(isinstance(each, SlotChanged) for each in matter_lock.news)
    assert PIN not in repr(matter_lock.news)
