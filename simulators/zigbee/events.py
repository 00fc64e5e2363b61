"""What a lock tells unasked, before it is a frame."""

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
    """The bolt moved, or somebody tried."""

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
    """The lock calls out."""

    alarm: Alarm


type Told = Operated | Programmed | Alarmed


def command_of(told: Told) -> tuple[Cluster, int]:
    """Return the cluster that tells it, and the number of the command."""
    match told:
        case Operated():
            return Cluster.DOOR_LOCK, Notification.OPERATION
        case Programmed():
            return Cluster.DOOR_LOCK, Notification.PROGRAMMING
        case Alarmed():
            return Cluster.ALARMS, 0


def payload_of(told: Told, *, data: bool) -> bytes:
    """Return the payload, with the trailing string of door lock events or without."""
    if isinstance(told, Alarmed):
        return u8(told.alarm) + u16(Cluster.DOOR_LOCK)
    if isinstance(told, Operated):
        body = u8(told.source) + u8(told.operation) + u16(told.user)
        body += text(told.pin) + u32(told.at)
    else:
        body = u8(told.source) + u8(told.change) + u16(told.user)
        body += text(told.pin) + u8(told.kind) + u8(told.status) + u32(told.at)
    return body + text(b"") if data else body
