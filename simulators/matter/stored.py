"""What a lock holds, in a file: a demo that starts again finds its door as it was."""

from dataclasses import asdict
import json
from pathlib import Path
from typing import Any, Final

from .lock import DoorLock
from .memory import Credential, Holiday, Memory, Span, User, WeekDay
from .terms import LockState

_PRIVATE: Final = 0o600


class MemoryFile:
    """The file of one lock. PINs are in there."""

    def __init__(self, file: Path, lock: DoorLock) -> None:
        """Keep what this lock holds in that file."""
        self._file = file
        self._lock = lock
        self._written = ""

    def load(self) -> None:
        """Put back what the file says, if there is one."""
        if not self._file.exists():
            return
        held = json.loads(self._file.read_text())
        self._lock.state = LockState(held["bolt"])
        self._lock.memory = _read(held["memory"])

    def save(self) -> None:
        """Write the file if the lock holds something else than it says."""
        state = self._lock.state
        bolt = LockState.NOT_FULLY_LOCKED if state is None else state
        text = json.dumps({"bolt": int(bolt), "memory": _written(self._lock.memory)})
        if text == self._written:
            return
        fresh = self._file.with_suffix(".new")
        fresh.touch(_PRIVATE)
        fresh.write_text(text)
        fresh.replace(self._file)
        self._written = text


def _written(memory: Memory) -> dict[str, Any]:
    return {
        "users": [[index, asdict(user)] for index, user in memory.users.items()],
        "credentials": [
            [list(key), {**asdict(held), "data": held.data.hex()}]
            for key, held in memory.credentials.items()
        ],
        "week_days": [[list(k), asdict(each)] for k, each in memory.week_days.items()],
        "year_days": [[list(k), asdict(each)] for k, each in memory.year_days.items()],
        "holidays": [[index, asdict(each)] for index, each in memory.holidays.items()],
    }


def _read(held: dict[str, Any]) -> Memory:
    return Memory(
        users={index: User(**user) for index, user in held["users"]},
        credentials={
            (kind, index): Credential(**{**one, "data": bytes.fromhex(one["data"])})
            for (kind, index), one in held["credentials"]
        },
        week_days={
            (user, index): WeekDay(
                each["days"], tuple(each["start"]), tuple(each["end"])
            )
            for (user, index), each in held["week_days"]
        },
        year_days={
            (user, index): Span(**each) for (user, index), each in held["year_days"]
        },
        holidays={
            index: Holiday(Span(**each["span"]), each["mode"])
            for index, each in held["holidays"]
        },
    )
