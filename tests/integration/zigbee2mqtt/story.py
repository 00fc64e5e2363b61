"""A day at a door with a lock of Zigbee2MQTT, on virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from homeassistant.core import State

from simulators.zigbee import DoorLock, Limits, LockNode
from simulators.zigbee.terms import LockState
from simulators.zigbee2mqtt import Definition, Device
from tests.virtual.run import run_virtually
from tests.virtual.zigbee2mqtt_home import Zigbee2MqttHome, zigbee2mqtt_home

from .house import PIN, Person

LOCK: Final = "lock.front"
AUTOLOCK: Final = "switch.front_autolock"
AUTOLOCK_AT: Final = "sensor.front_autolock_at"

type Story = Callable[[Door], Awaitable[None]]


class Door:
    """The door, and the house behind it."""

    def __init__(self, home: Zigbee2MqttHome, node: LockNode) -> None:
        """Stand before the door."""
        self.home = home
        self.node = node

    @property
    def told(self) -> list[tuple[str, str | None]]:
        """Return what was told as news, and of whom."""
        told = self.home.house.told
        return [(each["type"], each["person"]) for each in told if not each.get("past")]

    @property
    def codes(self) -> list[str]:
        """Return the codes that are in the lock."""
        return list(self.node.pins().values())

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
        await self.home.hass.services.async_call(
            "switch",
            f"turn_o{'n' if on else 'ff'}",
            {"entity_id": entity_id},
            blocking=True,
        )


def at_the_door(story: Story) -> None:
    """Let a story happen at a door whose lock is managed."""

    async def happen() -> None:
        node = LockNode(DoorLock(limits=Limits(pins=19, first_user=1)))
        definition = Definition("Danalock", "V3-BTZB/V3-BTZBE", pin_code_count=20)
        device = Device(node, "Front", definition)
        device.options |= {"expose_pin": True, "filtered_cache": ["users"]}
        async with zigbee2mqtt_home([device]) as home:
            await home.house.manage()
            await asyncio.sleep(60)
            await story(Door(home, node))

    run_virtually(happen())
