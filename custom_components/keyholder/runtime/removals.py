"""Clear, prove, then remove: people and locks that are on their way out."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from homeassistant.core import callback

from .membership import CONF_REMOVING, is_being_removed

if TYPE_CHECKING:
    from .site import Site


class Removals:
    """Removes the subentry of a person or lock when the last code is proven gone.

    That it is wanted is kept with the subentry itself: it outlives restarts, and the
    last proof fulfils it, however late it comes.
    """

    def __init__(self, site: Site) -> None:
        """Serve one site."""
        self._site = site
        self._leaving: tuple[str, ...] = ()

    @callback
    def begin(self, subentry_id: str) -> None:
        """Take the codes away, and remove the subentry once that is proven."""
        self._set_leaving(subentry_id, leaving=True)

    @callback
    def cancel(self, subentry_id: str) -> None:
        """Keep the person or lock after all; codes come back where they belong."""
        self._set_leaving(subentry_id, leaving=False)

    async def async_wait(self, subentry_id: str) -> bool:
        """Return whether the subentry was removed while somebody was watching."""
        removed = asyncio.Event()

        @callback
        def look() -> None:
            if subentry_id not in self._site.entry.subentries:
                removed.set()

        stop = self._site.signals.subscribe_members(look)
        look()
        patience = self._site.timing.removal_timeout.total_seconds()
        try:
            async with asyncio.timeout(patience):
                await removed.wait()
        except TimeoutError:
            return False
        finally:
            stop()
        return True

    @callback
    def refresh(self) -> None:
        """Take in who is leaving now."""
        self._leaving = tuple(
            subentry_id
            for subentry_id, subentry in self._site.entry.subentries.items()
            if is_being_removed(subentry)
        )

    @callback
    def complete(self) -> None:
        """Remove what has left. Called with every change of a lock."""
        site = self._site
        if site.journal_lost:
            # without its records a lock only looks as if nothing were on it
            return
        left = [each for each in self._leaving if self._is_cleared(each)]
        if left:
            # not from within: whoever told of the change is still at it
            site.entry.async_create_task(
                site.hass,
                self._async_remove(left),
                "keyholder removes what has left",
                eager_start=False,
            )

    async def _async_remove(self, left: Iterable[str]) -> None:
        site = self._site
        for subentry_id in left:
            if is_being_removed(site.entry.subentries.get(subentry_id)):
                site.hass.config_entries.async_remove_subentry(site.entry, subentry_id)
        # while the entry is being set up no update listener does it
        await site.async_sync()

    def _is_cleared(self, subentry_id: str) -> bool:
        site = self._site
        for lock in site.locks.values():
            if lock.settings.subentry_id == subentry_id:
                return lock.page.is_cleared
        return any(
            site.is_cleared_everywhere(person.person_id)
            for person in site.people.values()
            if person.subentry_id == subentry_id
        )

    def _set_leaving(self, subentry_id: str, *, leaving: bool) -> None:
        site = self._site
        subentry = site.entry.subentries[subentry_id]
        site.hass.config_entries.async_update_subentry(
            site.entry, subentry, data={**subentry.data, CONF_REMOVING: leaving}
        )
