"""What a provider promises that can switch a code off instead of clearing it."""

import pytest

from custom_components.keyholder.model.provider_io import (
    Occupancy,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockUnreachableError,
    NotSupportedError,
    SlotUnavailableError,
)
from tests.harness.providers.catalogue import params, switching
from tests.harness.providers.codes import ANNA, BEN, PIN, SLOT
from tests.harness.providers.provider_harness import ProviderHarness

OTHER_SLOT = 4


async def read(harness: ProviderHarness, slot: int = SLOT) -> SlotReading:
    return (await harness.provider.async_read([slot]))[slot]


async def switch(harness: ProviderHarness, *, on: bool) -> WriteResult:
    return await harness.provider.async_set_enabled(SLOT, on=on)


@switching
async def test_a_code_is_off_and_on_again_and_a_read_shows_both(
    harness: ProviderHarness,
) -> None:
    await harness.provider.async_write(SLOT, ANNA)
    before = await read(harness)
    assert before.enabled is True

    await switch(harness, on=False)
    off = await read(harness)
    assert off.occupancy.is_occupied
    assert off.enabled is False
    assert off.made_by_us is before.made_by_us
    assert (await harness.codes())[SLOT] == PIN

    await switch(harness, on=True)
    assert await read(harness) == before


@switching
async def test_disabling_is_possible_and_costs_no_more_than_declared(
    harness: ProviderHarness,
) -> None:
    capabilities = await harness.provider.async_probe()
    assert capabilities.can_disable_codes
    await harness.provider.async_write(SLOT, ANNA)
    await read(harness)
    await harness.operations()
    await switch(harness, on=False)
    off = await harness.operations()
    await switch(harness, on=True)
    assert off == await harness.operations() == harness.traits.switch


@switching
async def test_a_code_next_to_it_stays_as_it_is(harness: ProviderHarness) -> None:
    await harness.provider.async_write(SLOT, ANNA)
    await harness.provider.async_write(OTHER_SLOT, BEN)
    other = await read(harness, OTHER_SLOT)
    await switch(harness, on=False)
    assert await read(harness, OTHER_SLOT) == other
    await harness.provider.async_clear(SLOT)
    assert (await read(harness)).occupancy is Occupancy.EMPTY
    assert await read(harness, OTHER_SLOT) == other


@switching
async def test_a_code_that_is_off_is_cleared_and_written_as_any_other(
    harness: ProviderHarness,
) -> None:
    await harness.provider.async_write(SLOT, ANNA)
    await switch(harness, on=False)
    await harness.provider.async_clear(SLOT)
    await harness.provider.async_write(SLOT, ANNA)
    assert (await read(harness)).enabled is True


@switching
async def test_an_empty_slot_is_not_switched(harness: ProviderHarness) -> None:
    for on in (False, True):
        with pytest.raises(CodeRejectedError):
            await switch(harness, on=on)
    assert (await read(harness)).occupancy is Occupancy.EMPTY


@switching
async def test_what_somebody_else_put_there_is_not_switched(
    harness: ProviderHarness,
) -> None:
    await harness.provider.async_write(SLOT, ANNA)
    await read(harness)
    await harness.provider.async_clear(SLOT)
    await harness.act("keypad_set_code", SLOT, PIN)
    await harness.settle()
    before = await read(harness)
    with pytest.raises(CodeRejectedError):
        await switch(harness, on=False)
    assert await read(harness) == before


@switching
async def test_a_lock_that_is_gone_is_out_of_reach(harness: ProviderHarness) -> None:
    await harness.provider.async_write(SLOT, ANNA)
    await harness.die()
    with pytest.raises(LockUnreachableError):
        await switch(harness, on=False)
    await harness.revive()
    assert (await read(harness)).enabled is True


@switching
async def test_a_slot_that_is_not_there_is_not_switched(
    harness: ProviderHarness,
) -> None:
    with pytest.raises(SlotUnavailableError):
        await harness.provider.async_set_enabled(999, on=False)


@switching
async def test_reports_of_a_disabled_code_are_of_that_slot_only(
    harness: ProviderHarness,
) -> None:
    await harness.provider.async_write(SLOT, ANNA)
    await harness.settle()
    unsubscribe = harness.provider.subscribe(harness.events.append)
    harness.events.clear()
    await switch(harness, on=False)
    await switch(harness, on=True)
    await harness.settle()
    unsubscribe()
    assert harness.events == []


@pytest.mark.parametrize("harness_name", params("fake readable"), indirect=True)
async def test_who_cannot_says_so(harness: ProviderHarness) -> None:
    assert not (await harness.provider.async_probe()).can_disable_codes
    with pytest.raises(NotSupportedError):
        await switch(harness, on=False)
