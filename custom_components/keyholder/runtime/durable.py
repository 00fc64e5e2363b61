"""Storage that says whether it has stored."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
import logging
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store

_LOGGER: Final = logging.getLogger(__name__)

SAVE_DELAY: Final = 1.0
"""Seconds within which changes that nobody waits for reach the disk."""

type Json = dict[str, Any]


class StorageFailed(Exception):  # noqa: N818 - the engine's own word for it
    """The disk did not take the data."""


class DurableStore(Store[Json]):
    """A private Store whose `async_commit` returns only when the file is written.

    `Store.async_save` logs a failed write and returns, and during shutdown it puts
    the write off: good enough for preferences, not for intents.
    """

    def __init__(self, hass: HomeAssistant, version: int, key: str) -> None:
        """Make a store that only the owner of the process can read (0600)."""
        super().__init__(hass, version, key, private=True, atomic_writes=True)

    async def async_commit(self, data: Json) -> None:
        """Write the data to disk; raise StorageFailed if that did not work."""
        try:
            await self._async_write_data(
                {
                    "version": self.version,
                    "minor_version": self.minor_version,
                    "key": self.key,
                    "data": data,
                }
            )
        except (HomeAssistantError, OSError) as err:
            # the serialiser's message may quote the data
            raise StorageFailed(type(err).__name__) from None


class GroupCommit:
    """Commits of one store, gathered: who waits at the same time shares one write.

    `commits` counts the writes to disk.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        store: DurableStore,
        snapshot: Callable[[], Json],
        on_written: Callable[[], None] | None = None,
    ) -> None:
        """Commit what `snapshot` returns at the moment a write begins.

        `on_written` is called when that very snapshot is on disk.
        """
        self._hass = hass
        self._store = store
        self._snapshot = snapshot
        self._on_written = on_written
        self._waiting: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None
        self._unsub_delay: CALLBACK_TYPE | None = None
        self.commits = 0

    async def async_commit(self) -> None:
        """Return when all that is known now is on disk; else raise StorageFailed."""
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
        """Commit soon; a failure is logged and tried again with the next change."""
        if self._unsub_delay is None and not self._waiting:
            self._unsub_delay = async_call_later(
                self._hass, SAVE_DELAY, self._async_delayed
            )

    async def async_flush(self) -> None:
        """Commit now what was scheduled, and wait for what is under way."""
        if self._unsub_delay is not None:
            await self._async_delayed(None)
        while self._task is not None:
            await asyncio.wait({self._task})

    async def _async_delayed(self, _now: datetime | None) -> None:
        self._cancel_delay()
        try:
            await self.async_commit()
        except StorageFailed as err:
            _LOGGER.error("%s could not be stored: %s", self._store.key, err)

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
        failure: Exception | None = None
        self.commits += 1
        try:
            await self._store.async_commit(self._snapshot())
            if self._on_written is not None:
                self._on_written()
        except Exception as err:  # noqa: BLE001 - every waiter must hear of it
            failure = err
        for future in batch:
            if future.done():
                continue
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return a stored value that has to be a mapping; ValueError if it is not."""
    if not isinstance(value, dict):
        raise ValueError("a mapping was expected")
    return value
