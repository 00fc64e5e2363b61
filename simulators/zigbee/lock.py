"""A door lock without any network: its memory, its bolt, and the events it emits.

Codes, schedules and access are functions of their own modules over it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from simulators.common.door_lock.clock import LockClock
from simulators.common.door_lock.lockout import Lockout

from .events import Alarmed, LockEvent, Operated, Programmed
from .limits import Limits, Traits
from .memory import Memory
from .terms import (
    EVENT_MASKS,
    NOBODY,
    Attribute,
    DoorState,
    LockState,
    Operation,
    Source,
)

_TAKES_WRITES = frozenset(
    {
        *EVENT_MASKS,
        Attribute.ALARM_MASK,
        Attribute.AUTO_RELOCK,
        Attribute.LANGUAGE,
        Attribute.SOUND_VOLUME,
    }
)


class RefusedError(Exception):
    """The lock answers a command with a DefaultResponse of this status."""

    def __init__(self, status: int) -> None:
        """Refuse."""
        super().__init__(status)
        self.status = int(status)


_BY_LOCK = 0x0A
_SHOWN_SOURCES = {Source.KEYPAD: 2, Source.RF: 0, Source.RFID: 4}
_LOCKS = (
    Operation.LOCK,
    Operation.ONE_TOUCH_LOCK,
    Operation.KEY_LOCK,
    Operation.AUTO_LOCK,
    Operation.SCHEDULE_LOCK,
    Operation.MANUAL_LOCK,
)
_UNLOCKS = (
    Operation.UNLOCK,
    Operation.KEY_UNLOCK,
    Operation.SCHEDULE_UNLOCK,
    Operation.MANUAL_UNLOCK,
)


@dataclass
class DoorLock:
    """One lock. `on_event` and `on_attribute` are called for every event and change."""

    limits: Limits = field(default_factory=Limits)
    traits: Traits = field(default_factory=Traits)
    clock: LockClock = field(default_factory=LockClock)
    memory: Memory = field(default_factory=Memory)
    on_event: Callable[[LockEvent], None] = lambda event: None
    on_attribute: Callable[[int, int], None] = lambda attribute, value: None
    state: LockState = LockState.LOCKED
    door: DoorState = DoorState.CLOSED
    lockout: Lockout = field(default_factory=Lockout)
    written: dict[int, int | bytes] = field(default_factory=dict)
    """Attributes that were written. They have no effect on anything."""

    def emit(self, event: LockEvent) -> None:
        """Send a notification, if this lock sends such."""
        if isinstance(event, Operated) and self.traits.shows_last_operation:
            self._show_operation(event)
        match event:
            case Operated() if self.traits.reports_operations:
                self.on_event(self._with_visible_code(event))
            case Programmed() if self.traits.reports_programming:
                self.on_event(self._with_visible_code(event))
            case Alarmed():
                self.on_event(event)

    def _show_operation(self, event: Operated) -> None:
        done = event.operation
        if done in _UNLOCKS or done in _LOCKS:
            user = 0 if event.user == NOBODY else event.user
            action = 2 if done in _UNLOCKS else 1
            source = _SHOWN_SOURCES.get(event.source, _BY_LOCK)
            shown = source << 24 | action << 16 | user
            self.on_attribute(Attribute.LAST_OPERATION, shown)

    def move(self, state: LockState) -> None:
        """Move the bolt."""
        self.state = state
        self.on_attribute(Attribute.LOCK_STATE, state)

    def set_door(self, door: DoorState) -> None:
        """Move the door."""
        self.door = door
        self.on_attribute(Attribute.DOOR_STATE, door)

    def attributes(self) -> dict[int, int | bytes]:
        """Return the door lock cluster's attributes as a read returns them now."""
        limits, traits = self.limits, self.traits
        values: dict[int, int | bytes] = {
            Attribute.LOCK_STATE: self.state,
            Attribute.LOCK_TYPE: 0,
            Attribute.ACTUATOR_ENABLED: 1,
            Attribute.DOOR_STATE: self.door,
            Attribute.LOG_RECORDS: 0,
            Attribute.USERS: max(limits.pins, limits.rfids),
            **limits.attributes(),
            Attribute.LANGUAGE: b"en",
            Attribute.AUTO_RELOCK: 30,
            Attribute.SOUND_VOLUME: 1,
            Attribute.OPERATING_MODE: 0,
            Attribute.OPERATING_MODES: 1,
            Attribute.SEND_PIN_OVER_THE_AIR: int(traits.shows_codes),
            Attribute.PIN_FOR_REMOTE: int(traits.pin_for_remote),
            Attribute.ALARM_MASK: 0,
            **dict.fromkeys(EVENT_MASKS, 0xFFFF),
            **self.written,
        }
        return {
            number: value
            for number, value in values.items()
            if number not in traits.hidden_attributes
        }

    def write(self, attribute: int, value: int | bytes) -> bool:
        """Write an attribute; return whether it can be written."""
        if attribute not in _TAKES_WRITES:
            return False
        self.written[attribute] = value
        return True

    def reported_code(self, code: bytes) -> bytes:
        """Return a code as an event shows it."""
        traits = self.traits
        return code if traits.shows_codes and traits.reports_pins else b""

    def _with_visible_code[T: (Operated, Programmed)](self, event: T) -> T:
        return replace(event, pin=self.reported_code(event.pin))
