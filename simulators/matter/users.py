"""Users of a lock: add, modify, clear, with the permissions of each fabric."""

from dataclasses import dataclass

from . import events
from .lock import DoorLock, RefusedError
from .memory import Author, User
from .terms import ALL, ClusterStatus, LockData, OperationType, Status

NAME_LENGTH = 10


@dataclass(frozen=True)
class UserRequest:
    """What a user shall be; on a change None leaves it as it is."""

    operation: int
    index: int
    name: str | None = None
    unique_id: int | None = None
    status: int | None = None
    kind: int | None = None
    rule: int | None = None


def set_user(lock: DoorLock, request: UserRequest, by: Author) -> None:
    """Add or change a user; only its own fabric may name it."""
    lock.check_user_index(request.index)
    if not _fits(lock, request.name):
        raise RefusedError(Status.INVALID_COMMAND)
    user = lock.memory.users.get(request.index)
    match request.operation:
        case OperationType.ADD:
            if user is not None:
                raise RefusedError(Status.FAILURE, ClusterStatus.OCCUPIED)
            user = lock.memory.new_user(request.index, None, None, by)
        case OperationType.MODIFY:
            named = request.name is not None or request.unique_id is not None
            if user is None or (named and user.creator != by.fabric):
                raise RefusedError(Status.INVALID_COMMAND)
        case _:
            raise RefusedError(Status.INVALID_COMMAND)
    _change(user, request, keeps_ids=lock.traits.keeps_user_ids)
    user.modified = by.fabric
    _emit(lock, OperationType(request.operation), request.index, by)


def clear_user(lock: DoorLock, index: int, by: Author) -> None:
    """Remove a user, or all, with credentials and schedules; an empty index is fine."""
    if index == ALL:
        lock.memory.forget_all()
    else:
        lock.check_user_index(index)
        if index not in lock.memory.users:
            return
        lock.memory.forget_user(index)
    _emit(lock, OperationType.CLEAR, index, by)


def next_user(lock: DoorLock, index: int) -> int | None:
    """Return the occupied index after this one, if the lock reports it."""
    if not lock.traits.names_next_user:
        return None
    return min((other for other in lock.memory.users if other > index), default=None)


def free_index(lock: DoorLock) -> int | None:
    """Return the first index without a user."""
    indexes = range(1, lock.limits.users + 1)
    return next((index for index in indexes if index not in lock.memory.users), None)


def _fits(lock: DoorLock, name: str | None) -> bool:
    if name is None:
        return True
    length = len(name.encode()) if lock.traits.counts_bytes else len(name)
    return length <= NAME_LENGTH


def _change(user: User, request: UserRequest, *, keeps_ids: bool) -> None:
    if request.name is not None:
        user.name = request.name
    if request.unique_id is not None and keeps_ids:
        user.unique_id = request.unique_id
    if request.status is not None:
        user.status = request.status
    if request.kind is not None:
        user.kind = request.kind
    if request.rule is not None:
        user.rule = request.rule


def _emit(lock: DoorLock, done: OperationType, index: int, by: Author) -> None:
    lock.emit(
        events.user_change(
            LockData.USER, done, by, lock.clock.milliseconds(), user=index, index=None
        )
    )
