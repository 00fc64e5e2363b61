"""Windows of time on real locks: when the code is there, who enforces it, what it costs."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Final

from homeassistant.const import WEEKDAYS
import pytest

from tests.integration.doorstep import rule

from .clock import Clock
from .house import PROMPT, Door, House
from .locks import EVERY, OTHER_PIN, PAIRS, PIN, PLAIN, SLOT, USERS, WEEK

pytestmark = pytest.mark.simulator

MINUTE: Final = timedelta(minutes=1)
MOMENT: Final = timedelta(seconds=1)
"""How long before a boundary a leap ends: the rest is the work of Home Assistant's timer."""

FIND_AND_WRITE: Final = 4
"""Look at the slots up to the first free one, write, and see it."""
WRITE: Final = 3
"""The same where the slot is known."""
LOOK_OVER: Final = {PLAIN: 0, WEEK: 8, PAIRS: 6, USERS: 0}
"""Entries that a slot may have: each is looked at before a code comes."""
USER: Final = {PLAIN: 0, WEEK: 0, PAIRS: 0, USERS: 1}
"""A user comes before their first code."""
CLEAR: Final = 2
"""Clear, and see it."""
CLOCK: Final = 3
"""The lock's clock and zone are set, and asked for."""


async def reach(clock: Clock, boundary: datetime) -> None:
    """Let time run to a boundary; what happens there is done by Home Assistant's timer."""
    await clock.leap(boundary - MOMENT)
    await asyncio.sleep(MOMENT.total_seconds())


async def expect_opened(doors: list[Door], boundary: datetime) -> None:
    """See that the codes come promptly, and that it is shown."""
    waits = (door.until_holds(since=boundary) for door in doors)
    for seconds in await asyncio.gather(*waits):
        assert 0 <= seconds < PROMPT
    await asyncio.gather(*(door.until_proven("present") for door in doors))


async def expect_closed(doors: list[Door], boundary: datetime) -> None:
    """See that the codes go promptly, and that it is shown."""
    waits = (door.until_empty(since=boundary) for door in doors)
    for seconds in await asyncio.gather(*waits):
        assert 0 <= seconds < PROMPT
    await asyncio.gather(*(door.until_proven("absent") for door in doors))


async def test_a_window_across_midnight_opens_and_closes_on_every_kind_of_lock(
    house: House, clock: Clock
) -> None:
    await house.manage(*EVERY)
    opening = clock.today(time(23, 59))
    closing = opening + 2 * MINUTE
    window = {"days": WEEKDAYS, "start": "23:59", "end": "00:01"}
    ann = await house.add("Ann", PIN, *EVERY, rule=rule(window))
    doors = [house.door(ann, node) for node in EVERY]
    assert ann.status.state == "scheduled"
    assert ann.status.attributes["next_change"] == opening
    assert [await house.operations(node) for node in EVERY] == [0] * len(EVERY)

    await reach(clock, opening)

    await expect_opened(doors, opening)
    assert ann.status.state == "active"
    assert ann.status.attributes["next_change"] == closing
    for door in doors:
        # no day of a lock has a minute after 23:59
        assert door.enforced_by == "home_assistant"
        assert await door.schedule() is None
        node = door.node
        most = FIND_AND_WRITE + LOOK_OVER[node] + USER[node]
        assert await house.operations(node) <= most

    await reach(clock, closing)

    await expect_closed(doors, closing)
    assert ann.status.state == "scheduled"
    assert ann.status.attributes["next_change"] == opening + timedelta(days=1)
    for node in EVERY:
        assert await house.operations(node) <= CLEAR


async def test_a_window_that_a_lock_can_hold_is_on_it_before_the_code_and_outlives_us(
    house: House, clock: Clock
) -> None:
    nodes = [WEEK, PAIRS]
    await house.manage(*nodes)
    first, closing, second, end = (
        clock.today(time(23, minute)) for minute in (52, 53, 54, 55)
    )
    today = [WEEKDAYS[first.weekday()]]
    windows = (
        {"days": today, "start": f"{start:%H:%M}", "end": f"{until:%H:%M}"}
        for start, until in ((first, closing), (second, end))
    )
    ann = await house.add("Ann", PIN, *nodes, rule=rule(*windows))
    doors = [house.door(ann, node) for node in nodes]
    assert [await house.operations(node) for node in nodes] == [0, 0]

    await reach(clock, first)

    await expect_opened(doors, first)
    for door in doors:
        assert door.enforced_by == "lock"
        assert await door.steps() == ["schedule", "enable", "code"]
        assert not await door.was_unrestricted()
        minutes = (first, closing, second, end)
        assert [await door.opens(at) for at in minutes] == [True, False, True, False]
        held = await door.schedule()
        assert held is not None
        assert len(held["weekDays"]) == 2
        # two entries are set and seen, switched on, and one is seen after the code
        most = FIND_AND_WRITE + LOOK_OVER[door.node] + CLOCK + 2 * 2 + 2
        assert await house.operations(door.node) <= most

    await reach(clock, closing)

    await expect_closed(doors, closing)
    assert ann.status.state == "scheduled"
    for door in doors:
        assert door.enforced_by == "lock"
        assert await house.operations(door.node) <= CLEAR

    await reach(clock, second)

    await expect_opened(doors, second)
    for door in doors:
        assert await door.steps() == ["erase", "schedule", "enable", "code"]
        assert not await door.was_unrestricted()
        # what is left of the first time is erased, one by one
        most = WRITE + LOOK_OVER[door.node] + 2 * 2 + 2 * 2 + 2
        assert await house.operations(door.node) <= most

    await house.unload()
    await clock.leap(end + MINUTE)

    for door in doors:
        assert await door.holds()
        assert not await door.enter()
        assert await house.operations(door.node) == 0

    back = clock.utcnow()
    await house.set_up()

    await expect_closed(doors, back)
    assert ann.status.state == "scheduled"
    for door in doors:
        assert not await door.was_unrestricted()


async def test_what_an_earlier_holder_left_in_a_slot_is_erased_before_the_next_code(
    house: House, clock: Clock
) -> None:
    await house.manage(WEEK)
    now = clock.now()
    window = {"days": WEEKDAYS, "start": "20:00", "end": "23:58"}
    ann = await house.add("Ann", PIN, WEEK, rule=rule(window))
    first = house.door(ann, WEEK)
    await first.until_proven("present")
    assert await first.opens(now)
    ann.remove()
    await first.until_empty(since=now)
    left = await first.schedule()
    assert left is not None
    assert len(left["weekDays"]) == len(WEEKDAYS)

    ben = await house.add("Ben", OTHER_PIN, WEEK)

    door = house.door(ben, WEEK)
    await door.until_proven("present")
    assert door.slot is not None
    assert door.slot.attributes["slot"] == SLOT
    assert door.enforced_by is None
    assert await door.steps() == ["erase", "code"]
    assert await door.schedule() is None
    assert await door.opens(now - timedelta(hours=12))
    most = FIND_AND_WRITE + LOOK_OVER[WEEK] + 2 * len(WEEKDAYS)
    assert await house.operations(WEEK) <= most

    # and a schedule of another kind takes the place of none
    until = (now + timedelta(days=3)).replace(
        hour=11, minute=0, second=0, microsecond=0
    )
    await ben.set_rule(rule(valid_until=f"{until:%Y-%m-%d %H:%M:%S}"))

    await door.until_enforced_by("lock")
    assert await door.steps() == ["clear", "schedule", "enable", "code"]
    assert not await door.was_unrestricted()
    assert await door.opens(until - MINUTE)
    assert not await door.opens(until)
