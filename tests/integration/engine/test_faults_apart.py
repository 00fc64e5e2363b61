"""One lock, person or callback that fails never stops another."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, override

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_events import LockEvent
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.providers.base import Unsubscribe
from custom_components.keyholder.providers.registry import LOADERS
from custom_components.keyholder.runtime.lock.slot_records import SlotRecords
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.waiting import until

from .house import PLATFORM, House


class Deaf(FakeProvider):
    """A lock that one cannot even listen to."""

    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        raise RuntimeError


@pytest.mark.no_fail_on_log_exception
async def test_a_lock_that_cannot_be_set_up_stops_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = FakeProvider()
    house.add_lock("Deaf", Deaf())
    lock = house.add_lock("Front", sound)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)

    def fail(*_: Any) -> Any:
        raise RuntimeError

    async def load(hass: HomeAssistant) -> Callable[..., Any]:
        return lambda hass, entity: (
            sound if house.providers[entity.id] is sound else fail()
        )

    monkeypatch.setitem(LOADERS, PLATFORM, load)
    await house.reopen()
    await house.set_pin(ann, "907154")
    await until(lambda: sound.codes == {1: "907154"})


async def test_a_lock_that_hangs_stops_no_other(house: House) -> None:
    hanging, sound = FakeProvider(), FakeProvider()
    house.add_lock("Back", hanging)
    lock = house.add_lock("Front", sound)
    hanging.hang()
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    house.set_enabled(ann, False)
    await until(lambda: sound.codes == {})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    hanging.release()


@pytest.mark.no_fail_on_log_exception
async def test_a_listener_that_raises_stops_neither_another_nor_the_engine(
    house: House,
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    told: list[None] = []
    shown: list[None] = []
    house.site.signals.async_subscribe_members(fail)
    house.site.signals.async_subscribe_members(lambda: told.append(None))
    house.site.async_add_lock_listener(fail)
    house.site.async_add_lock_listener(lambda _: shown.append(None))
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    await until(lambda: lock in house.site.locks)
    updates: list[None] = []
    stop_failing = house.site.locks[lock].async_add_listener(fail)
    stop = house.site.locks[lock].async_add_listener(lambda: updates.append(None))

    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert told
    assert shown
    assert updates
    house.remove(ann)
    await until(lambda: provider.codes == {} and not house.snapshot(lock).slots)
    stop_failing()
    stop()


@pytest.mark.no_fail_on_log_exception
@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
async def test_a_record_that_makes_us_fail_stops_no_other_slot(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    profile: Profile,
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    bob = await house.add_person("Bob", "907253")
    for person in (ann, bob):
        await house.until_state(lock, person, SlotState.IN_SYNC)
    dispatch = SlotRecords.dispatch

    def fail(book: SlotRecords, slot: int, event: Any) -> Any:
        if slot == 1:
            raise ValueError("907153")
        return dispatch(book, slot, event)

    with monkeypatch.context() as patched:
        patched.setattr(SlotRecords, "dispatch", fail)
        house.set_enabled(ann, False)
        house.set_enabled(bob, False)
        await until(lambda: provider.codes == {1: "907153"})
        await house.until_state(lock, bob, SlotState.IN_SYNC)
        # what became of the slot is not known, so nothing is said to be proven
        await until(lambda: house.snapshot(lock).slots[1].evidence is Evidence.NONE)
    # the event was lost, and nothing but the lock's own clock brings it back
    await until(lambda: provider.codes == {})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    # whose fault it was can be found by the log, and no code
    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.keyholder")
    ]
    failed = "Slot 1 of Front failed to process DesiredChanged with ValueError at"
    assert any(text.startswith(f"{failed} {Path(__file__).name}:") for text in ours)
    assert not [text for text in ours if "907153" in text]


async def test_a_job_of_ours_that_fails_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the queue went on, but nobody came back to the slot
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    failures: list[float] = []
    commit = SlotRecords.async_commit

    async def fail(book: SlotRecords) -> None:
        failures.append(house.hass.loop.time())
        if len(failures) < 5:
            raise ValueError
        await commit(book)

    monkeypatch.setattr(SlotRecords, "async_commit", fail)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    first, second = (after - before for before, after in pairwise(failures[:3]))
    assert second == pytest.approx(2 * first, rel=0.1)


async def test_a_lock_that_is_slow_to_say_what_it_can_does_not_hold_up_the_start(
    house: House,
) -> None:
    provider = FakeProvider()
    provider.hang(Call.PROBE)
    lock = house.add_lock("Front", provider)
    await until(lambda: (Call.PROBE, None) in provider.calls)
    async with asyncio.timeout(1):
        await house.hass.async_block_till_done()
    assert not house.snapshot(lock).reachable
    provider.release()
    await until(lambda: house.snapshot(lock).reachable)
