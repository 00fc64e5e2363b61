"""A door in memory for autolock: a bolt, a sensor, and everything that can be wrong.

How to use it: `run_at_door(scenario)` of scenario.py; its `AutolockHarness` is one run of
Home Assistant, `FakeDoor` what outlives it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum, auto
from typing import Any, NamedTuple

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    RegistryEntryWithDefaults,
    mock_registry,
)

from custom_components.keyholder.autolock.controller import AutolockController
from custom_components.keyholder.autolock.lock_command import position_of
from custom_components.keyholder.autolock.store import TimerStore
from custom_components.keyholder.model.autolock import (
    AutolockConfig,
    AutolockNotice,
    Door,
)
from custom_components.keyholder.model.lock_events import (
    Action,
    Jammed,
    LockOperated,
    Method,
)
from tests.harness.instances.ha_instances import running_home_assistant

MINUTE = timedelta(minutes=1)
RULES = AutolockConfig(enabled=True, day=5 * MINUTE, night=5 * MINUTE)


class CommandResponse(StrEnum):
    """What the lock does with a command."""

    WORKS = auto()
    RAISES = auto()
    STAYS = auto()
    """Takes the command, and stays unlocked."""
    JAMS = auto()
    JAMS_UNSHOWN = auto()
    """Says that it jams, and its integration shows it as locked after that."""
    HANGS = auto()
    LATE = auto()
    """Locks twenty seconds after the command has come back."""
    SHOWS_LATE = auto()
    """Locks, and shows it only after a minute."""
    LOCKS_AND_RAISES = auto()
    TRIES = auto()
    """Is on its way for three seconds, and is unlocked again then."""
    STICKS = auto()
    """Is on its way for ever."""
    BREAKS_OFF = auto()
    """Its integration is reloaded while it is at work."""
    JAMS_BEFORE_RETURN = auto()
    """Shows that it is locked, and that it jams before the command comes back."""
    JAMS_AFTERWARDS = auto()
    """Shows that it is locked, and four seconds after the command that it jams."""
    FALLS_BACK = auto()
    """Shows that it is locked, and unlocked before the command comes back."""


@dataclass
class FakeTimerDisk:
    """A file; what is committed outlives the Home Assistant."""

    stored: Any = None
    commits: int = 0
    fails: bool = False
    slow: float = 0

    async def async_load(self) -> object:
        return deepcopy(self.stored)

    def on_unusable(self, problem: str) -> None:
        """A damaged file is no matter of these tests: see the test of the real one."""

    async def async_commit(self, data: dict[str, Any]) -> None:
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.fails:
            raise OSError("disk full")
        self.commits += 1
        self.stored = deepcopy(data)


class CommandSnapshot(NamedTuple):
    """What was so when a command came: what the lock showed, the leaf, the rules."""

    shown: str
    leaf: str
    rules: AutolockConfig
    at: float


@dataclass
class FakeDoor:
    """What is really so; a Home Assistant may or may not look at it."""

    bolt: str = "locked"
    reachable: bool = True
    leaf: str = "off"
    mood: CommandResponse = CommandResponse.WORKS
    disk: FakeTimerDisk = field(default_factory=FakeTimerDisk)
    rules: AutolockConfig = RULES
    commands: list[CommandSnapshot] = field(default_factory=list)
    published: list[AutolockNotice] = field(default_factory=list)
    night: bool = False
    deaf: bool = False
    """Let the listener raise."""
    on_command: Callable[[AutolockHarness], Awaitable[None]] | None = None
    """What the lock does with a command, in place of its mood."""

    def tell(self, published: AutolockNotice) -> None:
        self.published.append(published)
        if self.deaf:
            raise RuntimeError


class AutolockHarness:
    """One run of Home Assistant with autolock of the door."""

    def __init__(self, hass: HomeAssistant, door: FakeDoor) -> None:
        self.hass = hass
        self.is_cut = False
        self.door = door
        self.lock = "0123456789abcdef0123456789abcdef"
        entity = RegistryEntryWithDefaults(
            entity_id="lock.front", unique_id="front", platform="test", id=self.lock
        )
        mock_registry(hass, {"lock.front": entity})
        self.guard = AutolockController(
            hass,
            self.lock,
            store=TimerStore(door.disk),
            is_night=lambda _rules: door.night,
            on_notice=door.tell,
            on_change=lambda: None,
        )

    async def start(self, *, lock_is_there: bool = True) -> None:
        self.hass.services.async_register("lock", "lock", self._on_command)
        self.hass.bus.async_listen("state_changed", self._on_state)
        await self.guard.async_start(self.door.rules)
        self.show_leaf()
        if lock_is_there:
            self.show_bolt()

    def _on_state(self, event: Event[EventStateChangedData]) -> None:
        data = event.data
        if data["entity_id"] == "lock.front":
            position = position_of(data["new_state"])
            self.guard.async_on_position(position)

    def show_bolt(self) -> None:
        shown = self.door.bolt if self.door.reachable else "unavailable"
        self.hass.states.async_set("lock.front", shown)

    def show_leaf(self) -> None:
        leaves = {"off": Door.CLOSED, "on": Door.OPEN, "unavailable": Door.UNKNOWN}
        self.guard.async_on_door(leaves.get(self.door.leaf, Door.NO_SENSOR))

    async def _on_command(self, _call: ServiceCall) -> None:
        door = self.door
        state = self.hass.states.get("lock.front")
        shown = state.state if state else "missing"
        sent = CommandSnapshot(shown, door.leaf, door.rules, self.hass.loop.time())
        door.commands.append(sent)
        if not door.reachable:
            raise HomeAssistantError("no answer")
        if door.on_command is not None:
            await door.on_command(self)
            return
        match door.mood:
            case CommandResponse.WORKS:
                self.set_bolt("locked")
            case CommandResponse.RAISES:
                raise HomeAssistantError("no")
            case CommandResponse.STAYS:
                return
            case CommandResponse.JAMS:
                self.set_bolt("jammed")
            case CommandResponse.JAMS_UNSHOWN:
                self.report_jam()
                self.set_bolt("locked")
            case CommandResponse.HANGS:
                await asyncio.sleep(3600)
            case CommandResponse.LOCKS_AND_RAISES:
                self.set_bolt("locked")
                raise HomeAssistantError("no acknowledgement")
            case CommandResponse.BREAKS_OFF:
                raise asyncio.CancelledError
            case CommandResponse.JAMS_BEFORE_RETURN | CommandResponse.FALLS_BACK:
                self.set_bolt("locked")
                await asyncio.sleep(1)
                jams = door.mood is CommandResponse.JAMS_BEFORE_RETURN
                self.set_bolt("jammed" if jams else "unlocked")
            case _:
                self._move()

    def _move(self) -> None:
        """The bolt takes its time."""
        match self.door.mood:
            case CommandResponse.LATE:
                self.hass.loop.call_later(20, self.set_bolt, "locked")
            case CommandResponse.SHOWS_LATE:
                self.door.bolt = "locked"
                self.hass.loop.call_later(60, self.show_bolt)
            case CommandResponse.TRIES:
                self.set_bolt("locking")
                self.hass.loop.call_later(3, self.give_up_trying)
            case CommandResponse.JAMS_AFTERWARDS:
                self.set_bolt("locked")
                self.hass.loop.call_later(4, self.set_bolt, "jammed")
            case CommandResponse.STICKS:
                self.set_bolt("locking")

    def give_up_trying(self) -> None:
        if self.door.bolt == "locking":
            self.set_bolt("unlocked")

    # What people do

    def set_bolt(self, bolt: str) -> None:
        self.door.bolt = bolt
        self.show_bolt()

    def unlock(self) -> None:
        """With a key: the state is all that tells."""
        self.set_bolt("unlocked")

    def unlock_at_keypad(self, person: str | None = None) -> None:
        self.report_unlock(Method.KEYPAD, person)
        self.set_bolt("unlocked")

    def report_unlock(self, method: Method, person: str | None = None) -> None:
        """The lock tells of an unlock; its state may follow or not."""
        self.guard.async_on_operated(
            LockOperated(Action.UNLOCK, method, None, dt_util.utcnow()), person
        )

    def report_jam(self) -> None:
        self.guard.async_on_jammed(Jammed(dt_util.utcnow()))

    def move_leaf(self, leaf: str) -> None:
        self.door.leaf = leaf
        self.show_leaf()

    def set_reachable(self, *, reachable: bool) -> None:
        self.door.reachable = reachable
        self.show_bolt()

    def switch(self, *, enabled: bool) -> None:
        self.want(replace(self.door.rules, enabled=enabled))

    def want(self, rules: AutolockConfig) -> None:
        self.door.rules = rules
        self.guard.async_on_config(rules)


@asynccontextmanager
async def autolock_harness(
    door: FakeDoor, *, lock_is_there: bool = True
) -> AsyncIterator[AutolockHarness]:
    """Run Home Assistant; it ends in good order unless its power `is_cut`."""
    async with running_home_assistant() as hass:
        run = AutolockHarness(hass, door)
        await run.start(lock_is_there=lock_is_there)
        try:
            yield run
        finally:
            if run.is_cut:
                # what happens from now on reaches no disk
                door.disk = replace(door.disk, stored=deepcopy(door.disk.stored))
            await run.guard.async_close()
            await hass.async_stop(force=True)


async def minutes(number: float) -> None:
    """Let time pass."""
    await asyncio.sleep(number * 60)
