"""Alarms from before notifications, from the lock to the events that users see."""

from typing import Final

import pytest

from tests.harness.site.zwave import ZWaveSite
from tests.harness.site.zwave_locks import PIN, PLAIN
from tests.harness.waiting import wait_for

pytestmark = pytest.mark.simulator

ANN: Final = 2
"""Her slot."""
ALARMS: Final[list[tuple[int, int, tuple[str, str | None] | None]]] = [
    (161, 1, ("denied", None)),
    (161, 2, None),
    (162, ANN, ("denied", "Ann")),
    (144, ANN, ("unlocked", None)),
]


async def test_alarms_of_old_locks_reach_the_user(site: ZWaveSite) -> None:
    """Clause 16.12: wrong codes, the cover, a code outside its hours, a card."""
    await site.manage(PLAIN)
    ann = await site.add("Ann", PIN, PLAIN)
    door = site.door(ann, PLAIN)
    await door.until_proven("present")
    assert door.slot is not None
    assert door.slot.attributes["slot"] == ANN
    expected: list[tuple[str, str | None]] = []
    for alarm_type, level, event in ALARMS:
        await site.network.act(PLAIN, "alarm", type=alarm_type, level=level)
        expected += [] if event is None else [event]
        await wait_for(lambda: len(site.events) >= len(expected))  # noqa: B023
    assert [(event["type"], event["person"]) for event in site.events] == expected
