"""A door on virtual time, driven the same way whatever technology its lock is of.

How to use it: `run_at_door(scenario)` of `matter_door`, `zha_door` or `zigbee2mqtt_door`
runs a scenario with a driver. A new technology derives `DoorDriver` (which codes are in
the lock, whether it is locked) and calls `run_with_door`.
"""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol, override

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.site.site_driver import PIN, PersonDriver, SiteDriver
from tests.harness.site.states import persistent_notifications


class RestartableSite(Protocol):
    """A site that may be stopped and started again."""

    @property
    def hass(self) -> HomeAssistant:
        """Return the Home Assistant that runs now."""

    @property
    def site(self) -> SiteDriver[Any]:
        """Return the people of it."""

    async def start(self) -> None:
        """Start Home Assistant on what is stored."""

    async def stop(self) -> None:
        """Stop it in good order."""


class BaseDoorDriver(ABC):
    """A door of a site: its entities, and what is done with them."""

    @property
    @abstractmethod
    def hass(self) -> HomeAssistant:
        """Return the Home Assistant that runs now."""

    @property
    @abstractmethod
    def site_events(self) -> list[Mapping[str, Any]]:
        """Return all access events of the site, with their data."""

    @property
    def events(self) -> list[tuple[str, str | None]]:
        """Return the access events that are no history, and of whom."""
        events = [each for each in self.site_events if not each.get("past")]
        return [(each["type"], each["person"]) for each in events]

    def state(self, entity_id: str) -> State:
        """Return what an entity shows."""
        state = self.hass.states.get(entity_id)
        assert state is not None, f"{entity_id} shows nothing"
        return state

    def state_of(self, entity_id: str) -> str:
        """Return the state of an entity."""
        return self.state(entity_id).state

    async def switch(self, entity_id: str, *, on: bool) -> None:
        """Turn a switch."""
        await self.act("switch", f"turn_o{'n' if on else 'ff'}", entity_id)

    async def act(
        self, domain: str, action: str, entity_id: str, **data: object
    ) -> None:
        """Perform an action."""
        await self.hass.services.async_call(
            domain, action, {"entity_id": entity_id, **data}, blocking=True
        )


class DoorDriver[AnyInstance: RestartableSite](BaseDoorDriver):
    """The first door, on an instance that restarts. The lock is called Front."""

    node: Any
    """The simulated lock, with its `door` and its `faults`."""

    def __init__(self, instance: AnyInstance, prefix: str = "front") -> None:
        """Drive this door; entities of the lock's device begin with the prefix."""
        self.instance = instance
        self.lock = f"lock.{prefix}"
        self.access = f"event.{prefix}_access"
        self.autolock = f"switch.{prefix}_autolock"
        self.autolock_at = f"sensor.{prefix}_autolock_at"

    @property
    @override
    def hass(self) -> HomeAssistant:
        return self.instance.hass

    @property
    @override
    def site_events(self) -> list[Mapping[str, Any]]:
        return self.instance.site.events

    @property
    def locks_at(self) -> datetime:
        """Return when the door will lock itself."""
        return datetime.fromisoformat(self.state_of(self.autolock_at))

    @property
    def failures(self) -> list[str]:
        """Return what is shown of a failure to lock."""
        shown = persistent_notifications(self.hass)
        return [each["message"] for each in shown.values()]

    @property
    @abstractmethod
    def codes(self) -> list[str]:
        """Return the codes that are in the lock."""

    @abstractmethod
    def is_locked(self) -> bool:
        """Return whether the bolt is out."""

    async def add(self, name: str = "Ann", pin: str = PIN, **how: bool) -> PersonDriver:
        """Add somebody, and let the lock come to rest."""
        person = await self.instance.site.add(name, pin, **how)
        await asyncio.sleep(90)
        self.instance.site.events.clear()
        return person


def run_with_door[AnyInstance: RestartableSite, AnyDoor](
    run_instance: Callable[[], AbstractAsyncContextManager[AnyInstance]],
    drive: Callable[[AnyInstance], AnyDoor],
    scenario: Callable[[AnyDoor], Awaitable[None]],
    *,
    prepare: Callable[[], object] = lambda: None,
    seconds: float = 5,
) -> None:
    """Run a scenario on virtual time at a door whose lock has been managed for so long.

    `prepare` is called with Home Assistant started and before the lock is managed.
    """

    async def run() -> None:
        async with run_instance() as instance:
            prepare()
            await instance.site.manage()
            await asyncio.sleep(seconds)
            await scenario(drive(instance))

    run_on_virtual_clock(run())


async def sleep_until(moment: datetime) -> None:
    """Let time pass to a moment."""
    await asyncio.sleep(max((moment - dt_util.utcnow()).total_seconds(), 0))


def rule(*windows: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return what the browser sends for the form of a rule."""
    return {
        "weekly": {
            "mode": "include",
            **({"windows": list(windows)} if windows else {}),
        },
        "source": {"grace": 15},
        "conditions": {},
        **more,
    }


def window(start: datetime, lasts: timedelta) -> dict[str, Any]:
    """Return the window that begins on one day then, in local time."""
    begin, end = dt_util.as_local(start), dt_util.as_local(start + lasts)
    return {
        "days": [begin.strftime("%a").lower()],
        "start": f"{begin:%H:%M}",
        "end": f"{end:%H:%M}",
    }
