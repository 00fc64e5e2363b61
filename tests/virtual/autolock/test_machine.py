"""Anything may happen at a door; it is locked in time, and never when it must not be.

*An unlocked, enabled, closed door is locked within its time plus the retry bound, and no
command is ever sent for a locked door, an open door or a disabled autolock.*
"""

from contextlib import AsyncExitStack

from hypothesis import HealthCheck, given, settings, strategies as st

from tests.effort import examples
from tests.virtual.run import run_virtually

from .door import FrontDoor, Home, Mood, home, minutes

RETRY_BOUND = 11
"""Minutes: the way back to a lock that works, whichever back-off it is in."""

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
        ]
    ),
    st.sampled_from(list(Mood)),
    st.floats(0.01, 10).map(lambda number: round(number, 2)),
)


class Run:
    """The present Home Assistant, whichever that is."""

    def __init__(self, door: FrontDoor) -> None:
        self.door = door
        self.there: Home
        self._stack = AsyncExitStack()

    async def begin(self, *, lock_is_there: bool = True) -> None:
        await self._stack.aclose()
        self._stack = AsyncExitStack()
        entered = home(self.door, lock_is_there=lock_is_there)
        self.there = await self._stack.enter_async_context(entered)

    async def end(self) -> None:
        await self._stack.aclose()

    async def act(self, action: str | Mood | float) -> None:
        there, door = self.there, self.door
        match action:
            case float():
                await minutes(action)
            case Mood():
                door.mood = action
            case "unlock":
                there.unlock()
            case "keypad":
                there.unlock_at_keypad()
            case "lock":
                there.set_bolt("locked")
            case "jam":
                there.set_bolt("jammed")
            case "open" | "close" | "sensor lost":
                leaf = {"open": "on", "close": "off", "sensor lost": "unavailable"}
                there.move_leaf(leaf[action])
            case "lost" | "found":
                there.set_reachable(reachable=action == "found")
            case "on" | "off":
                there.switch(enabled=action == "on")
            case "restart" | "power cut" | "restart, lock late":
                there.is_cut = action == "power cut"
                await self.begin(lock_is_there=action == "restart")
                if action != "restart":
                    await minutes(0.5)
                    self.there.show_bolt()
            case _:
                door.disk.fails = action == "disk fails"
                door.disk.slow = 5.0 if action == "disk slow" else 0.0


async def ends_well(run: Run) -> None:
    """All is well again, and the owner leaves the door closed."""
    door = run.door
    door.mood, door.disk.fails, door.disk.slow = Mood.WORKS, False, 0
    for action in ("on", "found", "close"):
        await run.act(action)
    await minutes(5 + RETRY_BOUND)
    assert door.bolt == "locked", door.told
    assert run.there.guard.entry is None
    commands = len(door.commands)
    await minutes(60)
    assert len(door.commands) == commands


@given(st.lists(actions, max_size=25))
@settings(
    max_examples=examples(100, 3000),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_whatever_happens_the_door_is_locked_in_time_and_never_wrongly(
    story: list[str | Mood | float],
) -> None:
    door = FrontDoor()

    async def tell() -> None:
        run = Run(door)
        await run.begin()
        try:
            for action in story:
                await run.act(action)
            await ends_well(run)
        finally:
            await run.end()

    run_virtually(tell())
    for shown, leaf, enabled in door.commands:
        assert shown not in ("locked", "missing"), door.commands
        assert leaf == "off"
        assert enabled


def test_the_property_is_tried_with_every_kind_of_action() -> None:
    async def tell() -> list[str]:
        run = Run(FrontDoor())
        await run.begin()
        for action in ("unlock", 6.0, "lock", "open", "close", "power cut", "restart"):
            await run.act(action)
        await run.end()
        return [told.notice for told in run.door.told]

    assert run_virtually(tell()) == ["autolocked"]
