"""Locks, sensors and starts that go wrong, and how often a lock is asked then."""

from dataclasses import replace
from itertools import pairwise

import pytest

from custom_components.keyholder.model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
    Door,
    UnknownDoorPolicy,
)
from tests.harness.autolock.fake_door import (
    RULES,
    AutolockHarness,
    CommandResponse,
    FakeDoor,
    autolock_harness,
    minutes,
)
from tests.harness.autolock.scenario import notices, run_at_door
from tests.harness.clock.virtual_clock import run_on_virtual_clock

DAY = 24 * 60


@pytest.mark.parametrize(
    ("mood", "reported"),
    [
        (CommandResponse.LOCKS_AND_RAISES, [AutolockNoticeType.AUTOLOCKED]),
        (CommandResponse.LATE, [AutolockNoticeType.AUTOLOCKED]),
        (
            CommandResponse.SHOWS_LATE,
            [
                AutolockNoticeType.FAILED,
                AutolockNoticeType.AUTOLOCKED,
                AutolockNoticeType.CLEARED,
            ],
        ),
    ],
)
def test_what_the_lock_shows_counts_and_not_what_the_command_said(
    mood: CommandResponse, reported: list[AutolockNoticeType]
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(60)

    door = run_at_door(scenario, FakeDoor(mood=mood))
    assert door.bolt == "locked"
    assert sorted(notices(door)) == sorted(reported)


@pytest.mark.parametrize(
    ("mood", "failure"),
    [
        (CommandResponse.BREAKS_OFF, AutolockFailure.COMMAND_FAILED),
        (CommandResponse.TRIES, AutolockFailure.STILL_UNLOCKED),
        (CommandResponse.STICKS, AutolockFailure.STILL_UNLOCKED),
    ],
)
def test_lock_that_never_completes_is_retried_five_times(
    mood: CommandResponse, failure: AutolockFailure
) -> None:
    """One that showed `locking` each time was asked without end, one that was broken
    off was never asked again, and one that stuck was waited for without a word."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(30)
        commands = len(there.door.commands)
        assert commands == 5
        await minutes(DAY)
        assert len(there.door.commands) == commands
        assert there.guard.entry is not None
        assert not there.guard.is_running

    door = run_at_door(scenario, FakeDoor(mood=mood))
    assert door.published[:2] == [
        AutolockNotice(AutolockNoticeType.FAILED, failure),
        AutolockNotice(AutolockNoticeType.GAVE_UP, failure),
    ]
    assert notices(door)[2:] == [AutolockNoticeType.CLEARED]


def test_a_lock_that_is_slow_on_its_way_is_waited_for() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(4.9)
        there.set_bolt("locking")
        await minutes(0.5)
        assert there.door.commands == []
        there.set_bolt("locked")
        await minutes(60)

    assert run_at_door(scenario).commands == []


def test_a_jam_that_the_lock_reports_besides_its_state_is_a_failure() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.05)
        there.report_jam()
        await minutes(0.05)
        assert there.door.published == [
            AutolockNotice(AutolockNoticeType.FAILED, AutolockFailure.JAMMED)
        ]

    run_at_door(scenario, FakeDoor(mood=CommandResponse.STAYS))


def test_a_state_that_flaps_after_a_failure_hurries_nothing() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.05)
        for _ in range(600):
            there.set_bolt("jammed")
            await minutes(0.05)
            there.set_bolt("unlocked")
            await minutes(0.05)

    commands = run_at_door(scenario, FakeDoor(mood=CommandResponse.RAISES)).commands
    # a flap in the very moment of an attempt brought a second one with it
    waits = [later.at - at.at for at, later in pairwise(commands)]
    assert waits[:4] == pytest.approx([15, 30, 60, 120], abs=1)
    assert min(waits[4:]) > 299


def test_a_lock_that_comes_and_goes_is_no_storm_of_commands() -> None:
    """Each return brought a command within fifteen seconds: 240 in an hour."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.05)
        for _ in range(12 * 60):
            there.set_reachable(reachable=False)
            await minutes(0.04)
            there.set_reachable(reachable=True)
            await minutes(0.043)

    commands = run_at_door(scenario, FakeDoor(mood=CommandResponse.RAISES)).commands
    assert len(commands) <= 5 + 12


def test_a_dead_lock_is_locked_at_once_when_it_revives() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        there.set_reachable(reachable=False)
        await minutes(DAY / 2)
        assert there.door.commands == []
        assert notices(there.door) == [
            AutolockNoticeType.FAILED,
            AutolockNoticeType.GAVE_UP,
        ]
        there.set_reachable(reachable=True)
        await minutes(0.1)
        assert there.door.bolt == "locked"

    run_at_door(scenario)


def test_many_restarts_multiply_no_commands() -> None:
    door = FakeDoor(mood=CommandResponse.RAISES)

    async def scenario() -> None:
        async with autolock_harness(door) as there:
            there.unlock()
            await minutes(60)
        assert len(door.commands) == 5
        for number in range(1, 11):
            async with autolock_harness(door):
                await minutes(60)
            assert len(door.commands) == 5 + number
        door.mood = CommandResponse.WORKS
        async with autolock_harness(door):
            await minutes(0.1)

    run_on_virtual_clock(scenario())
    assert door.bolt == "locked"


def test_what_was_reported_is_taken_back_when_the_run_ends() -> None:
    """After a reload nobody knew of it, and it stayed when the door was locked."""
    door = FakeDoor(leaf="on")

    async def scenario() -> None:
        async with autolock_harness(door) as there:
            there.unlock()
            await minutes(6)
        assert notices(door) == [
            AutolockNoticeType.DOOR_OPEN,
            AutolockNoticeType.CLEARED,
        ]
        async with autolock_harness(door):
            await minutes(1)
        assert notices(door)[2:] == [
            AutolockNoticeType.DOOR_OPEN,
            AutolockNoticeType.CLEARED,
        ]

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize(
    ("leaf", "unknown_door", "locks"),
    [
        ("off", UnknownDoorPolicy.WAIT, True),
        ("not watched", UnknownDoorPolicy.WAIT, False),
        ("unavailable", UnknownDoorPolicy.LOCK_ANYWAY, False),
        ("on", UnknownDoorPolicy.LOCK_ANYWAY, False),
    ],
)
def test_what_is_older_than_a_day_locks_only_a_door_known_to_be_closed(
    leaf: str, unknown_door: UnknownDoorPolicy, locks: bool
) -> None:
    rules = replace(RULES, unknown_door=unknown_door)
    door = FakeDoor(leaf=leaf, rules=rules)

    async def scenario() -> None:
        async with autolock_harness(door) as there:
            there.unlock()
            await minutes(1)
        await minutes(DAY + 10)
        async with autolock_harness(door):
            await minutes(60)

    run_on_virtual_clock(scenario())
    assert (door.bolt == "locked") is locks
    assert len(door.commands) == locks


def test_a_door_may_be_locked_where_it_is_not_known_to_be_closed() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.1)

    rules = replace(RULES, unknown_door=UnknownDoorPolicy.LOCK_ANYWAY)
    door = FakeDoor(leaf="unavailable", rules=rules)
    assert run_at_door(scenario, door).bolt == "locked"


def test_a_sensor_without_a_state_is_no_closed_door() -> None:
    """A lock that was there first was locked, whatever its door did."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(60)
        assert there.door.commands == []
        there.guard.async_on_door(Door.CLOSED)
        await minutes(1)

    rules = replace(RULES, door="a registry id")
    assert run_at_door(scenario, FakeDoor(leaf="none", rules=rules)).bolt == "locked"


@pytest.mark.parametrize("flap", [True, False])
def test_a_door_has_to_stay_closed_whatever_else_happens_meanwhile(flap: bool) -> None:
    """A lock that came back in these seconds was locked at once."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        there.move_leaf("on")
        await minutes(6 if flap else 4.95)
        there.move_leaf("off")
        await minutes(0.03)
        if flap:
            there.set_reachable(reachable=False)
            there.set_reachable(reachable=True)
        await minutes(0.1)
        assert there.door.commands == []
        await minutes(0.1)

    assert run_at_door(scenario).bolt == "locked"


def test_a_late_bolt_on_an_open_door_is_a_notice_until_it_is_closed() -> None:
    """A sensor that was lost took the notice away."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.1)
        there.move_leaf("on")
        await minutes(1)
        there.move_leaf("unavailable")
        assert AutolockNoticeType.CLEARED not in notices(there.door)
        there.move_leaf("off")
        assert notices(there.door)[-1] is AutolockNoticeType.CLEARED

    door = run_at_door(scenario, FakeDoor(mood=CommandResponse.LATE))
    assert AutolockNoticeType.LOCKED_WHILE_OPEN in notices(door)


def test_an_old_command_that_returns_late_is_no_success_of_a_new_timer() -> None:
    """The door was unlocked again while the command still hung, and stayed so."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.1)
        there.set_bolt("locked")
        there.unlock()
        there.move_leaf("on")
        there.move_leaf("off")
        there.door.mood = CommandResponse.WORKS
        await minutes(3)

    rules = replace(RULES, lock_when_closed=True)
    door = run_at_door(scenario, FakeDoor(mood=CommandResponse.HANGS, rules=rules))
    assert door.bolt == "locked"
