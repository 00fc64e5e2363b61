"""Persistent use counts: how often each person's credentials opened a door."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ...const import DOMAIN
from ...model.access import Usage, Use
from ...model.credential import PersonId
from .durable_store import DurableStore, GroupCommit, StoreData
from .serialization import StoredForm
from .stores import STORAGE_VERSION, LoadResult, async_load_store

_ENCODE: Final = BasicEncoder(dict[str, Usage], default_dialect=StoredForm)
_DECODE: Final = BasicDecoder(dict[str, Usage], default_dialect=StoredForm)


class UseCounters:
    """Use counts by person, stored before a use is published.

    `estimated`: the true counts were lost, and nothing was counted since.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Create the counters of one site; nothing is loaded yet."""
        self._store = DurableStore(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.counters"
        )
        self._commit = GroupCommit(hass, self._store, self._encode)
        self._usage: dict[PersonId, Usage] = {}
        self._limited: Mapping[PersonId, bool] = {}
        self.estimated = False

    async def async_load(self) -> LoadResult:
        """Load the counters from disk."""

        def parse(data: Mapping[str, Any]) -> dict[PersonId, Usage]:
            usage = _parse(data)
            self.estimated = bool(data.get("estimated", False))
            return usage

        self._usage, loaded = await async_load_store(self._store, parse)
        return loaded

    def usage(self, person: PersonId) -> Usage:
        """Return the uses of a person."""
        return self._usage.get(person, Usage())

    def is_counted(self, person: PersonId, use: Use, within: timedelta) -> bool:
        """Return whether a late use was counted already, see `Usage.is_counted`."""
        return self.usage(person).is_counted(use, within)

    async def async_count(self, person: PersonId, use: Use) -> None:
        """Count one use; it stays counted in memory even if StorageError is raised."""
        # a person of whom nothing is known yet may have a use limit
        limited = self._limited.get(person, True)
        self._usage[person] = self.usage(person).with_use(
            use, dt_util.utcnow(), limited=limited
        )
        self.estimated = False
        await self._commit.async_commit()

    @callback
    def async_set_limited(self, people: Mapping[PersonId, bool]) -> None:
        """Set which people have a use limit; reset the limited uses of those without one.

        The counts of all others stay: a removed person may be back after a power cut.
        """
        self._limited = people
        free = {
            person: replace(usage, limited_uses=0)
            for person, usage in self._usage.items()
            if usage.limited_uses and not people.get(person, True)
        }
        if free:
            self._usage |= free
            self._commit.async_schedule()

    async def async_create(self) -> None:
        """Create the file: one that is missing later was lost. Raises StorageError."""
        await self._commit.async_commit()

    @callback
    def async_assume_uses(self, limited: Mapping[PersonId, int]) -> None:
        """Set the limited uses of these people to estimates: the true counts were lost."""
        for person, uses in limited.items():
            self._usage[person] = replace(self.usage(person), limited_uses=uses)
        self.estimated = True
        if limited:
            self._commit.async_schedule()

    @callback
    def async_prune(self, people: Iterable[PersonId]) -> None:
        """Delete the counts of all other people."""
        kept = {
            person: self._usage[person] for person in people if person in self._usage
        }
        if kept != self._usage:
            self._usage = kept
            self._commit.async_schedule()

    async def async_flush(self) -> None:
        """Write pending changes to disk."""
        await self._commit.async_flush()

    async def async_close(self) -> None:
        """Write pending changes to disk; store nothing after that."""
        await self._commit.async_close()

    async def async_remove(self) -> None:
        """Delete the counters."""
        await self._store.async_remove()

    def _encode(self) -> StoreData:
        data: StoreData = {"people": _ENCODE.encode(self._usage)}
        return data | {"estimated": True} if self.estimated else data


def _parse(data: Mapping[str, Any]) -> dict[PersonId, Usage]:
    for counts in data["people"].values():
        for key in ("uses", "limited_uses"):
            # one that is below zero would grant more uses than there are
            if type(count := counts.get(key, 0)) is not int or count < 0:
                raise ValueError("a count that is none")
    return _DECODE.decode(data["people"])
