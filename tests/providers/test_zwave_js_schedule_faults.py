"""A code that is to be limited is never live without its limits, whatever the lock does."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
)
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockUnreachableError,
    ProviderError,
    ScheduleRejectedError,
)
from tests.harness.networks.zwave import ZWaveNetwork
from tests.harness.providers.codes import ANNA, PIN, SLOT, expect_no_code_in
from tests.harness.providers.schedule_probe import (
    changes_sent,
    entries,
    expect_nothing_was_live,
    leave_behind,
)
from tests.harness.providers.schedules import MORNINGS, ONE_STAY
from tests.harness.providers.zwave_lock import UC2, UC2_SUP, ZWaveLock, alone_on, on
from tests.harness.waiting import PATIENCE, wait_for
from tests.providers.connected import is_connected

pytestmark = pytest.mark.simulator


@on(UC2, UC2_SUP)
@pytest.mark.parametrize(
    "faults",
    [
        {"dropSchedules": True},
        {"dropSchedules": 2, "ignoreDisabled": True, "schedulesNeedCode": True},
        {"dropSchedules": True, "dropClears": 1},
    ],
    ids=str,
)
async def test_a_lock_that_does_not_hold_its_limits_gets_no_code(
    lock: ZWaveLock, faults: dict[str, bool | int]
) -> None:
    await lock.faults(**faults)
    await lock.reset_counts()

    with pytest.raises(ScheduleRejectedError) as caught:
        await lock.write(replace(ANNA, schedule=MORNINGS))

    expect_no_code_in(caught.value)
    assert "code" not in await changes_sent(lock)
    assert await lock.code() is None
    assert await lock.read() == SlotReading.empty()


@on(UC2, UC2_SUP)
async def test_a_lock_that_stores_disabled_codes_as_live_is_seen_at_once(
    lock: ZWaveLock,
) -> None:
    """It said that it could: the code is cleared before anything else is tried."""
    await lock.faults(schedulesNeedCode=True, ignoreDisabled=True)
    await lock.reset_counts()

    with pytest.raises(ScheduleRejectedError):
        await lock.write(replace(ANNA, schedule=MORNINGS))

    assert (await changes_sent(lock))[-4:] == ["disabled code", "read", "clear", "read"]
    assert await lock.code() is None


@on(UC2, UC2_SUP)
async def test_a_lock_that_keeps_an_earlier_schedule_gets_no_code(
    lock: ZWaveLock,
) -> None:
    await leave_behind(lock, MORNINGS)
    await lock.faults(dropScheduleErases=True)

    for limits in (NO_SCHEDULE, ONE_STAY):
        with pytest.raises(ScheduleRejectedError):
            await lock.write(replace(ANNA, schedule=limits))

    assert await lock.code() is None
    assert "code" not in await changes_sent(lock)


@on(UC2, UC2_SUP)
async def test_a_lock_that_loses_the_schedule_on_a_write_loses_the_code(
    lock: ZWaveLock,
) -> None:
    await lock.faults(forgetSchedules=True)
    await lock.reset_counts()

    with pytest.raises(ScheduleRejectedError):
        await lock.write(replace(ANNA, schedule=MORNINGS))

    assert (await changes_sent(lock))[-4:] == ["code", "look", "clear", "read"]
    assert await lock.code() is None


@on(UC2, UC2_SUP)
@pytest.mark.parametrize("limits", [NO_SCHEDULE, MORNINGS], ids=["none", "mornings"])
async def test_a_lock_that_does_not_answer_about_schedules_gets_no_code(
    lock: ZWaveLock, limits: LockSchedule
) -> None:
    """The driver says the same of an erased entry and of no answer."""
    await lock.faults(unansweredScheduleReads=True)
    await lock.reset_counts()

    with pytest.raises(LockUnreachableError):
        await lock.write(replace(ANNA, schedule=limits))

    assert await lock.provider.async_read_schedule(SLOT) is None
    assert {"code", "disabled code"}.isdisjoint(await changes_sent(lock))
    await expect_nothing_was_live(lock)


@on(UC2_SUP)
@pytest.mark.parametrize(
    ("need_code", "answered"),
    [(False, 3), (False, 9), (False, 12), *((True, n) for n in (9, 12, 15, 21, 25))],
)
async def test_a_lock_that_stops_answering_in_between_has_no_live_code(
    lock: ZWaveLock, need_code: bool, answered: int
) -> None:
    """Wherever that is: of 13 commands, and of 26 where the code has to come first."""
    await lock.faults(schedulesNeedCode=need_code, unansweredAfter=answered)
    await lock.reset_counts()

    with pytest.raises(LockUnreachableError):
        await lock.write(replace(ANNA, schedule=MORNINGS))

    await expect_nothing_was_live(lock)


@on(UC2_SUP)
async def test_what_was_not_answered_in_time_is_not_taken_for_a_later_answer(
    lock: ZWaveLock,
) -> None:
    """The entry read as it was a second ago, when it was still there."""
    await leave_behind(lock, MORNINGS)
    await lock.faults(answerDelayMs=1300)
    assert await lock.provider.async_read_schedule(SLOT) is None
    await lock.faults(answerDelayMs=0)
    slot = {"userId": SLOT, "slotId": 1}
    await lock.call_schedules("setWeekDaySchedule", slot)
    await lock.faults(answerDelayMs=400)

    shown = await lock.provider.async_read_schedule(SLOT)
    await lock.faults(answerDelayMs=0)

    left = LockSchedule(week_days=MORNINGS.week_days[1:])
    # An answer about one entry that comes while another is asked for is no answer
    assert shown in (None, left)
    async with asyncio.timeout(PATIENCE):
        while shown is None:
            shown = await lock.provider.async_read_schedule(SLOT)
    assert shown == left


@on(UC2)
async def test_a_dead_lock_has_no_live_code(lock: ZWaveLock) -> None:
    await lock.faults(dead=True)

    with pytest.raises(LockUnreachableError):
        await lock.write(replace(ANNA, schedule=MORNINGS))

    await lock.faults(dead=False)
    await expect_nothing_was_live(lock)


@on(UC2_SUP)
async def test_a_duplicate_is_reported_as_such_whatever_its_limits(
    lock: ZWaveLock,
) -> None:
    await lock.write(slot=4)

    for need in (False, True):
        await lock.faults(schedulesNeedCode=need)
        with pytest.raises(CodeRejectedError) as caught:
            await lock.write(replace(ANNA, schedule=MORNINGS))
        assert caught.value.reason is Reason.DUPLICATE
        assert await lock.code() is None


@alone_on(UC2_SUP)
async def test_a_driver_that_dies_in_between_leaves_a_schedule_and_no_code(
    own_lock: ZWaveLock, zwave_network: ZWaveNetwork
) -> None:
    await own_lock.faults(killDriverAtWrite=1)

    with pytest.raises(ProviderError) as caught:
        await own_lock.write(replace(ANNA, schedule=MORNINGS))

    expect_no_code_in(caught.value)
    assert isinstance(caught.value, LockUnreachableError)
    await expect_nothing_was_live(own_lock)
    held = await entries(own_lock)
    assert held is not None
    assert len(held["weekDays"]) == 2
    await wait_for(lambda: not is_connected(own_lock.provider))
    await asyncio.to_thread(zwave_network.rig.wait_until_ready)
    await zwave_network.wait_until_loaded()
    await wait_for(lambda: is_connected(own_lock.provider))
    assert await own_lock.read() == SlotReading.empty()

    await own_lock.write(replace(ANNA, schedule=MORNINGS))
    assert await own_lock.code() == PIN
    assert await own_lock.provider.async_read_schedule(SLOT) == MORNINGS
