"""One lock, person or callback that fails never stops another."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, override

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.logic.lifecycle import reduce
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_events import LockEvent
from custom_components.keyholder.model.slot import (
    DesiredState,
    SlotRecord,
    SlotState,
)
from custom_components.keyholder.model.slot_events import (
    ChangeReported,
    CommandReturned,
    CommandStarted,
    DeadlinePassed,
    DesiredChanged,
    Observed,
    ReadFailed,
    Restarted,
    SlotEvent,
)
from custom_components.keyholder.providers.base import Unsubscribe
from custom_components.keyholder.providers.registry import LOADERS
from custom_components.keyholder.runtime.lock import slot_records
from custom_components.keyholder.runtime.lock.slot_records import SlotRecords
from custom_components.keyholder.runtime.storage.stores import Journal
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
        # a code that has to be gone does not wait for us
        await wait_for(lambda: provider.codes == {})
        await engine.until_state(lock, bob, SlotState.IN_SYNC)
        # what became of the slot is not known, so nothing is said to be proven
        await wait_for(lambda: engine.snapshot(lock).slots[1].evidence is Evidence.NONE)
    # the event was lost, and nothing but the lock's own clock brings it back
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert engine.snapshot(lock).slots[1].desired is DesiredState.ABSENT
    # whose fault it was can be found by the log, and no code
    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.keyholder")
    ]
    failed = "Slot 1 of Front failed to process DesiredChanged with ValueError at"
    assert any(text.startswith(f"{failed} {Path(__file__).name}:") for text in ours)
    assert not [text for text in ours if "907153" in text]


def fail_on(
    monkeypatch: pytest.MonkeyPatch, *events: type[SlotEvent], slot: int = 1
) -> None:
    """Let the reducer raise for these events of a slot."""

    def fail(record: SlotRecord, event: SlotEvent, *rest: Any) -> Any:
        if record.slot == slot and isinstance(event, events):
            raise ZeroDivisionError
        return reduce(record, event, *rest)

    monkeypatch.setattr(slot_records, "reduce", fail)


REDUCER_FAILURES: dict[str, tuple[type[SlotEvent], ...]] = {
    "of the wish": (DesiredChanged,),
    "of a read": (Observed, ReadFailed),
    "of a command": (CommandStarted,),
    "of its return": (CommandReturned,),
    "of time": (DeadlinePassed, Observed),
    "of a report": (ChangeReported, DesiredChanged),
    "of anything": (object,),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("failing", REDUCER_FAILURES.values(), ids=REDUCER_FAILURES)
@pytest.mark.parametrize("profile", list(Profile))
async def test_a_revocation_never_waits_for_a_reducer_that_raises(
    engine: EngineHarness,
    monkeypatch: pytest.MonkeyPatch,
    profile: Profile,
    failing: tuple[type[SlotEvent], ...],
) -> None:
    """Clause 16.21: whatever raises, the code is taken off the lock, and the user is told."""
    provider = FakeProvider(profile, codes={2: "9011"})
    slots = None if profile is not Profile.WRITE_ONLY else (1, 1)
    lock = engine.add_lock("Front", provider, slots)
    ann = await engine.add_person("Ann", "907153")
    proven = (
        SlotState.IN_SYNC if profile is not Profile.WRITE_ONLY else SlotState.ACCEPTED
    )
    await engine.until_state(lock, ann, proven)

    with monkeypatch.context() as patched:
        fail_on(patched, *failing)
        engine.set_enabled(ann, False)
        await wait_for(lambda: provider.codes == {2: "9011"})
        if object in failing:
            await wait_for(lambda: engine.snapshot(lock).failing_slots == {1})
            assert engine.snapshot(lock).has_problem
            assert engine.state(lock, ann) is not proven
    view = await engine.until_state(lock, ann, proven)
    assert view.desired is DesiredState.ABSENT
    assert engine.snapshot(lock).failing_slots == frozenset()
    engine.set_enabled(ann, True)
    await wait_for(lambda: provider.codes == {1: "907153", 2: "9011"})
    view = await engine.until_state(lock, ann, proven)


async def test_a_verification_that_raises_drops_the_claim(
    engine: EngineHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clause 16.21: what was proven before is not known after an event that was lost."""
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)

    with monkeypatch.context() as patched:
        fail_on(patched, Observed)
        await engine.site.locks[lock].requests.async_verify()
        await wait_for(lambda: engine.state(lock, ann) is not SlotState.IN_SYNC)
        await wait_for(lambda: engine.snapshot(lock).failing_slots == {1})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert engine.snapshot(lock).failing_slots == frozenset()
    assert provider.codes == {1: "907153"}


async def test_a_record_that_cannot_be_resumed_stops_no_start(
    engine: EngineHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clause 16.21: after a power cut every record is reduced before the lock is set up."""
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    bob = await engine.add_person("Bob", "907253")
    for person in (ann, bob):
        await engine.until_state(lock, person, SlotState.IN_SYNC)
    await engine.close()
    entry = engine.site.journal.entries[lock]

    with monkeypatch.context() as patched:
        fail_on(patched, Restarted)
        load = slot_records.SlotRecords.__init__

        def load_open(
            book: SlotRecords, journal: Journal, *args: Any, **more: Any
        ) -> None:
            journal.async_save_entry(replace(entry, open=True))
            load(book, journal, *args, **more)

        patched.setattr(SlotRecords, "__init__", load_open)
        await engine.open()
        for person in (ann, bob):
            await engine.until_state(lock, person, SlotState.IN_SYNC)
    assert provider.codes == {1: "907153", 2: "907253"}


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
