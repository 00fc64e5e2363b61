"""What the lock itself enforces: there before the code, and shown."""

from datetime import UTC, datetime

import pytest

from custom_components.keyholder.model.access_rules import (
    AccessRule,
    RuleCondition,
    Weekday,
)
from custom_components.keyholder.model.credential import LockId, PersonId
from custom_components.keyholder.model.lock_schedule import EnforcedBy, ScheduleSupport
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.access_rule_scenario import (
    EVERY_DAY,
    advance,
    engine_in_berlin,
    weekly,
    window,
)
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.fakes.provider import Call, FakeProvider, Profile

PIN = "907153"
SUPPORT = ScheduleSupport(week_days=7, year_days=1)
profiles = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


def enforced_by(
    engine: EngineHarness, door: LockId, person: PersonId
) -> EnforcedBy | None:
    return engine.site.enforced_by(engine.site.people[person], door)


@profiles
def test_a_weekly_rule_is_on_the_lock_before_the_code(profile: Profile) -> None:
    async def scenario() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await advance(minutes=2)
            assert engine.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(engine, door, ada) is EnforcedBy.LOCK
            (limits,) = lock.limits.values()
            assert [each.day for each in limits.week_days] == sorted(EVERY_DAY)
            assert lock.violations == []

    run_on_virtual_clock(scenario())


@profiles
def test_a_rule_that_changes_is_never_open_in_between(profile: Profile) -> None:
    async def scenario() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await advance(minutes=2)
            engine.set_rule(ada, weekly(window(8, 12)))
            await advance(minutes=2)
            assert engine.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(engine, door, ada) is EnforcedBy.LOCK
            engine.set_rule(ada, AccessRule())
            await advance(minutes=2)
            assert enforced_by(engine, door, ada) is None
            assert lock.limits == {}
            assert list(lock.codes.values()) == [PIN]
            assert lock.violations == []

    run_on_virtual_clock(scenario())


def test_a_slot_that_is_used_again_has_nothing_left_of_its_last_holder() -> None:
    async def scenario() -> None:
        lock = FakeProvider(schedules=SUPPORT, slots=1)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await advance(minutes=2)
            engine.remove(ada)
            await advance(minutes=5)
            assert not lock.codes
            ben = await engine.add_person("Ben", "907154")
            await advance(minutes=2)
            assert engine.state(door, ben) is SlotState.IN_SYNC
            assert lock.limits == {}
            assert lock.violations == []

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize(
    "rule",
    [
        weekly(window(8, 24)),
        weekly(window(8, 2)),
        weekly(*(window(8 + n / 2, 8.25 + n / 2) for n in range(3))),
        AccessRule(valid_from=datetime(2026, 3, 1, tzinfo=UTC)),
        AccessRule(use_limit=3),
        AccessRule(conditions=(RuleCondition(entity="input_boolean.on", state="on"),)),
    ],
)
def test_what_does_not_fit_stays_with_home_assistant_and_that_shows(
    rule: AccessRule,
) -> None:
    async def scenario() -> None:
        lock = FakeProvider(schedules=SUPPORT)
        async with engine_in_berlin() as engine:
            engine.hass.states.async_set("input_boolean.on", "on")
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=rule)
            await advance(minutes=2)
            assert engine.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(engine, door, ada) is EnforcedBy.HOME_ASSISTANT
            assert lock.limits == {}

    run_on_virtual_clock(scenario())


def test_a_lock_without_schedules_leaves_all_to_home_assistant() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await advance(minutes=2)
            assert engine.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(engine, door, ada) is EnforcedBy.HOME_ASSISTANT

    run_on_virtual_clock(scenario())


@profiles
@pytest.mark.parametrize("fault", ["refuse_limits", "drop_limits"])
def test_a_lock_that_drops_schedules_still_gets_the_code_in_its_window(
    profile: Profile, fault: str
) -> None:
    async def scenario() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        setattr(lock.faults, fault, True)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 10)))
            await advance(minutes=5)
            assert engine.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(engine, door, ada) is EnforcedBy.HOME_ASSISTANT
            assert list(lock.codes.values()) == [PIN]
            await advance(hours=1)
            assert not lock.codes

    run_on_virtual_clock(scenario())


@profiles
def test_a_lock_that_needs_a_code_first_gets_it_disabled(profile: Profile) -> None:
    async def scenario() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        lock.faults.limits_need_code = True
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await advance(minutes=5)
            assert engine.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(engine, door, ada) is EnforcedBy.LOCK
            assert lock.violations == []

    run_on_virtual_clock(scenario())


@profiles
def test_a_lock_that_stops_answering_has_no_unrestricted_code(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        lock.faults.silent_limits = 1
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await advance(seconds=5)
            assert not lock.codes
            await advance(minutes=10)
            assert engine.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(engine, door, ada) is EnforcedBy.LOCK
            assert lock.violations == []

    run_on_virtual_clock(scenario())


def test_schedules_removed_at_the_lock_are_found_by_verification() -> None:
    async def scenario() -> None:
        lock = FakeProvider(schedules=SUPPORT, reports_changes=False)
        async with engine_in_berlin() as engine:
            engine.add_lock("front", lock)
            everybody = frozenset(Weekday)
            rule = weekly(window(8, 17, everybody))
            await engine.add_person("Ada", PIN, rule=rule)
            await advance(minutes=2)
            (before,) = lock.limits.values()
            lock.limits.clear()
            await advance(hours=2)
            assert list(lock.limits.values()) == [before]
            assert lock.violations == []

    run_on_virtual_clock(scenario())


def test_a_new_lock_gets_the_schedule_with_the_code() -> None:
    async def scenario() -> None:
        lock = FakeProvider(schedules=SUPPORT, connected=False)
        live_without: list[object] = []
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await advance(minutes=2)
            lock.watch(
                lambda: (
                    live_without.append(lock.codes)
                    if lock.codes and not lock.limits
                    else None
                )
            )
            lock.connect()
            await advance(minutes=5)
            assert enforced_by(engine, door, ada) is EnforcedBy.LOCK
            assert live_without == []

    run_on_virtual_clock(scenario())


def test_a_lock_that_learns_to_limit_does_so_from_then_on() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            ben = await engine.add_person("Ben", "907154")
            await advance(minutes=2)
            slot = engine.view(door, ben)
            writes = lock.calls.count((Call.WRITE, slot.slot if slot else 0))
            lock.learn(schedules=SUPPORT)
            lock.disconnect()
            lock.connect()
            await advance(minutes=5)
            assert enforced_by(engine, door, ada) is EnforcedBy.LOCK
            assert lock.calls.count((Call.WRITE, slot.slot if slot else 0)) == writes

    run_on_virtual_clock(scenario())


def test_who_enforces_does_not_change_with_every_window() -> None:
    async def scenario() -> None:
        lock = FakeProvider(schedules=SUPPORT)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 10)))
            await advance(minutes=30)
            assert enforced_by(engine, door, ada) is EnforcedBy.LOCK
            await advance(hours=2)
            assert not lock.codes
            assert enforced_by(engine, door, ada) is EnforcedBy.LOCK

    run_on_virtual_clock(scenario())


@profiles
def test_a_lock_that_never_reports_schedules_is_an_issue(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        lock.faults.silent_limits = True
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await advance(hours=3)
            assert engine.state(door, ada) is SlotState.SUSPENDED
            assert not lock.codes
            # it was tried again every minute, for ever, and nobody was notified
            assert lock.counts.writes <= 3
            assert lock.counts.total < 50
            lock.faults.silent_limits = False
            engine.resume(door, ada, ResumeChoice.RETRY)
            await advance(minutes=2)
            assert enforced_by(engine, door, ada) is EnforcedBy.LOCK
            assert lock.violations == []

    run_on_virtual_clock(scenario())
