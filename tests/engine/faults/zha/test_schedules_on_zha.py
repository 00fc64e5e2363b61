"""A code with times on a Zigbee lock that fails: never live without them, nor beyond."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Final

from homeassistant.util import dt as dt_util
import pytest

from simulators.zigbee import Command, LockNode
from simulators.zigbee.faults import (
    Fault,
    applied_then_refused,
    cut_short,
    default_response,
    done_late,
    not_acknowledged,
    refused,
    reply_lost,
    request_lost,
    silently_dropped,
    slow,
)
from simulators.zigbee.terms import UserStatus, UserType
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.faults.zha.command_recorder import CommandRecorder
from tests.harness.sampling import sample
from tests.harness.site.door_driver import rule, sleep_until, window
from tests.harness.site.site_driver import PIN, PersonDriver
from tests.harness.site.zha_door import ZhaDoor, run_at_door

WAIT: Final = timedelta(minutes=10)
LASTS: Final = timedelta(minutes=40)
LATE: Final = timedelta(minutes=3)
"""How long a lock that does not answer every time may keep a code that has to go."""

REFUSING: Final = {
    "failed": refused(1),
    "unsupported": default_response(),
    "dropped": silently_dropped(reported=False),
    "done, then failed": applied_then_refused(1),
    "done 20 s late": done_late(20),
}
FAILING: Final = {
    "answer lost": reply_lost(),
    "lost": request_lost(),
    "not confirmed": not_acknowledged(),
    "cut short": cut_short(1),
    "refused without a reason": default_response(1),
}
QUESTIONS: Final = (Command.GET_PIN, Command.GET_USER_TYPE, Command.GET_WEEK_DAY)
CHANGES: Final = (
    Command.SET_PIN,
    Command.SET_WEEK_DAY,
    Command.SET_USER_STATUS,
    Command.CLEAR_PIN,
)
TIMES: Final = (1, 3, None)
"""Three tries of zigpy are one command of ours."""


@dataclass
class Guard:
    """Looks at the lock whenever time passes."""

    node: LockNode
    begins: datetime
    unlimited: list[datetime] = field(default_factory=list)
    """When the code was live, and nothing on the lock limited it."""
    out_of_time: list[datetime] = field(default_factory=list)

    def look(self) -> None:
        """Note what is wrong now."""
        memory, now = self.node.lock.memory, dt_util.utcnow()
        for user, code in memory.pins.items():
            if code.status != UserStatus.ENABLED:
                continue
            entries = {
                entry for (of, _), entry in memory.week_days.items() if of == user
            }
            if code.kind != UserType.WEEK_DAY or len(entries) != 1:
                self.unlimited.append(now)
                if not self.begins <= now <= self.begins + LASTS + LATE:
                    self.out_of_time.append(now)


type Strike = Callable[[ZhaDoor], object]


def meeting(command: Command, fault: Fault, count: int | None) -> Strike:
    """Let commands meet a fault."""
    return lambda door: door.node.faults.add(command, fault, count)


def pulled_at(command: Command, *, done: bool) -> Strike:
    """Pull the stick for 20 s right after a command is sent for the first time."""

    def strike(door: ZhaDoor) -> None:
        mesh = door.instance.mesh
        door.node.faults.add(command, slow(2) if done else request_lost())

        def pull() -> None:
            loop = asyncio.get_running_loop()
            loop.call_later(0.2, mesh.unplug)
            loop.call_later(20, mesh.plug)

        CommandRecorder(mesh).when(door.node, command, pull)

    return strike


async def lived(door: ZhaDoor, strike: Strike) -> Guard:
    """Live through a window; return what was seen of it."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    ann = await door.add(enabled=False)
    begins = dt_util.utcnow().replace(second=0) + WAIT
    await ann.set_rule(rule(window(begins, LASTS)))
    guard = Guard(door.node, begins)
    loop.on_jump = guard.look
    strike(door)
    await ann.switch(on=True)
    await sleep_until(begins + LASTS / 2)
    _expect_true(door, ann, guard)
    door.node.faults.clear()
    await sleep_until(begins + LASTS + LATE)
    # whatever was not answered is asked again, half an hour later at most
    await asyncio.sleep(3600)
    assert door.codes == []
    assert ann.slot is not None
    assert (ann.slot.state, ann.slot.attributes["desired"]) == ("in_sync", "absent")
    loop.on_jump = lambda: None
    return guard


def _expect_true(door: ZhaDoor, ann: PersonDriver, guard: Guard) -> None:
    """Nothing is said to be kept by the lock that is not."""
    assert ann.slot is not None
    if ann.slot.state == "in_sync":
        by_lock = ann.slot.attributes["enforced_by"] == "lock"
        assert door.codes == [PIN]
        assert by_lock is not bool(guard.unlimited)


CANNOT_BE_ASKED: Final = [
    (command, fault, count)
    for command, fault, count in product((*QUESTIONS, *CHANGES), FAILING, TIMES)
    # a change that is refused is an answer: the lock does not keep times
    if command in QUESTIONS or fault != "refused without a reason"
]
TRIED: Final = sample(CANNOT_BE_ASKED, 12)


@pytest.mark.parametrize(("command", "fault", "count"), TRIED)
def test_an_unreadable_lock_never_has_a_live_code_without_schedule(
    command: Command, fault: str, count: int | None
) -> None:
    async def scenario(door: ZhaDoor) -> None:
        guard = await lived(door, meeting(command, FAILING[fault], count))
        assert guard.unlimited == []

    run_at_door(scenario)


@pytest.mark.parametrize(
    ("command", "done"), sample([*product((*QUESTIONS, *CHANGES), (True, False))], 5)
)
def test_a_removed_stick_leaves_no_live_code_without_schedule(
    command: Command, done: bool
) -> None:
    async def scenario(door: ZhaDoor) -> None:
        guard = await lived(door, pulled_at(command, done=done))
        assert guard.unlimited == []

    run_at_door(scenario)


@pytest.mark.parametrize(
    ("command", "fault", "count"),
    sample([*product((*QUESTIONS, *CHANGES), REFUSING, (1, None))], 12),
)
def test_a_lock_that_does_not_keep_times_has_the_code_for_its_time_only(
    command: Command, fault: str, count: int | None
) -> None:
    async def scenario(door: ZhaDoor) -> None:
        guard = await lived(door, meeting(command, REFUSING[fault], count))
        assert guard.out_of_time == []

    run_at_door(scenario)
