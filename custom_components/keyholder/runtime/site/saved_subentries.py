"""Watch which config subentries Home Assistant has saved to disk."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import (
    STORAGE_KEY,
    STORAGE_VERSION,
    STORAGE_VERSION_MINOR,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store

_SLOWEST_POLL = timedelta(seconds=30)
_SLOW_DOWN = 1.25


class SavedSubentriesWatcher:
    """Polls the saved config entries until all changes of the subentries are in them.

    Home Assistant saves its config entries a second after a change, we save ours at
    once. A code on a lock whose owner is not on disk would be orphaned after a power
    cut, so nothing is sent before the owner is saved. `pending_removal` are subentries
    that were removed and would be back after a power cut.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        poll: timedelta,
        on_saved: Callable[[], None],
    ) -> None:
        """Call `on_saved` when `saved` or `pending_removal` has changed on disk."""
        self._hass = hass
        self._entry_id = entry_id
        self._poll = poll
        self._wait = poll
        self._on_saved = on_saved
        self._wanted: frozenset[str] = frozenset()
        self._unsub: CALLBACK_TYPE | None = None
        self._closed = False
        self.saved: frozenset[str] = frozenset()
        self.pending_removal: frozenset[str] = frozenset()

    async def async_refresh(self) -> None:
        """Read the saved config entries once."""
        found = await self._async_saved_subentries()
        if found is not None:
            self.saved |= found
            self.pending_removal &= found

    @callback
    def async_set_expected(self, subentries: frozenset[str]) -> None:
        """Poll until all of these subentries are saved, and all others are removed."""
        # a subentry may have been saved since the last poll
        self.pending_removal = (
            self.pending_removal | self.saved | self._wanted
        ) - subentries
        self._wanted = subentries
        self.saved &= subentries
        self._wait = self._poll
        self._schedule()

    @callback
    def async_close(self) -> None:
        """Stop polling; a poll in progress does not call `on_saved`."""
        self._closed = True
        if self._unsub is not None:
            self._unsub()
            self._unsub = None

    @callback
    def _schedule(self) -> None:
        if self._unsub is None and (
            self.pending_removal or not self._wanted <= self.saved
        ):
            self._unsub = async_call_later(self._hass, self._wait, self._async_poll)

    async def _async_poll(self, _now: datetime) -> None:
        self._unsub = None
        before = self.saved, self.pending_removal
        await self.async_refresh()
        if self._closed:
            return
        self.saved &= self._wanted
        self.pending_removal -= self._wanted
        self._wait = min(self._wait * _SLOW_DOWN, _SLOWEST_POLL)
        self._schedule()
        if (self.saved, self.pending_removal) != before:
            self._on_saved()

    async def _async_saved_subentries(self) -> frozenset[str] | None:
        """Return the subentries in the saved config entries, None if they cannot be read."""
        # a store of our own: that of Home Assistant returns its data from memory
        store: Store[dict[str, Any]] = Store(
            self._hass,
            STORAGE_VERSION,
            STORAGE_KEY,
            minor_version=STORAGE_VERSION_MINOR,
            read_only=True,
        )
        try:
            data = await store.async_load()
        except HomeAssistantError, OSError, NotImplementedError:
            return None
        return frozenset(
            subentry["subentry_id"]
            for entry in (data or {}).get("entries", ())
            if entry["entry_id"] == self._entry_id
            for subentry in entry.get("subentries", ())
        )
