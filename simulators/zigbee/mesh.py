"""A Zigbee network: devices, the medium between them, and a host that may be absent."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from .node import Message, Node, coordinator
from .radio_medium import RadioMedium


class Host(Protocol):
    """The host software that uses the coordinator."""

    def receive(self, node: Node, message: Message) -> None:
        """Take a message of a device."""

    def unplugged(self) -> None:
        """Handle that the coordinator was unplugged."""


KEPT_SECONDS = 7.68
"""How long a parent keeps a message for a device that sleeps."""


class Mesh:
    """Devices in reach of one coordinator. They outlive the host's restarts."""

    def __init__(
        self, nodes: Iterable[Node] = (), *, ieee: int = 0x00212EFFFF003344
    ) -> None:
        """Make a network; the devices are near it and not in it before they join."""
        self.medium = RadioMedium()
        self.nodes: list[Node] = []
        self.coordinator = coordinator(ieee)
        self.host: Host | None = None
        """Set by the host while it listens; what comes without one is lost."""
        self.plugged = True
        """Whether a host can get at the coordinator."""
        for node in (self.coordinator, *nodes):
            self.add(node)
        self._awake_until: dict[int, float] = {}

    def add(self, node: Node) -> None:
        """Bring another device into reach."""
        self.nodes.append(node)
        node.transmit = partial(self._from_node, node)
        node.later = self.medium.after

    def find(self, *, nwk: int | None = None, ieee: int | None = None) -> Node | None:
        """Return the device of the network with this address."""
        return next(
            (
                node
                for node in self.nodes
                if node.joined
                and (node.addresses.nwk == nwk or node.addresses.ieee == ieee)
            ),
            None,
        )

    def unplug(self) -> None:
        """Pull the coordinator out of the host; devices go on without it."""
        self.plugged = False
        host, self.host = self.host, None
        if host is not None:
            host.unplugged()

    def plug(self) -> None:
        """Put it back. The host has to notice by itself."""
        self.plugged = True

    def send(
        self, node: Node | None, message: Message, done: Callable[[bool], None]
    ) -> None:
        """Send a message; `done` is called with whether the device's radio confirmed it."""
        if node is None:
            self.medium.after(0, lambda: done(False))
            return
        wait = self._until_it_listens(node)
        if wait > KEPT_SECONDS:
            self.medium.after(KEPT_SECONDS, lambda: done(False))
        else:
            self.medium.after(wait, lambda: done(self._deliver(node, message)))

    def _deliver(self, node: Node, message: Message) -> bool:
        if node.sleep is not None:
            now = self.medium.now()
            self._awake_until[node.addresses.nwk] = now + node.sleep.stays_awake
        return node.receive(message)

    def is_awake(self, node: Node) -> bool:
        """Return whether a device listens after a message, or always does."""
        awake_until = self._awake_until.get(node.addresses.nwk, 0)
        return node.sleep is None or self.medium.now() < awake_until

    def _until_it_listens(self, node: Node) -> float:
        """Return for how many seconds a message waits at the parent."""
        if node.sleep is None or self.is_awake(node):
            return 0
        now = self.medium.now()
        return node.sleep.every - now % node.sleep.every

    def _from_node(self, node: Node, message: Message, delay: float) -> None:
        self.medium.after(delay, lambda: self._arrive(node, message))

    def _arrive(self, node: Node, message: Message) -> None:
        if self.host is not None:
            self.host.receive(node, message)
