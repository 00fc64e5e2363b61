"""Runtime of one config entry: its people, locks, stores and plans."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
import logging
from typing import TYPE_CHECKING, Final

from homeassistant.const import (
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_STOP,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..logic.limits import enforced_by
from ..logic.person_status import person_status
from ..logic.pin_rules import PinLengths, common_lengths
from ..logic.uses import estimate_uses
from ..model.credential import CredentialRef, LockId, Person, PersonId
from ..model.limits import EnforcedBy
from ..model.person_status import PersonStatus
from ..model.pin import Pin
from ..model.reading import Capabilities
from ..model.settings import LockSettings
from ..model.slot import DesiredState
from ..model.timing import Timing
from .access_log import AccessLog
from .access_rules import RuleEvaluator
from .changes import ChangeSignals
from .coordinator import LockCoordinator
from .decisions import SlotActions
from .durable import StorageError
from .membership import is_being_removed, locks_from_entry, people_from_entry
from .moving import (
    ReplacementRefusal,
    async_record_replacement,
    complete_replacements,
    drop_replaced,
)
from .opening import async_get_provider
from .owners import SavedSubentriesWatcher
from .planner import Planner
from .removals import Removals
from .site_stores import SiteStores

if TYPE_CHECKING:
    from .data import KeyholderConfigEntry

_LOGGER: Final = logging.getLogger(__name__)


class Site:
    """The runtime data of one config entry.

    `people` and `locks` follow the config subentries. `removed_locks` are no longer
    managed, and kept only until their codes are cleared. Hold `people_lock` to check a
    name and a PIN and then store them.
    """

    def __init__(
        self, hass: HomeAssistant, entry: KeyholderConfigEntry, timing: Timing
    ) -> None:
        """Create the parts of a site; nothing is loaded or sent yet."""
        self.hass = hass
        self.entry = entry
        self.timing = timing
        self._stores = SiteStores(hass, entry.entry_id, self._on_storage_changed)
        self.journal = self._stores.journal
        self.vault = self._stores.vault
        self.counters = self._stores.counters
        self.access_log = AccessLog(hass, self.counters, timing, self._on_counted)
        self.planner = Planner(self)
        self.rules = RuleEvaluator(
            hass,
            self._stores.answers,
            lambda person: self.counters.usage(person).limited_uses,
            self.planner.plan_all_deferred,
        )
        self.people: Mapping[PersonId, Person] = people_from_entry(entry)
        self.locks: dict[LockId, LockCoordinator] = {}
        self.removed_locks: dict[LockId, LockCoordinator] = {}
        self.journal_lost = False
        self.counters_lost = False
        self.removals = Removals(self)
        self.people_lock = asyncio.Lock()
        self.pending_people: set[PersonId] = set()
        self._restored_locks: set[LockId] = set()
        self._syncing = asyncio.Lock()
        self.is_stopped = False
        self.signals = ChangeSignals()
        self.saved_subentries = SavedSubentriesWatcher(
            hass, entry.entry_id, timing.saved_subentry_poll, self.planner.plan_all
        )

    # Start, sync and stop

    async def async_start(self) -> None:
        """Load the stores and set up the locks. Uses no radio by itself."""
        remembered = bool(self.entry.subentries)
        journal, counters = await self._stores.async_load()
        self.counters_lost = counters.damaged
        if self.counters_lost:
            self.counters.assume_uses(
                estimate_uses(self.people.values(), self.journal.pages.values())
            )
        self.rules.start()
        self.journal_lost = journal.damaged or (remembered and not journal.found)
        self.journal.read_only = self.journal_lost
        await self.saved_subentries.async_refresh()
        if not self.journal_lost:
            complete_replacements(self.hass, self.entry, self.journal)
        if not journal.found and not self.journal_lost:
            await self._async_create_journal()
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
        self.saved_subentries.close()
        async with self._syncing:
            for lock in (*self.locks.values(), *self.removed_locks.values()):
                await lock.async_close()
        await self.access_log.async_close()
        # not earlier: the last uses still have their rules evaluated
        self.rules.close()
        await self._stores.async_close()

    @staticmethod
    async def async_remove(hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
        """Delete all files of a site."""
        await SiteStores.async_remove(hass, entry.entry_id)

    async def async_sync(self) -> None:
        """Sync people and locks with the config subentries, then plan all locks."""
        async with self._syncing:
            if self.is_stopped:
                return
            self.people = people_from_entry(self.entry)
            self.counters.set_limited(
                {
                    person_id: person.rule.use_limit is not None
                    for person_id, person in self.people.items()
                }
            )
            self.rules.set_people(self.people)
            self.removals.refresh()
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
        self.saved_subentries.set_expected(frozenset(self.entry.subentries))
        self.planner.plan_all()

    async def async_wait_synced(self) -> None:
        """Wait until a sync in progress is done."""
        async with self._syncing:
            return

    # Queries of entities and flows

    def enforced_by(self, person: Person, lock: LockId) -> EnforcedBy | None:
        """Return who enforces a person's rule at a lock; None if it has no restriction."""
        coordinator = self.locks.get(lock)
        if coordinator is None or person.rule.is_unrestricted:
            return None
        native = self.rules.native_schedule(person, coordinator.capabilities)
        view = coordinator.data.slot_of(CredentialRef(person.person_id))
        return enforced_by(person.rule, native, None if view is None else view.schedule)

    def status(self, person: Person) -> PersonStatus:
        """Return the status of a person over all locks."""
        return person_status(
            person,
            (lock.data for lock in self.locks.values()),
            self.rules.result(person),
            has_pin=self.has_pin(person),
        )

    def has_pin(self, person: Person) -> bool:
        """Return whether the person's PIN is stored."""
        return self.vault.current_pin(CredentialRef(person.person_id)) is not None

    def desired(self, person: Person, lock: LockId) -> DesiredState | None:
        """Return whether the lock should hold the person's code now.

        None if the lock is not managed, and while the journal is lost: then nothing is
        planned.
        """
        if self.journal_lost or lock not in self.locks:
            return None
        subentry_id = self.locks[lock].settings.subentry_id
        if is_being_removed(self.entry.subentries.get(subentry_id)):
            return DesiredState.ABSENT
        wanted = person.is_assigned(lock) and self.rules.allows(person)
        return DesiredState.PRESENT if wanted else DesiredState.ABSENT

    def pin_lengths(self, locks: Iterable[LockId]) -> PinLengths:
        """Return the PIN lengths that all of these locks accept, as far as known."""
        return common_lengths(
            PinLengths(known.pin_min_length, known.pin_max_length)
            for lock in locks
            if lock in self.locks
            and (known := self.locks[lock].capabilities) is not None
        )

    def pins_in_use(
        self, locks: frozenset[LockId] | None, besides: PersonId | None
    ) -> frozenset[Pin]:
        """Return the PINs of all other people who may share one of these locks."""
        return frozenset(
            pin
            for person in people_from_entry(self.entry).values()
            if person.person_id != besides and person.may_share_lock(locks)
            for pin in self.vault.pins(CredentialRef(person.person_id)).values()
        )

    @property
    def vault_lost(self) -> bool:
        """Return whether the PIN of any person is missing."""
        return not all(self.has_pin(person) for person in self.people.values())

    def is_cleared_everywhere(self, person: PersonId) -> bool:
        """Return whether the person's codes are cleared on every lock.

        A lock that is no longer managed does not count if its codes are to stay on it.
        """
        managed = locks_from_entry(self.entry)
        return all(
            record.is_cleared
            for page in self.journal.pages.values()
            if page.lock in managed or page.clear_requested
            for record in page.records.values()
            if record.credential.person == person
        )

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
        self.planner.plan_all()

    # User actions

    async def async_clear_removed_lock(self, lock: LockId) -> None:
        """Clear our codes on a lock that is no longer managed, and verify that."""
        page = self.journal.pages.get(lock)
        if page is not None and lock not in self.locks:
            self.journal.save(replace(page, clear_requested=True))
            await self.async_sync()

    async def async_forget_removed_lock(self, lock: LockId) -> None:
        """Drop the records of a lock that is no longer managed; its codes stay on it."""
        async with self._syncing:
            if lock in locks_from_entry(self.entry):
                return
            if (retired := self.removed_locks.pop(lock, None)) is not None:
                await retired.async_close()
            self.journal.remove(lock)
        self.planner.plan_all()

    async def async_replace_lock(
        self, old: LockId, new: LockId, capabilities: Capabilities
    ) -> ReplacementRefusal | None:
        """Replace a lock whose entity no longer exists by another one.

        Returns why that was refused, or None: then the replacement is on disk, and the
        caller reloads the entry to complete it. `capabilities` are those of the new lock.
        """
        managed = locks_from_entry(self.entry)
        entity_removed = er.async_get(self.hass).async_get(old) is None
        if old not in managed or new in managed or not entity_removed:
            return ReplacementRefusal.GONE
        return await async_record_replacement(self.journal, old, new, capabilities)

    def decisions(self, lock: LockId, slot: int) -> SlotActions:
        """Return the user actions on a slot."""
        return SlotActions(self, lock, slot)

    async def async_reset_journal(self) -> None:
        """Start with an empty journal after it was lost: find slots, write codes again."""
        self.journal_lost = self.journal.read_only = False
        await self._async_create_journal()
        self.planner.plan_all()

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
        drop_replaced(self.journal, lock)
        for others in (self.locks, self.removed_locks):
            if (former := others.pop(lock, None)) is not None:
                await former.async_close()
        page = self.journal.pages.get(lock)
        if page is not None and page.clear_requested:
            self.journal.save(replace(page, clear_requested=False))
        self.locks[lock] = await self._async_open(settings)

    async def _async_unmanage(self, lock: LockId) -> None:
        await self.locks.pop(lock).async_close()
        page = self.journal.pages.get(lock)
        if page is not None and page.is_cleared:
            self.journal.remove(lock)

    async def _async_retire(self) -> None:
        for lock, page in list(self.journal.pages.items()):
            if (
                page.clear_requested
                and lock not in self.locks
                and lock not in self.removed_locks
            ):
                settings = LockSettings(lock=lock, subentry_id="", name=page.name)
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
            on_change=self.planner.on_snapshot,
            request_plan=self.planner.plan_lock,
        )
        coordinator.start()
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
    def _on_counted(self, person: PersonId) -> None:
        """Evaluate the rules after a use: it may have reached the use limit."""
        self.rules.reevaluate()
        self.signals.notify_person(person)

    # Storage

    @callback
    def _on_storage_changed(self) -> None:
        for lock in (*self.locks.values(), *self.removed_locks.values()):
            lock.on_storage_changed()

    async def _async_create_journal(self) -> None:
        """Create the journal file, so that a missing file later means a lost journal."""
        with suppress(StorageError):  # the journal has logged it
            await self.journal.async_commit()

    async def _async_on_stop(self, _event: Event) -> None:
        await self.async_stop()

    async def _async_final_write(self, _event: Event) -> None:
        await self._stores.async_flush()
