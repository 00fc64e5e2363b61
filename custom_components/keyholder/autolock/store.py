"""Persistent store of autolock timers: a power cut must not leave a door unlocked."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Protocol

from ..logic.stored_time import parse_stored_time
from ..model.autolock import TimerReason
from ..model.autolock_timer import TimerEntry
from ..model.credential import LockId

type Json = dict[str, Any]


class TimerFile(Protocol):
    """Storage file of the timer entries; `async_commit` raises if the write fails."""

    async def async_load(self) -> object:
        """Return the data committed last, None if there is none or it cannot be used."""

    def on_unusable(self, problem: str) -> None:
        """Log the problem with the file's name; keep the file when the next is written."""

    async def async_commit(self, data: Json) -> None:
        """Write the data; return when it is on disk."""


class TimerStore:
    """The timer entries of a site, at most one per lock; every change is atomic.

    An invalid entry is dropped when the file is loaded; the others are kept, and the
    file is reported as unusable.
    """

    def __init__(self, file: TimerFile) -> None:
        """Initialize with a file, which is loaded on first use."""
        self._file = file
        self._mutex = asyncio.Lock()
        self._entries: dict[LockId, TimerEntry] | None = None
        self._is_stored = True

    async def async_read(self, lock: LockId) -> TimerEntry | None:
        """Return the entry of a lock, None if it has none."""
        async with self._mutex:
            return (await self._loaded()).get(lock)

    async def async_write(self, entry: TimerEntry) -> None:
        """Store an entry and replace the lock's former one.

        Raises what the file raises. The entry is then kept in memory and written with
        the next change.
        """
        async with self._mutex:
            entries = await self._loaded()
            if entries.get(entry.lock) != entry:
                entries[entry.lock] = entry
                self._is_stored = False
            await self._commit(entries)

    async def async_remove(self, lock: LockId) -> None:
        """Delete the entry of a lock. Raises what the file raises."""
        async with self._mutex:
            entries = await self._loaded()
            if entries.pop(lock, None) is not None:
                self._is_stored = False
            await self._commit(entries)

    async def async_prune(self, locks: Collection[LockId]) -> None:
        """Delete the entries of locks other than these. Raises what the file raises."""
        async with self._mutex:
            entries = await self._loaded()
            orphans = entries.keys() - set(locks)
            for lock in orphans:
                del entries[lock]
                self._is_stored = False
            await self._commit(entries)

    async def _loaded(self) -> dict[LockId, TimerEntry]:
        if self._entries is None:
            self._entries, problem = _entries(await self._file.async_load())
            if problem is not None:
                self._file.on_unusable(problem)
        return self._entries

    async def _commit(self, entries: Mapping[LockId, TimerEntry]) -> None:
        if self._is_stored:
            return
        timers = {lock: _as_json(entry) for lock, entry in entries.items()}
        await self._file.async_commit({"timers": timers})
        self._is_stored = True


def _as_json(entry: TimerEntry) -> Json:
    return {
        "deadline": entry.deadline.isoformat(),
        "duration": entry.duration.total_seconds(),
        "reason": entry.reason.value,
        "attempt": entry.attempt,
        "operated_at": entry.operated_at and entry.operated_at.isoformat(),
    }


def _entries(data: object) -> tuple[dict[LockId, TimerEntry], str | None]:
    """Return the valid entries, and what is wrong with the data, without its content."""
    if data is None:
        return {}, None
    timers = data.get("timers") if isinstance(data, dict) else None
    if not isinstance(timers, dict):
        return {}, "invalid format"
    entries = {}
    for lock, stored in timers.items():
        try:
            entries[lock] = _entry(lock, stored)
        except ValueError, TypeError, KeyError, OverflowError:
            continue
    invalid = len(timers) - len(entries)
    return entries, f"invalid timers: {invalid}" if invalid else None


def _entry(lock: object, stored: object) -> TimerEntry:
    if not isinstance(lock, str) or not isinstance(stored, dict):
        raise TypeError
    duration, attempt = stored["duration"], stored.get("attempt", 0)
    if isinstance(duration, bool) or isinstance(attempt, bool):
        raise TypeError
    operated_at = stored.get("operated_at")
    return TimerEntry(
        lock=lock,
        deadline=parse_stored_time(stored["deadline"]),
        duration=timedelta(seconds=float(duration)),
        reason=TimerReason(stored["reason"]),
        attempt=int(attempt),
        operated_at=None if operated_at is None else parse_stored_time(operated_at),
    )
