"""Runtime of one config entry: its people, locks, stores and plans."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_STOP,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ...logic.access_rules import estimate_uses
from ...model.access import AccessEvent
from ...model.credential import CredentialRef, LockId, PersonId
from ...model.pin import Pin
from ...model.provider_io import Capabilities, LockAddress
from ...model.settings import LockSettings
from ...model.timing import Timing
from ...providers.registry import async_get_provider
from ..access.access_log import AccessLog
from ..access.rule_evaluator import RuleEvaluator
from ..lock.coordinator import LockCoordinator
from ..storage.durable_store import StorageError
from ..storage.site_stores import SiteStores
from .changed_address import (
    AddressRefusal,
    async_record_other_device,
    async_store_address,
)
from .lock_replacement import (
    ReplacementRefusal,
    async_complete_replacements,
    async_drop_replaced,
    async_record_replacement,
)
from .member_names import async_correct_names
from .planner import Planner
from .removals import Removals
from .saved_subentries import SavedSubentriesWatcher
from .site_removal import async_take_over_left_codes
from .site_state import SiteState
from .slot_actions import SlotActions
from .subentries import locks_from_entry, people_from_entry

_LOGGER: Final = logging.getLogger(__name__)


class Site(SiteState):
    """The runtime data of one config entry: composes, starts, syncs and stops its parts."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], timing: Timing
    ) -> None:
        """Create the parts of a site; nothing is loaded or sent yet."""
        self._stores = SiteStores(hass, entry.entry_id, self._on_storage_changed)
        super().__init__(hass, entry, timing, self._stores)
        self.access_log = AccessLog(hass, self.counters, timing, self._on_counted)
        self.access_log.async_listen(self._on_access)
        self.removals = Removals(self, self.async_sync)
        self.planner = Planner(self, self._complete_removals)
        self.rules = RuleEvaluator(
            hass,
            self._stores.answers,
            lambda person: self.counters.usage(person).limited_uses,
            self.planner.async_plan_all_deferred,
        )
        self.saved_subentries = SavedSubentriesWatcher(
            hass,
            entry.entry_id,
            timing.saved_subentry_poll,
            self.planner.async_plan_all,
        )
        self._restored_locks: set[LockId] = set()
        self._syncing = asyncio.Lock()

    # Start, sync and stop

    async def async_start(self) -> None:
        """Load the stores and set up the locks. Uses no radio by itself."""
        remembered = bool(self.entry.subentries)
        self.async_correct_names()
        journal, counters = await self._stores.async_load()
        # they are created with the journal, before it
        missing = not counters.found and (journal.found or remembered)
        if counters.damaged or missing:
            self.counters.async_assume_uses(
                estimate_uses(self.people.values(), self.journal.entries.values())
            )
        self.counters_lost = self.counters.estimated
        self.rules.async_start()
        self.journal_lost = journal.damaged or (remembered and not journal.found)
        self.journal.read_only = self.journal_lost
        await self.saved_subentries.async_refresh()
        if not self.journal_lost:
            async_complete_replacements(self.hass, self.entry, self.journal)
        if not journal.found and not self.journal_lost:
            await self._async_create_journal()
        await async_take_over_left_codes(self.hass, self.entry, self.journal)
        await self.async_sync()
        for event, listener in (
            (EVENT_HOMEASSISTANT_STOP, self._async_on_stop),
            (EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_final_write),
        ):
            # Home Assistant does not unload entries when it stops
            self.entry.async_on_unload(self.hass.bus.async_listen(event, listener))
        self.entry.async_on_unload(
            self.hass.bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED, self._on_entity
            )
        )

    async def async_stop(self) -> None:
        """Stop all locks and write the stores to disk; codes stay on the locks."""
        self.is_stopped = True
        self.saved_subentries.async_close()
        self.planner.async_close()
        async with self._syncing:
            for lock in (*self.locks.values(), *self.removed_locks.values()):
                await lock.async_close()
        await self.access_log.async_close()
        # not earlier: the last uses still have their rules evaluated
        self.rules.async_close()
        await self._stores.async_close()

    async def async_sync(self) -> None:
        """Sync people and locks with the config subentries, then plan all locks."""
        async with self._syncing:
            if self.is_stopped:
                return
            self.people = people_from_entry(self.entry)
            self.counters.async_set_limited(
                {
                    person_id: person.rule.use_limit is not None
                    for person_id, person in self.people.items()
                }
            )
            self.rules.async_set_people(self.people)
            self.removals.async_refresh()
            self.pending_people -= self.people.keys()
            managed = locks_from_entry(self.entry)
            for lock in [lock for lock in self.locks if lock not in managed]:
                await self._async_unmanage(lock)
            for lock, settings in managed.items():
                try:
                    await self._async_manage(lock, settings)
                except Exception:
                    # one lock that fails must not stop the others
                    _LOGGER.exception("Setup of lock %s failed", settings.name)
            await self._async_retire()
            self.vault.async_keep_locks(managed)
        self.saved_subentries.async_set_expected(frozenset(self.entry.subentries))
        self.planner.async_plan_all()

    @callback
    def async_correct_names(self) -> None:
        """Correct names that were entered in Home Assistant's own menus.

        Call it before the site is synced, which makes them the names so far.
        """
        known = {person.subentry_id: person.name for person in self.people.values()}
        for lock in self.locks.values():
            known[lock.settings.subentry_id] = lock.settings.name
        async_correct_names(self.hass, self.entry, known)

    async def async_wait_synced(self) -> None:
        """Wait until a sync in progress is done."""
        async with self._syncing:
            return

    # PINs

    async def async_set_pin(self, person: PersonId, pin: Pin) -> None:
        """Store a PIN for a person, and plan all locks with it.

        The person's subentry may be added later. Raises StorageError if the PIN is not
        stored.
        """
        credential = CredentialRef(person)
        if person not in self.people:
            self.pending_people.add(person)
        used = self.journal.last_revision(credential)
        await self.vault.async_set_pin(credential, pin, after=used)
        if self.is_stopped and person not in people_from_entry(self.entry):
            # the next start has no such person, and deletes the PIN
            raise StorageError("the site was closed")
        self.planner.async_plan_all()

    # User actions

    async def async_clear_removed_lock(self, lock: LockId) -> None:
        """Clear our codes on a lock that is no longer managed, and verify that."""
        journal_entry = self.journal.entries.get(lock)
        if journal_entry is not None and lock not in self.locks:
            self.journal.async_save_entry(replace(journal_entry, clear_requested=True))
            await self.async_sync()

    async def async_forget_removed_lock(self, lock: LockId) -> None:
        """Drop the records of a lock that is no longer managed; its codes stay on it."""
        async with self._syncing:
            if lock in locks_from_entry(self.entry):
                return
            if (retired := self.removed_locks.pop(lock, None)) is not None:
                await retired.async_close()
            self.journal.async_remove_entry(lock)
        self.planner.async_plan_all()

    async def async_replace_lock(
        self,
        old: LockId,
        new: LockId,
        capabilities: Capabilities,
        address: LockAddress | None = None,
    ) -> ReplacementRefusal | None:
        """Replace a lock whose entity no longer exists by another one.

        Returns why that was refused, or None: then the replacement is on disk, and the
        caller reloads the entry to complete it. `capabilities` and `address` are those of
        the new lock.
        """
        managed = locks_from_entry(self.entry)
        entity_removed = er.async_get(self.hass).async_get(old) is None
        if old not in managed or new in managed or not entity_removed:
            return ReplacementRefusal.GONE
        return await async_record_replacement(
            self.journal, old, new, capabilities, address
        )

    async def async_accept_address(
        self, lock: LockId, address: LockAddress
    ) -> AddressRefusal | None:
        """Manage a lock at the address where it is found now, which the user has seen.

        Returns None, or why that was refused. Another device than before is taken for a
        replacement: each of its slots is read before it is written.
        """
        async with self._syncing:
            coordinator = self.locks.get(lock)
            found = None if coordinator is None else coordinator.changed_address
            if coordinator is None or found is None:
                return AddressRefusal.GONE
            if found != address:
                return AddressRefusal.FOUND_ELSEWHERE
            if not found.is_known:
                return AddressRefusal.NOT_UNDERSTOOD
            settings = coordinator.settings
            if settings.address is None or settings.address.node != address.node:
                await self.locks.pop(lock).async_close()
                refusal = await async_record_other_device(self.journal, lock)
            else:
                refusal = None
            if refusal is None:
                accepted = replace(settings, address=address)
                async_store_address(self.hass, self.entry, accepted)
        await self.async_sync()
        return refusal

    def decisions(self, lock: LockId, slot: int) -> SlotActions:
        """Return the user actions on a slot."""
        return SlotActions(self, lock, slot, self.async_sync, self.async_set_pin)

    async def async_reset_journal(self) -> None:
        """Start with an empty journal after it was lost: find slots, write codes again."""
        self.journal_lost = self.journal.read_only = False
        await self._async_create_journal()
        self.planner.async_plan_all()

    # Locks

    async def _async_manage(self, lock: LockId, settings: LockSettings) -> None:
        coordinator = self.locks.get(lock)
        if (
            coordinator is not None
            and coordinator.settings == settings
            and lock not in self._restored_locks
        ):
            return
        self._restored_locks.discard(lock)
        async_drop_replaced(self.journal, lock)
        for others in (self.locks, self.removed_locks):
            if (former := others.pop(lock, None)) is not None:
                await former.async_close()
        journal_entry = self.journal.entries.get(lock)
        if journal_entry is not None and journal_entry.clear_requested:
            self.journal.async_save_entry(replace(journal_entry, clear_requested=False))
        self.locks[lock] = await self._async_open(settings)

    async def _async_unmanage(self, lock: LockId) -> None:
        await self.locks.pop(lock).async_close()
        journal_entry = self.journal.entries.get(lock)
        if journal_entry is not None and journal_entry.is_cleared:
            self.journal.async_remove_entry(lock)

    async def _async_retire(self) -> None:
        for lock, journal_entry in list(self.journal.entries.items()):
            if (
                journal_entry.clear_requested
                and lock not in self.locks
                and lock not in self.removed_locks
            ):
                known = journal_entry.capabilities
                settings = LockSettings(
                    lock=lock,
                    subentry_id="",
                    name=journal_entry.name,
                    answers_reads=known is None or known.shows_occupancy,
                )
                self.removed_locks[lock] = await self._async_open(settings)

    async def _async_open(self, settings: LockSettings) -> LockCoordinator:
        coordinator = LockCoordinator(
            self.hass,
            self.entry,
            settings=settings,
            provider=await async_get_provider(self.hass, settings),
            journal=self.journal,
            vault=self.vault,
            timing=self.timing,
            people=lambda: self.people,
            on_access=self.access_log.async_record,
            on_change=self.planner.async_on_snapshot,
            request_plan=self.planner.async_plan_lock,
            on_address=partial(async_store_address, self.hass, self.entry),
        )
        coordinator.async_add_listener(
            partial(self._lock_listeners.async_notify, settings.lock)
        )
        coordinator.async_start()
        return coordinator

    @callback
    def _on_entity(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Set a lock up again after its entity was created again or got a device."""
        data = event.data
        if data["action"] == "remove":
            return
        if data["action"] == "update" and "device_id" not in data["changes"]:
            return
        entity = er.async_get(self.hass).async_get(event.data["entity_id"])
        if (
            entity is not None
            and entity.id in self.locks
            and (data["action"] == "create" or entity.device_id is not None)
        ):
            self._restored_locks.add(entity.id)
            self.entry.async_create_task(
                self.hass, self.async_sync(), "keyholder opens a lock anew"
            )

    @callback
    def _complete_removals(self) -> None:
        """Remove the people and locks whose last code was cleared."""
        self.removals.async_complete()

    @callback
    def _on_counted(self, person: PersonId) -> None:
        """Evaluate the rules after a use: it may have reached the use limit."""
        self.rules.async_reevaluate()
        self.signals.async_notify_person(person)

    @callback
    def _on_access(self, event: AccessEvent) -> None:
        """Note whether a lock names the codes that open it: only then uses are counted."""
        lock = self.locks.get(event.lock)
        if lock is not None and lock.async_note_use(event):
            for person in self.people.values():
                if person.rule.use_limit is not None and person.is_assigned(event.lock):
                    self.signals.async_notify_person(person.person_id)

    # Storage

    @callback
    def _on_storage_changed(self) -> None:
        for lock in (*self.locks.values(), *self.removed_locks.values()):
            lock.async_on_storage_changed()

    async def _async_create_journal(self) -> None:
        """Create the files whose absence later means that they were lost."""
        with suppress(StorageError):  # it was logged
            await self.counters.async_create()
            await self.journal.async_commit()

    async def _async_on_stop(self, _event: Event) -> None:
        await self.async_stop()

    async def _async_final_write(self, _event: Event) -> None:
        await self._stores.async_flush()
