"""Anything may happen at a door; it is locked in time, and never when it must not be.

*An unlocked, enabled, closed door is locked within its time plus the retry bound, and no
command is ever sent for a locked door, an open door or a disabled autolock.*
"""

from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.keyholder.model.autolock import UnknownDoorPolicy
from custom_components.keyholder.model.lock_events import Method
from tests.harness.autolock.fake_door import (
    MINUTE,
    AutolockHarness,
    CommandResponse,
    FakeDoor,
    autolock_harness,
    minutes,
)
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.sampling import FULL, sample_size

pytestmark = pytest.mark.timeout(3600)

RETRY_BOUND = 11
"""Minutes: the way back to a lock that works, whichever back-off it is in."""

BOLTS = {"unlock": "unlocked", "lock": "locked", "jam": "jammed"}
LEAVES = {"open": "on", "close": "off", "sensor lost": "unavailable"}
WISHES: dict[str, dict[str, Any]] = {
    "on": {"enabled": True},
    "off": {"enabled": False},
    "lock anyway": {"unknown_door": UnknownDoorPolicy.LOCK_ANYWAY},
    "do not lock anyway": {"unknown_door": UnknownDoorPolicy.WAIT},
    "lock when closed": {"lock_when_closed": True, "close_delay": MINUTE / 2},
    "do not lock when closed": {"lock_when_closed": False, "close_delay": MINUTE / 6},
    "shorter": {"day": MINUTE, "night": MINUTE},
    "longer": {"day": 5 * MINUTE, "night": 4 * MINUTE},
}

actions = st.one_of(
    st.sampled_from(
        [
            "unlock",
            "keypad",
            "lock",
            "jam",
            "open",
            "close",
            "sensor lost",
            "lost",
            "found",
            "on",
            "off",
            "restart",
            "power cut",
            "restart, lock late",
            "disk fails",
            "disk works",
            "disk slow",
            "start timer",
            "cancel timer",
            "report unlock",
            "report jam",
            "day",
            "night",
            "lock anyway",
            "do not lock anyway",
            "lock when closed",
            "do not lock when closed",
            "shorter",
            "longer",
            "deaf",
        ]
    ),
    st.sampled_from(list(CommandResponse)),
    st.floats(0.01, 10).map(lambda number: round(number, 2)),
)


class Run:
    """The present Home Assistant, whichever that is."""

    def __init__(self, door: FakeDoor) -> None:
        self.door = door
        self.there: AutolockHarness
        self.is_cancelled = False
        self._stack = AsyncExitStack()

    async def begin(self, *, lock_is_there: bool = True) -> None:
        await self._stack.aclose()
        self._stack = AsyncExitStack()
        entered = autolock_harness(self.door, lock_is_there=lock_is_there)
        self.there = await self._stack.enter_async_context(entered)

    async def end(self) -> None:
        await self._stack.aclose()

    def _ask(self, asked: Coroutine[Any, Any, object]) -> None:
        self.there.hass.async_create_task(asked)

    async def act(self, action: str | CommandResponse | float) -> None:
        door = self.door
        match action:
            case float():
                await minutes(action)
            case CommandResponse():
                door.mood = action
            case "restart" | "power cut" | "restart, lock late":
                self.there.is_cut = action == "power cut"
                await self.begin(lock_is_there=action == "restart")
                if action != "restart":
                    await minutes(0.5)
                    self.there.show_bolt()
            case "day" | "night":
                door.night = action == "night"
            case "deaf":
                door.deaf = True
            case "disk fails" | "disk works" | "disk slow":
                door.disk.fails = action == "disk fails"
                door.disk.slow = 5.0 if action == "disk slow" else 0.0
            case _:
                self._at_the_door(action)

    def _at_the_door(self, action: str) -> None:
        there = self.there
        if action in BOLTS:
            there.set_bolt(BOLTS[action])
        elif action in LEAVES:
            there.move_leaf(LEAVES[action])
        elif action in WISHES:
            there.want(replace(self.door.rules, **WISHES[action]))
        elif action in ("lost", "found"):
            there.set_reachable(reachable=action == "found")
        elif action == "keypad":
            there.unlock_at_keypad()
        elif action == "report unlock":
            there.report_unlock(Method.MANUAL)
        elif action == "report jam":
            there.report_jam()
        elif action == "start timer":
            self._ask(there.guard.async_start_timer(2 * MINUTE))
        else:
            assert action == "cancel timer"
            self._ask(there.guard.async_cancel_timer())
            self.is_cancelled = True


async def ends_well(run: Run) -> None:
    """All is well again, which the lock shows, and the door is closed."""
    door = run.door
    door.mood, door.disk.fails, door.disk.slow = CommandResponse.WORKS, False, 0
    if run.is_cancelled:
        # nobody wanted it locked; from here on somebody does
        await run.act("off")
        if door.bolt == "locking":
            run.there.unlock()
        await run.act("on")
    for action in ("on", "lost", "found", "close"):
        await run.act(action)
    await minutes(5 + RETRY_BOUND)
    assert door.bolt == "locked", door.published
    assert run.there.guard.entry is None
    commands = len(door.commands)
    await minutes(60)
    assert len(door.commands) == commands


@given(st.lists(actions, max_size=25))
@settings(
    max_examples=sample_size(33, 3000),
    deadline=None,
    derandomize=not FULL,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_whatever_happens_the_door_is_locked_in_time_and_never_wrongly(
    scenario: list[str | CommandResponse | float],
) -> None:
    door = FakeDoor()

    async def tell() -> None:
        run = Run(door)
        await run.begin()
        try:
            for action in scenario:
                await run.act(action)
            await ends_well(run)
        finally:
            await run.end()

    run_on_virtual_clock(tell())
    for shown, leaf, rules, _ in door.commands:
        assert shown not in ("locked", "missing"), door.commands
        anyway = rules.unknown_door is UnknownDoorPolicy.LOCK_ANYWAY
        assert leaf == "off" or (leaf == "unavailable" and anyway), door.commands
        assert rules.enabled


def test_the_property_is_tried_with_every_kind_of_action() -> None:
    async def tell() -> list[str]:
        run = Run(FakeDoor())
        await run.begin()
        for action in ("unlock", 6.0, "lock", "open", "close", "power cut", "restart"):
            await run.act(action)
        await run.end()
        return [reported.notice for reported in run.door.published]

    assert run_on_virtual_clock(tell()) == ["autolocked"]
