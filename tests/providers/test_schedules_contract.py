"""What every provider promises of the limits that a lock enforces by itself."""

from dataclasses import replace
from typing import Final

import pytest

from custom_components.keyholder.model.lock_schedule import NO_SCHEDULE, LockSchedule
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockUnreachableError,
    ScheduleRejectedError,
    SlotUnavailableError,
)
from tests.harness.providers.catalogue import limited
from tests.harness.providers.codes import ANNA, BEN, PIN, SLOT, expect_no_code_in
from tests.harness.providers.provider_harness import ProviderHarness, ScheduleFault
from tests.harness.providers.schedules import CLEANING, MORNINGS, STAY

pytestmark = limited

EVERY_KIND: Final = pytest.mark.parametrize(
    "limits", [MORNINGS, CLEANING, STAY], ids=["week days", "daily", "year days"]
)


async def leave_behind(harness: ProviderHarness, limits: LockSchedule) -> None:
    """Have the limits of an earlier holder in a slot that is empty."""
    await harness.provider.async_write(SLOT, replace(ANNA, schedule=limits))
    await harness.provider.async_clear(SLOT)
    await harness.operations()


def skip_if_unsayable(harness: ProviderHarness, limits: LockSchedule) -> None:
    if limits in harness.traits.unsayable:
        pytest.skip("the lock has no words for it")


async def expect_refused(harness: ProviderHarness, limits: LockSchedule) -> None:
    with pytest.raises(ScheduleRejectedError) as caught:
        await harness.provider.async_write(SLOT, replace(ANNA, schedule=limits))
    expect_no_code_in(caught.value)
    assert SLOT not in await harness.codes()


@EVERY_KIND
async def test_a_code_with_limits_reads_back_with_them(
    harness: ProviderHarness, limits: LockSchedule
) -> None:
    assert await harness.provider.async_read_schedule(SLOT) == NO_SCHEDULE
    if limits in harness.traits.unsayable:
        await expect_refused(harness, limits)
        return

    result = await harness.provider.async_write(SLOT, replace(ANNA, schedule=limits))

    assert result in (WriteResult.OPTIMISTIC, WriteResult.CONFIRMED)
    assert (await harness.codes())[SLOT] == PIN
    assert await harness.provider.async_read_schedule(SLOT) == limits
    assert not await harness.was_unlimited(SLOT)


@EVERY_KIND
async def test_what_is_left_of_an_earlier_holder_goes(
    harness: ProviderHarness, limits: LockSchedule
) -> None:
    skip_if_unsayable(harness, limits)
    await leave_behind(harness, limits)
    if harness.traits.limits_outlive_code:
        assert await harness.provider.async_read_schedule(SLOT) == limits

    await harness.provider.async_write(SLOT, replace(ANNA, schedule=NO_SCHEDULE))

    assert await harness.provider.async_read_schedule(SLOT) == NO_SCHEDULE
    assert (await harness.codes())[SLOT] == PIN


@EVERY_KIND
async def test_limits_take_the_place_of_those_of_an_earlier_holder(
    harness: ProviderHarness, limits: LockSchedule
) -> None:
    skip_if_unsayable(harness, limits)
    await leave_behind(harness, MORNINGS if limits is STAY else STAY)

    await harness.provider.async_write(SLOT, replace(ANNA, schedule=limits))

    assert await harness.provider.async_read_schedule(SLOT) == limits
    assert not await harness.was_unlimited(SLOT)


async def test_a_write_without_limits_leaves_them_alone_and_costs_no_more(
    harness: ProviderHarness,
) -> None:
    await leave_behind(harness, MORNINGS)

    await harness.provider.async_write(SLOT, ANNA)

    assert await harness.operations() == harness.traits.write_new
    left = MORNINGS if harness.traits.limits_outlive_code else NO_SCHEDULE
    assert await harness.provider.async_read_schedule(SLOT) == left


async def test_other_slots_keep_theirs(harness: ProviderHarness) -> None:
    await harness.provider.async_write(4, replace(BEN, schedule=STAY))

    await harness.provider.async_write(SLOT, replace(ANNA, schedule=MORNINGS))

    assert await harness.provider.async_read_schedule(4) == STAY


async def test_where_an_empty_slot_takes_no_limits_the_code_waits_disabled(
    harness: ProviderHarness,
) -> None:
    await harness.trouble(ScheduleFault.NEEDS_CODE)

    await harness.provider.async_write(SLOT, replace(ANNA, schedule=MORNINGS))

    assert await harness.provider.async_read_schedule(SLOT) == MORNINGS
    reading = (await harness.provider.async_read([SLOT]))[SLOT]
    assert reading.enabled is True
    assert not await harness.was_unlimited(SLOT)


async def test_limits_that_are_not_stored_are_refused_and_no_code_is_left(
    harness: ProviderHarness,
) -> None:
    for trouble in (ScheduleFault.DROPS, ScheduleFault.NEEDS_CODE):
        await harness.trouble(trouble)
        await expect_refused(harness, MORNINGS)
        assert not await harness.was_unlimited(SLOT)


async def test_limits_that_cannot_be_erased_are_refused(
    harness: ProviderHarness,
) -> None:
    if not harness.traits.limits_outlive_code:
        pytest.skip("there is nothing to erase")
    await leave_behind(harness, MORNINGS)
    await harness.trouble(ScheduleFault.KEEPS)

    await expect_refused(harness, NO_SCHEDULE)


async def test_two_kinds_at_once_or_too_many_are_refused(
    harness: ProviderHarness,
) -> None:
    support = harness.traits.schedules
    assert support is not None
    many = tuple(
        replace(MORNINGS.week_days[0], start=start, end=start + 10)
        for start in range(0, 20 * (support.week_days + 1), 20)
    )

    await expect_refused(harness, LockSchedule(week_days=many))
    await expect_refused(harness, replace(MORNINGS, year_days=STAY.year_days))

    assert await harness.operations() == 0


async def test_no_answer_about_limits_is_not_taken_for_none(
    harness: ProviderHarness,
) -> None:
    await harness.trouble(ScheduleFault.SILENT)

    erases = harness.traits.limits_outlive_code
    if erases:
        assert await harness.provider.async_read_schedule(SLOT) is None
    for limits in (NO_SCHEDULE, MORNINGS) if erases else (MORNINGS,):
        with pytest.raises(LockUnreachableError) as caught:
            await harness.provider.async_write(SLOT, replace(ANNA, schedule=limits))
        expect_no_code_in(caught.value)
        assert SLOT not in await harness.codes()


async def test_a_duplicate_is_refused_as_such(harness: ProviderHarness) -> None:
    await harness.provider.async_write(4, ANNA)

    with pytest.raises(CodeRejectedError) as caught:
        await harness.provider.async_write(SLOT, replace(ANNA, schedule=MORNINGS))

    assert caught.value.reason is Reason.DUPLICATE
    assert SLOT not in await harness.codes()


async def test_a_slot_that_is_not_there_has_no_limits_to_read(
    harness: ProviderHarness,
) -> None:
    for slot in (0, 11):
        with pytest.raises(SlotUnavailableError):
            await harness.provider.async_read_schedule(slot)


async def test_a_lock_out_of_reach_gets_no_code(harness: ProviderHarness) -> None:
    await harness.die()

    with pytest.raises(LockUnreachableError):
        await harness.provider.async_write(SLOT, replace(ANNA, schedule=MORNINGS))

    await harness.revive()
    assert SLOT not in await harness.codes()
