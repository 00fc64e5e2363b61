"""What every provider promises, whatever its technology.

A test that fails here for one provider says that the engine would be deceived by it.
"""

import asyncio
from contextlib import suppress

import pytest

from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    Occupancy,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockUnreachableError,
    SlotUnavailableError,
)

from .benches import Bench
from .catalogue import FAKES, params, representative
from .codes import ANNA, BEN, LABEL, OTHER, PIN, SLOT, expect_no_code_in
from .connected import is_connected

NEIGHBOURS = (2, 4)


async def read(bench: Bench, slot: int = SLOT) -> SlotReading:
    readings = await bench.provider.async_read([slot])
    assert list(readings) == [slot]
    return readings[slot]


def expect_occupied(bench: Bench, reading: SlotReading, code: str) -> None:
    """Check that the lock shows as much as it can, and no more."""
    if bench.shows_codes:
        assert reading.occupancy is Occupancy.PRESENT
        assert reading.code == Pin(code)
    elif bench.shows_occupancy:
        assert reading.occupancy is Occupancy.MASKED
        assert reading.code is None
    else:
        assert reading == SlotReading.unknown()
    assert reading.enabled is not False


def expect_empty(bench: Bench, reading: SlotReading) -> None:
    assert reading == (
        SlotReading.empty() if bench.shows_occupancy else SlotReading.unknown()
    )


async def test_a_probe_tells_what_the_lock_can_do_and_uses_no_radio(
    bench: Bench,
) -> None:
    await bench.operations()

    capabilities = await bench.provider.async_probe()

    assert capabilities.slots.start == 1
    assert len(capabilities.slots) == bench.traits.slots
    assert 4 <= capabilities.pin_min_length <= capabilities.pin_max_length <= 10
    assert capabilities.best_evidence is bench.traits.evidence
    assert capabilities.reports_changes is bench.traits.reports_changes
    assert capabilities.schedules == bench.traits.schedules
    assert bench.provider.capabilities == capabilities
    assert is_connected(bench.provider)
    assert await bench.operations() == 0


async def test_an_empty_slot_reads_empty_at_little_cost(bench: Bench) -> None:
    expect_empty(bench, await read(bench))
    assert await bench.operations() == bench.traits.read_empty


async def test_an_occupied_slot_shows_as_much_as_the_lock_can(bench: Bench) -> None:
    await bench.store(SLOT, PIN)

    expect_occupied(bench, await read(bench), PIN)
    assert await bench.operations() == bench.traits.read_occupied


async def test_several_slots_are_read_one_after_the_other(bench: Bench) -> None:
    await bench.store(SLOT, PIN)

    readings = await bench.provider.async_read([4, SLOT])

    assert set(readings) == {4, SLOT}
    expect_empty(bench, readings[4])
    expect_occupied(bench, readings[SLOT], PIN)
    cost = bench.traits.read_empty + bench.traits.read_occupied
    assert await bench.operations() <= cost


async def test_a_read_is_never_from_memory(bench: Bench) -> None:
    await read(bench)
    await bench.store(SLOT, PIN)
    expect_occupied(bench, await read(bench), PIN)
    await bench.store(SLOT, OTHER)
    expect_occupied(bench, await read(bench), OTHER)


async def test_a_lock_that_does_not_answer_is_not_an_empty_slot(bench: Bench) -> None:
    await bench.store(SLOT, PIN)
    await bench.mute()

    try:
        reading = await read(bench)
    except LockUnreachableError:
        return
    assert reading == SlotReading.unknown()


async def test_a_code_that_was_written_is_there_and_reads_back(bench: Bench) -> None:
    await read(bench)
    await bench.operations()

    result = await bench.provider.async_write(SLOT, ANNA)

    assert await bench.operations() <= bench.traits.write_new
    assert result in (WriteResult.OPTIMISTIC, WriteResult.CONFIRMED)
    assert (await bench.codes())[SLOT] == PIN
    expect_occupied(bench, await read(bench), PIN)


async def test_a_code_is_written_over_another(bench: Bench) -> None:
    await bench.provider.async_write(SLOT, ANNA)
    await bench.operations()

    await bench.provider.async_write(SLOT, CodeTarget(Pin(OTHER), LABEL))

    assert await bench.operations() <= bench.traits.write_over
    assert (await bench.codes())[SLOT] == OTHER
    expect_occupied(bench, await read(bench), OTHER)


async def test_a_code_is_written_over_one_that_nobody_reported(bench: Bench) -> None:
    await bench.store(SLOT, OTHER)

    await bench.provider.async_write(SLOT, ANNA)

    assert (await bench.codes())[SLOT] == PIN


async def test_a_code_with_leading_zeros_stays_what_it_is(bench: Bench) -> None:
    await bench.provider.async_write(SLOT, CodeTarget(Pin("00907"), LABEL))

    assert (await bench.codes())[SLOT] == "00907"
    expect_occupied(bench, await read(bench), "00907")


async def test_a_disabled_code_does_not_open(bench: Bench) -> None:
    await bench.provider.async_write(SLOT, CodeTarget(Pin(PIN), LABEL, enabled=False))

    if bench.shows_occupancy:
        assert (await read(bench)).enabled is False

    await bench.provider.async_write(SLOT, ANNA)
    expect_occupied(bench, await read(bench), PIN)


async def test_a_dropped_write_is_not_called_confirmed(bench: Bench) -> None:
    await bench.drop_writes()

    result = await bench.provider.async_write(SLOT, ANNA)

    assert result is WriteResult.OPTIMISTIC
    assert SLOT not in await bench.codes()
    expect_empty(bench, await read(bench))


async def test_a_slot_that_was_cleared_is_empty(bench: Bench) -> None:
    await bench.provider.async_write(SLOT, ANNA)
    await bench.operations()

    await bench.provider.async_clear(SLOT)

    assert await bench.operations() <= bench.traits.clear
    assert SLOT not in await bench.codes()
    expect_empty(bench, await read(bench))


async def test_clearing_an_empty_slot_is_fine(bench: Bench) -> None:
    await bench.provider.async_clear(SLOT)
    await bench.provider.async_clear(SLOT)

    expect_empty(bench, await read(bench))


async def test_a_slot_takes_codes_again_after_every_clear(bench: Bench) -> None:
    for code in (PIN, OTHER, PIN):
        await bench.provider.async_write(SLOT, CodeTarget(Pin(code), LABEL))
        assert (await bench.codes())[SLOT] == code
        await bench.provider.async_clear(SLOT)
        assert SLOT not in await bench.codes()


async def test_neighbours_are_left_alone(bench: Bench) -> None:
    codes = dict(zip(NEIGHBOURS, ("9061", "9062"), strict=True))
    for slot, code in codes.items():
        await bench.store(slot, code)
    before = await bench.codes()

    await bench.provider.async_write(SLOT, ANNA)
    assert await bench.codes() == before | {SLOT: PIN}
    await bench.provider.async_clear(SLOT)
    assert await bench.codes() == before


async def test_a_slot_that_is_not_there_is_refused_without_radio(
    bench: Bench,
) -> None:
    for slot in (-1, 0, bench.traits.slots + 1, 300):
        for call in (
            bench.provider.async_read([slot]),
            bench.provider.async_write(slot, ANNA),
            bench.provider.async_clear(slot),
        ):
            with pytest.raises(SlotUnavailableError) as caught:
                await call
            expect_no_code_in(caught.value)
    assert await bench.operations() == 0


async def test_a_code_that_another_slot_has_is_refused_as_such(bench: Bench) -> None:
    await bench.provider.async_write(4, ANNA)
    before = await bench.codes()

    if bench.traits.tells_refusals:
        with pytest.raises(CodeRejectedError) as caught:
            await bench.provider.async_write(SLOT, ANNA)
        assert caught.value.reason is Reason.DUPLICATE
        expect_no_code_in(caught.value)
    else:
        result = await bench.provider.async_write(SLOT, ANNA)
        assert result is WriteResult.OPTIMISTIC
        await bench.settle()

    assert await bench.codes() == before
    expect_empty(bench, await read(bench))


async def test_a_refusal_leaves_the_slot_as_usable_as_before(bench: Bench) -> None:
    await bench.provider.async_write(4, ANNA)
    with suppress(CodeRejectedError):
        await bench.provider.async_write(SLOT, ANNA)

    await bench.provider.async_write(SLOT, BEN)
    await bench.settle()

    assert (await bench.codes())[SLOT] == OTHER


@representative
async def test_a_lock_out_of_reach_is_unreachable_and_comes_back(bench: Bench) -> None:
    await bench.die()

    with pytest.raises(LockUnreachableError) as caught:
        await bench.provider.async_write(SLOT, ANNA)
    expect_no_code_in(caught.value)

    await bench.revive()
    expect_empty(bench, await read(bench))


@pytest.mark.parametrize("bench_name", params("zwave uc1", *FAKES), indirect=True)
async def test_neither_reading_nor_clearing_a_dead_lock_says_anything(
    bench: Bench,
) -> None:
    await bench.store(SLOT, PIN)
    await bench.die()

    for call in (
        bench.provider.async_read([SLOT]),
        bench.provider.async_clear(SLOT),
    ):
        with pytest.raises(LockUnreachableError):
            await call
    assert (await bench.codes())[SLOT] == PIN


@representative
async def test_a_call_that_is_broken_off_stays_broken_off(bench: Bench) -> None:
    """The caller's own cancellation is not taken for a lost connection."""
    task = asyncio.ensure_future(bench.provider.async_read([SLOT] * 20))
    await asyncio.sleep(0)
    if task.done():
        return  # this provider never waits
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
