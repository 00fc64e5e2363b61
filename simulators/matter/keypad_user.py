"""Actions at the lock itself: keypad, thumbturn, door, jam, programming."""

from . import events
from .access import operate, state_after
from .credentials import (
    CredentialAnswer,
    CredentialRequest,
    clear_credential,
    set_credential,
)
from .lock import DoorLock
from .memory import AT_THE_LOCK, FOREIGN, Author
from .terms import (
    Alarm,
    CredentialType,
    DoorState,
    LockOperation,
    LockState,
    OperationType,
    Source,
)
from .users import clear_user

AT_THE_THUMBTURN = Author(None, None, Source.MANUAL)
BY_ITSELF = Author(None, None, Source.AUTO)


class KeypadUser:
    """A person at the keypad and the door of one lock, and the lock's own timers."""

    def __init__(self, lock: DoorLock) -> None:
        """Act at this lock."""
        self._lock = lock

    def enter(self, pin: str, *, unlock: bool = True) -> bool:
        """Type a code at the keypad; return whether the lock took it."""
        return operate(
            self._lock, _wanted(unlock), pin.encode(), AT_THE_LOCK, CredentialType.PIN
        )

    def present_card(self, card: bytes, *, unlock: bool = True) -> bool:
        """Hold a card to the reader; return whether the lock took it."""
        return operate(
            self._lock, _wanted(unlock), card, AT_THE_LOCK, CredentialType.RFID
        )

    def turn(self, *, unlock: bool = True) -> None:
        """Turn the thumbturn or the key."""
        self._operate(_wanted(unlock), AT_THE_THUMBTURN)

    def lock_itself(self) -> None:
        """Let the lock's own relock timer run out."""
        self._operate(LockOperation.LOCK, BY_ITSELF)

    def operate_from_elsewhere(self, *, unlock: bool = True) -> None:
        """Lock or unlock by the controller of another fabric."""
        self._operate(_wanted(unlock), FOREIGN)

    def jam(self) -> None:
        """Stop the bolt half-way."""
        self._lock.move(LockState.NOT_FULLY_LOCKED)
        self.sound(Alarm.JAMMED)

    def sound(self, alarm: Alarm) -> None:
        """Let the lock call an alarm."""
        self._lock.emit(events.alarm(alarm, self._lock.clock.milliseconds()))

    def push(self, state: DoorState) -> None:
        """Open or close the door."""
        self._lock.set_door(state)
        self._lock.emit(events.door_state(state, self._lock.clock.milliseconds()))

    def program(
        self, pin: str, index: int, user: int | None = None
    ) -> CredentialAnswer:
        """Store a PIN at the lock itself: no fabric is its creator.

        Without a user the first free index is taken; one that does not exist is made,
        and is there even if the PIN is refused. Raises RefusedError where no user can be.
        """
        if user is not None and user not in self._lock.memory.users:
            self._lock.check_user_index(user)
            self._lock.memory.new_user(user, None, None, AT_THE_LOCK)
        return set_credential(
            self._lock,
            CredentialRequest(
                OperationType.ADD, (CredentialType.PIN, index), pin.encode(), user
            ),
            AT_THE_LOCK,
        )

    def delete_pin(self, index: int) -> None:
        """Delete a PIN at the lock, whoever made it."""
        clear_credential(self._lock, (CredentialType.PIN, index), AT_THE_LOCK)

    def delete_user(self, index: int) -> None:
        """Delete a user at the lock, whoever made it."""
        clear_user(self._lock, index, AT_THE_LOCK)

    def factory_reset(self) -> None:
        """Clear all users, credentials and schedules, and raise the alarm of it."""
        self._lock.memory.forget_all()
        self._lock.memory.holidays.clear()
        self.sound(Alarm.FACTORY_RESET)

    def _operate(self, operation: LockOperation, by: Author) -> None:
        self._lock.move(state_after(operation))
        self._lock.emit(
            events.operation(operation, by, self._lock.clock.milliseconds())
        )


def _wanted(unlock: bool) -> LockOperation:
    return LockOperation.UNLOCK if unlock else LockOperation.LOCK
