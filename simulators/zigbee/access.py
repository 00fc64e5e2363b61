"""Access control of a lock: whether a PIN or card operates it now."""

from .events import Alarmed, Operated
from .lock import DoorLock
from .memory import Code
from .terms import (
    NOBODY,
    Alarm,
    LockState,
    Operation,
    Source,
    UserStatus,
    UserType,
)


def operate(lock: DoorLock, *, unlock: bool, data: bytes, source: Source) -> bool:
    """Move the bolt if this PIN or card may, and emit the event of it.

    Returns whether it was accepted. A user without access is accepted, and moves nothing.
    """
    codes = lock.memory.rfids if source is Source.RFID else lock.memory.pins
    found = [(user, code) for user, code in codes.items() if code.data == data]
    if lock.lockout.is_active(lock.clock.seconds()) or not found:
        _fail(lock, unlock=unlock, source=source)
        _count_wrong_code(lock)
        return False
    lock.lockout.reset()
    user, code = found[0]
    if lock.traits.obeys_status and code.status != UserStatus.ENABLED:
        _fail(lock, unlock=unlock, source=source, user=user)
        return False
    if lock.traits.enforces and not _scheduled_now(lock, user, code):
        _fail(lock, unlock=unlock, source=source, user=user, schedule=True)
        return False
    _let_in(lock, user, code, unlock=unlock, source=source)
    return True


def move(
    lock: DoorLock,
    operation: Operation,
    source: Source,
    user: int = NOBODY,
    pin: bytes = b"",
) -> None:
    """Move the bolt and emit the event of it."""
    lock.move(state_after(operation))
    lock.emit(Operated(source=source, operation=operation, user=user, pin=pin))


def state_after(operation: Operation) -> LockState:
    """Return where the bolt is afterwards."""
    unlocks = operation in (
        Operation.UNLOCK,
        Operation.KEY_UNLOCK,
        Operation.SCHEDULE_UNLOCK,
        Operation.MANUAL_UNLOCK,
    )
    return LockState.UNLOCKED if unlocks else LockState.LOCKED


def _let_in(
    lock: DoorLock, user: int, code: Code, *, unlock: bool, source: Source
) -> None:
    reported_user = user if lock.traits.reports_users else NOBODY
    if lock.traits.enforces and code.kind == UserType.NON_ACCESS:
        lock.emit(
            Operated(source=source, operation=Operation.NON_ACCESS, user=reported_user)
        )
        return
    operation = Operation.UNLOCK if unlock else Operation.LOCK
    move(lock, operation, source, reported_user, code.data)


def _fail(
    lock: DoorLock,
    *,
    unlock: bool,
    source: Source,
    user: int = NOBODY,
    schedule: bool = False,
) -> None:
    if schedule:
        operation = (
            Operation.UNLOCK_FAILED_SCHEDULE
            if unlock
            else Operation.LOCK_FAILED_SCHEDULE
        )
    else:
        operation = (
            Operation.UNLOCK_FAILED_CODE if unlock else Operation.LOCK_FAILED_CODE
        )
    lock.emit(Operated(source=source, operation=operation, user=user))


def _scheduled_now(lock: DoorLock, user: int, code: Code) -> bool:
    if code.kind == UserType.WEEK_DAY:
        return bool(lock.memory.week_days_allow(user, lock.clock.local()))
    if code.kind == UserType.YEAR_DAY:
        return bool(lock.memory.year_days_allow(user, lock.clock.local_seconds()))
    return True


def _count_wrong_code(lock: DoorLock) -> None:
    if lock.lockout.count_wrong_code(lock.clock.seconds(), lock.limits):
        lock.emit(Alarmed(Alarm.WRONG_CODE_LIMIT))
