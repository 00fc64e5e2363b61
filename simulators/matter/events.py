"""Events of a lock, by the names and fields of the Door Lock cluster."""

from dataclasses import dataclass

from .memory import Author, CredentialKey
from .terms import (
    DOOR_LOCK,
    Alarm,
    DoorState,
    LockData,
    LockOperation,
    OperationError,
    OperationType,
)

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Data = dict[str, Json]

INFO, CRITICAL = 1, 2


@dataclass(frozen=True)
class LockEvent:
    """An event before it has a number; `at` in milliseconds of Unix time."""

    event_id: int
    priority: int
    data: Data
    at: int
    cluster: int = DOOR_LOCK
    endpoint: int | None = None
    """None: the endpoint of the lock that emits it."""


def credential_struct(key: CredentialKey) -> Data:
    """Return a credential as it stands in messages."""
    return {"credentialType": int(key[0]), "credentialIndex": key[1]}


def alarm(code: Alarm, at: int) -> LockEvent:
    """DoorLockAlarm."""
    return LockEvent(0, CRITICAL, {"alarmCode": int(code)}, at)


def door_state(state: DoorState, at: int) -> LockEvent:
    """DoorStateChange."""
    return LockEvent(1, CRITICAL, {"doorState": int(state)}, at)


def operation(
    done: LockOperation,
    by: Author,
    at: int,
    *,
    user: int | None = None,
    credential: CredentialKey | None = None,
) -> LockEvent:
    """LockOperation: the bolt moved, or a code that moves nothing was entered."""
    return LockEvent(2, CRITICAL, _what(done, by, user, credential), at)


def operation_error(
    tried: LockOperation,
    why: OperationError,
    by: Author,
    at: int,
    *,
    user: int | None = None,
    credential: CredentialKey | None = None,
) -> LockEvent:
    """LockOperationError: the bolt did not move."""
    data = _what(tried, by, user, credential)
    return LockEvent(3, CRITICAL, {**data, "operationError": int(why)}, at)


def user_change(
    kind: LockData,
    done: OperationType,
    by: Author,
    at: int,
    *,
    user: int | None,
    index: int | None,
) -> LockEvent:
    """LockUserChange: users, credentials or schedules are not what they were."""
    data: Data = {
        "lockDataType": int(kind),
        "dataOperationType": int(done),
        "operationSource": int(by.source),
        "userIndex": user,
        "fabricIndex": by.fabric,
        "sourceNode": by.node,
        "dataIndex": index,
    }
    return LockEvent(4, INFO, data, at)


def _what(
    what: LockOperation,
    by: Author,
    user: int | None,
    credential: CredentialKey | None,
) -> Data:
    return {
        "lockOperationType": int(what),
        "operationSource": int(by.source),
        "userIndex": user,
        "fabricIndex": by.fabric,
        "sourceNode": by.node,
        "credentials": None if credential is None else [credential_struct(credential)],
    }
