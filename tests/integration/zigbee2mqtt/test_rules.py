"""When a code on a lock of Zigbee2MQTT works, and how often: Home Assistant sees to it."""

import asyncio
from datetime import timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from tests.integration.doorstep import rule, until, window
from tests.integration.household import PIN, Resident

from .story import Door, at_the_door

PROMPT: Final = timedelta(seconds=5)
"""In which a boundary has to be carried out."""
LASTS: Final = timedelta(minutes=30)


def shown(person: Resident, *attributes: str) -> list[object]:
    """Return what is shown of a person's code."""
    assert person.slot is not None
    return [person.slot.state, *(person.slot.attributes[each] for each in attributes)]


def test_a_code_is_on_the_lock_for_its_time_only() -> None:
    async def story(door: Door) -> None:
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
        assert door.codes == [PIN]

        await until(begins + LASTS + PROMPT)
        assert door.codes == []
        assert shown(ann, "desired") == ["in_sync", "absent"]

    at_the_door(story)


def test_a_code_whose_time_ends_while_the_bridge_is_away_goes_when_it_is_back() -> None:
    async def story(door: Door) -> None:
        ann = await door.add(enabled=False)
        begins = dt_util.utcnow().replace(second=0) + timedelta(minutes=10)
        await ann.set_rule(rule(window(begins, LASTS)))
        await ann.switch(on=True)
        await until(begins + LASTS / 2)
        await door.home.bridge.stop()
        await until(begins + LASTS + timedelta(minutes=7))
        assert shown(ann, "desired", "reason")[1:] == ["absent", "lock_unreachable"]
        assert door.codes == [PIN]

        door.home.bridge.start()
        await asyncio.sleep(30)

        assert door.codes == []
        assert shown(ann, "desired") == ["in_sync", "absent"]

    at_the_door(story)


def test_a_use_that_is_reported_three_times_is_counted_once() -> None:
    async def story(door: Door) -> None:
        door.node.lock.traits.repeats = 3
        ann = await door.add()
        await ann.set_rule(rule(use_limit=2))
        await asyncio.sleep(30)

        assert door.node.door.enter(PIN)
        await asyncio.sleep(30)
        assert door.codes == [PIN]
        state = door.state(ann.entity("sensor", "status"))
        assert (state.attributes["uses"], state.attributes["uses_left"]) == (1, 1)

        door.node.door.turn(unlock=False)
        assert door.node.door.enter(PIN)
        await asyncio.sleep(30)
        assert door.codes == []

    at_the_door(story)
