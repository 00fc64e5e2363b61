"""State of a lock as JSON: a process that starts again restores it from a file."""

from dataclasses import asdict
from typing import Any

from .lock import DoorLock
from .memory import Credential, Memory, User
from .terms import LockState

type Json = dict[str, Any]


def to_json(lock: DoorLock) -> Json:
    """Return what a lock holds, PINs included."""
    bolt = LockState.NOT_FULLY_LOCKED if lock.state is None else lock.state
    return {"bolt": int(bolt), "memory": _memory_to_json(lock.memory)}


def restore(lock: DoorLock, held: Json) -> None:
    """Let a lock hold what was written of it."""
    lock.state = LockState(held["bolt"])
    lock.memory = _memory_from_json(held["memory"])


def _memory_to_json(memory: Memory) -> Json:
    return {
        "users": [[index, asdict(user)] for index, user in memory.users.items()],
        "credentials": [
            [list(key), {**asdict(held), "data": held.data.hex()}]
            for key, held in memory.credentials.items()
        ],
        **memory.schedules_to_json(),
    }


def _memory_from_json(held: Json) -> Memory:
    memory = Memory(
        users={index: User(**user) for index, user in held["users"]},
        credentials={
            (kind, index): Credential(**{**one, "data": bytes.fromhex(one["data"])})
            for (kind, index), one in held["credentials"]
        },
    )
    memory.restore_schedules(held)
    return memory
