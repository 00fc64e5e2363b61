"""A day at a door with a Matter lock, on virtual time."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.keyholder.const import DOMAIN
from simulators.matter import Identity, Node
from simulators.matter.terms import LockState
from tests.harness.instances.matter import MatterInstance, matter_instance
from tests.harness.site.door_driver import DoorDriver, run_with_door

type Scenario = Callable[[MatterDoor], Awaitable[None]]


class MatterDoor(DoorDriver[MatterInstance]):
    """The door, and the site behind it."""

    node: Node

    def __init__(self, instance: MatterInstance, node: Node) -> None:
        """Stand before the door of a node."""
        super().__init__(instance)
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
        return list(self.instance.site.codes().values())

    def is_locked(self) -> bool:
        """Return whether the bolt is out."""
        return self.node.lock.state is LockState.LOCKED

    def entity(self, platform: str, unique_id: str) -> str:
        """Return one of our entities by its unique id."""
        entity = er.async_get(self.instance.hass).async_get_entity_id(
            platform, DOMAIN, unique_id
        )
        assert entity is not None
        return entity


def run_at_door(scenario: Scenario, node: Node | None = None) -> None:
    """Let a scenario happen at a door whose lock is managed, the one given or a new one."""

    node = node or Node(identity=Identity(product="Front"))

    def set_clock() -> None:
        node.lock.clock.zone = dt_util.get_default_time_zone()

    run_with_door(
        lambda: matter_instance([node]),
        lambda instance: MatterDoor(instance, node),
        scenario,
        prepare=set_clock,
    )
