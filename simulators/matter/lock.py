"""A door lock without any network: its memory, its bolt, and the events it emits.

Users, credentials, schedules and access are functions of their own modules over it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, timedelta

from simulators.common.door_lock.clock import EPOCH, LockClock
from simulators.common.door_lock.lockout import Lockout

from .events import Json, LockEvent
from .limits import Limits, Traits
from .memory import Memory
from .terms import LOCAL_TIME, Attribute, ClusterStatus, DoorState, LockState, Status

_MICROSECOND = timedelta(microseconds=1)


class RefusedError(Exception):
    """The lock refuses a command; `cluster` is what the door lock adds to a failure."""

    def __init__(self, status: int, cluster: ClusterStatus | int | None = None) -> None:
        """Refuse with a status of the interaction model."""
        super().__init__(status, cluster)
        self.status = int(status)
        self.cluster = None if cluster is None else int(cluster)


@dataclass
class Clock(LockClock):
    """The lock's own clock, with what Time Synchronization reports of it."""

    is_set: bool = True
    knows_summer_time: bool = True

    def milliseconds(self) -> int:
        """Return the same for events."""
        return int(self.seconds() * 1000)

    def local_time(self) -> int | None:
        """Return the wall time as Matter counts it, None if the clock was never set."""
        local = self.local().replace(tzinfo=UTC) - EPOCH
        return local // _MICROSECOND if self.is_set else None

    def attributes(self) -> dict[int, Json]:
        """Return the Time Synchronization cluster's attributes, without what is the time.

        The passing of time is no change that is reported: read `local_time` for it.
        """
        summer: list[Json] = [{"0": 0, "1": 0, "2": None}]
        return {
            5: [{"0": 0, "1": 0}],
            6: summer if self.knows_summer_time else [],
            LOCAL_TIME: None,
            65532: 1,
            65533: 2,
        }


@dataclass
class DoorLock:
    """One lock. `on_event` and `on_attribute` are called for every event and change."""

    limits: Limits = field(default_factory=Limits)
    traits: Traits = field(default_factory=Traits)
    clock: Clock = field(default_factory=Clock)
    memory: Memory = field(default_factory=Memory)
    on_event: Callable[[LockEvent], None] = lambda event: None
    on_attribute: Callable[[int, Json], None] = lambda attribute, value: None
    state: LockState | None = LockState.LOCKED
    door: DoorState = DoorState.CLOSED
    door_opened: int = 0
    door_closed: int = 0
    lockout: Lockout = field(default_factory=Lockout)

    def emit(self, event: LockEvent) -> None:
        """Send an event."""
        self.on_event(event)

    def move(self, state: LockState | None) -> None:
        """Move the bolt."""
        self.state = state
        self.on_attribute(Attribute.LOCK_STATE, state)

    def set_door(self, door: DoorState) -> None:
        """Move the door, and count it."""
        self.door = door
        self.on_attribute(Attribute.DOOR_STATE, int(door))
        if door is DoorState.OPEN:
            self.door_opened += 1
            self.on_attribute(Attribute.DOOR_OPEN_EVENTS, self.door_opened)
        elif door is DoorState.CLOSED:
            self.door_closed += 1
            self.on_attribute(Attribute.DOOR_CLOSED_EVENTS, self.door_closed)

    def check_user_index(self, index: int) -> None:
        """Refuse an index that no user can have."""
        if not 1 <= index <= self.limits.users:
            raise RefusedError(Status.INVALID_COMMAND)

    def attributes(self) -> dict[int, Json]:
        """Return the door lock cluster's attributes as they are now."""
        limits = self.limits
        return {
            Attribute.LOCK_STATE: self.state,
            Attribute.LOCK_TYPE: 0,
            Attribute.ACTUATOR_ENABLED: True,
            Attribute.DOOR_STATE: int(self.door),
            Attribute.DOOR_OPEN_EVENTS: self.door_opened,
            Attribute.DOOR_CLOSED_EVENTS: self.door_closed,
            Attribute.USERS: limits.users,
            **limits.attributes(),
            Attribute.CREDENTIAL_RULES: 3,
            Attribute.CREDENTIALS_PER_USER: limits.credentials_per_user,
            Attribute.OPERATING_MODE: 0,
            Attribute.OPERATING_MODES: 65526,
            Attribute.PIN_FOR_REMOTE: self.traits.pin_for_remote,
            65532: limits.feature_map,
            65533: 10,
        }
