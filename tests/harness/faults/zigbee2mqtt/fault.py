"""A fault, and how much of it is allowed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Self, override

from simulators.zigbee import LockNode
from simulators.zigbee2mqtt import Broker, Device, FakeZigbee2Mqtt
from tests.harness.faults.fault_scenario import Action, ActionSchedule, UserChange
from tests.harness.faults.site_scenario import Expectations

EACH: Final = (UserChange.WRITE, UserChange.CHANGE, UserChange.CLEAR)
CHANGE_REPORTED: Final = "suspended (change_reported)"
ALONE: Final = 3
"""Questions about a slot where nothing else is there to be asked: two to find out whether the
lock is back, and one because reports were lost."""


class Kind(StrEnum):
    """A lock by what can be seen of its codes."""

    VALUE = "value"
    """Its codes are published when the lock was asked, and at no other time."""
    REPEATING = "repeating"
    """Its codes are published, again and again."""
    PRESENCE = "hidden"
    """`expose_pin` is off."""
    MASKED = "masked"
    """The lock itself shows no codes."""

    @property
    def shows_codes(self) -> bool:
        """Return whether a read brings the code."""
        return self in (Kind.VALUE, Kind.REPEATING)


@dataclass(kw_only=True)
class Zigbee2MqttFaultContext(ActionSchedule):
    """What a fault may take hold of."""

    broker: Broker
    bridge: FakeZigbee2Mqtt
    front: Device
    ends: list[Action] = field(default_factory=list)
    """What is done when the scenario is over."""

    @property
    def node(self) -> LockNode:
        """Return the lock itself."""
        return self.front.node

    @override
    async def close(self) -> None:
        await super().close()
        for end in self.ends:
            done = end()
            if isinstance(done, Awaitable):
                await done


@dataclass(frozen=True)
class Fault(Expectations):
    """Something that goes wrong, and how much of it is allowed.

    The counts are twice as much for a lock that repeats, as it is asked twice. What
    `closes` closes is the one bridge of both locks.
    """

    name: str
    inject: Callable[[Zigbee2MqttFaultContext], object]
    """Called as the scenario begins, before anything is done."""
    moves_away: bool = False
    """What is left of the bridge is something else for Home Assistant."""
    kinds: tuple[Kind, ...] = tuple(Kind)
    reports_change: bool = False
    """A report says that the code was changed: the user decides where no read can tell."""

    def on(self, kind: Kind) -> Self:
        """Return it with what is expected on a lock of this kind."""
        if not self.reports_change or kind.shows_codes:
            return self
        return replace(self, ends=CHANGE_REPORTED)

    def allowed(self, count: int, kind: Kind) -> int:
        """Return how much of something is allowed."""
        return 2 * count if kind is Kind.REPEATING else count
