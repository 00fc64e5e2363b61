"""Z-Wave's own ways to deceive: each is a cell of the fault matrix that was measured.

The lock's truth comes from the simulator, past the driver and its cache.
"""

import asyncio
from time import monotonic

import pytest

from custom_components.keyholder.model.lock_events import (
    LockOperated,
    SlotChanged,
    WriteRejected,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    Occupancy,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
)
from tests.harness.providers.codes import ANNA, BEN, OTHER, PIN, SLOT
from tests.harness.providers.zwave_lock import S2, U3C, UC1, UC2, UC2_SUP, ZWaveLock, on
from tests.harness.waiting import wait_for

pytestmark = pytest.mark.simulator

SLOW = 60
"""Seconds for an answer that nobody waits for to the end."""


@on(UC1, UC2)
@pytest.mark.parametrize("shape", ["*", "zeros", "ff", "empty", "short"])
async def test_a_mask_is_never_a_code_and_never_an_empty_slot(
    lock: ZWaveLock, shape: str
) -> None:
    """The driver calls some of these writes failed although the code has landed."""
    await lock.faults(maskReads=shape)

    assert await lock.write() is WriteResult.OPTIMISTIC

    assert await lock.code() == PIN
    assert await lock.read() in (
        SlotReading.masked(enabled=True),
        # An occupied slot without any code is a frame that breaks the rules: V1 and V2
        # drivers drop it, and no answer says nothing
        SlotReading.unknown() if shape == "empty" else SlotReading.masked(enabled=True),
    )


@on(UC1, UC2_SUP)
async def test_a_dropped_overwrite_of_a_masked_code_is_not_trusted(
    lock: ZWaveLock,
) -> None:
    """Through the driver's own API it is "OK" with an event, and false."""
    await lock.write()
    await lock.faults(maskReads="*", dropWrites=True)
    await lock.settle()
    lock.events.clear()

    assert await lock.write(BEN) is WriteResult.OPTIMISTIC

    await lock.settle()
    assert lock.events == []
    assert await lock.code() == PIN
    assert await lock.read() == SlotReading.masked(enabled=True)


@on(UC2_SUP, S2)
async def test_a_false_supervised_success_is_found_at_the_first_read(
    lock: ZWaveLock,
) -> None:
    """The driver stores what Supervision confirms; a read must not come from there."""
    await lock.faults(dropWrites=True)

    assert await lock.write() is WriteResult.OPTIMISTIC
    assert await lock.read() == SlotReading.empty()


# Silence, delays, refusals


@on(UC1)
async def test_status_not_available_is_an_answer_that_shows_no_code(
    lock: ZWaveLock,
) -> None:
    """Clause 16.8: the slot is not usable, and neither empty nor without an answer."""
    await lock.write()
    await lock.faults(status254=True)

    assert await lock.read() == SlotReading.not_usable()


@on(UC1, U3C)
async def test_a_slow_answer_is_no_answer_and_nothing_is_taken_for_empty(
    lock: ZWaveLock,
) -> None:
    await lock.write()
    await lock.reset_counts()
    await lock.faults(answerDelayMs=1000 * SLOW)

    began = monotonic()
    assert await lock.read() == SlotReading.unknown()
    assert monotonic() - began < SLOW
    assert await lock.operations() == 1
    await lock.faults(answerDelayMs=0)


@on(UC1, S2)
async def test_a_late_answer_is_not_taken_for_the_answer_to_the_next_question(
    lock: ZWaveLock,
) -> None:
    """A code changed at the lock read as the old one: that answer was a second late."""
    await lock.write()
    await lock.faults(answerDelayMs=1300)
    assert await lock.read() == SlotReading.unknown()
    await lock.faults(answerDelayMs=400)
    await lock.act("unreported_set_code", slot=SLOT, code=OTHER)

    assert (await lock.read()).code == Pin(OTHER)
    await lock.faults(answerDelayMs=0)


@on(UC1)
async def test_a_late_commit_shows_at_a_later_read(lock: ZWaveLock) -> None:
    await lock.faults(commitDelayMs=200)

    assert await lock.write() is WriteResult.OPTIMISTIC

    seen = [await lock.read()]
    while seen[-1] == SlotReading.empty():
        seen.append(await lock.read())
    assert seen[-1].code == Pin(PIN)


@on(UC1, UC2, UC2_SUP, U3C)
async def test_a_rejection_without_a_reason_is_left_to_the_read_back(
    lock: ZWaveLock,
) -> None:
    """A failed Supervision is no word about the code: the lock may have been busy."""
    await lock.faults(rejectWrites=True)

    assert await lock.write() is WriteResult.OPTIMISTIC
    assert await lock.read() == SlotReading.empty()


@on(UC2_SUP, U3C)
async def test_a_lock_that_acknowledges_nothing_may_have_stored_it(
    lock: ZWaveLock,
) -> None:
    await lock.faults(unansweredWrites=True)

    assert await lock.write() is WriteResult.OPTIMISTIC
    await lock.faults(unansweredWrites=False)
    assert (await lock.read()).occupancy in (Occupancy.PRESENT, Occupancy.EMPTY)


@on(U3C)
async def test_what_lands_late_is_reported_late(lock: ZWaveLock) -> None:
    """ERROR_UNKNOWN, and two seconds after that the report that it was done."""
    await lock.write()
    await lock.settle()
    lock.events.clear()
    await lock.faults(answerDelayMs=1500)

    assert (
        await lock.write(CodeTarget(Pin(OTHER), ANNA.person_name))
        is WriteResult.OPTIMISTIC
    )
    assert lock.events == []
    await wait_for(lambda: bool(lock.events))

    assert lock.events == [SlotChanged(SLOT, ChangeKind.SET)]
    assert await lock.code() == OTHER


@on(U3C)
async def test_a_user_who_is_reported_late_gets_their_code_all_the_same(
    lock: ZWaveLock,
) -> None:
    """The driver gave up on the user, and the code was not even sent."""
    await lock.faults(radioReportDelayMs=1300)

    assert await lock.write() is WriteResult.OPTIMISTIC

    assert await lock.code() == PIN
    await wait_for(lambda: SlotChanged(SLOT, ChangeKind.SET) in lock.events)


@on(UC1, UC2_SUP, S2)
@pytest.mark.parametrize("style", ["byte", "none", "v1alarm"])
async def test_a_duplicate_is_understood_however_it_is_reported(
    lock: ZWaveLock, style: str
) -> None:
    await lock.write(slot=4)
    await lock.faults(userIdStyle=style)
    await lock.settle()
    lock.events.clear()

    with pytest.raises(CodeRejectedError) as caught:
        await lock.write()

    assert caught.value.reason is Reason.DUPLICATE
    assert await lock.code() is None
    await lock.settle()
    assert lock.events == []


@on(UC1, UC2_SUP, S2)
@pytest.mark.parametrize("style", ["report", "byte", "none", "v1alarm"])
async def test_a_late_duplicate_report_is_of_the_slot_that_was_written(
    lock: ZWaveLock, style: str
) -> None:
    """It came after all patience, and the code counted as lost without a reason."""
    await lock.act("unreported_set_code", slot=4, code=PIN)
    await lock.faults(userIdStyle=style, duplicateNoticeDelayMs=1700)
    await lock.settle()
    lock.events.clear()

    assert await lock.write() is WriteResult.OPTIMISTIC

    assert lock.events == []
    await wait_for(lambda: bool(lock.events))
    assert lock.events == [WriteRejected(SLOT, Reason.DUPLICATE)]


@on(UC1)
async def test_a_late_duplicate_without_a_slot_is_ambiguous_after_two_writes(
    lock: ZWaveLock,
) -> None:
    await lock.write(slot=4)
    await lock.faults(userIdStyle="none", duplicateNoticeDelayMs=700)
    await lock.write()
    await lock.faults(duplicateNoticeDelayMs=0)

    # the only way to know that the first notice was passed over is to see another
    await lock.act("keypad_unlock")
    await asyncio.sleep(1)
    await lock.settle()

    assert [type(event) for event in lock.events] == [LockOperated]


@on(UC1)
async def test_a_duplicate_at_the_keypad_says_nothing_about_our_slots(
    lock: ZWaveLock,
) -> None:
    await lock.act("keypad_duplicate", slot=SLOT)
    await lock.settle()
    await lock.write()
    await lock.act("keypad_duplicate", slot=7)
    await lock.act("keypad_duplicate", slot=251)
    await lock.settle()

    assert lock.events == []


@on(UC1)
@pytest.mark.parametrize("slot", [7, 251])
async def test_a_duplicate_in_another_slot_is_not_ours(
    lock: ZWaveLock, slot: int
) -> None:
    """Not even in one that the lock does not let us use."""
    writing = asyncio.ensure_future(lock.write())
    await lock.act("keypad_duplicate", slot=slot)

    assert await writing is WriteResult.OPTIMISTIC


@on(UC1, UC2)
@pytest.mark.parametrize("pin", ["90", "90123456789"])
async def test_a_code_that_the_driver_does_not_take_is_refused_silently(
    lock: ZWaveLock, pin: str
) -> None:
    await lock.operations()
    with pytest.raises(CodeRejectedError) as caught:
        await lock.write(CodeTarget(Pin(pin), "Anna"))

    assert caught.value.reason is Reason.REJECTED
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert await lock.operations() == 0
