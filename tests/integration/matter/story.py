"""A day at a door with a Matter lock, on virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.keyholder.const import DOMAIN
from simulators.matter import Identity, Node
from simulators.matter.terms import LockState
from tests.integration.doorstep import Doorstep
from tests.virtual.matter_home import MatterHome, matter_home
from tests.virtual.run import run_virtually

type Story = Callable[[Door], Awaitable[None]]


class Door(Doorstep[MatterHome]):
    """The door, and the house behind it."""

    node: Node

    def __init__(self, home: MatterHome, node: Node) -> None:
        """Stand before the door of a node."""
        super().__init__(home)
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
    def codes(self) -> list[str]:
        """Return the codes that are in the lock."""
        return list(self.home.house.codes().values())

    def is_locked(self) -> bool:
        """Return whether the bolt is out."""
        return self.node.lock.state is LockState.LOCKED

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
