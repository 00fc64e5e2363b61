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

from .benches import Bench
from .catalogue import params, switching
from .codes import ANNA, BEN, PIN, SLOT

OTHER_SLOT = 4


async def read(bench: Bench, slot: int = SLOT) -> SlotReading:
    return (await bench.provider.async_read([slot]))[slot]


async def switch(bench: Bench, *, on: bool) -> WriteResult:
    return await bench.provider.async_set_enabled(SLOT, on=on)


@switching
async def test_a_code_is_off_and_on_again_and_a_read_shows_both(bench: Bench) -> None:
    await bench.provider.async_write(SLOT, ANNA)
    before = await read(bench)
    assert before.enabled is True

    await switch(bench, on=False)
    off = await read(bench)
    assert off.occupancy.is_occupied
    assert off.enabled is False
    assert off.made_by_us is before.made_by_us
    assert (await bench.codes())[SLOT] == PIN

    await switch(bench, on=True)
    assert await read(bench) == before


@switching
async def test_switching_is_said_to_be_possible_and_costs_no_more_than_told(
    bench: Bench,
) -> None:
    capabilities = await bench.provider.async_probe()
    assert capabilities.can_disable_codes
    await bench.provider.async_write(SLOT, ANNA)
    await read(bench)
    await bench.operations()
    await switch(bench, on=False)
    off = await bench.operations()
    await switch(bench, on=True)
    assert off == await bench.operations() == bench.traits.switch


@switching
async def test_a_code_next_to_it_stays_as_it_is(bench: Bench) -> None:
    await bench.provider.async_write(SLOT, ANNA)
    await bench.provider.async_write(OTHER_SLOT, BEN)
    other = await read(bench, OTHER_SLOT)
    await switch(bench, on=False)
    assert await read(bench, OTHER_SLOT) == other
    await bench.provider.async_clear(SLOT)
    assert (await read(bench)).occupancy is Occupancy.EMPTY
    assert await read(bench, OTHER_SLOT) == other


@switching
async def test_a_code_that_is_off_is_cleared_and_written_as_any_other(
    bench: Bench,
) -> None:
    await bench.provider.async_write(SLOT, ANNA)
    await switch(bench, on=False)
    await bench.provider.async_clear(SLOT)
    await bench.provider.async_write(SLOT, ANNA)
    assert (await read(bench)).enabled is True


@switching
async def test_an_empty_slot_is_not_switched(bench: Bench) -> None:
    for on in (False, True):
        with pytest.raises(CodeRejectedError):
            await switch(bench, on=on)
    assert (await read(bench)).occupancy is Occupancy.EMPTY


@switching
async def test_what_somebody_else_put_there_is_not_switched(bench: Bench) -> None:
    await bench.provider.async_write(SLOT, ANNA)
    await read(bench)
    await bench.provider.async_clear(SLOT)
    await bench.act("keypad_set_code", SLOT, PIN)
    await bench.settle()
    before = await read(bench)
    with pytest.raises(CodeRejectedError):
        await switch(bench, on=False)
    assert await read(bench) == before


@switching
async def test_a_lock_that_is_gone_is_out_of_reach(bench: Bench) -> None:
    await bench.provider.async_write(SLOT, ANNA)
    await bench.die()
    with pytest.raises(LockUnreachableError):
        await switch(bench, on=False)
    await bench.revive()
    assert (await read(bench)).enabled is True


@switching
async def test_a_slot_that_is_not_there_is_not_switched(bench: Bench) -> None:
    with pytest.raises(SlotUnavailableError):
        await bench.provider.async_set_enabled(999, on=False)


@switching
async def test_what_is_told_of_a_switch_is_of_that_slot_and_no_set_or_clear(
    bench: Bench,
) -> None:
    await bench.provider.async_write(SLOT, ANNA)
    await bench.settle()
    unsubscribe = bench.provider.subscribe(bench.events.append)
    bench.events.clear()
    await switch(bench, on=False)
    await switch(bench, on=True)
    await bench.settle()
    unsubscribe()
    assert bench.events == []


@pytest.mark.parametrize("bench_name", params("fake readable"), indirect=True)
async def test_who_cannot_says_so(bench: Bench) -> None:
    assert not (await bench.provider.async_probe()).can_disable_codes
    with pytest.raises(NotSupportedError):
        await switch(bench, on=False)
