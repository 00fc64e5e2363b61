"""What every provider promises of the limits that a lock enforces by itself."""

from dataclasses import replace
from typing import Final

import pytest

from custom_components.keyholder.model.limits import NO_SCHEDULE, LockSchedule
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockUnreachableError,
    ScheduleRejectedError,
    SlotUnavailableError,
)

from .benches import Bench, Trouble
from .catalogue import limited
from .codes import ANNA, BEN, PIN, SLOT, expect_no_code_in
from .limits import CLEANING, MORNINGS, STAY

pytestmark = limited

EVERY_KIND: Final = pytest.mark.parametrize(
    "limits", [MORNINGS, CLEANING, STAY], ids=["week days", "daily", "year days"]
)


async def leave_behind(bench: Bench, limits: LockSchedule) -> None:
    """Have the limits of an earlier holder in a slot that is empty."""
    await bench.provider.async_write(SLOT, replace(ANNA, schedule=limits))
    await bench.provider.async_clear(SLOT)
    await bench.operations()


def skip_if_unsayable(bench: Bench, limits: LockSchedule) -> None:
    if limits in bench.traits.unsayable:
        pytest.skip("the lock has no words for it")


async def expect_refused(bench: Bench, limits: LockSchedule) -> None:
    with pytest.raises(ScheduleRejectedError) as caught:
        await bench.provider.async_write(SLOT, replace(ANNA, schedule=limits))
    expect_no_code_in(caught.value)
    assert SLOT not in await bench.codes()


@EVERY_KIND
async def test_a_code_with_limits_reads_back_with_them(
    bench: Bench, limits: LockSchedule
) -> None:
    assert await bench.provider.async_read_schedule(SLOT) == NO_SCHEDULE
    if limits in bench.traits.unsayable:
        await expect_refused(bench, limits)
        return

    result = await bench.provider.async_write(SLOT, replace(ANNA, schedule=limits))

    assert result in (WriteResult.OPTIMISTIC, WriteResult.CONFIRMED)
    assert (await bench.codes())[SLOT] == PIN
    assert await bench.provider.async_read_schedule(SLOT) == limits
    assert not await bench.was_unlimited(SLOT)


@EVERY_KIND
async def test_what_is_left_of_an_earlier_holder_goes(
    bench: Bench, limits: LockSchedule
) -> None:
    skip_if_unsayable(bench, limits)
    await leave_behind(bench, limits)
    if bench.traits.limits_outlive_code:
        assert await bench.provider.async_read_schedule(SLOT) == limits

    await bench.provider.async_write(SLOT, replace(ANNA, schedule=NO_SCHEDULE))

    assert await bench.provider.async_read_schedule(SLOT) == NO_SCHEDULE
    assert (await bench.codes())[SLOT] == PIN


@EVERY_KIND
async def test_limits_take_the_place_of_those_of_an_earlier_holder(
    bench: Bench, limits: LockSchedule
) -> None:
    skip_if_unsayable(bench, limits)
    await leave_behind(bench, MORNINGS if limits is STAY else STAY)

    await bench.provider.async_write(SLOT, replace(ANNA, schedule=limits))

    assert await bench.provider.async_read_schedule(SLOT) == limits
    assert not await bench.was_unlimited(SLOT)


async def test_a_write_without_limits_leaves_them_alone_and_costs_no_more(
    bench: Bench,
) -> None:
    await leave_behind(bench, MORNINGS)

    await bench.provider.async_write(SLOT, ANNA)

    assert await bench.operations() == bench.traits.write_new
    left = MORNINGS if bench.traits.limits_outlive_code else NO_SCHEDULE
    assert await bench.provider.async_read_schedule(SLOT) == left


async def test_other_slots_keep_theirs(bench: Bench) -> None:
    await bench.provider.async_write(4, replace(BEN, schedule=STAY))

    await bench.provider.async_write(SLOT, replace(ANNA, schedule=MORNINGS))

    assert await bench.provider.async_read_schedule(4) == STAY


async def test_where_an_empty_slot_takes_no_limits_the_code_waits_switched_off(
    bench: Bench,
) -> None:
    await bench.trouble(Trouble.NEEDS_CODE)

    await bench.provider.async_write(SLOT, replace(ANNA, schedule=MORNINGS))

    assert await bench.provider.async_read_schedule(SLOT) == MORNINGS
    reading = (await bench.provider.async_read([SLOT]))[SLOT]
    assert reading.enabled is True
    assert not await bench.was_unlimited(SLOT)


async def test_limits_that_are_not_stored_are_refused_and_no_code_is_left(
    bench: Bench,
) -> None:
    for trouble in (Trouble.DROPS, Trouble.NEEDS_CODE):
        await bench.trouble(trouble)
        await expect_refused(bench, MORNINGS)
        assert not await bench.was_unlimited(SLOT)


async def test_limits_that_cannot_be_erased_are_refused(bench: Bench) -> None:
    if not bench.traits.limits_outlive_code:
        pytest.skip("there is nothing to erase")
    await leave_behind(bench, MORNINGS)
    await bench.trouble(Trouble.KEEPS)

    await expect_refused(bench, NO_SCHEDULE)


async def test_two_kinds_at_once_or_too_many_are_refused(bench: Bench) -> None:
    support = bench.traits.schedules
    assert support is not None
    many = tuple(
        replace(MORNINGS.week_days[0], start=start, end=start + 10)
        for start in range(0, 20 * (support.week_days + 1), 20)
    )

    await expect_refused(bench, LockSchedule(week_days=many))
    await expect_refused(bench, replace(MORNINGS, year_days=STAY.year_days))

    assert await bench.operations() == 0


async def test_silence_about_limits_is_not_taken_for_none(bench: Bench) -> None:
    await bench.trouble(Trouble.SILENT)

    erases = bench.traits.limits_outlive_code
    if erases:
        assert await bench.provider.async_read_schedule(SLOT) is None
    for limits in (NO_SCHEDULE, MORNINGS) if erases else (MORNINGS,):
        with pytest.raises(LockUnreachableError) as caught:
            await bench.provider.async_write(SLOT, replace(ANNA, schedule=limits))
        expect_no_code_in(caught.value)
        assert SLOT not in await bench.codes()


async def test_a_duplicate_is_refused_as_such(bench: Bench) -> None:
    await bench.provider.async_write(4, ANNA)

    with pytest.raises(CodeRejectedError) as caught:
        await bench.provider.async_write(SLOT, replace(ANNA, schedule=MORNINGS))

    assert caught.value.reason is Reason.DUPLICATE
    assert SLOT not in await bench.codes()


async def test_a_slot_that_is_not_there_has_no_limits_to_read(bench: Bench) -> None:
    for slot in (0, 11):
        with pytest.raises(SlotUnavailableError):
            await bench.provider.async_read_schedule(slot)


async def test_a_lock_out_of_reach_gets_no_code(bench: Bench) -> None:
    await bench.die()

    with pytest.raises(LockUnreachableError):
        await bench.provider.async_write(SLOT, replace(ANNA, schedule=MORNINGS))

    await bench.revive()
    assert SLOT not in await bench.codes()
