"""The trouble that the lock in memory can make, so that the engine's tests can rely on it."""

import asyncio
from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.model.lock_schedule import NO_SCHEDULE, ScheduleSupport
from custom_components.keyholder.model.provider_io import Occupancy, WriteResult
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockUnreachableError,
    ScheduleRejectedError,
)
from custom_components.keyholder.providers.registry import (
    LOADERS,
    async_create_provider,
)
from tests.harness.fakes.provider import Call, FakeProvider, loader_of
from tests.harness.providers.codes import ANNA, BEN, OTHER, PIN, SLOT
from tests.harness.providers.schedules import MORNINGS, STAY


@pytest.fixture
def lock() -> FakeProvider:
    return FakeProvider()


async def occupancy(lock: FakeProvider) -> Occupancy:
    return (await lock.async_read([SLOT]))[SLOT].occupancy


async def test_a_counted_fault_hits_that_often(lock: FakeProvider) -> None:
    lock.faults.drop_writes = 2
    for _ in range(2):
        assert await lock.async_write(SLOT, ANNA) is WriteResult.OPTIMISTIC
        assert lock.codes == {}

    await lock.async_write(SLOT, ANNA)
    assert lock.codes == {SLOT: PIN}
    assert (lock.counts.reads, lock.counts.writes, lock.counts.clears) == (0, 3, 0)

    lock.faults.drop_clears = 1
    await lock.async_clear(SLOT)
    assert lock.codes == {SLOT: PIN}
    await lock.async_clear(SLOT)
    assert lock.codes == {}


async def test_what_is_late_lands_in_order_on_demand(lock: FakeProvider) -> None:
    lock.faults.late = True
    await lock.async_write(SLOT, ANNA)
    await lock.async_clear(SLOT)
    await lock.async_write(SLOT, BEN)
    assert await occupancy(lock) is Occupancy.EMPTY

    lock.land()

    assert lock.codes == {SLOT: OTHER}


async def test_an_answer_that_is_lost_comes_after_the_deed(lock: FakeProvider) -> None:
    lock.faults.lost_answers = 1
    with pytest.raises(LockUnreachableError):
        await lock.async_write(SLOT, ANNA)

    assert lock.codes == {SLOT: PIN}


async def test_a_lock_out_of_reach_does_nothing(lock: FakeProvider) -> None:
    lock.faults.unreachable = 1
    with pytest.raises(LockUnreachableError):
        await lock.async_write(SLOT, ANNA)
    assert lock.codes == {}

    lock.disconnect()
    with pytest.raises(LockUnreachableError):
        await lock.async_probe()
    lock.connect()
    await lock.async_probe()


async def test_no_answer_refusal_and_breakage(lock: FakeProvider) -> None:
    lock.faults.silent_reads = 1
    assert await occupancy(lock) is Occupancy.UNKNOWN
    assert await occupancy(lock) is Occupancy.EMPTY

    lock.faults.refuse = Reason.REJECTED
    with pytest.raises(CodeRejectedError) as caught:
        await lock.async_write(SLOT, ANNA)
    assert caught.value.reason is Reason.REJECTED

    lock.faults.breaks = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await lock.async_read([SLOT])


async def test_what_hangs_goes_on_when_released(lock: FakeProvider) -> None:
    lock.hang(Call.WRITE)
    writing = asyncio.ensure_future(lock.async_write(SLOT, ANNA))
    await asyncio.sleep(0)
    assert await occupancy(lock) is Occupancy.EMPTY
    assert not writing.done()

    lock.release()

    assert await writing is WriteResult.OPTIMISTIC
    assert lock.codes == {SLOT: PIN}
    assert lock.calls == [(Call.WRITE, SLOT), (Call.READ, SLOT)]


@pytest.mark.parametrize("deaf", [False, True])
async def test_what_hangs_can_be_cancelled_unless_it_is_deaf(
    lock: FakeProvider, deaf: bool
) -> None:
    lock.hang()
    lock.faults.deaf = deaf
    call = asyncio.ensure_future(lock.async_clear(SLOT))
    await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait({call}, timeout=0)
    await asyncio.sleep(0)

    assert call.cancelled() is not deaf

    lock.release()
    if deaf:
        assert await call is WriteResult.OPTIMISTIC


async def test_it_serves_a_test_lock_platform(
    hass: HomeAssistant, lock: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    entity = er.async_get(hass).async_get_or_create("lock", "test", "front")
    monkeypatch.setitem(LOADERS, "test", loader_of({"front": lock}))

    assert await async_create_provider(hass, entity) is lock


# Limits


@pytest.fixture
def limited() -> FakeProvider:
    return FakeProvider(schedules=ScheduleSupport(week_days=7, year_days=2))


async def test_a_lock_can_refuse_limits_that_it_has_room_for(
    limited: FakeProvider,
) -> None:
    limited.faults.refuse_limits = 1

    with pytest.raises(ScheduleRejectedError):
        await limited.async_write(SLOT, replace(ANNA, schedule=MORNINGS))
    assert (limited.codes, limited.limits) == ({}, {})

    await limited.async_write(SLOT, replace(ANNA, schedule=MORNINGS))
    assert (limited.codes, limited.limits) == ({SLOT: PIN}, {SLOT: MORNINGS})


async def test_limits_outlive_the_code_that_they_were_for(
    limited: FakeProvider,
) -> None:
    await limited.async_write(SLOT, replace(ANNA, schedule=MORNINGS))
    await limited.async_clear(SLOT)

    assert limited.limits == {SLOT: MORNINGS}
    assert limited.violations == []


async def test_a_code_that_lands_under_the_limits_of_another_is_noted(
    limited: FakeProvider,
) -> None:
    limited.faults.late = True
    await limited.async_write(SLOT, replace(ANNA, schedule=MORNINGS))
    await limited.async_write(SLOT, replace(BEN, schedule=STAY))
    assert limited.violations == []

    limited.land()

    assert len(limited.violations) == 1


async def test_limits_that_change_under_a_live_code_are_noted(
    limited: FakeProvider,
) -> None:
    await limited.async_write(SLOT, replace(ANNA, schedule=MORNINGS))
    await limited.async_write(SLOT, replace(ANNA, schedule=NO_SCHEDULE))

    assert len(limited.violations) == 1


async def test_limits_are_counted_apart_from_codes(limited: FakeProvider) -> None:
    await limited.async_write(SLOT, replace(ANNA, schedule=MORNINGS))
    counts = limited.counts
    assert (counts.writes, counts.limits) == (1, 3)

    await limited.async_read_schedule(SLOT)
    assert counts.total == 5
    assert limited.calls[-1] == (Call.READ_LIMITS, SLOT)
