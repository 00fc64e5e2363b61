"""Windows of time on real locks: when the code is there, who enforces it, what it costs."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Final

from homeassistant.const import WEEKDAYS
import pytest

from tests.harness.clock.shifted_clock import ShiftedClock
from tests.harness.site.door_driver import rule
from tests.harness.site.zwave import PROMPT, ZWaveDoor, ZWaveSite
from tests.harness.site.zwave_locks import (
    EVERY,
    OTHER_PIN,
    PAIRS,
    PIN,
    PLAIN,
    SLOT,
    USERS,
    WEEK,
)

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


async def reach(clock: ShiftedClock, boundary: datetime) -> None:
    """Let time run to a boundary; what happens there is done by Home Assistant's timer."""
    await clock.leap(boundary - MOMENT)
    await asyncio.sleep(MOMENT.total_seconds())


async def expect_opened(doors: list[ZWaveDoor], boundary: datetime) -> None:
    """See that the codes come promptly, and that it is shown."""
    waits = (door.until_holds(since=boundary) for door in doors)
    for seconds in await asyncio.gather(*waits):
        assert 0 <= seconds < PROMPT
    await asyncio.gather(*(door.until_proven("present") for door in doors))


async def expect_closed(doors: list[ZWaveDoor], boundary: datetime) -> None:
    """See that the codes go promptly, and that it is shown."""
    waits = (door.until_empty(since=boundary) for door in doors)
    for seconds in await asyncio.gather(*waits):
        assert 0 <= seconds < PROMPT
    await asyncio.gather(*(door.until_proven("absent") for door in doors))


async def test_a_window_across_midnight_opens_and_closes_on_every_kind_of_lock(
    site: ZWaveSite, clock: ShiftedClock
) -> None:
    await site.manage(*EVERY)
    opening = clock.today(time(23, 59))
    closing = opening + 2 * MINUTE
    window = {"days": WEEKDAYS, "start": "23:59", "end": "00:01"}
    ann = await site.add("Ann", PIN, *EVERY, rule=rule(window))
    doors = [site.door(ann, node) for node in EVERY]
    assert ann.status.state == "scheduled"
    assert ann.status.attributes["next_change"] == opening
    assert [await site.operations(node) for node in EVERY] == [0] * len(EVERY)

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
        assert await site.operations(node) <= most

    await reach(clock, closing)

    await expect_closed(doors, closing)
    assert ann.status.state == "scheduled"
    assert ann.status.attributes["next_change"] == opening + timedelta(days=1)
    for node in EVERY:
        assert await site.operations(node) <= CLEAR


async def test_a_schedule_is_on_the_lock_before_its_code(
    site: ZWaveSite, clock: ShiftedClock
) -> None:
    nodes = [WEEK, PAIRS]
    await site.manage(*nodes)
    first, closing, second, end = (
        clock.today(time(23, minute)) for minute in (52, 53, 54, 55)
    )
    today = [WEEKDAYS[first.weekday()]]
    windows = (
        {"days": today, "start": f"{start:%H:%M}", "end": f"{until:%H:%M}"}
        for start, until in ((first, closing), (second, end))
    )
    ann = await site.add("Ann", PIN, *nodes, rule=rule(*windows))
    doors = [site.door(ann, node) for node in nodes]
    assert [await site.operations(node) for node in nodes] == [0, 0]

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
        assert await site.operations(door.node) <= most

    await reach(clock, closing)

    await expect_closed(doors, closing)
    assert ann.status.state == "scheduled"
    for door in doors:
        assert door.enforced_by == "lock"
        assert await site.operations(door.node) <= CLEAR

    await reach(clock, second)

    await expect_opened(doors, second)
    for door in doors:
        assert await door.steps() == ["erase", "schedule", "enable", "code"]
        assert not await door.was_unrestricted()
        # what is left of the first time is erased, one by one
        most = WRITE + LOOK_OVER[door.node] + 2 * 2 + 2 * 2 + 2
        assert await site.operations(door.node) <= most

    await site.unload()
    await clock.leap(end + MINUTE)

    for door in doors:
        assert await door.holds()
        assert not await door.enter()
        assert await site.operations(door.node) == 0

    back = clock.utcnow()
    await site.set_up()

    await expect_closed(doors, back)
    assert ann.status.state == "scheduled"
    for door in doors:
        assert not await door.was_unrestricted()


async def test_schedules_of_an_earlier_code_are_erased_before_the_next(
    site: ZWaveSite, clock: ShiftedClock
) -> None:
    await site.manage(WEEK)
    now = clock.now()
    window = {"days": WEEKDAYS, "start": "20:00", "end": "23:58"}
    ann = await site.add("Ann", PIN, WEEK, rule=rule(window))
    first = site.door(ann, WEEK)
    await first.until_proven("present")
    assert await first.opens(now)
    ann.remove()
    await first.until_empty(since=now)
    left = await first.schedule()
    assert left is not None
    assert len(left["weekDays"]) == len(WEEKDAYS)

    ben = await site.add("Ben", OTHER_PIN, WEEK)

    door = site.door(ben, WEEK)
    await door.until_proven("present")
    assert door.slot is not None
    assert door.slot.attributes["slot"] == SLOT
    assert door.enforced_by is None
    assert await door.steps() == ["erase", "code"]
    assert await door.schedule() is None
    assert await door.opens(now - timedelta(hours=12))
    most = FIND_AND_WRITE + LOOK_OVER[WEEK] + 2 * len(WEEKDAYS)
    assert await site.operations(WEEK) <= most

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
