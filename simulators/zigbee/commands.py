"""Commands of the door lock cluster by number: payload in, answer's payload out."""

from collections.abc import Callable

from . import access, codes
from .fields import Fields, MalformedError, text, u8, u16
from .lock import DoorLock, RefusedError
from .memory import Code
from .schedule_commands import SCHEDULE_HANDLERS
from .terms import Command, LockState, Operation, Source, Status

type Handler = Callable[[DoorLock, Fields], bytes]


def invoke(lock: DoorLock, command: int, payload: bytes) -> bytes:
    """Do a command; returns the answer, or raises RefusedError for a DefaultResponse."""
    handler = HANDLERS.get(command)
    if handler is None or command in lock.traits.missing:
        raise RefusedError(Status.UNSUPPORTED_CLUSTER_COMMAND)
    try:
        return handler(lock, Fields(payload))
    except MalformedError:
        raise RefusedError(Status.MALFORMED) from None


def _lock_door(lock: DoorLock, fields: Fields) -> bytes:
    return _operate(lock, Operation.LOCK, fields)


def _unlock_door(lock: DoorLock, fields: Fields) -> bytes:
    return _operate(lock, Operation.UNLOCK, fields)


def _toggle_door(lock: DoorLock, fields: Fields) -> bytes:
    locked = lock.state is LockState.LOCKED
    return _operate(lock, Operation.UNLOCK if locked else Operation.LOCK, fields)


def _unlock_with_timeout(lock: DoorLock, fields: Fields) -> bytes:
    fields.u16()
    return _operate(lock, Operation.UNLOCK, fields)


def _operate(lock: DoorLock, wanted: Operation, fields: Fields) -> bytes:
    pin = fields.text() if fields.left else b""
    if pin:
        unlock = wanted is Operation.UNLOCK
        done = access.operate(lock, unlock=unlock, data=pin, source=Source.RF)
        return u8(Status.SUCCESS if done else Status.FAILURE)
    if lock.traits.pin_for_remote:
        return u8(Status.FAILURE)
    access.move(lock, wanted, Source.RF)
    return u8(Status.SUCCESS)


def _set_pin(lock: DoorLock, fields: Fields) -> bytes:
    return u8(codes.set_pin(lock, fields.u16(), _code(fields)))


def _set_rfid(lock: DoorLock, fields: Fields) -> bytes:
    return u8(codes.set_rfid(lock, fields.u16(), _code(fields)))


def _code(fields: Fields) -> Code:
    return Code(status=fields.u8(), kind=fields.u8(), data=fields.text())


def _get_pin(lock: DoorLock, fields: Fields) -> bytes:
    return _response_payload(codes.get_pin(lock, fields.u16()))


def _get_rfid(lock: DoorLock, fields: Fields) -> bytes:
    return _response_payload(codes.get_rfid(lock, fields.u16()))


def _response_payload(shown: codes.CodeResponse) -> bytes:
    return u16(shown.user) + u8(shown.status) + u8(shown.kind) + text(shown.code)


def _clear_pin(lock: DoorLock, fields: Fields) -> bytes:
    return u8(codes.clear_pin(lock, fields.u16()))


def _clear_all_pins(lock: DoorLock, fields: Fields) -> bytes:
    return u8(codes.clear_all_pins(lock))


def _clear_rfid(lock: DoorLock, fields: Fields) -> bytes:
    return u8(codes.clear_rfid(lock, fields.u16()))


def _clear_all_rfids(lock: DoorLock, fields: Fields) -> bytes:
    return u8(codes.clear_all_rfids(lock))


def _set_user_status(lock: DoorLock, fields: Fields) -> bytes:
    return u8(codes.set_user_status(lock, fields.u16(), fields.u8()))


def _get_user_status(lock: DoorLock, fields: Fields) -> bytes:
    user = fields.u16()
    return u16(user) + u8(codes.get_user_status(lock, user))


def _set_user_type(lock: DoorLock, fields: Fields) -> bytes:
    return u8(codes.set_user_type(lock, fields.u16(), fields.u8()))


def _get_user_type(lock: DoorLock, fields: Fields) -> bytes:
    user = fields.u16()
    return u16(user) + u8(codes.get_user_type(lock, user))


HANDLERS: dict[int, Handler] = {
    Command.LOCK: _lock_door,
    Command.UNLOCK: _unlock_door,
    Command.TOGGLE: _toggle_door,
    Command.UNLOCK_WITH_TIMEOUT: _unlock_with_timeout,
    Command.SET_PIN: _set_pin,
    Command.GET_PIN: _get_pin,
    Command.CLEAR_PIN: _clear_pin,
    Command.CLEAR_ALL_PINS: _clear_all_pins,
    Command.SET_USER_STATUS: _set_user_status,
    Command.GET_USER_STATUS: _get_user_status,
    Command.SET_USER_TYPE: _set_user_type,
    Command.GET_USER_TYPE: _get_user_type,
    Command.SET_RFID: _set_rfid,
    Command.GET_RFID: _get_rfid,
    Command.CLEAR_RFID: _clear_rfid,
    Command.CLEAR_ALL_RFIDS: _clear_all_rfids,
    **SCHEDULE_HANDLERS,
}
