"""A lock that shows `locked` after our command, and something else soon after that.

A jam that a lock shows as its state only, after it showed that it is locked, was reported as a
success each time, and the bound of attempts did not hold.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from typing import Final

import pytest

from custom_components.keyholder.model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
)
from tests.harness.autolock.fake_door import (
    MINUTE,
    RULES,
    AutolockHarness,
    CommandResponse,
    FakeDoor,
    minutes,
)
from tests.harness.autolock.scenario import notices, run_at_door

type Act = Callable[[AutolockHarness], None]
type Command = Callable[[AutolockHarness], Awaitable[None]]

SECOND: Final = 1 / 60

FAILED_FIVE_TIMES: Final = [
    *([AutolockNoticeType.FAILED, AutolockNoticeType.CLEARED] * 4),
    AutolockNoticeType.GAVE_UP,
    # the run ends
    AutolockNoticeType.CLEARED,
]


def shows(bolt: str) -> Act:
    """The entity shows this, and nothing is reported."""
    return lambda there: there.set_bolt(bolt)


def tells_jam(there: AutolockHarness) -> None:
    """The lock reports a jam, and its entity shows nothing of it."""
    there.report_jam()


def slowly(between: float, *acts: Act) -> Command:
    """Return a command that comes back after the last; so many seconds lie between."""

    async def command(there: AutolockHarness) -> None:
        for number, act in enumerate(acts):
            if number and between:
                await minutes(between * SECOND)
            act(there)

    return command


def afterwards(seconds: float, *acts: Act, takes: float = 0) -> Command:
    """Return a command that locks and comes back; the rest happens seconds later."""

    async def command(there: AutolockHarness) -> None:
        there.set_bolt("locked")
        await asyncio.sleep(takes)
        # timers of the same moment run in no order
        there.hass.loop.call_later(seconds, lambda: [act(there) for act in acts])

    return command


async def unlock_and_wait(there: AutolockHarness) -> None:
    there.unlock()
    await minutes(30)


async def unlock_at_keypad_and_wait(there: AutolockHarness) -> None:
    there.unlock_at_keypad()
    await minutes(30)


def failures(door: FakeDoor) -> list[AutolockNotice]:
    return [reported for reported in door.published if reported.failure is not None]


@pytest.mark.parametrize(
    "command",
    [
        slowly(0, shows("locked"), shows("jammed")),
        slowly(1, shows("locked"), shows("jammed")),
        slowly(1, shows("locked"), shows("jammed"), tells_jam),
        slowly(1, shows("locked"), tells_jam, shows("jammed")),
        slowly(1, shows("locked"), shows("unavailable"), shows("jammed")),
        slowly(1, shows("locked"), shows("unlocked"), shows("jammed")),
        slowly(20, shows("locked"), shows("jammed")),
        slowly(12, shows("locked"), tells_jam, shows("jammed")),
    ],
)
def test_a_jam_before_the_command_returns_is_a_failure(
    command: Command,
) -> None:
    door = run_at_door(unlock_and_wait, FakeDoor(on_command=command))
    assert len(door.commands) == 5
    assert {reported.failure for reported in failures(door)} == {AutolockFailure.JAMMED}
    assert notices(door) == FAILED_FIVE_TIMES


@pytest.mark.parametrize("seconds", [1, 20])
def test_a_jam_event_before_the_command_returns_is_no_success(
    seconds: float,
) -> None:
    """The lock claims to be locked, and is left alone."""
    command = slowly(seconds, shows("locked"), tells_jam)
    door = run_at_door(unlock_and_wait, FakeDoor(on_command=command))
    assert len(door.commands) == 1
    assert door.published == [
        AutolockNotice(AutolockNoticeType.FAILED, AutolockFailure.JAMMED),
        AutolockNotice(AutolockNoticeType.CLEARED),
    ]


def test_a_jam_state_long_after_its_event_is_handled() -> None:
    """The next attempt found a lock that claimed to be locked, and ended there."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5 + 41 * SECOND)
        assert there.door.bolt == "jammed"
        assert notices(there.door) == [
            AutolockNoticeType.FAILED,
            AutolockNoticeType.CLEARED,
        ]
        there.door.on_command = None
        await minutes(5.1)
        assert there.door.bolt == "locked"

    command = slowly(20, shows("locked"), tells_jam, shows("jammed"))
    assert len(run_at_door(scenario, FakeDoor(on_command=command)).commands) == 2


@pytest.mark.parametrize(
    ("seconds", "acts"),
    [
        (0.5, [shows("jammed")]),
        (4, [shows("jammed")]),
        (9.9, [shows("jammed")]),
        (4, [shows("jammed"), tells_jam]),
        (4, [tells_jam, shows("jammed")]),
        (4, [shows("jammed"), shows("unlocked")]),
        (4, [shows("unlocked"), shows("jammed")]),
        (4, [shows("unlocked"), tells_jam]),
        (4, [shows("unavailable"), shows("jammed")]),
        (4, [shows("unknown"), shows("locked"), shows("jammed")]),
    ],
)
@pytest.mark.parametrize("slow", [False, True])
def test_a_jam_right_after_the_command_is_one_failure_each_time(
    seconds: float, acts: list[Act], slow: bool
) -> None:
    command = afterwards(seconds, *acts, takes=20 if slow else 0)
    door = run_at_door(unlock_and_wait, FakeDoor(on_command=command))
    assert len(door.commands) == 5
    waits = [later.at - at.at for at, later in pairwise(door.commands)]
    after = seconds + (20 if slow else 0)
    assert waits == pytest.approx([n + after for n in (15, 30, 60, 120)], abs=0.1)
    assert {reported.failure for reported in failures(door)} == {AutolockFailure.JAMMED}
    reported = [
        each for each in notices(door) if each is not AutolockNoticeType.AUTOLOCKED
    ]
    assert reported == FAILED_FIVE_TIMES


def test_a_jam_is_a_failure_also_where_the_lock_reports_unlocks() -> None:
    command = afterwards(4, shows("jammed"))
    door = run_at_door(unlock_at_keypad_and_wait, FakeDoor(on_command=command))
    assert len(door.commands) == 5
    assert len(failures(door)) == 5


@pytest.mark.parametrize("seconds", [10.1, 20, 3600])
def test_a_jam_after_a_success_that_lasted_begins_the_time_anew(
    seconds: float,
) -> None:
    """What was shown for more than ten seconds was so: this jam is another matter."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5 + (seconds + 1) * SECOND)
        assert there.door.bolt == "jammed"
        there.door.on_command = None
        await minutes(4.9)
        assert len(there.door.commands) == 1
        await minutes(0.2)
        assert there.door.bolt == "locked"

    command = afterwards(seconds, shows("jammed"))
    door = run_at_door(scenario, FakeDoor(on_command=command))
    assert notices(door) == [
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.AUTOLOCKED,
    ]


def test_a_command_does_not_count_what_is_unconfirmed_of_the_last() -> None:
    """Its first failure was reported as the fifth."""

    async def command(there: AutolockHarness) -> None:
        number = len(there.door.commands)
        if number <= 5:
            there.set_bolt("locked")
        if number == 5:
            await minutes(SECOND)
            # somebody's, who gets the whole time, while the command still hangs
            there.set_bolt("unlocked")
            await minutes(60)
        there.set_bolt("jammed")

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        while len(there.door.commands) < 6:
            await minutes(SECOND)
        first, second = there.door.commands[-2:]
        assert second.at - first.at == pytest.approx(61, abs=0.1)
        await minutes(SECOND)
        assert there.door.published[-1] == AutolockNotice(
            AutolockNoticeType.FAILED, AutolockFailure.JAMMED
        )

    run_at_door(
        scenario, FakeDoor(on_command=command, rules=replace(RULES, day=MINUTE))
    )


@pytest.mark.parametrize(
    "mood", [CommandResponse.JAMS_BEFORE_RETURN, CommandResponse.JAMS_AFTERWARDS]
)
def test_who_locks_a_jammed_door_by_hand_ends_it(mood: CommandResponse) -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.1)
        assert there.door.published[-1] == AutolockNotice(
            AutolockNoticeType.FAILED, AutolockFailure.JAMMED
        )
        there.set_bolt("locked")
        await minutes(0.01)
        assert notices(there.door)[-1] is AutolockNoticeType.CLEARED
        assert there.guard.entry is None
        reported = len(there.door.published)
        await minutes(60)
        assert len(there.door.published) == reported

    assert len(run_at_door(scenario, FakeDoor(mood=mood)).commands) == 1


def test_a_jam_that_is_overcome_before_the_command_returns_is_a_success() -> None:
    command = slowly(1, shows("locked"), shows("jammed"), shows("locked"))
    door = run_at_door(unlock_and_wait, FakeDoor(on_command=command))
    assert len(door.commands) == 1
    assert notices(door) == [
        AutolockNoticeType.FAILED,
        AutolockNoticeType.CLEARED,
        AutolockNoticeType.AUTOLOCKED,
    ]


@pytest.mark.parametrize("bolt", ["unlocked", "unlocking", "open", "opening"])
@pytest.mark.parametrize("between", [0, 1])
def test_an_open_door_is_not_called_locked_when_the_command_returns(
    between: float, bolt: str
) -> None:
    """On a lock that reports unlocks: tried again quietly once, then reported."""
    door = FakeDoor(on_command=slowly(between, shows("locked"), shows(bolt)))
    run_at_door(unlock_at_keypad_and_wait, door)
    assert len(door.commands) == 5
    assert notices(door) == FAILED_FIVE_TIMES[2:]
    assert {reported.failure for reported in failures(door)} == {
        AutolockFailure.STILL_UNLOCKED
    }


@pytest.mark.parametrize("between", [0, 1])
def test_an_unlock_without_report_before_the_command_returns_counts(
    between: float,
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.1)
        assert there.door.bolt == "unlocked"
        assert there.door.published == []
        there.door.on_command = None
        await minutes(4.8)
        assert len(there.door.commands) == 1
        await minutes(0.3)
        assert there.door.bolt == "locked"

    command = slowly(between, shows("locked"), shows("unlocked"))
    door = run_at_door(scenario, FakeDoor(on_command=command))
    assert notices(door) == [AutolockNoticeType.AUTOLOCKED]


@pytest.mark.parametrize("away", ["unavailable", "unknown"])
@pytest.mark.parametrize("comes_back", [True, False])
def test_a_lock_that_goes_away_right_after_it_locked_contradicts_nothing(
    away: str, comes_back: bool
) -> None:
    for command in (
        slowly(1, shows("locked"), shows(away)),
        afterwards(1, shows(away)),
    ):

        async def scenario(there: AutolockHarness) -> None:
            there.unlock()
            await minutes(5.1)
            if comes_back:
                there.set_bolt("locked")
            await minutes(30)

        door = run_at_door(scenario, FakeDoor(on_command=command))
        assert len(door.commands) == 1
        assert notices(door) == [AutolockNoticeType.AUTOLOCKED]
