"""Storage with confirmed writes: a commit returns only when the file is on disk."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from glob import escape
import logging
from pathlib import Path
from stat import S_IMODE
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store, get_internal_store_manager
from homeassistant.util import dt as dt_util

_LOGGER: Final = logging.getLogger(__name__)

SAVE_DELAY: Final = 1.0
"""Seconds until scheduled changes are written to disk."""
RETRY_DELAY: Final = 30.0
"""Seconds until a failed write is retried."""

_PRIVATE: Final = 0o600

type StoreData = dict[str, Any]


class StorageError(Exception):
    """The data could not be written to disk."""


class DurableStore(Store[StoreData]):
    """A private Store whose `async_commit` returns only when the file is written.

    `Store.async_save` logs a failed write and returns, and during shutdown it defers
    the write: good enough for preferences, not for intents.
    """

    def __init__(self, hass: HomeAssistant, version: int, key: str) -> None:
        """Create a store whose file only the process owner can read (0600)."""
        super().__init__(hass, version, key, private=True, atomic_writes=True)
        self._keeps_file = False

    @callback
    def async_set_aside_before_write(self) -> None:
        """Rename the file before the next write: it could not be parsed."""
        self._keeps_file = True

    @override
    async def async_load(self) -> StoreData | None:
        """Load the data, and restore the mode of the file: a backup may have changed it."""
        await self.hass.async_add_executor_job(_restore_modes, self.path)
        return await super().async_load()

    @override
    async def async_remove(self) -> None:
        """Delete the file and those that were set aside: they may hold PINs."""
        await super().async_remove()
        await self.hass.async_add_executor_job(_remove_set_aside, self.path)

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: StoreData
    ) -> StoreData:
        """Raise ValueError for data of another version: it may hold fields unknown to us.

        Home Assistant would accept a newer minor version and save it as ours.
        """
        raise ValueError("written by another version")

    async def async_commit(self, data: StoreData) -> None:
        """Write the data to disk; raise StorageError if that fails."""
        # Home Assistant preloads files and their list at its start: both are outdated now
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
        except Exception as err:  # noqa: BLE001 - any error means: not stored
            # the serialiser's message may quote the data
            raise StorageError(type(err).__name__) from None


def _set_aside(path: str) -> None:
    with suppress(FileNotFoundError):
        Path(path).rename(f"{path}.unusable.{dt_util.utcnow().isoformat()}")


def _remove_set_aside(path: str) -> None:
    for unusable in _files_set_aside(Path(path)):
        unusable.unlink(missing_ok=True)


def _files_set_aside(file: Path) -> list[Path]:
    """Return what we have set aside, and what Home Assistant has as no JSON."""
    return [
        path
        for kind in ("corrupt", "unusable")
        for path in file.parent.glob(f"{escape(file.name)}.{kind}.*")
    ]


def _restore_modes(path: str) -> None:
    file = Path(path)
    for each in (file, *_files_set_aside(file)):
        try:
            if S_IMODE(each.stat().st_mode) != _PRIVATE:
                each.chmod(_PRIVATE)
        except FileNotFoundError:
            continue
        except OSError as err:
            _LOGGER.warning("%s can be read by others: %s", each.name, err.strerror)


class GroupCommit:
    """Batches the commits of one store: callers that wait at the same time share a write.

    `commits` counts the writes to disk. `failing` is true while the last write failed;
    it is retried every RETRY_DELAY seconds, and logged once.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        store: DurableStore,
        snapshot: Callable[[], StoreData],
        on_written: Callable[[], None] | None = None,
        on_health: Callable[[], None] | None = None,
    ) -> None:
        """Write what `snapshot` returns when a write begins.

        `on_written` is called when that snapshot is on disk, `on_health` when `failing`
        has changed.
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
        """Write the current data to disk; raise StorageError if that fails.

        Raises StorageError once closed: a store opened since may have newer data on disk.
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
        """Commit after SAVE_DELAY seconds; a failed write is retried until it works."""
        if self._unsub_delay is None and not self._waiting and not self._closed:
            delay = RETRY_DELAY if self.failing else SAVE_DELAY
            self._unsub_delay = async_call_later(self._hass, delay, self._async_delayed)

    async def async_flush(self) -> None:
        """Commit scheduled changes now, and wait for a write in progress."""
        if self._unsub_delay is not None:
            await self._async_delayed(None)
        while self._task is not None:
            await asyncio.wait({self._task})

    async def async_close(self) -> None:
        """Commit scheduled changes; refuse all commits after that."""
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
        except Exception as err:  # noqa: BLE001 - every waiter must get the error
            failure = StorageError(type(err).__name__)
        finally:
            for future in batch:
                if future.done():
                    continue
                if failure is None:
                    future.set_result(None)
                else:
                    future.set_exception(failure)
        self._set_health(failure)

    @callback
    def _set_health(self, failure: StorageError | None) -> None:
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
    """Return a stored value as a mapping; raise ValueError if it is not one."""
    if not isinstance(value, dict):
        raise ValueError("a mapping was expected")
    return value
