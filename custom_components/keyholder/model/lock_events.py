"""What a provider hears from its lock, in words that fit every technology."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .lifecycle import Change
from .slot import Reason


class Action(StrEnum):
    """What was done to the bolt."""

    LOCK = "lock"
    UNLOCK = "unlock"


class Method(StrEnum):
    """How it was done."""

    KEYPAD = "keypad"
    MANUAL = "manual"
    """Key or thumb turn."""
    REMOTE = "remote"
    """By radio: Home Assistant, or another controller."""
    AUTO = "auto"
    """The lock by itself."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Operated:
    """The bolt moved. `slot` is whose code it was, where the lock says so."""

    action: Action
    method: Method
    slot: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SlotChanged:
    """The lock says that a slot was changed; `slot` None means every one of them."""

    slot: int | None
    change: Change


@dataclass(frozen=True, slots=True)
class SlotRefused:
    """The lock says that it did not keep what was written to a slot, and why.

    It may come seconds after the lock has accepted the write.
    """

    slot: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Denied:
    """Somebody was turned away at the keypad.

    `slot` is whose code it was, where it was one and the lock says so.
    """

    at: datetime
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class Jammed:
    """The bolt could not move."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Connected:
    """The lock can be reached, for the first time or again. Events may be missing."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The way to the lock is gone: its integration, its driver, or the lock itself."""


type LockEvent = (
    Operated | SlotChanged | SlotRefused | Denied | Jammed | Connected | Disconnected
)
