"""Events that a provider emits for its lock, in terms that fit every technology."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .provider_io import LockAddress
from .slot import Reason
from .slot_events import ChangeKind


class Action(StrEnum):
    """What was done to the bolt."""

    LOCK = "lock"
    UNLOCK = "unlock"


class Method(StrEnum):
    """How the lock was operated."""

    KEYPAD = "keypad"
    MANUAL = "manual"
    """By key or thumb turn."""
    REMOTE = "remote"
    """By radio: Home Assistant, or another controller."""
    AUTO = "auto"
    """By the lock itself."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LockOperated:
    """The bolt moved. `slot` is that of the code used, where the lock reports it.

    `reported_at` is when it moved by the lock's own clock, where that is not `at`.
    """

    action: Action
    method: Method
    slot: int | None
    at: datetime
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SlotChanged:
    """The lock reports that a slot has changed; `slot` None means all of them."""

    slot: int | None
    change: ChangeKind


@dataclass(frozen=True, slots=True)
class WriteRejected:
    """The lock reports that it did not keep what was written to a slot, and why.

    It may come seconds after the lock has accepted the write.
    """

    slot: int
    reason: Reason


class DenialReason(StrEnum):
    """Why access was denied; each is a translated key."""

    WRONG_CODE = "wrong_code"
    SWITCHED_OFF = "switched_off"
    """The code is in the lock, and disabled."""
    OUTSIDE_SCHEDULE = "outside_schedule"
    LOCKED_OUT = "locked_out"
    """After too many wrong codes the lock takes none for a time."""


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """Access was denied at the keypad.

    `slot` is that of the code entered, and `reason` why it was denied, each where the
    lock reports it.
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
    """The lock can be reached, for the first time or again; reports may have been missed.

    `events_missed`: what the lock would have reported is lost for good, so that its
    slots have to be read at once.
    """

    events_missed: bool = False


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The lock is unreachable: its integration, its driver, or the lock itself is down."""


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """The lock was found at an address that is not accepted; None: at the accepted one.

    Nothing is sent to it and nothing is believed of it until it is accepted.
    """

    address: LockAddress | None


@dataclass(frozen=True, slots=True)
class ClockChecked:
    """The times in the lock's reports have shown whether its clock is right."""

    is_wrong: bool


@dataclass(frozen=True, slots=True)
class BindingChanged:
    """What the provider has to remember about the code of a slot; None for nothing.

    Only the provider can interpret it; it is given back to it after a restart.
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
    | AddressChanged
    | BindingChanged
    | ClockChecked
)
