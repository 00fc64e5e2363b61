"""Commands of the Door Lock cluster by name: payload in, answer out."""

from collections.abc import Mapping

from . import credentials, events, users
from .access import operate, state_after
from .credentials import CredentialRequest
from .events import Data, Json, credential_struct
from .fields import Fields
from .lock import DoorLock, RefusedError
from .memory import Author
from .schedule_commands import SCHEDULE_HANDLERS, Handler
from .terms import CredentialType, LockOperation, Status
from .users import UserRequest

MUST_BE_TIMED = frozenset(
    {
        "ClearCredential",
        "ClearUser",
        "LockDoor",
        "SetCredential",
        "SetUser",
        "UnboltDoor",
        "UnlockDoor",
        "UnlockWithTimeout",
    }
)

_USER_FIELDS = (
    "userIndex",
    "userName",
    "userUniqueID",
    "userStatus",
    "userType",
    "credentialRule",
    "credentials",
    "creatorFabricIndex",
    "lastModifiedFabricIndex",
    "nextUserIndex",
)
_CREDENTIAL_FIELDS = (
    "credentialExists",
    "userIndex",
    "creatorFabricIndex",
    "lastModifiedFabricIndex",
    "nextCredentialIndex",
)


def invoke(
    lock: DoorLock, name: str, payload: Mapping[str, Json], by: Author
) -> Data | None:
    """Do a command; returns the answer, None for a bare success, or raises RefusedError."""
    handler = HANDLERS.get(name)
    if handler is None:
        raise RefusedError(Status.UNSUPPORTED_COMMAND)
    return handler(lock, Fields(payload), by)


def _set_user(lock: DoorLock, fields: Fields, by: Author) -> None:
    users.set_user(
        lock,
        UserRequest(
            operation=fields.number("operationType"),
            index=fields.number("userIndex"),
            name=fields.optional_text("userName"),
            unique_id=fields.optional_number("userUniqueID"),
            status=fields.optional_number("userStatus"),
            kind=fields.optional_number("userType"),
            rule=fields.optional_number("credentialRule"),
        ),
        by,
    )


def _get_user(lock: DoorLock, fields: Fields, by: Author) -> Data:
    index = fields.number("userIndex")
    lock.check_user_index(index)
    answer: Data = dict.fromkeys(_USER_FIELDS)
    user = lock.memory.users.get(index)
    if user is not None:
        held = lock.memory.credentials_of(index)
        answer |= {
            "userName": user.name,
            "userUniqueID": user.unique_id,
            "userStatus": user.status,
            "userType": user.kind,
            "credentialRule": user.rule,
            "credentials": [credential_struct(key) for key in held],
            "creatorFabricIndex": user.creator,
            "lastModifiedFabricIndex": user.modified,
        }
    next_index = users.next_user(lock, index)
    return {**answer, "userIndex": index, "nextUserIndex": next_index}


def _clear_user(lock: DoorLock, fields: Fields, by: Author) -> None:
    users.clear_user(lock, fields.number("userIndex"), by)


def _set_credential(lock: DoorLock, fields: Fields, by: Author) -> Data:
    answer = credentials.set_credential(
        lock,
        CredentialRequest(
            operation=fields.number("operationType"),
            key=fields.credential("credential"),
            data=fields.optional_bytes("credentialData") or b"",
            user=fields.optional_number("userIndex"),
            user_status=fields.optional_number("userStatus"),
            user_kind=fields.optional_number("userType"),
        ),
        by,
    )
    return {
        "status": int(answer.status),
        "userIndex": answer.user,
        "nextCredentialIndex": answer.free,
    }


def _get_credential_status(lock: DoorLock, fields: Fields, by: Author) -> Data:
    key = fields.credential("credential")
    answer: Data = dict.fromkeys(_CREDENTIAL_FIELDS)
    held = lock.memory.credentials.get(key)
    if held is not None:
        answer |= {
            "userIndex": held.user,
            "creatorFabricIndex": held.creator,
            "lastModifiedFabricIndex": held.modified,
        }
    next_index = credentials.next_credential(lock, key)
    exists = held is not None
    return {**answer, "credentialExists": exists, "nextCredentialIndex": next_index}


def _clear_credential(lock: DoorLock, fields: Fields, by: Author) -> None:
    credentials.clear_credential(lock, fields.optional_credential("credential"), by)


def _lock_door(lock: DoorLock, fields: Fields, by: Author) -> None:
    _operate(lock, LockOperation.LOCK, fields, by)


def _unlock_door(lock: DoorLock, fields: Fields, by: Author) -> None:
    _operate(lock, LockOperation.UNLOCK, fields, by)


def _operate(lock: DoorLock, wanted: LockOperation, fields: Fields, by: Author) -> None:
    pin = fields.optional_bytes("PINCode")
    if pin is not None:
        if not operate(lock, wanted, pin, by, CredentialType.PIN):
            raise RefusedError(Status.FAILURE)
        return
    if lock.traits.pin_for_remote:
        raise RefusedError(Status.FAILURE)
    lock.move(state_after(wanted))
    lock.emit(events.operation(wanted, by, lock.clock.milliseconds()))


HANDLERS: dict[str, Handler] = {
    "ClearCredential": _clear_credential,
    "ClearUser": _clear_user,
    "GetCredentialStatus": _get_credential_status,
    "GetUser": _get_user,
    "LockDoor": _lock_door,
    "SetCredential": _set_credential,
    "SetUser": _set_user,
    "UnlockDoor": _unlock_door,
    "UnlockWithTimeout": _unlock_door,
    **SCHEDULE_HANDLERS,
}
