"""Access control of a lock: whether a PIN or card operates it now."""

from . import events
from .lock import DoorLock
from .memory import Author, CredentialKey, User
from .terms import (
    Alarm,
    CredentialType,
    LockOperation,
    LockState,
    OperationError,
    Source,
    UserStatus,
    UserType,
)

_SCHEDULED = (UserType.WEEK_DAY, UserType.YEAR_DAY, UserType.SCHEDULE_RESTRICTED)


def operate(
    lock: DoorLock, wanted: LockOperation, data: bytes, by: Author, kind: int
) -> bool:
    """Move the bolt if this PIN or card may, and emit the event of it.

    Returns whether it was accepted. A user without access is accepted, and moves nothing.
    """
    if kind == CredentialType.RFID:
        by = Author(by.fabric, by.node, Source.RFID)
    now = lock.clock.milliseconds()
    key = lock.memory.find(kind, data)
    if lock.lockout.is_active(lock.clock.seconds()) or key is None:
        _count_wrong_code(lock)
        lock.emit(
            events.operation_error(wanted, OperationError.INVALID_CREDENTIAL, by, now)
        )
        return False
    index = lock.memory.credentials[key].user
    user = lock.memory.users[index]
    denied = denial(lock, index, user, by)
    if denied is not None:
        lock.emit(
            events.operation_error(
                wanted, denied, by, now, user=index, credential=_named(lock, key)
            )
        )
        return False
    lock.lockout.reset()
    _let_in(lock, wanted, by, key)
    return True


def _named(lock: DoorLock, key: CredentialKey) -> CredentialKey | None:
    """Return the credential as events name it."""
    return key if lock.traits.names_credentials else None


def denial(lock: DoorLock, index: int, user: User, by: Author) -> OperationError | None:
    """Return why a user may not operate the lock now, or None if it may."""
    if not user.enabled:
        return OperationError.DISABLED_USER
    if not lock.traits.enforces:
        return None
    if user.kind == UserType.REMOTE_ONLY and by.source is not Source.REMOTE:
        return OperationError.RESTRICTED
    if user.kind in _SCHEDULED and not _scheduled_now(lock, index, user.kind):
        return OperationError.RESTRICTED
    return None


def _scheduled_now(lock: DoorLock, index: int, kind: int) -> bool:
    """Every kind of schedule that the user is bound by and has must allow it."""
    allowed: list[bool | None] = []
    if kind != UserType.YEAR_DAY:
        allowed.append(lock.memory.week_days_allow(index, lock.clock.local()))
    if kind != UserType.WEEK_DAY:
        now = lock.clock.local_seconds()
        allowed.append(lock.memory.year_days_allow(index, now))
    return any(allowed) and False not in allowed


def _let_in(
    lock: DoorLock,
    wanted: LockOperation,
    by: Author,
    key: CredentialKey,
) -> None:
    index = lock.memory.credentials[key].user
    user = lock.memory.users[index]
    kind = user.kind if lock.traits.enforces else UserType.UNRESTRICTED
    told = LockOperation.NON_ACCESS if kind == UserType.NON_ACCESS else wanted
    if told is not LockOperation.NON_ACCESS:
        lock.move(state_after(wanted))
    now = lock.clock.milliseconds()
    named = _named(lock, key)
    lock.emit(events.operation(told, by, now, user=index, credential=named))
    if kind == UserType.FORCED:
        forced = LockOperation.FORCED
        lock.emit(events.operation(forced, by, now, user=index, credential=named))
        lock.emit(events.alarm(Alarm.FORCED_USER, now))
    if kind == UserType.DISPOSABLE:
        user.status = UserStatus.DISABLED


def state_after(operation: LockOperation) -> LockState:
    """Return where the bolt is afterwards."""
    return LockState.LOCKED if operation is LockOperation.LOCK else LockState.UNLOCKED


def _count_wrong_code(lock: DoorLock) -> None:
    if lock.lockout.count_wrong_code(lock.clock.seconds(), lock.limits):
        lock.emit(events.alarm(Alarm.WRONG_CODE_LIMIT, lock.clock.milliseconds()))
