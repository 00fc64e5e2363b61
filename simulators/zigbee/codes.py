"""PINs and cards of a lock: set, get, clear, with checks in the order of the cluster."""

from dataclasses import dataclass, field

from .events import Programmed
from .limits import Mask
from .lock import DoorLock, RefusedError
from .memory import Code
from .terms import (
    NOBODY,
    Programming,
    Source,
    Status,
    Stored,
    UserStatus,
    UserType,
)

_STORABLE = (UserStatus.ENABLED, UserStatus.DISABLED)


@dataclass(frozen=True)
class CodeResponse:
    """Answer to a read of a user's PIN or card."""

    user: int
    status: int
    kind: int
    code: bytes = field(repr=False)


def set_pin(lock: DoorLock, user: int, code: Code, by: Source = Source.RF) -> Stored:
    """Store a PIN, or say why not."""
    shortest, longest = lock.limits.pin_length
    if not lock.limits.has_pin(user) or code.status not in _STORABLE:
        return Stored.FAILURE
    if not code.data.isdigit() or not shortest <= len(code.data) <= longest:
        return Stored.FAILURE
    if _is_duplicate(lock, lock.memory.pins, user, code.data):
        return Stored.DUPLICATE
    change = (
        Programming.PIN_CHANGED if user in lock.memory.pins else Programming.PIN_ADDED
    )
    lock.memory.pins[user] = code
    emit_change(lock, change, user, by)
    return Stored.SUCCESS


def get_pin(lock: DoorLock, user: int) -> CodeResponse:
    """Show a user's PIN as far as this lock shows any."""
    if not lock.limits.has_pin(user):
        raise RefusedError(Status.NOT_FOUND)
    return _response(lock, user, lock.memory.pins.get(user))


def clear_pin(lock: DoorLock, user: int, by: Source = Source.RF) -> Stored:
    """Remove a PIN; one that is not there is fine."""
    if not lock.limits.has_pin(user):
        return Stored.FAILURE
    if lock.memory.pins.pop(user, None) is None:
        return Stored.SUCCESS
    if not lock.traits.schedules_outlive_code:
        lock.memory.forget_schedules(user)
    emit_change(lock, Programming.PIN_DELETED, user, by)
    return Stored.SUCCESS


def clear_all_pins(lock: DoorLock, by: Source = Source.RF) -> Stored:
    """Remove every PIN; one event reports it."""
    lock.memory.pins.clear()
    emit_change(lock, Programming.PIN_DELETED, NOBODY, by)
    return Stored.SUCCESS


def set_rfid(lock: DoorLock, user: int, code: Code, by: Source = Source.RF) -> Stored:
    """Store a card, or say why not."""
    shortest, longest = lock.limits.rfid_length
    if not lock.limits.has_rfid(user) or code.status not in _STORABLE:
        return Stored.FAILURE
    if not shortest <= len(code.data) <= longest:
        return Stored.FAILURE
    if _is_duplicate(lock, lock.memory.rfids, user, code.data):
        return Stored.DUPLICATE
    lock.memory.rfids[user] = code
    emit_change(lock, Programming.RFID_ADDED, user, by)
    return Stored.SUCCESS


def get_rfid(lock: DoorLock, user: int) -> CodeResponse:
    """Show a user's card as far as this lock shows any."""
    if not lock.limits.has_rfid(user):
        raise RefusedError(Status.NOT_FOUND)
    return _response(lock, user, lock.memory.rfids.get(user))


def clear_rfid(lock: DoorLock, user: int, by: Source = Source.RF) -> Stored:
    """Remove a card; one that is not there is fine."""
    if not lock.limits.has_rfid(user):
        return Stored.FAILURE
    if lock.memory.rfids.pop(user, None) is not None:
        emit_change(lock, Programming.RFID_DELETED, user, by)
    return Stored.SUCCESS


def clear_all_rfids(lock: DoorLock, by: Source = Source.RF) -> Stored:
    """Remove every card."""
    lock.memory.rfids.clear()
    emit_change(lock, Programming.RFID_DELETED, NOBODY, by)
    return Stored.SUCCESS


def set_user_status(lock: DoorLock, user: int, status: int) -> Stored:
    """Switch a user on or off; "available" is what clearing is for."""
    held = lock.memory.code_of(user)
    if held is None or status not in _STORABLE:
        return Stored.FAILURE
    for codes in (lock.memory.pins, lock.memory.rfids):
        if user in codes:
            codes[user].status = status
    return Stored.SUCCESS


def get_user_status(lock: DoorLock, user: int) -> int:
    """Return whether a user is there and switched on."""
    if not lock.limits.has_user(user):
        raise RefusedError(Status.NOT_FOUND)
    held = lock.memory.code_of(user)
    return UserStatus.AVAILABLE if held is None else held.status


def set_user_type(lock: DoorLock, user: int, kind: int) -> Stored:
    """Change what a user may."""
    held = lock.memory.code_of(user)
    if held is None or kind > UserType.NON_ACCESS:
        return Stored.FAILURE
    for codes in (lock.memory.pins, lock.memory.rfids):
        if user in codes:
            codes[user].kind = kind
    return Stored.SUCCESS


def get_user_type(lock: DoorLock, user: int) -> int:
    """Return what a user may."""
    if not lock.limits.has_user(user):
        raise RefusedError(Status.NOT_FOUND)
    held = lock.memory.code_of(user)
    return UserType.NOT_SUPPORTED if held is None else held.kind


def emit_change(lock: DoorLock, change: Programming, user: int, by: Source) -> None:
    """Notify of a code that is not what it was."""
    codes = (
        lock.memory.rfids
        if change in (Programming.RFID_ADDED, Programming.RFID_DELETED)
        else lock.memory.pins
    )
    held = codes.get(user)
    if held is None:
        gone = UserStatus.AVAILABLE
        lock.emit(Programmed(source=by, change=change, user=user, status=gone))
    else:
        lock.emit(
            Programmed(
                source=by,
                change=change,
                user=user,
                kind=held.kind,
                status=held.status,
                pin=held.data,
            )
        )


def _is_duplicate(
    lock: DoorLock, codes: dict[int, Code], user: int, data: bytes
) -> bool:
    owners = {owner for owner, code in codes.items() if code.data == data}
    if owners - {user} and lock.traits.refuses_duplicates:
        return True
    return user in owners and lock.traits.refuses_own_duplicate


def _response(lock: DoorLock, user: int, held: Code | None) -> CodeResponse:
    if held is None:
        return CodeResponse(user, UserStatus.AVAILABLE, UserType.NOT_SUPPORTED, b"")
    code = held.data
    if not lock.traits.shows_codes:
        match lock.traits.mask:
            case Mask.FF:
                code = b"\xff" * len(code)
            case Mask.EMPTY:
                code = b""
            case Mask.REFUSED:
                raise RefusedError(Status.UNSUPPORTED_CLUSTER_COMMAND)
    return CodeResponse(user, held.status, held.kind, code)
