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
from tests.harness.engine.engine_harness import PLATFORM, EngineHarness
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.waiting import wait_for


class Deaf(FakeProvider):
    """A lock that one cannot even listen to."""

    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        raise RuntimeError


@pytest.mark.no_fail_on_log_exception
async def test_a_lock_that_cannot_be_set_up_stops_no_other(
    engine: EngineHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = FakeProvider()
    engine.add_lock("Deaf", Deaf())
    lock = engine.add_lock("Front", sound)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)

    def fail(*_: Any) -> Any:
        raise RuntimeError

    async def load(hass: HomeAssistant) -> Callable[..., Any]:
        return lambda hass, entity: (
            sound if engine.providers[entity.id] is sound else fail()
        )

    monkeypatch.setitem(LOADERS, PLATFORM, load)
    await engine.reopen()
    await engine.set_pin(ann, "907154")
    await wait_for(lambda: sound.codes == {1: "907154"})


async def test_a_lock_that_hangs_stops_no_other(engine: EngineHarness) -> None:
    hanging, sound = FakeProvider(), FakeProvider()
    engine.add_lock("Back", hanging)
    lock = engine.add_lock("Front", sound)
    hanging.hang()
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    engine.set_enabled(ann, False)
    await wait_for(lambda: sound.codes == {})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    hanging.release()


@pytest.mark.no_fail_on_log_exception
async def test_a_listener_that_raises_stops_neither_another_nor_the_engine(
    engine: EngineHarness,
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    reported: list[None] = []
    shown: list[None] = []
    engine.site.signals.async_subscribe_members(fail)
    engine.site.signals.async_subscribe_members(lambda: reported.append(None))
    engine.site.async_add_lock_listener(fail)
    engine.site.async_add_lock_listener(lambda _: shown.append(None))
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    await wait_for(lambda: lock in engine.site.locks)
    updates: list[None] = []
    stop_failing = engine.site.locks[lock].async_add_listener(fail)
    stop = engine.site.locks[lock].async_add_listener(lambda: updates.append(None))

    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert reported
    assert shown
    assert updates
    engine.remove(ann)
    await wait_for(lambda: provider.codes == {} and not engine.snapshot(lock).slots)
    stop_failing()
    stop()


@pytest.mark.no_fail_on_log_exception
@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
async def test_a_record_that_makes_us_fail_stops_no_other_slot(
    engine: EngineHarness,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    profile: Profile,
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    bob = await engine.add_person("Bob", "907253")
    for person in (ann, bob):
        await engine.until_state(lock, person, SlotState.IN_SYNC)
    dispatch = SlotRecords.async_dispatch

    def fail(book: SlotRecords, slot: int, event: Any) -> Any:
        if slot == 1:
            raise ValueError("907153")
        return dispatch(book, slot, event)

    with monkeypatch.context() as patched:
        patched.setattr(SlotRecords, "async_dispatch", fail)
        engine.set_enabled(ann, False)
        engine.set_enabled(bob, False)
        await wait_for(lambda: provider.codes == {1: "907153"})
        await engine.until_state(lock, bob, SlotState.IN_SYNC)
        # what became of the slot is not known, so nothing is said to be proven
        await wait_for(lambda: engine.snapshot(lock).slots[1].evidence is Evidence.NONE)
    # the event was lost, and nothing but the lock's own clock brings it back
    await wait_for(lambda: provider.codes == {})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
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
    engine: EngineHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the queue went on, but nobody came back to the slot
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    failures: list[float] = []
    commit = SlotRecords.async_commit

    async def fail(book: SlotRecords) -> None:
        failures.append(engine.hass.loop.time())
        if len(failures) < 5:
            raise ValueError
        await commit(book)

    monkeypatch.setattr(SlotRecords, "async_commit", fail)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    first, second = (after - before for before, after in pairwise(failures[:3]))
    assert second == pytest.approx(2 * first, rel=0.1)


async def test_a_lock_that_is_slow_to_probe_does_not_delay_the_start(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider()
    provider.hang(Call.PROBE)
    lock = engine.add_lock("Front", provider)
    await wait_for(lambda: (Call.PROBE, None) in provider.calls)
    async with asyncio.timeout(1):
        await engine.hass.async_block_till_done()
    assert not engine.snapshot(lock).reachable
    provider.release()
    await wait_for(lambda: engine.snapshot(lock).reachable)
