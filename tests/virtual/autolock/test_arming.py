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
from tests.virtual.loop import START
from tests.virtual.run import run_virtually

from .door import MINUTE, RULES, FrontDoor, Home, Mood, home, minutes
from .story import at_the_door, notices


async def is_locked_after(there: Home, number: float) -> None:
    """Check that the door is locked after so many minutes, and not before."""
    await minutes(number - 0.1)
    assert there.door.commands == []
    await minutes(0.2)
    assert there.door.bolt == "locked"


def test_switched_on_while_the_door_is_unlocked_the_time_begins() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(60)
        there.switch(enabled=True)
        await minutes(0.01)
        assert there.guard.entry is not None
        assert there.guard.entry.reason is TimerReason.SWITCHED_ON
        await is_locked_after(there, 4.99)

    off = replace(RULES, enabled=False)
    at_the_door(story, FrontDoor(rules=off))


def test_switched_on_while_the_door_is_locked_nothing_begins() -> None:
    async def story(there: Home) -> None:
        there.switch(enabled=True)
        await minutes(0.1)
        assert there.guard.entry is None

    off = replace(RULES, enabled=False)
    at_the_door(story, FrontDoor(rules=off))


def test_switched_on_while_an_unlocked_lock_is_away_the_time_begins() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        there.set_reachable(reachable=False)
        there.switch(enabled=True)
        await minutes(1)
        there.set_reachable(reachable=True)
        await is_locked_after(there, 4)

    off = replace(RULES, enabled=False)
    at_the_door(story, FrontDoor(rules=off))


def test_switched_off_it_forgets_also_what_has_failed() -> None:
    async def story(there: Home) -> None:
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

    assert len(at_the_door(story, FrontDoor(mood=Mood.RAISES)).commands) == 1


def test_an_unlock_that_is_reported_twice_is_one_timer() -> None:
    async def story(there: Home) -> None:
        there.unlock_at_keypad()
        there.unlock_at_keypad()
        there.unlock()
        await minutes(60)

    assert len(at_the_door(story).commands) == 1


def test_an_old_report_does_not_start_the_time_again() -> None:
    async def story(there: Home) -> None:
        there.unlock_at_keypad()
        await minutes(3)
        late = LockOperated(Action.UNLOCK, Method.KEYPAD, None, START - MINUTE)
        there.guard.on_operated(late, None)
        await is_locked_after(there, 2)

    at_the_door(story)


def test_after_the_clock_was_set_back_a_new_report_starts_the_time_again() -> None:
    """It was taken for an old one, and the door was locked too early."""

    async def story(there: Home) -> None:
        real = dt_util.utcnow

        def an_hour_back(zone: object = None) -> datetime:
            return real() - timedelta(hours=1)

        there.unlock_at_keypad()
        await minutes(3)
        with patch.object(dt_util, "utcnow", an_hour_back):
            there.unlock_at_keypad()
            await is_locked_after(there, 5)

    at_the_door(story)


PERSONAL = AutolockConfig(
    enabled=True,
    day=10 * MINUTE,
    night=2 * MINUTE,
    per_person={"ann": 30 * MINUTE},
    per_method={Method.KEYPAD: 7 * MINUTE, Method.MANUAL: 3 * MINUTE},
)


def _at_keypad(there: Home) -> None:
    there.unlock_at_keypad("ben")


def _by_ann(there: Home) -> None:
    there.unlock_at_keypad("ann")


def _with_key(there: Home) -> None:
    there.unlock()
    there.report_unlock(Method.MANUAL)


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize(
    ("unlock", "by_day", "by_night"),
    [
        (_by_ann, 30, 30),
        (_at_keypad, 7, 7),
        (_with_key, 3, 3),
        (Home.unlock, 10, 2),
    ],
)
def test_the_time_depends_on_who_how_and_when(
    unlock: Callable[[Home], None], by_day: float, by_night: float, night: bool
) -> None:
    async def story(there: Home) -> None:
        unlock(there)
        await is_locked_after(there, by_night if night else by_day)

    at_the_door(story, FrontDoor(rules=PERSONAL, night=night))


def test_another_duration_counts_from_the_next_unlock() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await minutes(1)
        there.want(replace(RULES, day=MINUTE))
        await is_locked_after(there, 4)
        there.door.commands.clear()
        there.unlock()
        await is_locked_after(there, 1)

    at_the_door(story)


def test_who_cannot_tell_day_from_night_keeps_no_door_unlocked() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        await is_locked_after(there, 2)

    class Eclipse(FrontDoor):
        @property
        def night(self) -> bool:
            raise ValueError

        @night.setter
        def night(self, _value: bool) -> None:
            """It stays as it is."""

    at_the_door(story, Eclipse(rules=replace(PERSONAL)))


def test_a_report_of_an_attribute_is_no_change_of_the_lock() -> None:
    """A lock that showed `locked` once more took the timer of its unlock with it."""

    async def story(there: Home) -> None:
        there.report_unlock(Method.KEYPAD, "ann")
        there.hass.states.async_set("lock.front", "locked", {"battery": 80})
        await minutes(0.1)
        there.unlock()
        await is_locked_after(there, 29.9)

    at_the_door(story, FrontDoor(rules=PERSONAL))


def test_the_actions_start_and_cancel() -> None:
    async def story(there: Home) -> None:
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

    at_the_door(story)


def test_no_timer_is_started_where_nothing_would_be_locked() -> None:
    async def story(there: Home) -> None:
        assert not await there.guard.async_start_timer(MINUTE)
        there.switch(enabled=False)
        there.unlock()
        assert not await there.guard.async_start_timer(MINUTE)
        await minutes(60)

    assert at_the_door(story).commands == []


def test_after_a_cancel_no_closing_door_and_no_return_arms_again() -> None:
    """A door that closed after the cancel was locked where that is switched on."""

    async def story(there: Home) -> None:
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
    assert at_the_door(story, FrontDoor(rules=rules)).commands == []


def test_a_door_that_closes_for_a_moment_has_its_usual_time_again() -> None:
    async def story(there: Home) -> None:
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
        door = FrontDoor(rules=replace(RULES, lock_when_closed=True))
        door.disk.slow = slow
        assert at_the_door(story, door).bolt == "locked"


def test_a_lock_that_was_renamed_meanwhile_is_locked_by_its_new_name() -> None:
    door = FrontDoor()

    async def story() -> None:
        async with home(door) as there:
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

    run_virtually(story())
    assert notices(door) == [AutolockNoticeType.AUTOLOCKED]


@pytest.mark.parametrize("month", [3, 10])
def test_the_night_of_the_other_time_makes_it_neither_early_nor_late(
    month: int,
) -> None:
    async def story(there: Home) -> None:
        await minutes(1)
        there.unlock()
        await is_locked_after(there, 5)

    change = datetime(2026, month, 29 if month == 3 else 25, 1, tzinfo=UTC)
    with (
        patch("tests.virtual.loop.START", change - 3 * MINUTE),
        patch.object(dt_util, "DEFAULT_TIME_ZONE", ZoneInfo("Europe/Berlin")),
    ):
        at_the_door(story)


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_is_set_makes_it_neither_early_nor_late(hours: float) -> None:
    async def story(there: Home) -> None:
        real = dt_util.utcnow
        there.unlock()
        await minutes(2)
        with patch.object(dt_util, "utcnow", lambda: real() + timedelta(hours=hours)):
            await is_locked_after(there, 3)

    at_the_door(story)


def test_what_it_tells_raises_and_stops_nothing() -> None:
    async def story(there: Home) -> None:
        there.unlock()
        there.move_leaf("on")
        await minutes(6)
        there.move_leaf("off")
        await minutes(1)
        assert there.door.bolt == "locked"
        there.unlock()
        await minutes(6)
        assert there.door.bolt == "locked"

    door = at_the_door(story, FrontDoor(deaf=True))
    assert AutolockNoticeType.CLEARED in notices(door)
