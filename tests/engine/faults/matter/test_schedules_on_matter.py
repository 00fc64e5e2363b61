"""A code with times on a Matter lock that fails: never live without them, nor beyond."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Final

from homeassistant.util import dt as dt_util
import pytest

from simulators.matter import Node
from simulators.matter.faults import (
    Fault,
    answer_lost,
    applied_then_refused,
    command_lost,
    connection_closed,
    refused,
    silently_dropped,
)
from simulators.matter.terms import Status, UserType
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.faults.matter.scenario import live
from tests.harness.sampling import sample
from tests.harness.site.door_driver import rule, sleep_until, window
from tests.harness.site.matter_door import MatterDoor, run_at_door
from tests.harness.site.site_driver import PIN, PersonDriver

WAIT: Final = timedelta(minutes=10)
LASTS: Final = timedelta(minutes=40)
LATE: Final = timedelta(minutes=3)
"""How long a lock that does not answer every time may keep a code that has to go."""

REFUSING: Final = {
    "refused": refused(Status.FAILURE),
    "invalid": refused(Status.INVALID_COMMAND),
    "dropped": silently_dropped(),
    "done, then an error": applied_then_refused(),
}
FAILING: Final = {
    "time-out": refused(Status.TIMEOUT),
    "answer lost": answer_lost(11.6),
    "lost": command_lost(14.5),
    "done, the connection ends": connection_closed(applied=True),
    "the connection ends": connection_closed(applied=False),
}
COMMANDS: Final = (
    "SetUser",
    "SetCredential",
    "SetWeekDaySchedule",
    "GetWeekDaySchedule",
    "ClearUser",
    "GetUser",
)


@dataclass
class Guard:
    """Looks at the lock whenever time passes."""

    node: Node
    begins: datetime
    unlimited: list[datetime] = field(default_factory=list)
    """When the code was live, and nothing on the lock limited it."""
    out_of_time: list[datetime] = field(default_factory=list)

    def look(self) -> None:
        """Note what is wrong now."""
        if PIN not in live(self.node).values():
            return
        memory, now = self.node.lock.memory, dt_util.utcnow()
        (user,) = (index for index, each in memory.users.items() if each.enabled)
        kind = memory.users[user].kind
        if kind != UserType.WEEK_DAY or not any(
            of == user for of, _ in memory.week_days
        ):
            self.unlimited.append(now)
            if not self.begins <= now <= self.begins + LASTS + LATE:
                self.out_of_time.append(now)


async def lived(
    door: MatterDoor, fault: Fault, command: str, count: int | None
) -> Guard:
    """Live through a window; return what was seen of it."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    ann = await door.add(enabled=False)
    begins = dt_util.utcnow().replace(second=0) + WAIT
    await ann.set_rule(rule(window(begins, LASTS)))
    guard = Guard(door.node, begins)
    loop.on_jump = guard.look
    door.node.faults.add(command, fault, count)
    await ann.switch(on=True)
    await sleep_until(begins + LASTS / 2)
    guard_shown(ann, guard)
    door.node.faults.clear()
    await sleep_until(begins + LASTS + LATE)
    # whatever was not answered is asked again, half an hour later at most
    await asyncio.sleep(3600)
    assert live(door.node) == {}
    assert ann.slot is not None
    # of a lock that took every code and showed none, no read proves that it has none
    hides = (command, fault, count) == ("SetCredential", REFUSING["dropped"], None)
    gone = "accepted" if hides else "in_sync"
    assert (ann.slot.state, ann.slot.attributes["desired"]) == (gone, "absent")
    loop.on_jump = lambda: None
    return guard


def guard_shown(ann: PersonDriver, guard: Guard) -> None:
    """Nothing is said to be kept by the lock that is not."""
    assert ann.slot is not None
    if ann.slot.state == "in_sync":
        by_lock = ann.slot.attributes["enforced_by"] == "lock"
        assert PIN in live(guard.node).values()
        assert by_lock is not bool(guard.unlimited)


@pytest.mark.parametrize(
    ("command", "fault", "count"),
    sample(list(product(COMMANDS, FAILING, (1, None))), sampled=17),
)
def test_an_unreadable_lock_never_has_a_live_code_without_schedule(
    command: str, fault: str, count: int | None
) -> None:
    async def scenario(door: MatterDoor) -> None:
        guard = await lived(door, FAILING[fault], command, count)
        assert guard.unlimited == []

    run_at_door(scenario)


@pytest.mark.parametrize(
    ("command", "fault", "count"),
    sample(list(product(COMMANDS, REFUSING, (1, None))), sampled=17),
)
def test_a_lock_that_does_not_keep_times_has_the_code_for_its_time_only(
    command: str, fault: str, count: int | None
) -> None:
    async def scenario(door: MatterDoor) -> None:
        guard = await lived(door, REFUSING[fault], command, count)
        assert guard.out_of_time == []

    run_at_door(scenario)
