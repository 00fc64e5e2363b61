"""A day at a door with a Matter lock, on virtual time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.keyholder.const import DOMAIN
from simulators.matter import Identity, Node
from simulators.matter.terms import LockState
from tests.virtual.matter_home import MatterHome, matter_home
from tests.virtual.run import run_virtually

from .house import PIN, Person

LOCK: Final = "lock.front"
ACCESS: Final = "event.front_access"
AUTOLOCK: Final = "switch.front_autolock"
AUTOLOCK_AT: Final = "sensor.front_autolock_at"

type Story = Callable[[Door], Awaitable[None]]


class Door:
    """The door, and the house behind it."""

    def __init__(self, home: MatterHome, node: Node) -> None:
        """Stand before the door of a node."""
        self.home = home
        self.node = node
        self.reports: list[dict[str, Any]] = []
        """What the lock reported of operations, as the server passed it on."""
        push = node.push

        def note(kind: Any, data: Any) -> None:
            if kind == "node_event":
                self.reports.append(data)
            push(kind, data)

        node.push = note

    @property
    def told(self) -> list[tuple[str, str | None]]:
        """Return what was told as news, and of whom."""
        told = self.home.house.told
        return [(each["type"], each["person"]) for each in told if not each.get("past")]

    @property
    def codes(self) -> list[str]:
        """Return the codes that are in the lock."""
        return list(self.home.house.codes().values())

    def state(self, entity_id: str) -> State:
        """Return what an entity shows."""
        state = self.home.hass.states.get(entity_id)
        assert state is not None, f"{entity_id} shows nothing"
        return state

    def is_locked(self) -> bool:
        """Return whether the bolt is out."""
        return self.node.lock.state is LockState.LOCKED

    def shows(self, entity_id: str) -> str:
        """Return the state of an entity."""
        return self.state(entity_id).state

    async def add(self, name: str = "Ann", pin: str = PIN, **how: bool) -> Person:
        """Add somebody, and let the lock come to rest."""
        person = await self.home.house.add(name, pin, **how)
        await asyncio.sleep(90)
        self.home.house.told.clear()
        return person

    async def switch(self, entity_id: str, *, on: bool) -> None:
        """Turn a switch."""
        await self.act("switch", f"turn_o{'n' if on else 'ff'}", entity_id)

    async def act(
        self, domain: str, action: str, entity_id: str, **data: object
    ) -> None:
        """Perform an action."""
        await self.home.hass.services.async_call(
            domain, action, {"entity_id": entity_id, **data}, blocking=True
        )

    def entity(self, platform: str, unique_id: str) -> str:
        """Return one of our entities by its unique id."""
        entity = er.async_get(self.home.hass).async_get_entity_id(
            platform, DOMAIN, unique_id
        )
        assert entity is not None
        return entity


def at_the_door(story: Story) -> None:
    """Let a story happen at a door whose lock is managed."""

    async def happen() -> None:
        node = Node(identity=Identity(product="Front"))
        async with matter_home([node]) as home:
            node.lock.clock.zone = dt_util.get_default_time_zone()
            await home.house.manage()
            await asyncio.sleep(5)
            await story(Door(home, node))

    run_virtually(happen())


async def until(moment: datetime) -> None:
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
    """Return the window of one day that begins then, in local time."""
    begin, end = dt_util.as_local(start), dt_util.as_local(start + lasts)
    return {
        "days": [begin.strftime("%a").lower()],
        "start": f"{begin:%H:%M}",
        "end": f"{end:%H:%M}",
    }
