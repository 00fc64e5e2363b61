"""Credentials of a lock: add, modify, clear, with checks in the order of the cluster."""

from dataclasses import dataclass, field

from . import events
from .lock import DoorLock, RefusedError
from .memory import Author, Credential, CredentialKey
from .terms import (
    ALL,
    DATA_OF_CREDENTIAL,
    ClusterStatus,
    CredentialType,
    LockData,
    OperationType,
    Status,
)
from .users import free_index

_KINDS = [kind for kind in CredentialType if kind != CredentialType.PROGRAMMING_PIN]
"""What can be cleared."""


@dataclass(frozen=True)
class CredentialRequest:
    """What shall be stored, where and for whom; no user on an addition makes one."""

    operation: int
    key: CredentialKey
    data: bytes = field(repr=False)
    user: int | None = None
    user_status: int | None = None
    user_kind: int | None = None


@dataclass(frozen=True)
class CredentialAnswer:
    """What the lock answers; `user` only where it made one, `free` is a hint."""

    status: int
    user: int | None = None
    free: int | None = None


def set_credential(
    lock: DoorLock, request: CredentialRequest, by: Author
) -> CredentialAnswer:
    """Store a credential, or say in the answer why not.

    Raises RefusedError for a user who cannot be; one who could is an answer.
    """
    if request.user is not None and request.user < 1:
        raise RefusedError(Status.INVALID_COMMAND)
    kind, index = request.key
    if not _possible(lock, request.key) or not lock.limits.fits(kind, request.data):
        return CredentialAnswer(Status.INVALID_COMMAND)
    same = lock.memory.find(kind, request.data)
    if same not in (None, request.key):
        return CredentialAnswer(ClusterStatus.DUPLICATE)
    free = _free_after(lock, kind, index)
    match request.operation:
        case OperationType.ADD:
            return _add(lock, request, by, free)
        case OperationType.MODIFY:
            return _modify(lock, request, by, free)
        case _:
            return CredentialAnswer(Status.INVALID_COMMAND)


def clear_credential(lock: DoorLock, key: CredentialKey | None, by: Author) -> None:
    """Remove one credential, all of a type, or without a key all there are.

    All of a type are reported as cleared even if there were none, as matter.js does.
    """
    held = lock.memory.credentials
    if key is not None and key[0] not in _KINDS:
        raise RefusedError(Status.INVALID_COMMAND)
    if key is None or key[1] == ALL:
        kinds = _KINDS if key is None else [key[0]]
        cleared = [one for one in held if one[0] in kinds]
        reported = [(kind, ALL) for kind in kinds]
    elif key in held:
        cleared = reported = [key]
    else:
        raise RefusedError(Status.INVALID_COMMAND)
    owners = {held.pop(one).user for one in cleared}
    for kind, index in reported:
        _emit(lock, OperationType.CLEAR, (kind, index), None, by)
    if lock.traits.drops_empty_users:
        for owner in sorted(owners):
            if not lock.memory.credentials_of(owner):
                lock.memory.forget_user(owner)
                _emit_user_change(lock, OperationType.CLEAR, owner, None, by)


def next_credential(lock: DoorLock, key: CredentialKey) -> int | None:
    """Return the occupied index of the same type after this one."""
    indexes = lock.memory.indexes(key[0])
    return min((index for index in indexes if index > key[1]), default=None)


def _add(
    lock: DoorLock, request: CredentialRequest, by: Author, free: int | None
) -> CredentialAnswer:
    if request.key in lock.memory.credentials:
        return CredentialAnswer(ClusterStatus.OCCUPIED, None, free)
    made: int | None = None
    if request.user is None:
        made = free_index(lock)
        if made is None:
            return CredentialAnswer(Status.RESOURCE_EXHAUSTED, None, free)
        lock.memory.new_user(made, request.user_status, request.user_kind, by)
        _emit_user_change(lock, OperationType.ADD, made, request.key[1], by)
        owner = made
    else:
        owner = request.user
        user = lock.memory.users.get(owner)
        if user is None or user.creator != by.fabric:
            return CredentialAnswer(Status.INVALID_COMMAND, None, free)
        if len(lock.memory.credentials_of(owner)) >= lock.limits.credentials_per_user:
            return CredentialAnswer(Status.RESOURCE_EXHAUSTED, None, free)
        user.modified = by.fabric
    lock.memory.credentials[request.key] = Credential(
        request.data, owner, by.fabric, by.fabric
    )
    _emit(lock, OperationType.ADD, request.key, owner, by)
    return CredentialAnswer(Status.SUCCESS, made, free)


def _modify(
    lock: DoorLock, request: CredentialRequest, by: Author, free: int | None
) -> CredentialAnswer:
    held = lock.memory.credentials.get(request.key)
    if (
        held is None
        or held.creator != by.fabric
        or request.user not in (None, held.user)
    ):
        return CredentialAnswer(Status.INVALID_COMMAND, None, free)
    held.data = request.data
    held.modified = by.fabric
    _emit(lock, OperationType.MODIFY, request.key, request.user, by)
    return CredentialAnswer(Status.SUCCESS, None, free)


def _possible(lock: DoorLock, key: CredentialKey) -> bool:
    """Return whether there is such a place; index 0 is taken for a PIN, as matter.js does."""
    kind, index = key
    if kind == CredentialType.PROGRAMMING_PIN:
        return index == 0
    capacity = lock.limits.capacity(kind)
    return capacity > 0 and 0 <= index <= capacity


def _free_after(lock: DoorLock, kind: int, index: int) -> int | None:
    indexes = range(index + 1, lock.limits.capacity(kind) + 1)
    taken = lock.memory.credentials
    return next((other for other in indexes if (kind, other) not in taken), None)


def _emit(
    lock: DoorLock,
    done: OperationType,
    key: CredentialKey,
    user: int | None,
    by: Author,
) -> None:
    kind, index = key
    data = DATA_OF_CREDENTIAL[CredentialType(kind)]
    lock.emit(
        events.user_change(
            data, done, by, lock.clock.milliseconds(), user=user, index=index
        )
    )


def _emit_user_change(
    lock: DoorLock, done: OperationType, user: int, index: int | None, by: Author
) -> None:
    lock.emit(
        events.user_change(
            LockData.USER, done, by, lock.clock.milliseconds(), user=user, index=index
        )
    )
