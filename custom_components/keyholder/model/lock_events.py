"""What a provider hears from its lock, in words that fit every technology."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .lifecycle import ChangeKind
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
class LockOperated:
    """The bolt moved. `slot` is whose code it was, where the lock says so."""

    action: Action
    method: Method
    slot: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SlotChanged:
    """The lock says that a slot was changed; `slot` None means every one of them."""

    slot: int | None
    change: ChangeKind


@dataclass(frozen=True, slots=True)
class WriteRejected:
    """The lock says that it did not keep what was written to a slot, and why.

    It may come seconds after the lock has accepted the write.
    """

    slot: int
    reason: Reason


class DenialReason(StrEnum):
    """Why somebody was turned away; each is a translated key."""

    WRONG_CODE = "wrong_code"
    SWITCHED_OFF = "switched_off"
    """The code is there, and the lock keeps it from opening."""
    OUTSIDE_SCHEDULE = "outside_schedule"
    LOCKED_OUT = "locked_out"
    """After too many wrong codes the lock takes none for a time."""


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """Somebody was turned away at the keypad.

    `slot` is whose code it was, where it was one and the lock says so, and `because` why,
    where it says that.
    """

    at: datetime
    slot: int | None = None
    reason: DenialReason | None = None


@dataclass(frozen=True, slots=True)
class Jammed:
    """The bolt could not move."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Connected:
    """The lock can be reached, for the first time or again. Events may be missing.

    `missed`: what the lock would have reported is lost for good, so that what it holds
    has to be looked at at once.
    """

    events_missed: bool = False


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The way to the lock is gone: its integration, its driver, or the lock itself."""


@dataclass(frozen=True, slots=True)
class BindingChanged:
    """What a provider has to remember of the code of a slot; None that there is nothing.

    It means nothing to anybody else, and is given back after a restart.
    """

    slot: int
    binding: Mapping[str, int] | None


type LockEvent = (
    LockOperated
    | SlotChanged
    | WriteRejected
    | AccessDenied
    | Jammed
    | Connected
    | Disconnected
    | BindingChanged
)
