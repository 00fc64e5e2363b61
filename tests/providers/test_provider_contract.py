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
from tests.harness.providers.catalogue import FAKES, params, representative
from tests.harness.providers.codes import (
    ANNA,
    BEN,
    LABEL,
    OTHER,
    PIN,
    SLOT,
    expect_no_code_in,
)
from tests.harness.providers.provider_harness import ProviderHarness
from tests.providers.connected import is_connected

NEIGHBOURS = (2, 4)


async def read(harness: ProviderHarness, slot: int = SLOT) -> SlotReading:
    readings = await harness.provider.async_read([slot])
    assert list(readings) == [slot]
    return readings[slot]


def expect_occupied(harness: ProviderHarness, reading: SlotReading, code: str) -> None:
    """Check that the lock shows as much as it can, and no more."""
    if harness.shows_codes:
        assert reading.occupancy is Occupancy.PRESENT
        assert reading.code == Pin(code)
    elif harness.shows_occupancy:
        assert reading.occupancy is Occupancy.MASKED
        assert reading.code is None
    else:
        assert reading == SlotReading.unknown()
    assert reading.enabled is not False


def expect_empty(harness: ProviderHarness, reading: SlotReading) -> None:
    assert reading == (
        SlotReading.empty() if harness.shows_occupancy else SlotReading.unknown()
    )


async def test_a_probe_reports_what_the_lock_can_do_and_uses_no_radio(
    harness: ProviderHarness,
) -> None:
    await harness.operations()

    capabilities = await harness.provider.async_probe()

    assert capabilities.slots.start == 1
    assert len(capabilities.slots) == harness.traits.slots
    assert 4 <= capabilities.pin_min_length <= capabilities.pin_max_length <= 10
    assert capabilities.best_evidence is harness.traits.evidence
    assert capabilities.reports_changes is harness.traits.reports_changes
    assert capabilities.schedules == harness.traits.schedules
    assert harness.provider.capabilities == capabilities
    assert is_connected(harness.provider)
    assert await harness.operations() == 0


async def test_an_empty_slot_reads_empty_at_little_cost(
    harness: ProviderHarness,
) -> None:
    expect_empty(harness, await read(harness))
    assert await harness.operations() == harness.traits.read_empty


async def test_an_occupied_slot_shows_as_much_as_the_lock_can(
    harness: ProviderHarness,
) -> None:
    await harness.store(SLOT, PIN)

    expect_occupied(harness, await read(harness), PIN)
    assert await harness.operations() == harness.traits.read_occupied


async def test_several_slots_are_read_one_after_the_other(
    harness: ProviderHarness,
) -> None:
    await harness.store(SLOT, PIN)

    readings = await harness.provider.async_read([4, SLOT])

    assert set(readings) == {4, SLOT}
    expect_empty(harness, readings[4])
    expect_occupied(harness, readings[SLOT], PIN)
    cost = harness.traits.read_empty + harness.traits.read_occupied
    assert await harness.operations() <= cost


async def test_a_read_is_never_from_memory(harness: ProviderHarness) -> None:
    await read(harness)
    await harness.store(SLOT, PIN)
    expect_occupied(harness, await read(harness), PIN)
    await harness.store(SLOT, OTHER)
    expect_occupied(harness, await read(harness), OTHER)


async def test_a_lock_that_does_not_answer_is_not_an_empty_slot(
    harness: ProviderHarness,
) -> None:
    await harness.store(SLOT, PIN)
    await harness.mute()

    try:
        reading = await read(harness)
    except LockUnreachableError:
        return
    assert reading == SlotReading.unknown()


async def test_a_code_that_was_written_is_there_and_reads_back(
    harness: ProviderHarness,
) -> None:
    await read(harness)
    await harness.operations()

    result = await harness.provider.async_write(SLOT, ANNA)

    assert await harness.operations() <= harness.traits.write_new
    assert result in (WriteResult.OPTIMISTIC, WriteResult.CONFIRMED)
    assert (await harness.codes())[SLOT] == PIN
    expect_occupied(harness, await read(harness), PIN)


async def test_a_code_is_written_over_another(harness: ProviderHarness) -> None:
    await harness.provider.async_write(SLOT, ANNA)
    await harness.operations()

    await harness.provider.async_write(SLOT, CodeTarget(Pin(OTHER), LABEL))

    assert await harness.operations() <= harness.traits.write_over
    assert (await harness.codes())[SLOT] == OTHER
    expect_occupied(harness, await read(harness), OTHER)


async def test_a_code_is_written_over_one_that_nobody_reported(
    harness: ProviderHarness,
) -> None:
    await harness.store(SLOT, OTHER)

    await harness.provider.async_write(SLOT, ANNA)

    assert (await harness.codes())[SLOT] == PIN


async def test_a_code_with_leading_zeros_stays_what_it_is(
    harness: ProviderHarness,
) -> None:
    await harness.provider.async_write(SLOT, CodeTarget(Pin("00907"), LABEL))

    assert (await harness.codes())[SLOT] == "00907"
    expect_occupied(harness, await read(harness), "00907")


async def test_a_disabled_code_does_not_open(harness: ProviderHarness) -> None:
    await harness.provider.async_write(SLOT, CodeTarget(Pin(PIN), LABEL, enabled=False))

    if harness.shows_occupancy:
        assert (await read(harness)).enabled is False

    await harness.provider.async_write(SLOT, ANNA)
    expect_occupied(harness, await read(harness), PIN)


async def test_a_dropped_write_is_not_called_confirmed(
    harness: ProviderHarness,
) -> None:
    await harness.drop_writes()

    result = await harness.provider.async_write(SLOT, ANNA)

    assert result is WriteResult.OPTIMISTIC
    assert SLOT not in await harness.codes()
    expect_empty(harness, await read(harness))


async def test_a_slot_that_was_cleared_is_empty(harness: ProviderHarness) -> None:
    await harness.provider.async_write(SLOT, ANNA)
    await harness.operations()

    await harness.provider.async_clear(SLOT)

    assert await harness.operations() <= harness.traits.clear
    assert SLOT not in await harness.codes()
    expect_empty(harness, await read(harness))


async def test_clearing_an_empty_slot_is_fine(harness: ProviderHarness) -> None:
    await harness.provider.async_clear(SLOT)
    await harness.provider.async_clear(SLOT)

    expect_empty(harness, await read(harness))


async def test_a_slot_takes_codes_again_after_every_clear(
    harness: ProviderHarness,
) -> None:
    for code in (PIN, OTHER, PIN):
        await harness.provider.async_write(SLOT, CodeTarget(Pin(code), LABEL))
        assert (await harness.codes())[SLOT] == code
        await harness.provider.async_clear(SLOT)
        assert SLOT not in await harness.codes()


async def test_neighbours_are_left_alone(harness: ProviderHarness) -> None:
    codes = dict(zip(NEIGHBOURS, ("9061", "9062"), strict=True))
    for slot, code in codes.items():
        await harness.store(slot, code)
    before = await harness.codes()

    await harness.provider.async_write(SLOT, ANNA)
    assert await harness.codes() == before | {SLOT: PIN}
    await harness.provider.async_clear(SLOT)
    assert await harness.codes() == before


async def test_a_slot_that_is_not_there_is_refused_without_radio(
    harness: ProviderHarness,
) -> None:
    for slot in (-1, 0, harness.traits.slots + 1, 300):
        for call in (
            harness.provider.async_read([slot]),
            harness.provider.async_write(slot, ANNA),
            harness.provider.async_clear(slot),
        ):
            with pytest.raises(SlotUnavailableError) as caught:
                await call
            expect_no_code_in(caught.value)
    assert await harness.operations() == 0


async def test_a_code_that_another_slot_has_is_refused_as_such(
    harness: ProviderHarness,
) -> None:
    await harness.provider.async_write(4, ANNA)
    before = await harness.codes()

    if harness.traits.tells_refusals:
        with pytest.raises(CodeRejectedError) as caught:
            await harness.provider.async_write(SLOT, ANNA)
        assert caught.value.reason is Reason.DUPLICATE
        expect_no_code_in(caught.value)
    else:
        result = await harness.provider.async_write(SLOT, ANNA)
        assert result is WriteResult.OPTIMISTIC
        await harness.settle()

    assert await harness.codes() == before
    expect_empty(harness, await read(harness))


async def test_a_refusal_leaves_the_slot_as_usable_as_before(
    harness: ProviderHarness,
) -> None:
    await harness.provider.async_write(4, ANNA)
    with suppress(CodeRejectedError):
        await harness.provider.async_write(SLOT, ANNA)

    await harness.provider.async_write(SLOT, BEN)
    await harness.settle()

    assert (await harness.codes())[SLOT] == OTHER


@representative
async def test_a_lock_out_of_reach_is_unreachable_and_comes_back(
    harness: ProviderHarness,
) -> None:
    await harness.die()

    with pytest.raises(LockUnreachableError) as caught:
        await harness.provider.async_write(SLOT, ANNA)
    expect_no_code_in(caught.value)

    await harness.revive()
    expect_empty(harness, await read(harness))


@pytest.mark.parametrize("harness_name", params("zwave uc1", *FAKES), indirect=True)
async def test_neither_reading_nor_clearing_a_dead_lock_says_anything(
    harness: ProviderHarness,
) -> None:
    await harness.store(SLOT, PIN)
    await harness.die()

    for call in (
        harness.provider.async_read([SLOT]),
        harness.provider.async_clear(SLOT),
    ):
        with pytest.raises(LockUnreachableError):
            await call
    assert (await harness.codes())[SLOT] == PIN


@representative
async def test_a_call_that_is_broken_off_stays_broken_off(
    harness: ProviderHarness,
) -> None:
    """The caller's own cancellation is not taken for a lost connection."""
    task = asyncio.ensure_future(harness.provider.async_read([SLOT] * 20))
    await asyncio.sleep(0)
    if task.done():
        return  # this provider never waits
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
