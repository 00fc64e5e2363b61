"""What a lock says about itself."""

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
class Told:
    """An event before it has a number; `at` in milliseconds of Unix time."""

    event_id: int
    priority: int
    data: Data
    at: int
    cluster: int = DOOR_LOCK
    endpoint: int | None = None
    """None: the endpoint of the lock that tells it."""


def credential_struct(key: CredentialKey) -> Data:
    """Return a credential as it stands in messages."""
    return {"credentialType": int(key[0]), "credentialIndex": key[1]}


def alarm(code: Alarm, at: int) -> Told:
    """DoorLockAlarm."""
    return Told(0, CRITICAL, {"alarmCode": int(code)}, at)


def door_state(state: DoorState, at: int) -> Told:
    """DoorStateChange."""
    return Told(1, CRITICAL, {"doorState": int(state)}, at)


def operation(
    done: LockOperation,
    by: Author,
    at: int,
    *,
    user: int | None = None,
    credential: CredentialKey | None = None,
) -> Told:
    """LockOperation: the bolt moved, or a code that moves nothing was entered."""
    return Told(2, CRITICAL, _what(done, by, user, credential), at)


def operation_error(
    tried: LockOperation,
    why: OperationError,
    by: Author,
    at: int,
    *,
    user: int | None = None,
    credential: CredentialKey | None = None,
) -> Told:
    """LockOperationError: the bolt did not move."""
    data = _what(tried, by, user, credential)
    return Told(3, CRITICAL, {**data, "operationError": int(why)}, at)


def user_change(
    kind: LockData,
    done: OperationType,
    by: Author,
    at: int,
    *,
    user: int | None,
    index: int | None,
) -> Told:
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
    return Told(4, INFO, data, at)


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
