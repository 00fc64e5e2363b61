"""A guest who begins later: the code is on the lock ahead of its time, or a slot is set aside."""

from datetime import UTC, datetime, timedelta

from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.credential import LockId, PersonId, PersonStatus
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    EnforcedBy,
    ScheduleSupport,
)
from custom_components.keyholder.model.slot import SlotState
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.access_rule_scenario import advance, engine_in_berlin
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.fakes.provider import Call, FakeProvider, Profile

PIN, OTHER = "907153", "904862"
SUPPORT = ScheduleSupport(week_days=7, year_days=1)
DAY = timedelta(days=1)
profiles = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


def stay(days: float, *, uses: int | None = None, length: int = 7) -> AccessRule:
    """Return the rule of a stay that begins in so many days, on a whole hour."""
    begin = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    begin += timedelta(hours=round(days * 24))
    return AccessRule(
        valid_from=begin, valid_until=begin + length * DAY, use_limit=uses
    )


def shown(engine: EngineHarness, door: LockId, person: PersonId) -> SlotState | None:
    view = engine.site.code_view(person, door)
    assert view is not None
    return view.state


@profiles
def test_a_code_is_on_a_lock_that_keeps_the_guest_out_until_then(
    profile: Profile,
) -> None:
    """Clause 16.38: code and schedule are there, the schedule first; nothing at the begin."""

    async def scenario() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            rule = stay(10)
            ada = await engine.add_person("Ada", PIN, rule=rule)
            await advance(minutes=2)

            person = engine.site.people[ada]
            assert lock.codes == {1: PIN}
            assert len(lock.limits[1].year_days) == 1
            assert lock.violations == []
            assert shown(engine, door, ada) is SlotState.IN_SYNC
            assert engine.site.enforced_by(person, door) is EnforcedBy.LOCK
            assert engine.site.status(person) is PersonStatus.SCHEDULED

            await advance(days=9)
            lock.calls.clear()
            assert rule.valid_from is not None
            await advance(
                seconds=(rule.valid_from - dt_util.utcnow()).total_seconds() + 60
            )
            changes = {Call.WRITE, Call.CLEAR}
            assert not [call for call, _ in lock.calls if call in changes]
            # the lock may have lost the schedule, or the time: it is asked once more
            assert (Call.READ_LIMITS, 1) in lock.calls
            assert engine.site.status(person) is PersonStatus.ACTIVE

    run_on_virtual_clock(scenario())


def test_a_stay_that_is_further_away_has_a_slot_set_aside_until_then() -> None:
    """Clause 16.38: up to 14 days ahead, or as many as are chosen for the lock."""

    async def scenario() -> None:
        lock = FakeProvider(schedules=SUPPORT)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=stay(20))
            await advance(minutes=2)
            assert shown(engine, door, ada) is SlotState.RESERVED
            assert engine.slot_of(door, ada) == 1
            assert (lock.codes, lock.counts.writes, lock.counts.clears) == ({}, 0, 0)
            await advance(days=5.9)
            assert lock.codes == {}
            await advance(days=0.2)
            assert lock.codes == {1: PIN}
            assert shown(engine, door, ada) is SlotState.IN_SYNC

            engine.set_data(f"lock_{door}", days_ahead=0)
            await advance(minutes=2)
            assert lock.codes == {}
            assert shown(engine, door, ada) is SlotState.RESERVED

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize(
    ("support", "profile", "uses"),
    [
        (None, Profile.READABLE, None),
        (ScheduleSupport(week_days=7), Profile.READABLE, None),
        (ScheduleSupport(year_days=1, trusts_clock=True), Profile.MASKING, None),
        (SUPPORT, Profile.READABLE, 3),
        (SUPPORT, Profile.WRITE_ONLY, None),
    ],
    ids=["no schedules", "no dates", "unseen clock", "uses too", "shows nothing"],
)
def test_where_the_lock_does_not_enforce_all_of_it_a_slot_is_set_aside(
    support: ScheduleSupport | None, profile: Profile, uses: int | None
) -> None:
    """Clause 16.38: at once, and never with a code in it before the time."""

    async def scenario() -> None:
        lock = FakeProvider(profile, schedules=support)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock, slots=(1, 5))
            rule = stay(2, uses=uses)
            ada = await engine.add_person("Ada", PIN, rule=rule)
            await advance(minutes=2)
            assert shown(engine, door, ada) is SlotState.RESERVED
            assert lock.counts.writes == 0
            await advance(days=1.9)
            assert lock.counts.writes == 0
            await advance(days=0.2)
            assert lock.codes == {1: PIN}
            assert engine.state(door, ada) in (SlotState.IN_SYNC, SlotState.ACCEPTED)

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("fault", ["refuse_limits", "drop_limits"])
@profiles
def test_a_lock_that_does_not_take_the_schedule_has_no_code_before(
    profile: Profile, fault: str
) -> None:
    """Clause 16.38: not even for a moment; at its time the code comes without."""

    async def scenario() -> None:
        lock = FakeProvider(profile, schedules=SUPPORT)
        setattr(lock.faults, fault, True)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            held: list[dict[int, str]] = []
            lock.watch(lambda: held.append(lock.codes))
            ada = await engine.add_person("Ada", PIN, rule=stay(2))
            await advance(days=1)
            assert not any(held)
            assert lock.codes == {}
            assert shown(engine, door, ada) is SlotState.RESERVED
            assert not engine.snapshot(door).has_problem
            tried = lock.counts.writes
            await advance(hours=20)
            assert lock.counts.writes == tried == 1
            await advance(hours=5)
            assert lock.codes == {1: PIN}

    run_on_virtual_clock(scenario())


def test_a_lock_that_drops_the_schedule_loses_the_code_at_the_next_read() -> None:
    """Clause 16.38: a code ahead of its time is never left without its schedule."""

    async def scenario() -> None:
        lock = FakeProvider(Profile.MASKING, schedules=SUPPORT, reports_changes=False)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=stay(5))
            await advance(minutes=2)
            assert lock.codes == {1: PIN}
            lock.limits[1] = NO_SCHEDULE
            await advance(hours=1)
            assert lock.codes == {} or not lock.limits[1].is_empty
            assert lock.violations == []
            assert door in engine.site.locks

    run_on_virtual_clock(scenario())


def test_a_lock_that_lets_the_guest_in_too_early_has_the_code_taken_off() -> None:
    """Clause 16.38: a lost clock, or a schedule that is shown and not obeyed."""

    async def scenario() -> None:
        lock = FakeProvider(Profile.MASKING, schedules=SUPPORT)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=stay(5))
            await advance(hours=1)
            lock.unlock_at_keypad(1)
            await advance(minutes=1)
            assert lock.codes == {}
            assert shown(engine, door, ada) is SlotState.RESERVED
            await advance(days=4)
            assert lock.codes == {}
            await advance(days=1)
            assert lock.codes == {1: PIN}

    run_on_virtual_clock(scenario())


def test_a_slot_that_is_set_aside_gives_way_to_somebody_who_needs_one_now() -> None:
    """Clause 16.38: slots permitting; the stay that begins last waits, without an alarm."""

    async def scenario() -> None:
        lock = FakeProvider(slots=2)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            soon = await engine.add_person("Soon", PIN, rule=stay(3, length=3))
            late = await engine.add_person("Late", OTHER, rule=stay(9, length=3))
            next_one = await engine.add_person(
                "Next", "905577", rule=stay(20, length=3)
            )
            await advance(minutes=5)
            assert shown(engine, door, soon) is SlotState.RESERVED
            assert shown(engine, door, late) is SlotState.RESERVED
            assert shown(engine, door, next_one) is SlotState.SCHEDULED
            assert not engine.snapshot(door).has_problem

            now = await engine.add_person("Now", "906666")
            await advance(minutes=5)
            assert engine.state(door, now) is SlotState.IN_SYNC
            assert shown(engine, door, soon) is SlotState.RESERVED
            assert shown(engine, door, late) is SlotState.SCHEDULED
            assert not engine.snapshot(door).has_problem

    run_on_virtual_clock(scenario())


def test_a_restart_keeps_code_and_slots() -> None:
    """Clause 16.38: nothing is written or cleared by it."""

    async def scenario() -> None:
        lock = FakeProvider(schedules=SUPPORT)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=stay(3))
            ben = await engine.add_person("Ben", OTHER, rule=stay(30))
            await advance(minutes=5)
            writes, clears = lock.counts.writes, lock.counts.clears
            await engine.reopen()
            await advance(hours=3)
            assert (lock.counts.writes, lock.counts.clears) == (writes, clears)
            assert shown(engine, door, ada) is SlotState.IN_SYNC
            assert shown(engine, door, ben) is SlotState.RESERVED

    run_on_virtual_clock(scenario())


def test_a_stay_behind_a_change_of_the_clock_waits_for_the_change() -> None:
    """Clause 16.38: a lock that does not know daylight saving time would open early."""

    async def scenario() -> None:
        lock = FakeProvider(schedules=SUPPORT)
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            begin = datetime(2026, 10, 26, 14, tzinfo=UTC)
            wait = begin - 5 * DAY - dt_util.utcnow()
            assert wait > timedelta()
            await advance(seconds=wait.total_seconds())
            rule = AccessRule(valid_from=begin, valid_until=begin + 7 * DAY)
            ada = await engine.add_person("Ada", PIN, rule=rule)
            await advance(days=3)
            assert shown(engine, door, ada) is SlotState.RESERVED
            # the clocks are put back on the 25th
            await advance(days=1.6)
            assert shown(engine, door, ada) is SlotState.IN_SYNC
            assert dt_util.utcnow() < begin

    run_on_virtual_clock(scenario())
