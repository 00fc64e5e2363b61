"""What a lock holds, as JSON for a file: a demo that starts again finds its door as it was."""

from dataclasses import asdict
from typing import Any

from .lock import DoorLock
from .memory import Credential, Memory, User
from .terms import LockState

type Json = dict[str, Any]


def written(lock: DoorLock) -> Json:
    """Return what a lock holds, PINs included."""
    bolt = LockState.NOT_FULLY_LOCKED if lock.state is None else lock.state
    return {"bolt": int(bolt), "memory": _written(lock.memory)}


def put_back(lock: DoorLock, held: Json) -> None:
    """Let a lock hold what was written of it."""
    lock.state = LockState(held["bolt"])
    lock.memory = _read(held["memory"])


def _written(memory: Memory) -> Json:
    return {
        "users": [[index, asdict(user)] for index, user in memory.users.items()],
        "credentials": [
            [list(key), {**asdict(held), "data": held.data.hex()}]
            for key, held in memory.credentials.items()
        ],
        **memory.written_schedules(),
    }


def _read(held: Json) -> Memory:
    memory = Memory(
        users={index: User(**user) for index, user in held["users"]},
        credentials={
            (kind, index): Credential(**{**one, "data": bytes.fromhex(one["data"])})
            for (kind, index), one in held["credentials"]
        },
    )
    memory.read_schedules(held)
    return memory
