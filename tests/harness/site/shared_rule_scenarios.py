"""Days of a door whose codes work for a time only, whatever technology its lock is of."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.calendar import CalendarEvent
from homeassistant.util import dt as dt_util

from tests.harness.fakes.calendar import BOOKINGS, calendar_in
from tests.harness.site.door_driver import DoorDriver, rule, sleep_until, window
from tests.harness.site.site_driver import PIN, PersonDriver

type AnyDoor = DoorDriver[Any]

PROMPT: Final = timedelta(seconds=5)
"""In which a boundary has to be carried out."""
LASTS: Final = timedelta(minutes=30)


def lock_state(person: PersonDriver, *attributes: str) -> list[object]:
    """Return what is shown of a person's code."""
    assert person.slot is not None
    return [person.slot.state, *(person.slot.attributes[each] for each in attributes)]


def status(door: AnyDoor, person: PersonDriver) -> tuple[str, int, int | None]:
    """Return what is shown of a person: in a word, how many uses, and how many left."""
    state = door.state(person.entity("sensor", "status"))
    return state.state, state.attributes["uses"], state.attributes["uses_left"]


def in_minutes(minutes: float) -> datetime:
    """Return the beginning of a minute that is still to come."""
    return dt_util.utcnow().replace(second=0) + timedelta(minutes=minutes)


async def add_with(
    door: AnyDoor, *windows: Mapping[str, Any], **more: Any
) -> PersonDriver:
    """Add somebody who has that `rule` from the beginning."""
    ann = await door.add(enabled=False)
    await ann.set_rule(rule(*windows, **more))
    await ann.switch(on=True)
    return ann


async def add_with_window(door: AnyDoor) -> tuple[PersonDriver, datetime]:
    """Add somebody whose code works once this day; return when that begins."""
    begins = in_minutes(10)
    return await add_with(door, window(begins, LASTS)), begins


async def add_with_bookings(
    door: AnyDoor, *afters: timedelta
) -> tuple[PersonDriver, list[datetime]]:
    """Add somebody with bookings that begin after those times; return their begins."""
    calendar = await calendar_in(door.instance.hass)
    ann = await add_with(door, source={"grace": 15, "entity": BOOKINGS})
    now = dt_util.now()
    begins = [now + after for after in afters]
    calendar.tell(
        *(CalendarEvent(start=each, end=each + LASTS, summary="Ann") for each in begins)
    )
    return ann, begins


async def expect_the_lock_to_keep_a_window(
    door: AnyDoor, *, keeps: Callable[[], bool], is_away: Callable[[], bool]
) -> None:
    """The lock goes by the window, and the code is there for its time only.

    `keeps`: whether the lock holds it as one of the week. `is_away`: whether the code opens
    nothing, in the way that a code of the lock is kept away for some time.
    """
    ann, begins = await add_with_window(door)
    await asyncio.sleep(60)
    assert door.codes == []

    await sleep_until(begins + PROMPT)
    assert lock_state(ann, "desired", "enforced_by") == ["in_sync", "present", "lock"]
    assert keeps()
    assert door.node.door.enter(PIN)

    # the lock goes by it, whatever becomes of Home Assistant
    await door.instance.stop()
    await sleep_until(begins + LASTS + PROMPT)
    assert door.codes == [PIN]
    assert not door.node.door.enter(PIN)

    await door.instance.start()
    await asyncio.sleep(PROMPT.total_seconds())
    assert is_away()


async def expect_home_assistant_to_keep_a_window(
    door: AnyDoor, *, is_away: Callable[[], bool]
) -> None:
    """The lock knows of no window, and the code is there for its time only."""
    ann, begins = await add_with_window(door)
    await _expect_home_assistant_to_begin(door, ann, begins)
    assert door.node.door.enter(PIN)
    await sleep_until(begins + LASTS + PROMPT)
    assert is_away()
    assert lock_state(ann, "desired") == ["in_sync", "absent"]


async def expect_a_booking_to_be_carried_out(
    door: AnyDoor, *, is_unlimited: Callable[[], bool], is_away: Callable[[], bool]
) -> None:
    """A booking is carried out by Home Assistant; the lock holds a code of no times."""
    ann, (begins,) = await add_with_bookings(door, timedelta(hours=2))
    await _expect_home_assistant_to_begin(door, ann, begins)
    assert door.codes == [PIN]
    assert is_unlimited()
    await sleep_until(begins + LASTS + PROMPT)
    assert is_away()
    assert lock_state(ann, "desired") == ["in_sync", "absent"]


async def _expect_home_assistant_to_begin(
    door: AnyDoor, person: PersonDriver, begins: datetime
) -> None:
    await sleep_until(begins - PROMPT)
    assert door.codes == []
    await sleep_until(begins + PROMPT)
    assert lock_state(person, "desired", "enforced_by") == [
        "in_sync",
        "present",
        "home_assistant",
    ]


async def expect_a_code_for_a_parcel_to_open_once(door: AnyDoor) -> None:
    """The code goes with its only use."""
    ann = await add_with(door, use_limit=1)
    await asyncio.sleep(90)
    assert status(door, ann) == ("active", 0, 1)

    assert door.node.door.enter(PIN)
    await asyncio.sleep(PROMPT.total_seconds())

    assert door.codes == []
    assert not door.node.door.enter(PIN)
    assert status(door, ann) == ("used_up", 1, 0)
    assert door.events[0] == ("unlocked", "Ann")


async def expect_a_use_that_is_reported_three_times_to_count_once(
    door: AnyDoor,
) -> None:
    """A lock that tells all it does three times counts nothing twice, and ends in time."""
    door.node.lock.traits.notification_copies = 3
    ann = await add_with(door, use_limit=2)
    await asyncio.sleep(90)

    assert door.node.door.enter(PIN)
    await asyncio.sleep(30)
    assert status(door, ann) == ("active", 1, 1)
    assert door.events == [("unlocked", "Ann")]
    assert door.codes == [PIN]

    door.node.door.turn(unlock=False)
    assert door.node.door.enter(PIN)
    await asyncio.sleep(30)
    assert door.codes == []
