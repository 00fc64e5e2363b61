"""A fault, and how much of it is allowed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from simulators.zigbee import LockNode
from simulators.zigbee2mqtt import Broker, Device, FakeZigbee2Mqtt
from tests.faults.scene import Doing

OTHER: Final = 1
"""The slot of somebody else on the same lock."""
OURS: Final = 2
"""The slot in which the fault strikes."""
STRANGER: Final = 9
"""A slot with a code that nobody manages, made at the lock."""
OTHER_PIN: Final = "908001"
STRANGERS_PIN: Final = "906611"

UNPROVEN: Final = "unproven"
"""The end of a fault that does not: nothing is claimed, whatever else is shown."""

EACH: Final = (Doing.WRITE, Doing.CHANGE, Doing.CLEAR)
ALONE: Final = 3
"""Questions about a slot where nothing else is there to be asked: two to find out whether the
lock is back, and one because reports were lost."""

type Action = Callable[[], Awaitable[object] | object]


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


@dataclass
class Scene:
    """What a fault may take hold of."""

    broker: Broker
    bridge: FakeZigbee2Mqtt
    front: Device
    doing: Doing
    timers: list[asyncio.TimerHandle] = field(default_factory=list)
    errands: list[asyncio.Future[object]] = field(default_factory=list)
    ends: list[Callable[[], object]] = field(default_factory=list)
    """Called when the story is over."""
    stops: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    """Awaited then."""

    @property
    def node(self) -> LockNode:
        """Return the lock itself."""
        return self.front.node

    def at(self, seconds: float, action: Action) -> None:
        """Let something happen so many seconds from now."""

        def act() -> None:
            done = action()
            if isinstance(done, Awaitable):
                self.errands.append(asyncio.ensure_future(done))

        loop = asyncio.get_running_loop()
        self.timers.append(loop.call_later(seconds, act))


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and how much of it is allowed."""

    name: str
    strike: Callable[[Scene], object]
    """Called as the story begins, before anything is done."""
    doings: tuple[Doing, ...] = EACH
    ends: str | Mapping[Doing, str] = field(default="", hash=False)
    """What the sensor shows in the end, where that is not what is wanted."""
    at_most: int = 14
    """Publications about the slot in the whole story.

    This and what follows is twice as much for a lock that repeats, as it is asked twice.
    """
    others: int = 0
    """Questions about somebody else's slot on the same lock."""
    elsewhere: int = 0
    """Questions about each slot of the other lock."""
    lasts: int = 600
    """Seconds that the story lasts."""
    hidden: bool = False
    """The lock cannot show what happens, so what is said is an older truth."""
    shared: bool = False
    """The other lock meets the same, as it is behind the same bridge."""
    moves_away: bool = False
    """What is left of the bridge is something else for Home Assistant."""
    kinds: tuple[Kind, ...] = tuple(Kind)

    def allowed(self, count: int, kind: Kind) -> int:
        """Return how much of something is allowed."""
        return 2 * count if kind is Kind.REPEATING else count

    def end(self, doing: Doing) -> str:
        """Return what the sensor shows in the end."""
        ends = self.ends if isinstance(self.ends, str) else self.ends.get(doing, "")
        return ends or ("gone" if doing is Doing.CLEAR else "in_sync")
