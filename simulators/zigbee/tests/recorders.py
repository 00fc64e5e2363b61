"""Recorders of what zigpy and Home Assistant receive from a lock."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, callback

from tests.harness.networks.zha import ZhaNetwork

ENABLED, DISABLED = 1, 3
UNRESTRICTED = 0
CODE, OTHER, THIRD = "907153", "904862", "908431"
OPERATION, PROGRAMMING = 0x20, 0x21


class ClusterRecorder:
    """Records the commands that a cluster receives."""

    def __init__(self, network: ZhaNetwork) -> None:
        self.received: list[tuple[int, Any]] = []
        network.cluster().add_listener(self)

    def cluster_command(self, tsn: int, command_id: int, args: Any) -> None:
        """Take one command of the lock; zigpy calls this by its name."""
        self.received.append((command_id, args))

    def of(self, command: int) -> list[Any]:
        """Return what came of one kind."""
        return [args for number, args in self.received if number == command]


class EventRecorder:
    """The events that ZHA fires."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.received: list[dict[str, Any]] = []
        hass.bus.async_listen("zha_event", self._on_event)

    @callback
    def _on_event(self, event: Event) -> None:
        self.received.append(dict(event.data))


async def store(network: ZhaNetwork, user: int, pin: str) -> Any:
    """Set a PIN by the cluster; return the reply."""
    return await network.cluster().set_pin_code(user, ENABLED, UNRESTRICTED, pin)
