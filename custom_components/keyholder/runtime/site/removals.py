"""Remove people and locks once every code of theirs is cleared."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ...const import CONF_REMOVING, SUBENTRY_LOCK
from ...logic.removal_progress import LockToClear, RemovalProgress, removal_progress
from ...model.credential import CredentialRef, PersonId
from ...model.slot import SlotRecord
from ..lock.coordinator import LockCoordinator
from .site_state import SiteState
from .subentries import is_being_removed, locks_from_entry, person_from_subentry


class Removals:
    """Removes the subentry of a person or lock when their last code is cleared.

    The request is stored in the subentry itself: it survives restarts, and is completed
    by the last proof, however late that comes.
    """

    def __init__(
        self, site: SiteState, async_sync: Callable[[], Awaitable[None]]
    ) -> None:
        """Create the removals of one site; `async_sync` follows the subentries."""
        self._site = site
        self._async_sync = async_sync
        self._removing: tuple[str, ...] = ()

    @callback
    def async_begin(self, subentry_id: str) -> None:
        """Revoke the codes, and remove the subentry once they are cleared."""
        self._set_removing(subentry_id, removing=True)

    @callback
    def async_cancel(self, subentry_id: str) -> None:
        """Keep the person or lock; the codes are written again."""
        self._set_removing(subentry_id, removing=False)

    def progress(self, subentry_id: str) -> RemovalProgress | None:
        """Return how far a removal is, None once the subentry is removed."""
        site = self._site
        if (subentry := site.entry.subentries.get(subentry_id)) is None:
            return None
        if subentry.subentry_type == SUBENTRY_LOCK:
            locks = [
                _to_clear(lock, lock.journal_entry.records.values())
                for lock in site.locks.values()
                if lock.settings.subentry_id == subentry_id
            ]
        else:
            person = person_from_subentry(subentry).person_id
            locks = [
                to_clear
                for lock in (*site.locks.values(), *site.removed_locks.values())
                if (to_clear := _codes_of(lock, person)) is not None
            ]
        patience = site.timing.removal_report / 2
        return removal_progress(locks, dt_util.utcnow(), patience)

    async def async_wait(
        self, subentry_id: str, shown: RemovalProgress, patience: timedelta
    ) -> None:
        """Wait until a removal is further than `shown`, or the time is over."""
        await self._site.async_wait_until(
            lambda: self.progress(subentry_id) != shown, patience
        )

    @callback
    def async_refresh(self) -> None:
        """Update which subentries are being removed."""
        self._removing = tuple(
            subentry_id
            for subentry_id, subentry in self._site.entry.subentries.items()
            if is_being_removed(subentry)
        )
        self._site.leaving_locks = frozenset(
            lock
            for lock, settings in locks_from_entry(self._site.entry).items()
            if settings.subentry_id in self._removing
        )

    @callback
    def async_complete(self) -> None:
        """Remove the subentries whose codes are cleared. Called on every change of a lock."""
        site = self._site
        if site.journal_lost:
            # without its records a lock would count as cleared
            return
        cleared = [each for each in self._removing if self._is_cleared(each)]
        if cleared:
            # in a task: the caller is still processing the change
            site.entry.async_create_task(
                site.hass,
                self._async_remove(cleared),
                "keyholder removes what has left",
                eager_start=False,
            )

    async def _async_remove(self, cleared: Iterable[str]) -> None:
        site = self._site
        for subentry_id in cleared:
            if is_being_removed(site.entry.subentries.get(subentry_id)):
                site.hass.config_entries.async_remove_subentry(site.entry, subentry_id)
        # while the entry is being set up no update listener calls this
        await self._async_sync()

    def _is_cleared(self, subentry_id: str) -> bool:
        site = self._site
        for lock in site.locks.values():
            if lock.settings.subentry_id == subentry_id:
                return lock.journal_entry.is_cleared
        return any(
            site.is_cleared_everywhere(person.person_id)
            for person in site.people.values()
            if person.subentry_id == subentry_id
        )

    def _set_removing(self, subentry_id: str, *, removing: bool) -> None:
        site = self._site
        subentry = site.entry.subentries[subentry_id]
        site.hass.config_entries.async_update_subentry(
            site.entry, subentry, data={**subentry.data, CONF_REMOVING: removing}
        )


def _codes_of(lock: LockCoordinator, person: PersonId) -> LockToClear | None:
    """Return a lock with the records of a person, None if nothing there is of them."""
    records = [
        record
        for record in lock.journal_entry.records.values()
        if record.credential.person == person
    ]
    has_duplicate = CredentialRef(person) in lock.duplicates
    if not records and not has_duplicate:
        return None
    return replace(_to_clear(lock, records), has_duplicate=has_duplicate)


def _to_clear(lock: LockCoordinator, records: Collection[SlotRecord]) -> LockToClear:
    return LockToClear(
        name=lock.name, reachable=lock.data.reachable, records=tuple(records)
    )
