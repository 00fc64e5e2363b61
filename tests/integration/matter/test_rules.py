"""When a code on a Matter lock works, and how often."""

import asyncio
from datetime import timedelta
from typing import Final

from homeassistant.components.calendar import CalendarEvent
from homeassistant.util import dt as dt_util

from simulators.matter.faults import silently_dropped
from simulators.matter.terms import UserType
from tests.integration.doorstep import rule, until, window
from tests.integration.household import PIN, Resident
from tests.virtual.rules.test_calendars import BOOKINGS, calendar_in

from .story import Door, at_the_door

PROMPT: Final = timedelta(seconds=5)
"""In which a boundary has to be carried out."""
LASTS: Final = timedelta(minutes=30)


def shown(person: Resident, *attributes: str) -> list[object]:
    """Return what is shown of a person's code."""
    assert person.slot is not None
    return [person.slot.state, *(person.slot.attributes[each] for each in attributes)]


def status(door: Door, person: Resident) -> tuple[str, int, int | None]:
    """Return what is shown of a person: in a word, how many uses, and how many left."""
    state = door.state(person.entity("sensor", "status"))
    return state.state, state.attributes["uses"], state.attributes["uses_left"]


def is_switched_off(door: Door) -> bool:
    """Return whether the code is there still and opens nothing."""
    (user,) = door.node.lock.memory.users.values()
    return door.codes == [PIN] and not user.enabled and not door.node.door.enter(PIN)


def test_a_window_is_kept_by_the_lock_and_the_code_is_there_for_its_time_only() -> None:
    async def story(door: Door) -> None:
        ann = await door.add(enabled=False)
        begins = dt_util.utcnow().replace(second=0) + timedelta(minutes=10)
        await ann.set_rule(rule(window(begins, LASTS)))
        await ann.switch(on=True)
        await asyncio.sleep(60)
        assert door.codes == []

        await until(begins + PROMPT)
        assert shown(ann, "desired", "enforced_by") == ["in_sync", "present", "lock"]
        (user,) = door.node.lock.memory.users.values()
        assert user.kind == UserType.WEEK_DAY
        assert door.node.door.enter(PIN)

        # the lock goes by it, whatever becomes of Home Assistant
        await door.home.stop()
        await until(begins + LASTS + PROMPT)
        assert door.codes == [PIN]
        assert not door.node.door.enter(PIN)

        await door.home.start()
        await asyncio.sleep(PROMPT.total_seconds())
        assert is_switched_off(door)

    at_the_door(story)


def test_a_window_that_the_lock_does_not_keep_is_carried_out_by_home_assistant() -> (
    None
):
    async def story(door: Door) -> None:
        door.node.faults.add("SetWeekDaySchedule", silently_dropped(), None)
        ann = await door.add(enabled=False)
        begins = dt_util.utcnow().replace(second=0) + timedelta(minutes=10)
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
        assert is_switched_off(door)
        assert shown(ann, "desired") == ["in_sync", "absent"]

    at_the_door(story)


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
        (user,) = door.node.lock.memory.users.values()
        assert user.kind == UserType.UNRESTRICTED
        await until(begins + LASTS + PROMPT)
        assert is_switched_off(door)
        assert shown(ann, "desired") == ["in_sync", "absent"]

    at_the_door(story)


def test_a_booking_that_ends_and_begins_costs_less_than_to_clear_and_write() -> None:
    """Two users are asked for and switched, and two codes are read, each with its user."""

    async def story(door: Door) -> None:
        calendar = await calendar_in(door.home.hass)
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(source={"grace": 15, "entity": BOOKINGS}))
        await ann.switch(on=True)
        first = dt_util.now() + timedelta(hours=2)
        second = first + timedelta(days=1)
        calendar.tell(
            CalendarEvent(start=first, end=first + LASTS, summary="Ann"),
            CalendarEvent(start=second, end=second + LASTS, summary="Ann"),
        )
        await until(first + PROMPT)
        assert door.node.door.enter(PIN)
        door.node.calls.clear()
        await until(first + LASTS + PROMPT)
        assert is_switched_off(door)
        await until(second + PROMPT)
        assert door.node.door.enter(PIN)
        assert shown(ann, "desired") == ["in_sync", "present"]
        names = [name for name, _ in door.node.calls]
        assert names.count("SetUser") == 2
        assert not {"SetCredential", "ClearCredential", "ClearUser"} & set(names)
        clear_and_write = 10
        assert len(names) == 8 < clear_and_write

        # who is switched off for good leaves nothing behind
        await until(second + LASTS + PROMPT)
        await ann.switch(on=False)
        await asyncio.sleep(PROMPT.total_seconds())
        assert door.codes == []
        assert not door.node.lock.memory.users

    at_the_door(story)


def test_a_code_for_a_parcel_opens_once() -> None:
    async def story(door: Door) -> None:
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(use_limit=1))
        await ann.switch(on=True)
        await asyncio.sleep(90)
        assert status(door, ann) == ("active", 0, 1)

        assert door.node.door.enter(PIN)
        await asyncio.sleep(PROMPT.total_seconds())

        assert door.codes == []
        assert not door.node.door.enter(PIN)
        assert status(door, ann) == ("used_up", 1, 0)
        assert door.told[0] == ("unlocked", "Ann")

    at_the_door(story)


def test_a_use_that_is_told_late_counts_once_however_often_it_is_told() -> None:
    async def story(door: Door) -> None:
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(use_limit=3))
        await ann.switch(on=True)
        await asyncio.sleep(90)
        door.node.reboot()
        door.node.door.enter(PIN)
        await asyncio.sleep(105)

        door.node.unmute()
        await asyncio.sleep(PROMPT.total_seconds())
        assert status(door, ann) == ("active", 1, 2)
        assert ("unlocked", "Ann") not in door.told

        # the server may have the lock tell it again whenever it subscribes anew
        told = list(door.reports)
        for report in told:
            door.node.push("node_event", report)
        await asyncio.sleep(PROMPT.total_seconds())
        assert status(door, ann) == ("active", 1, 2)

        await door.home.stop()
        await door.home.start()
        await asyncio.sleep(90)
        for report in told:
            door.node.push("node_event", report)
        await asyncio.sleep(PROMPT.total_seconds())
        ann = door.home.house.person("Ann")
        assert status(door, ann) == ("active", 1, 2)
        assert door.codes == [PIN]

    at_the_door(story)


def test_a_last_use_that_is_told_late_takes_the_code_off() -> None:
    async def story(door: Door) -> None:
        ann = await door.add(enabled=False)
        await ann.set_rule(rule(use_limit=1))
        await ann.switch(on=True)
        await asyncio.sleep(90)
        door.node.mute()
        door.node.door.enter(PIN)
        await asyncio.sleep(105)
        assert door.codes == [PIN]

        door.node.unmute()

        await asyncio.sleep(PROMPT.total_seconds())
        assert door.codes == []
        assert status(door, ann) == ("used_up", 1, 0)

    at_the_door(story)
