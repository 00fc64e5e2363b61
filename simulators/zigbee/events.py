"""Events of a lock: operation, programming, alarm; and their frames."""

from dataclasses import dataclass, field

from .fields import text, u8, u16, u32
from .terms import (
    NO_TIME,
    NOBODY,
    Alarm,
    Cluster,
    Notification,
    Operation,
    Programming,
    Source,
    UserStatus,
    UserType,
)


@dataclass(frozen=True, kw_only=True)
class Operated:
    """The bolt moved, or an attempt failed."""

    source: Source
    operation: Operation
    user: int = NOBODY
    pin: bytes = field(default=b"", repr=False)
    at: int = NO_TIME
    """Local seconds since 2000."""


@dataclass(frozen=True, kw_only=True)
class Programmed:
    """A code is not what it was."""

    source: Source
    change: Programming
    user: int
    kind: int = UserType.UNRESTRICTED
    status: int = UserStatus.ENABLED
    pin: bytes = field(default=b"", repr=False)
    at: int = NO_TIME


@dataclass(frozen=True)
class Alarmed:
    """The lock raised an alarm."""

    alarm: Alarm


type LockEvent = Operated | Programmed | Alarmed


def command_of(event: LockEvent) -> tuple[Cluster, int]:
    """Return the cluster of the event, and the number of its command."""
    match event:
        case Operated():
            return Cluster.DOOR_LOCK, Notification.OPERATION
        case Programmed():
            return Cluster.DOOR_LOCK, Notification.PROGRAMMING
        case Alarmed():
            return Cluster.ALARMS, 0


def payload_of(event: LockEvent, *, data: bool) -> bytes:
    """Return the payload, with the trailing string of door lock events or without."""
    if isinstance(event, Alarmed):
        return u8(event.alarm) + u16(Cluster.DOOR_LOCK)
    if isinstance(event, Operated):
        body = u8(event.source) + u8(event.operation) + u16(event.user)
        body += text(event.pin) + u32(event.at)
    else:
        body = u8(event.source) + u8(event.change) + u16(event.user)
        body += text(event.pin) + u8(event.kind) + u8(event.status) + u32(event.at)
    return body + text(b"") if data else body
