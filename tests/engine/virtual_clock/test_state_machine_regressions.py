"""Stories that the state machine has found, each with what was wrong then."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, override

from custom_components.keyholder.logic.lifecycle import reduce
from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE, AccessRule
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
    ScheduleSupport,
    YearDaySchedule,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import Occupancy, SlotReading
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    Operation,
    PendingCommand,
    SlotRecord,
    SlotState,
    Target,
)
from custom_components.keyholder.model.slot_events import (
    DesiredChanged,
    Effect,
    LockTraits,
    Notify,
    Observed,
    Restarted,
    Step,
)
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    StorageError,
)
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.clock.virtual_loop import START
from tests.harness.disk_faults import disk_that, no_space, write_through
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import Call, FakeProvider
from tests.harness.waiting import wait_for

HOUR = 3600.0


def test_a_lock_is_not_asked_again_and_again_while_the_disk_is_full() -> None:
    """It was read twice in every half minute, for a write that could not be."""

    async def scenario() -> tuple[int, SlotState | None]:
        async with engine_with_real_delays() as engine:
            door = FakeProvider()
            lock = engine.add_lock("Front", door)
            ann = await engine.add_person("Ann", "907153")
            with disk_that(no_space):
                await asyncio.sleep(24 * HOUR)
                reads = door.counts.reads
            await asyncio.sleep(60)
            return reads, engine.state(lock, ann)

    reads, state = run_on_virtual_clock(scenario())
    assert reads <= 30
    assert state is SlotState.IN_SYNC


def test_a_code_on_its_way_is_looked_for_before_it_is_written_again() -> None:
    """Taken off a lock and put back within its own write, it was written once more."""

    async def scenario() -> tuple[int, SlotState | None]:
        async with engine_with_real_delays() as engine:
            door = FakeProvider()
            lock = engine.add_lock("Front", door)
            ann = await engine.add_person("Ann", "907153")
            door.faults.answers_after = 0.6
            await wait_for(lambda: door.counts.writes)
            engine.set_data(ann, all_locks=False)
            await asyncio.sleep(0)
            engine.set_data(ann, all_locks=True)
            await asyncio.sleep(10)
            return door.counts.writes, engine.state(lock, ann)

    writes, state = run_on_virtual_clock(scenario())
    assert writes == 1
    assert state is SlotState.IN_SYNC


def test_a_pin_that_is_kept_while_the_site_is_reloaded_is_not_forgotten() -> None:
    """It was on disk as nobody's when the site came back, and thrown away as such."""

    async def take_a_moment(store: DurableStore, data: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        await write_through(store, data)

    async def scenario() -> SlotState | None:
        async with engine_with_real_delays() as engine:
            lock = engine.add_lock("Front", FakeProvider())
            await asyncio.sleep(10)
            with disk_that(take_a_moment):
                adding = asyncio.create_task(engine.add_person("Ann", "907153"))
                await asyncio.sleep(0)
                await engine.reopen()
                try:
                    ann = await adding
                except StorageError:
                    # the form says so, and is filled in again
                    ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(60)
            return engine.state(lock, ann)

    assert run_on_virtual_clock(scenario()) is SlotState.IN_SYNC


def test_a_form_that_outlives_its_site_does_not_write_over_a_newer_pin() -> None:
    """What it knew was from before the reload, and went to disk as a whole."""

    async def scenario() -> SlotState | None:
        async with engine_with_real_delays() as engine:
            lock = engine.add_lock("Front", FakeProvider())
            former = engine.site
            await engine.reopen()
            ann = await engine.add_person("Ann", "907153")
            with suppress(StorageError):
                await former.async_set_pin("person-Bob", Pin("907154"))
            await engine.reopen()
            await asyncio.sleep(60)
            return engine.state(lock, ann)

    assert run_on_virtual_clock(scenario()) is SlotState.IN_SYNC


def test_a_new_pin_on_its_way_is_looked_for_before_it_is_written_again() -> None:
    """Switched off and on again within its own write, it was written once more."""

    async def scenario() -> tuple[int, SlotState | None]:
        async with engine_with_real_delays() as engine:
            door = FakeProvider()
            lock = engine.add_lock("Front", door)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(60)
            door.faults.answers_after = 0.6
            await engine.set_pin(ann, "907154")
            await wait_for(lambda: door.counts.writes == 2)
            engine.set_enabled(ann, False)
            await asyncio.sleep(0)
            engine.set_enabled(ann, True)
            await asyncio.sleep(10)
            return door.counts.writes, engine.state(lock, ann)

    writes, state = run_on_virtual_clock(scenario())
    assert writes == 2
    assert state is SlotState.IN_SYNC


def test_a_failed_read_is_not_in_sync_because_the_lock_is_back() -> None:
    """A code was disabled as if by us; the look failed, and in sync it was again."""

    async def scenario() -> list[SlotState | None]:
        async with engine_with_real_delays() as engine:
            door = FakeProvider()
            lock = engine.add_lock("Front", door)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(5)
            states = [engine.state(lock, ann)]
            door.hang(Call.READ)
            door.disable_at_lock(1, reported=True)
            await asyncio.sleep(0.1)
            door.disconnect()
            door.release()
            await asyncio.sleep(0.1)
            door.hang(Call.READ)
            door.connect()
            await asyncio.sleep(0.1)
            states.append(engine.state(lock, ann))
            door.release()
            await asyncio.sleep(60)
            assert door.held[1].enabled
            return [*states, engine.state(lock, ann)]

    states = run_on_virtual_clock(scenario())
    assert states == [SlotState.IN_SYNC, None, SlotState.IN_SYNC]


def test_a_write_after_a_clear_is_known_after_a_power_cut() -> None:
    """On disk was the clear alone. The write landed after the code was proven gone."""
    rules = LockTraits(best_evidence=Evidence.VALUE, timing=Timing())
    record = SlotRecord(
        slot=1,
        credential=CredentialRef("person-Ann"),
        person_name="Ann",
        target=Target(DesiredState.PRESENT, 1),
        owner_saved=True,
        observed=Observation(
            occupancy=Occupancy.PRESENT, revision=1, observed_at=START
        ),
        pending=PendingCommand(
            operation=Operation.CLEAR,
            revision=1,
            started_at=START,
            deadline=START + timedelta(seconds=130),
        ),
    )
    empty = Observed(Observation(occupancy=Occupancy.EMPTY))
    absent = DesiredChanged(Target(DesiredState.ABSENT, 1))
    gone = {}
    for second, event in (
        (1, Restarted(unclean_shutdown=True)),
        (2, absent),
        (3, empty),
        (30, empty),
        (70, empty),
    ):
        now = START + timedelta(seconds=second)
        record, _effects = reduce(record, event, now, rules)
        gone[second] = record.is_cleared
    # not before its time is over, whatever a look brings
    assert gone == {1: False, 2: False, 3: False, 30: False, 70: True}


def test_an_unrecorded_clear_of_ours_is_no_external_change() -> None:
    """Sent without a disk and cut off from power, it was reported as a code removed."""
    now = START
    rules = LockTraits(best_evidence=Evidence.PRESENCE, timing=Timing())
    record = SlotRecord(
        slot=2,
        credential=CredentialRef("person-Ann"),
        person_name="Ann",
        target=Target(DesiredState.PRESENT, 1),
        owner_saved=True,
        observed=Observation(occupancy=Occupancy.MASKED, enabled=True, observed_at=now),
        evidence=Evidence.PRESENCE,
        verified_at=now,
    )
    reported: list[Effect] = []
    gone = Observed(Observation(occupancy=Occupancy.EMPTY))
    # until then a write that was not stored either may still land
    once_landed = now + rules.timing.write_window
    for event, at in (
        (Restarted(unclean_shutdown=True), now),
        (DesiredChanged(Target(DesiredState.ABSENT, 1)), now),
        (Restarted(), now),
        (gone, now),
        (gone, once_landed),
    ):
        record, effects = reduce(record, event, at, rules)
        reported += [each for each in effects if isinstance(each, Notify)]
    assert record.is_cleared
    assert reported == []


def test_a_limit_that_is_lifted_while_the_site_is_reloaded_does_not_stay() -> None:
    """The clear was broken off, and with it was forgotten that the code was limited."""

    async def scenario() -> tuple[list[str], int, SlotState | None]:
        async with engine_with_real_delays() as engine:
            door = FakeProvider(schedules=ScheduleSupport(year_days=1))
            lock = engine.add_lock("Front", door)
            until = AccessRule(valid_until=START + timedelta(days=30))
            ann = await engine.add_person("Ann", "907153", rule=until)
            await asyncio.sleep(60)
            assert door.limits
            door.hang(Call.CLEAR)
            engine.set_rule(ann, UNRESTRICTED_RULE)
            await asyncio.sleep(1)
            await engine.reopen()
            door.release()
            await asyncio.sleep(HOUR)
            return list(door.codes.values()), len(door.limits), engine.state(lock, ann)

    assert run_on_virtual_clock(scenario()) == (["907153"], 0, SlotState.IN_SYNC)


def test_limits_of_a_write_that_nobody_saw_land_are_lifted_too() -> None:
    """The power went before it showed; then the rule was lifted before any look."""
    rules = LockTraits(best_evidence=Evidence.VALUE, timing=Timing())
    year = YearDaySchedule(datetime(2026, 3, 1), datetime(2026, 4, 1))  # noqa: DTZ001
    record = SlotRecord(
        slot=1,
        credential=CredentialRef("person-Ann"),
        person_name="Ann",
        target=Target(DesiredState.PRESENT, 1, LockSchedule(year_days=(year,))),
        owner_saved=True,
        observed=Observation(occupancy=Occupancy.EMPTY, observed_at=START),
    )
    shown = Observation(occupancy=Occupancy.PRESENT, revision=1, enabled=True)
    effects: tuple[Effect, ...] = ()
    for event in (
        Restarted(unclean_shutdown=True),
        DesiredChanged(Target(DesiredState.PRESENT, 1, NO_SCHEDULE)),
        Observed(shown),
    ):
        record, effects = reduce(record, event, START + timedelta(seconds=1), rules)
    assert not record.is_verified
    assert [isinstance(each, Step) and each.operation for each in effects] == [
        Operation.CLEAR
    ]


class _FarAway(FakeProvider):
    """What it shows is on its way for a second."""

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        readings = await super().async_read(slots)
        await asyncio.sleep(1)
        return readings


def test_a_report_outweighs_an_answer_that_was_sent_before_it() -> None:
    """The answer was from before the code was deleted, and ended the doubt for good."""

    async def scenario() -> tuple[int, list[str], SlotState | None]:
        async with engine_with_real_delays() as engine:
            door = _FarAway()
            lock = engine.add_lock("Front", door)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            before = door.counts.reads
            verifying = asyncio.create_task(
                engine.site.locks[lock].requests.async_verify()
            )
            await asyncio.sleep(0.5)
            door.delete_at_keypad(1)
            await verifying
            await asyncio.sleep(HOUR)
            looks = door.counts.reads - before
            return looks, list(door.codes.values()), engine.state(lock, ann)

    # the answer, the read after the report, the proof of the code that was put back, and
    # its second read
    assert run_on_virtual_clock(scenario()) == (4, ["907153"], SlotState.IN_SYNC)
