"""What starts the time, how long it is, and what ends it before it is over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from homeassistant.core import ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.autolock import (
    AutolockConfig,
    AutolockNoticeType,
    TimerReason,
)
from custom_components.keyholder.model.lock_events import Action, LockOperated, Method
from tests.harness.autolock.fake_door import (
    MINUTE,
    RULES,
    AutolockHarness,
    CommandResponse,
    FakeDoor,
    autolock_harness,
    minutes,
)
from tests.harness.autolock.scenario import notices, run_at_door
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.clock.virtual_loop import START


async def is_locked_after(there: AutolockHarness, number: float) -> None:
    """Check that the door is locked after so many minutes, and not before."""
    await minutes(number - 0.1)
    assert there.door.commands == []
    await minutes(0.2)
    assert there.door.bolt == "locked"


def test_switched_on_while_the_door_is_unlocked_the_time_begins() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(60)
        there.switch(enabled=True)
        await minutes(0.01)
        assert there.guard.entry is not None
        assert there.guard.entry.reason is TimerReason.SWITCHED_ON
        await is_locked_after(there, 4.99)

    off = replace(RULES, enabled=False)
    run_at_door(scenario, FakeDoor(rules=off))


def test_switched_on_while_the_door_is_locked_nothing_begins() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.switch(enabled=True)
        await minutes(0.1)
        assert there.guard.entry is None

    off = replace(RULES, enabled=False)
    run_at_door(scenario, FakeDoor(rules=off))


def test_switched_on_while_an_unlocked_lock_is_away_the_time_begins() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        there.set_reachable(reachable=False)
        there.switch(enabled=True)
        await minutes(1)
        there.set_reachable(reachable=True)
        await is_locked_after(there, 4)

    off = replace(RULES, enabled=False)
    run_at_door(scenario, FakeDoor(rules=off))


def test_disabling_autolock_clears_its_failures() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(5.05)
        assert len(there.door.commands) == 1
        assert notices(there.door) == [AutolockNoticeType.FAILED]
        there.switch(enabled=False)
        await minutes(120)
        assert there.guard.entry is None
        assert not there.guard.is_running
        assert notices(there.door) == [
            AutolockNoticeType.FAILED,
            AutolockNoticeType.CLEARED,
        ]

    assert (
        len(run_at_door(scenario, FakeDoor(mood=CommandResponse.RAISES)).commands) == 1
    )


def test_an_unlock_that_is_reported_twice_is_one_timer() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock_at_keypad()
        there.unlock_at_keypad()
        there.unlock()
        await minutes(60)

    assert len(run_at_door(scenario).commands) == 1


def test_an_old_report_does_not_start_the_time_again() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock_at_keypad()
        await minutes(3)
        late = LockOperated(Action.UNLOCK, Method.KEYPAD, None, START - MINUTE)
        there.guard.async_on_operated(late, None)
        await is_locked_after(there, 2)

    run_at_door(scenario)


def test_after_the_clock_was_set_back_a_new_report_starts_the_time_again() -> None:
    """It was taken for an old one, and the door was locked too early."""

    async def scenario(there: AutolockHarness) -> None:
        real = dt_util.utcnow

        def an_hour_back(zone: object = None) -> datetime:
            return real() - timedelta(hours=1)

        there.unlock_at_keypad()
        await minutes(3)
        with patch.object(dt_util, "utcnow", an_hour_back):
            there.unlock_at_keypad()
            await is_locked_after(there, 5)

    run_at_door(scenario)


PERSONAL = AutolockConfig(
    enabled=True,
    day=10 * MINUTE,
    night=2 * MINUTE,
    per_person={"ann": 30 * MINUTE},
    per_method={Method.KEYPAD: 7 * MINUTE, Method.MANUAL: 3 * MINUTE},
)


def _at_keypad(there: AutolockHarness) -> None:
    there.unlock_at_keypad("ben")


def _by_ann(there: AutolockHarness) -> None:
    there.unlock_at_keypad("ann")


def _with_key(there: AutolockHarness) -> None:
    there.unlock()
    there.report_unlock(Method.MANUAL)


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize(
    ("unlock", "by_day", "by_night"),
    [
        (_by_ann, 30, 30),
        (_at_keypad, 7, 7),
        (_with_key, 3, 3),
        (AutolockHarness.unlock, 10, 2),
    ],
)
def test_the_time_depends_on_who_how_and_when(
    unlock: Callable[[AutolockHarness], None],
    by_day: float,
    by_night: float,
    night: bool,
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        unlock(there)
        await is_locked_after(there, by_night if night else by_day)

    run_at_door(scenario, FakeDoor(rules=PERSONAL, night=night))


def test_another_duration_counts_from_the_next_unlock() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(1)
        there.want(replace(RULES, day=MINUTE))
        await is_locked_after(there, 4)
        there.door.commands.clear()
        there.unlock()
        await is_locked_after(there, 1)

    run_at_door(scenario)


def test_without_day_and_night_the_shorter_time_counts() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await is_locked_after(there, 2)

    class Eclipse(FakeDoor):
        @property
        def night(self) -> bool:
            raise ValueError

        @night.setter
        def night(self, _value: bool) -> None:
            """It stays as it is."""

    run_at_door(scenario, Eclipse(rules=replace(PERSONAL)))


def test_a_report_of_an_attribute_is_no_change_of_the_lock() -> None:
    """A lock that showed `locked` once more took the timer of its unlock with it."""

    async def scenario(there: AutolockHarness) -> None:
        there.report_unlock(Method.KEYPAD, "ann")
        there.hass.states.async_set("lock.front", "locked", {"battery": 80})
        await minutes(0.1)
        there.unlock()
        await is_locked_after(there, 29.9)

    run_at_door(scenario, FakeDoor(rules=PERSONAL))


def test_the_actions_start_and_cancel() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(1)
        assert await there.guard.async_start_timer(20 * MINUTE)
        await minutes(10)
        assert there.guard.entry is not None
        assert there.guard.entry.reason is TimerReason.ACTION
        await is_locked_after(there, 10)
        there.unlock()
        await minutes(1)
        await there.guard.async_cancel_timer()
        await minutes(600)
        assert there.door.bolt == "unlocked"
        there.set_bolt("locked")
        there.unlock()
        await minutes(5.1)
        assert there.door.bolt == "locked"

    run_at_door(scenario)


def test_no_timer_is_started_where_nothing_would_be_locked() -> None:
    async def scenario(there: AutolockHarness) -> None:
        assert not await there.guard.async_start_timer(MINUTE)
        there.switch(enabled=False)
        there.unlock()
        assert not await there.guard.async_start_timer(MINUTE)
        await minutes(60)

    assert run_at_door(scenario).commands == []


def test_after_a_cancel_no_closing_door_and_no_return_arms_again() -> None:
    """A door that closed after the cancel was locked where that is switched on."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await there.guard.async_cancel_timer()
        there.move_leaf("on")
        await minutes(1)
        there.move_leaf("off")
        there.set_reachable(reachable=False)
        await minutes(1)
        there.set_reachable(reachable=True)
        await minutes(60)

    rules = replace(RULES, lock_when_closed=True)
    assert run_at_door(scenario, FakeDoor(rules=rules)).commands == []


def test_a_door_that_closes_for_a_moment_has_its_usual_time_again() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        there.move_leaf("on")
        await minutes(1)
        there.move_leaf("off")
        there.move_leaf("on")
        await minutes(4)
        assert notices(there.door) == []
        there.move_leaf("off")
        await minutes(0.2)

    for slow in (0.0, 5.0):
        door = FakeDoor(rules=replace(RULES, lock_when_closed=True))
        door.disk.slow = slow
        assert run_at_door(scenario, door).bolt == "locked"


def test_a_lock_that_was_renamed_meanwhile_is_locked_by_its_new_name() -> None:
    door = FakeDoor()

    async def scenario() -> None:
        async with autolock_harness(door) as there:
            there.unlock()
            await minutes(1)
            er.async_get(there.hass).async_update_entity(
                "lock.front", new_entity_id="lock.renamed"
            )
            called: list[str] = []

            async def lock(call: ServiceCall) -> None:
                called.append(call.data["entity_id"])
                there.hass.states.async_set("lock.renamed", "locked")
                there.set_bolt("locked")

            there.hass.services.async_register("lock", "lock", lock)
            await minutes(5)
            assert called == ["lock.renamed"]

    run_on_virtual_clock(scenario())
    assert notices(door) == [AutolockNoticeType.AUTOLOCKED]


@pytest.mark.parametrize("month", [3, 10])
def test_the_night_of_the_other_time_makes_it_neither_early_nor_late(
    month: int,
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        await minutes(1)
        there.unlock()
        await is_locked_after(there, 5)

    change = datetime(2026, month, 29 if month == 3 else 25, 1, tzinfo=UTC)
    with (
        patch("tests.harness.clock.virtual_loop.START", change - 3 * MINUTE),
        patch.object(dt_util, "DEFAULT_TIME_ZONE", ZoneInfo("Europe/Berlin")),
    ):
        run_at_door(scenario)


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_is_set_makes_it_neither_early_nor_late(hours: float) -> None:
    async def scenario(there: AutolockHarness) -> None:
        real = dt_util.utcnow
        there.unlock()
        await minutes(2)
        with patch.object(dt_util, "utcnow", lambda: real() + timedelta(hours=hours)):
            await is_locked_after(there, 3)

    run_at_door(scenario)


def test_a_listener_that_raises_stops_nothing() -> None:
    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        there.move_leaf("on")
        await minutes(6)
        there.move_leaf("off")
        await minutes(1)
        assert there.door.bolt == "locked"
        there.unlock()
        await minutes(6)
        assert there.door.bolt == "locked"

    door = run_at_door(scenario, FakeDoor(deaf=True))
    assert AutolockNoticeType.CLEARED in notices(door)
