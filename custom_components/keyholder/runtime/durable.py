"""Storage that says whether it has stored."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
import logging
from pathlib import Path
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store, get_internal_store_manager
from homeassistant.util import dt as dt_util

_LOGGER: Final = logging.getLogger(__name__)

SAVE_DELAY: Final = 1.0
"""Seconds within which changes that nobody waits for reach the disk."""
RETRY_DELAY: Final = 30.0
"""Seconds until a disk that did not take them is tried again by itself."""

type Json = dict[str, Any]


class StorageError(Exception):
    """The disk did not take the data."""


class DurableStore(Store[Json]):
    """A private Store whose `async_commit` returns only when the file is written.

    `Store.async_save` logs a failed write and returns, and during shutdown it puts
    the write off: good enough for preferences, not for intents.
    """

    def __init__(self, hass: HomeAssistant, version: int, key: str) -> None:
        """Make a store that only the owner of the process can read (0600)."""
        super().__init__(hass, version, key, private=True, atomic_writes=True)
        self._keeps_file = False

    @callback
    def set_aside_before_write(self) -> None:
        """Set the file aside before the next write: it was not understood."""
        self._keeps_file = True

    @override
    async def async_remove(self) -> None:
        """Delete the file, and those that were set aside: they may hold PINs."""
        await super().async_remove()
        await self.hass.async_add_executor_job(_remove_set_aside, self.path)

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: Json
    ) -> Json:
        """Refuse what another version has written: it may mean more than we can read.

        Home Assistant would take a newer minor version for ours, and save it as such.
        """
        raise ValueError("written by another version")

    async def async_commit(self, data: Json) -> None:
        """Write the data to disk; raise StorageFailed if that did not work."""
        # what Home Assistant listed or read at its start is not what there is now
        get_internal_store_manager(self.hass).async_invalidate(self.key)
        try:
            if self._keeps_file:
                await self.hass.async_add_executor_job(_set_aside, self.path)
                self._keeps_file = False
            await self._async_write_data(
                {
                    "version": self.version,
                    "minor_version": self.minor_version,
                    "key": self.key,
                    "data": data,
                }
            )
        except Exception as err:  # noqa: BLE001 - whatever it is, it is not stored
            # the serialiser's message may quote the data
            raise StorageError(type(err).__name__) from None


def _set_aside(path: str) -> None:
    with suppress(FileNotFoundError):
        Path(path).rename(f"{path}.unusable.{dt_util.utcnow().isoformat()}")


def _remove_set_aside(path: str) -> None:
    file = Path(path)
    for unusable in file.parent.glob(f"{file.name}.unusable.*"):
        unusable.unlink(missing_ok=True)


class GroupCommit:
    """Commits of one store, gathered: who waits at the same time shares one write.

    `commits` counts the writes to disk. `failing`: the last one did not work; it is
    tried again by and by, and told in the log once.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        store: DurableStore,
        snapshot: Callable[[], Json],
        on_written: Callable[[], None] | None = None,
        on_health: Callable[[], None] | None = None,
    ) -> None:
        """Commit what `snapshot` returns at the moment a write begins.

        `on_written` is called when that very snapshot is on disk, `on_health` when
        `failing` has changed.
        """
        self._hass = hass
        self._store = store
        self._snapshot = snapshot
        self._on_written = on_written
        self._on_health = on_health
        self._waiting: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None
        self._unsub_delay: CALLBACK_TYPE | None = None
        self._closed = False
        self.commits = 0
        self.failing = False

    async def async_commit(self) -> None:
        """Return when all that is known now is on disk; else raise StorageFailed.

        Once closed nothing is stored any more: what another has stored since is newer.
        """
        if self._closed:
            raise StorageError("closed")
        await self._async_store()

    async def _async_store(self) -> None:
        self._cancel_delay()
        future: asyncio.Future[None] = self._hass.loop.create_future()
        self._waiting.append(future)
        if self._task is None:
            self._task = self._hass.loop.create_task(
                self._run(), name=f"keyholder commit of {self._store.key}"
            )
        await future

    @callback
    def async_schedule(self) -> None:
        """Commit soon; a failure is tried again until it works."""
        if self._unsub_delay is None and not self._waiting and not self._closed:
            delay = RETRY_DELAY if self.failing else SAVE_DELAY
            self._unsub_delay = async_call_later(self._hass, delay, self._async_delayed)

    async def async_flush(self) -> None:
        """Commit now what was scheduled, and wait for what is under way."""
        if self._unsub_delay is not None:
            await self._async_delayed(None)
        while self._task is not None:
            await asyncio.wait({self._task})

    async def async_close(self) -> None:
        """Commit what was scheduled, and nothing any more after that."""
        self._closed = True
        await self.async_flush()

    async def _async_delayed(self, _now: datetime | None) -> None:
        with suppress(StorageError):
            await self._async_store()

    @callback
    def _cancel_delay(self) -> None:
        if self._unsub_delay is not None:
            self._unsub_delay()
            self._unsub_delay = None

    async def _run(self) -> None:
        try:
            await asyncio.sleep(0)
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._write_for(batch)
        finally:
            self._task = None

    async def _write_for(self, batch: list[asyncio.Future[None]]) -> None:
        failure: StorageError | None = StorageError("broken off")
        self.commits += 1
        try:
            await self._store.async_commit(self._snapshot())
            if self._on_written is not None:
                self._on_written()
            failure = None
        except StorageError as err:
            failure = err
        except Exception as err:  # noqa: BLE001 - every waiter must hear of it
            failure = StorageError(type(err).__name__)
        finally:
            for future in batch:
                if future.done():
                    continue
                if failure is None:
                    future.set_result(None)
                else:
                    future.set_exception(failure)
        self._note(failure)

    @callback
    def _note(self, failure: StorageError | None) -> None:
        changed = self.failing != (failure is not None)
        self.failing = failure is not None
        if failure is not None:
            self.async_schedule()
        if not changed:
            return
        if failure is not None:
            _LOGGER.error("%s cannot be stored: %s", self._store.key, failure)
        else:
            _LOGGER.info("%s can be stored again", self._store.key)
        if self._on_health is not None:
            self._on_health()


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return a stored value that has to be a mapping; ValueError if it is not."""
    if not isinstance(value, dict):
        raise ValueError("a mapping was expected")
    return value
