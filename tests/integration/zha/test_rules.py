"""When a code on a Zigbee lock under ZHA works, and how often."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.components.calendar import CalendarEvent
from homeassistant.util import dt as dt_util
import pytest

from simulators.zigbee import Command
from simulators.zigbee.faults import silently_dropped
from simulators.zigbee.terms import UserStatus, UserType
from tests.integration.doorstep import rule, until, window
from tests.integration.household import PIN, Resident
from tests.virtual.rules.test_calendars import BOOKINGS, calendar_in

from .story import Door, at_the_door, front_lock

PROMPT: Final = timedelta(seconds=5)
"""In which a boundary has to be carried out."""
LASTS: Final = timedelta(minutes=30)
ALL_DAYS: Final = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def shown(person: Resident, *attributes: str) -> list[object]:
    """Return what is shown of a person's code."""
    assert person.slot is not None
    return [person.slot.state, *(person.slot.attributes[each] for each in attributes)]


def in_minutes(minutes: float) -> datetime:
    """Return the beginning of a minute that is still to come."""
    return dt_util.utcnow().replace(second=0) + timedelta(minutes=minutes)


def days(start: str, end: str, *names: str) -> dict[str, Any]:
    """Return a window of several days."""
    return {"days": list(names) or ALL_DAYS, "start": start, "end": end}


def test_a_window_is_kept_by_the_lock_and_the_code_is_there_for_its_time_only() -> None:
    async def story(door: Door) -> None:
        ann = await door.add(enabled=False)
        begins = in_minutes(10)
        await ann.set_rule(rule(window(begins, LASTS)))
        await ann.switch(on=True)
        await asyncio.sleep(60)
        assert door.codes == []

        await until(begins + PROMPT)
        assert shown(ann, "desired", "enforced_by") == ["in_sync", "present", "lock"]
        (code,) = door.node.lock.memory.pins.values()
        assert (code.kind, code.status) == (UserType.WEEK_DAY, UserStatus.ENABLED)
        assert door.node.door.enter(PIN)

        # the lock goes by it, whatever becomes of Home Assistant
        await door.home.stop()
        await until(begins + LASTS + PROMPT)
        assert door.codes == [PIN]
        assert not door.node.door.enter(PIN)

        await door.home.start()
        await asyncio.sleep(PROMPT.total_seconds())
        assert door.codes == []

    at_the_door(story)


def test_the_last_minute_of_a_day_belongs_to_home_assistant() -> None:
    """No schedule of Zigbee ends later than at 23:59, and none crosses midnight."""

    async def story(door: Door) -> None:
        midnight = dt_util.start_of_local_day() + timedelta(days=1)
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(days("23:30", "00:30")))
        await ann.switch(on=True)

        await until(midnight - LASTS + PROMPT)
        assert shown(ann, "desired", "enforced_by") == [
            "in_sync",
            "present",
            "home_assistant",
        ]
        for moment in (midnight - timedelta(seconds=30), midnight + PROMPT):
            await until(moment)
            assert door.node.door.enter(PIN)
        await until(midnight + LASTS + PROMPT)
        assert door.codes == []

    at_the_door(story)


def test_a_day_that_ends_a_minute_before_midnight_is_kept_by_the_lock() -> None:
    async def story(door: Door) -> None:
        midnight = dt_util.start_of_local_day() + timedelta(days=1)
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(days("00:00", "23:59")))
        await ann.switch(on=True)
        await asyncio.sleep(60)
        assert shown(ann, "desired", "enforced_by") == ["in_sync", "present", "lock"]
        ((_, entry),) = door.node.lock.memory.week_days.items()
        assert (entry.days, entry.start, entry.end) == (0x7F, (0, 0), (23, 59))

        await until(midnight - timedelta(seconds=70))
        assert door.node.door.enter(PIN)
        await until(midnight - timedelta(seconds=50))
        assert not door.node.door.enter(PIN)
        assert door.codes == []
        await until(midnight + PROMPT)
        assert door.node.door.enter(PIN)

    at_the_door(story)


def test_days_are_those_of_the_wall_clock_of_the_house() -> None:
    """In Berlin Tuesday begins while it is Monday at Greenwich."""

    async def story(door: Door) -> None:
        berlin = await dt_util.async_get_time_zone("Europe/Berlin")
        assert berlin is not None
        await door.home.hass.config.async_update(time_zone="Europe/Berlin")
        door.node.lock.clock.zone = berlin
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(days("00:00", "01:00", "tue")))
        await ann.switch(on=True)
        begins = datetime(2026, 3, 2, 23, tzinfo=UTC)

        await until(begins - PROMPT)
        assert door.codes == []
        await until(begins + PROMPT)
        assert shown(ann, "desired", "enforced_by") == ["in_sync", "present", "lock"]
        ((_, entry),) = door.node.lock.memory.week_days.items()
        assert entry.days == 0b100
        assert door.node.door.enter(PIN)
        await until(begins + timedelta(hours=1) + PROMPT)
        assert door.codes == []

    at_the_door(story)


@pytest.mark.parametrize("lock", ["forgets entries", "tells no types", "has none"])
def test_a_window_that_the_lock_does_not_keep_is_carried_out_by_home_assistant(
    lock: str,
) -> None:
    node = front_lock(week_days=0 if lock == "has none" else 2)
    if lock == "forgets entries":
        node.faults.add(Command.SET_WEEK_DAY, silently_dropped(), None)
    if lock == "tells no types":
        node.lock.traits.missing = frozenset({Command.GET_USER_TYPE})

    async def story(door: Door) -> None:
        ann = await door.add(enabled=False)
        begins = in_minutes(10)
        await ann.set_rule(rule(window(begins, LASTS)))
        await ann.switch(on=True)

        await until(begins - PROMPT)
        assert door.codes == []
        await until(begins + PROMPT)
        assert shown(ann, "desired", "enforced_by") == [
            "in_sync",
            "present",
            "home_assistant",
        ]
        assert door.node.door.enter(PIN)
        await until(begins + LASTS + PROMPT)
        assert door.codes == []
        assert shown(ann, "desired") == ["in_sync", "absent"]

    at_the_door(story, node)


def test_a_booking_is_carried_out_by_home_assistant() -> None:
    async def story(door: Door) -> None:
        calendar = await calendar_in(door.home.hass)
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(source={"grace": 15, "entity": BOOKINGS}))
        await ann.switch(on=True)
        begins = dt_util.now() + timedelta(hours=2)
        calendar.tell(CalendarEvent(start=begins, end=begins + LASTS, summary="Ann"))
        await until(begins - PROMPT)
        assert door.codes == []

        await until(begins + PROMPT)
        assert shown(ann, "desired", "enforced_by") == [
            "in_sync",
            "present",
            "home_assistant",
        ]
        (code,) = door.node.lock.memory.pins.values()
        assert code.kind == UserType.UNRESTRICTED
        await until(begins + LASTS + PROMPT)
        assert door.codes == []

    at_the_door(story)


def test_a_code_for_a_parcel_opens_once() -> None:
    async def story(door: Door) -> None:
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(use_limit=1))
        await ann.switch(on=True)
        await asyncio.sleep(90)

        assert door.node.door.enter(PIN)
        await asyncio.sleep(PROMPT.total_seconds())

        assert door.codes == []
        assert not door.node.door.enter(PIN)
        status = door.state(ann.entity("sensor", "status"))
        assert (status.state, status.attributes["uses"]) == ("used_up", 1)
        assert door.told[0] == ("unlocked", "Ann")

    at_the_door(story)


def test_a_use_that_the_lock_tells_three_times_counts_once() -> None:
    async def story(door: Door) -> None:
        door.node.lock.traits.repeats = 3
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(use_limit=3))
        await ann.switch(on=True)
        await asyncio.sleep(90)

        assert door.node.door.enter(PIN)
        await asyncio.sleep(PROMPT.total_seconds())

        status = door.state(ann.entity("sensor", "status"))
        assert (status.state, status.attributes["uses"]) == ("active", 1)
        assert door.told == [("unlocked", "Ann")]

    at_the_door(story)


def test_a_span_of_days_is_kept_by_the_lock_to_the_minute() -> None:
    async def story(door: Door) -> None:
        begins, ends = in_minutes(30), in_minutes(30) + timedelta(days=2)
        ann = await door.add(enabled=False)
        await ann.set_rule(
            rule(
                valid_from=f"{dt_util.as_local(begins):%Y-%m-%d %H:%M:%S}",
                valid_until=f"{dt_util.as_local(ends):%Y-%m-%d %H:%M:%S}",
            )
        )
        await ann.switch(on=True)

        await until(begins + PROMPT)
        assert shown(ann, "desired", "enforced_by") == ["in_sync", "present", "lock"]
        (code,) = door.node.lock.memory.pins.values()
        assert code.kind == UserType.YEAR_DAY
        await until(ends - timedelta(minutes=1))
        assert door.node.door.enter(PIN)
        await door.home.stop()
        await until(ends + PROMPT)
        assert not door.node.door.enter(PIN)
        await door.home.start()
        await asyncio.sleep(PROMPT.total_seconds())
        assert door.codes == []

    at_the_door(story)
