"""Actions at the lock itself: keypad, thumbturn, door, jam, programming."""

from . import codes
from .access import move, operate
from .events import Alarmed, Operated, Programmed
from .lock import DoorLock
from .memory import Code
from .terms import (
    NOBODY,
    Alarm,
    DoorState,
    LockState,
    Operation,
    Programming,
    Source,
    Stored,
    UserStatus,
    UserType,
)


class KeypadUser:
    """A person at the keypad and the door of one lock, and the lock's own timers."""

    def __init__(self, lock: DoorLock) -> None:
        """Act at this lock."""
        self._lock = lock

    def enter(self, pin: str, *, unlock: bool = True) -> bool:
        """Type a code at the keypad; return whether the lock took it."""
        source = Source.KEYPAD
        return operate(self._lock, unlock=unlock, data=pin.encode(), source=source)

    def present_card(self, card: bytes, *, unlock: bool = True) -> bool:
        """Hold a card to the reader; return whether the lock took it."""
        return operate(self._lock, unlock=unlock, data=card, source=Source.RFID)

    def turn(self, *, unlock: bool = True) -> None:
        """Turn the thumbturn."""
        operation = Operation.MANUAL_UNLOCK if unlock else Operation.MANUAL_LOCK
        move(self._lock, operation, Source.MANUAL)

    def turn_key(self, *, unlock: bool = True) -> None:
        """Turn the key."""
        operation = Operation.KEY_UNLOCK if unlock else Operation.KEY_LOCK
        move(self._lock, operation, Source.MANUAL)

    def touch(self) -> None:
        """Lock with one touch of the keypad, without a code."""
        move(self._lock, Operation.ONE_TOUCH_LOCK, Source.KEYPAD)

    def lock_itself(self) -> None:
        """Let the lock's own relock timer run out."""
        move(self._lock, Operation.AUTO_LOCK, Source.UNKNOWN)

    def follow_schedule(self, *, unlock: bool = True) -> None:
        """Let the lock's own schedule move the bolt."""
        operation = Operation.SCHEDULE_UNLOCK if unlock else Operation.SCHEDULE_LOCK
        move(self._lock, operation, Source.UNKNOWN)

    def notify(self, operation: Operation, source: Source, user: int = NOBODY) -> None:
        """Notify of anything, as some lock might; nothing moves."""
        self._lock.emit(Operated(source=source, operation=operation, user=user))

    def jam(self) -> None:
        """Stop the bolt half-way."""
        self._lock.move(LockState.NOT_FULLY_LOCKED)
        self.sound(Alarm.JAMMED)

    def sound(self, alarm: Alarm) -> None:
        """Let the lock call an alarm."""
        self._lock.emit(Alarmed(alarm))

    def push(self, state: DoorState) -> None:
        """Open or close the door."""
        self._lock.set_door(state)

    def program(self, user: int, pin: str) -> Stored:
        """Store a PIN at the lock itself."""
        code = Code(UserStatus.ENABLED, UserType.UNRESTRICTED, pin.encode())
        return codes.set_pin(self._lock, user, code, Source.KEYPAD)

    def delete_pin(self, user: int) -> Stored:
        """Delete a PIN at the lock itself."""
        return codes.clear_pin(self._lock, user, Source.KEYPAD)

    def delete_all_pins(self) -> None:
        """Delete every PIN at the lock itself."""
        codes.clear_all_pins(self._lock, Source.KEYPAD)

    def change_master_code(self) -> None:
        """Change the code that programs the lock."""
        self._lock.emit(
            Programmed(
                source=Source.KEYPAD,
                change=Programming.MASTER_CODE_CHANGED,
                user=0,
                kind=UserType.MASTER,
            )
        )

    def factory_reset(self) -> None:
        """Clear all codes and schedules, and raise the alarm of it. It stays joined."""
        self._lock.memory.forget_all()
        self.sound(Alarm.FACTORY_RESET)
