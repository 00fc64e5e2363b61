"""What the lock itself enforces: there before the code, and shown."""

from datetime import UTC, datetime

import pytest

from custom_components.keyholder.model.access_rules import (
    AccessRule,
    RuleCondition,
    Weekday,
)
from custom_components.keyholder.model.credential import LockId, PersonId
from custom_components.keyholder.model.limits import EnforcedBy, ScheduleSupport
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.integration.engine.house import House

from ..run import run_virtually
from .story import EVERY_DAY, berlin_house, rest, weekly, window

PIN = "907153"
SUPPORT = ScheduleSupport(week_days=7, year_days=1)
profiles = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


def enforced_by(house: House, door: LockId, person: PersonId) -> EnforcedBy | None:
    return house.site.enforced_by(house.site.people[person], door)


@profiles
def test_a_weekly_rule_is_on_the_lock_before_the_code(profile: Profile) -> None:
    async def story() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await rest(minutes=2)
            assert house.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(house, door, ada) is EnforcedBy.LOCK
            (limits,) = lock.limits.values()
            assert [each.day for each in limits.week_days] == sorted(EVERY_DAY)
            assert lock.violations == []

    run_virtually(story())


@profiles
def test_a_rule_that_changes_is_never_open_in_between(profile: Profile) -> None:
    async def story() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await rest(minutes=2)
            house.set_rule(ada, weekly(window(8, 12)))
            await rest(minutes=2)
            assert house.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(house, door, ada) is EnforcedBy.LOCK
            house.set_rule(ada, AccessRule())
            await rest(minutes=2)
            assert enforced_by(house, door, ada) is None
            assert lock.limits == {}
            assert list(lock.codes.values()) == [PIN]
            assert lock.violations == []

    run_virtually(story())


def test_a_slot_that_is_used_again_has_nothing_left_of_its_last_holder() -> None:
    async def story() -> None:
        lock = FakeProvider(schedules=SUPPORT, slots=1)
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await rest(minutes=2)
            house.remove(ada)
            await rest(minutes=5)
            assert not lock.codes
            ben = await house.add_person("Ben", "907154")
            await rest(minutes=2)
            assert house.state(door, ben) is SlotState.IN_SYNC
            assert lock.limits == {}
            assert lock.violations == []

    run_virtually(story())


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
    async def story() -> None:
        lock = FakeProvider(schedules=SUPPORT)
        async with berlin_house() as house:
            house.hass.states.async_set("input_boolean.on", "on")
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=rule)
            await rest(minutes=2)
            assert house.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(house, door, ada) is EnforcedBy.HOME_ASSISTANT
            assert lock.limits == {}

    run_virtually(story())


def test_a_lock_without_schedules_leaves_all_to_home_assistant() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await rest(minutes=2)
            assert house.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(house, door, ada) is EnforcedBy.HOME_ASSISTANT

    run_virtually(story())


@profiles
@pytest.mark.parametrize("fault", ["refuse_limits", "drop_limits"])
def test_a_lock_that_does_not_hold_limits_still_gets_the_code_in_its_window(
    profile: Profile, fault: str
) -> None:
    async def story() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        setattr(lock.faults, fault, True)
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 10)))
            await rest(minutes=5)
            assert house.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(house, door, ada) is EnforcedBy.HOME_ASSISTANT
            assert list(lock.codes.values()) == [PIN]
            await rest(hours=1)
            assert not lock.codes

    run_virtually(story())


@profiles
def test_a_lock_that_needs_a_code_first_gets_it_switched_off(profile: Profile) -> None:
    async def story() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        lock.faults.limits_need_code = True
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await rest(minutes=5)
            assert house.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(house, door, ada) is EnforcedBy.LOCK
            assert lock.violations == []

    run_virtually(story())


@profiles
def test_a_lock_that_goes_silent_in_between_holds_nothing_that_is_open(
    profile: Profile,
) -> None:
    async def story() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        lock.faults.silent_limits = 1
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await rest(seconds=5)
            assert not lock.codes
            await rest(minutes=10)
            assert house.state(door, ada) is SlotState.IN_SYNC
            assert enforced_by(house, door, ada) is EnforcedBy.LOCK
            assert lock.violations == []

    run_virtually(story())


def test_limits_that_somebody_takes_off_at_the_lock_are_found_by_the_sweep() -> None:
    async def story() -> None:
        lock = FakeProvider(schedules=SUPPORT, reports_changes=False)
        async with berlin_house() as house:
            house.add_lock("front", lock)
            everybody = frozenset(Weekday)
            rule = weekly(window(8, 17, everybody))
            await house.add_person("Ada", PIN, rule=rule)
            await rest(minutes=2)
            (before,) = lock.limits.values()
            lock.limits.clear()
            await rest(hours=2)
            assert list(lock.limits.values()) == [before]
            assert lock.violations == []

    run_virtually(story())


def test_a_lock_that_is_met_for_the_first_time_gets_the_limits_with_the_code() -> None:
    async def story() -> None:
        lock = FakeProvider(schedules=SUPPORT, connected=False)
        live_without: list[object] = []
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await rest(minutes=2)
            lock.watch(
                lambda: (
                    live_without.append(lock.codes)
                    if lock.codes and not lock.limits
                    else None
                )
            )
            lock.connect()
            await rest(minutes=5)
            assert enforced_by(house, door, ada) is EnforcedBy.LOCK
            assert live_without == []

    run_virtually(story())


def test_a_lock_that_learns_to_limit_does_so_from_then_on() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            ben = await house.add_person("Ben", "907154")
            await rest(minutes=2)
            slot = house.view(door, ben)
            writes = lock.calls.count((Call.WRITE, slot.slot if slot else 0))
            lock.learn(schedules=SUPPORT)
            lock.disconnect()
            lock.connect()
            await rest(minutes=5)
            assert enforced_by(house, door, ada) is EnforcedBy.LOCK
            assert lock.calls.count((Call.WRITE, slot.slot if slot else 0)) == writes

    run_virtually(story())


def test_who_enforces_does_not_change_with_every_window() -> None:
    async def story() -> None:
        lock = FakeProvider(schedules=SUPPORT)
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 10)))
            await rest(minutes=30)
            assert enforced_by(house, door, ada) is EnforcedBy.LOCK
            await rest(hours=2)
            assert not lock.codes
            assert enforced_by(house, door, ada) is EnforcedBy.LOCK

    run_virtually(story())


@profiles
def test_a_lock_that_never_speaks_of_limits_is_told_and_left_alone(
    profile: Profile,
) -> None:
    async def story() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        lock.faults.silent_limits = True
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await rest(hours=3)
            assert house.state(door, ada) is SlotState.SUSPENDED
            assert not lock.codes
            # it was tried again every minute, for ever, and nobody was told
            assert lock.counts.writes <= 3
            assert lock.counts.total < 50
            lock.faults.silent_limits = False
            house.resume(door, ada, ResumeChoice.RETRY)
            await rest(minutes=2)
            assert enforced_by(house, door, ada) is EnforcedBy.LOCK
            assert lock.violations == []

    run_virtually(story())
