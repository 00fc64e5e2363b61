"""One site: its people, its locks, and what each lock should hold now."""

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
    """The run time of one config entry.

    `people` and `locks` follow the config subentries. `retired` are locks that are no
    longer managed, kept only until their codes are proven to be gone. `people_change`
    is held by who checks a name and a PIN and then keeps them.
    """

    def __init__(
        self, hass: HomeAssistant, entry: KeyholderConfigEntry, timing: Timing
    ) -> None:
        """Open the stores of a site; nothing is read or sent yet."""
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

    # From start to end

    async def async_start(self) -> None:
        """Load what is remembered and begin to work. Uses no radio by itself."""
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
        """Stop working; codes stay on the locks, and what is known goes to disk."""
        self.is_stopped = True
        self.saved_subentries.close()
        async with self._syncing:
            for lock in (*self.locks.values(), *self.removed_locks.values()):
                await lock.async_close()
        await self.access_log.async_close()
        # not before: the last uses are judged as well
        self.rules.close()
        await self._stores.async_close()

    @staticmethod
    async def async_remove(hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
        """Delete all that is stored of a site."""
        await SiteStores.async_remove(hass, entry.entry_id)

    async def async_sync(self) -> None:
        """Follow the config subentries: who and what is there now."""
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
                    # one lock that fails is no reason to give up the others
                    _LOGGER.exception("The lock %s cannot be set up", settings.name)
            await self._async_retire()
        self.saved_subentries.set_expected(frozenset(self.entry.subentries))
        self.planner.plan_all()

    async def async_wait_synced(self) -> None:
        """Return when all changes of the subentries so far have been followed."""
        async with self._syncing:
            return

    # What entities and flows ask

    def enforced_by(self, person: Person, lock: LockId) -> EnforcedBy | None:
        """Return who turns a person away at a lock; None if nothing ever does."""
        coordinator = self.locks.get(lock)
        if coordinator is None or person.rule.is_unrestricted:
            return None
        native = self.rules.native_schedule(person, coordinator.capabilities)
        view = coordinator.data.slot_of(CredentialRef(person.person_id))
        return enforced_by(person.rule, native, None if view is None else view.schedule)

    def status(self, person: Person) -> PersonStatus:
        """Return a person in one word."""
        return person_status(
            person,
            (lock.data for lock in self.locks.values()),
            self.rules.result(person),
            has_pin=self.has_pin(person),
        )

    def has_pin(self, person: Person) -> bool:
        """Return whether the person's PIN is known."""
        return self.vault.current_pin(CredentialRef(person.person_id)) is not None

    def desired(self, person: Person, lock: LockId) -> DesiredState | None:
        """Return whether the lock should hold the person's code now.

        None while the journal is lost: then nothing is wanted either way.
        """
        if self.journal_lost or lock not in self.locks:
            return None
        subentry_id = self.locks[lock].settings.subentry_id
        if is_being_removed(self.entry.subentries.get(subentry_id)):
            return DesiredState.ABSENT
        wanted = person.is_assigned(lock) and self.rules.allows(person)
        return DesiredState.PRESENT if wanted else DesiredState.ABSENT

    def pin_lengths(self, locks: Iterable[LockId]) -> PinLengths:
        """Return the PIN lengths that all of these locks take, as far as is known."""
        return common_lengths(
            PinLengths(known.pin_min_length, known.pin_max_length)
            for lock in locks
            if lock in self.locks
            and (known := self.locks[lock].capabilities) is not None
        )

    def pins_in_use(
        self, locks: frozenset[LockId] | None, besides: PersonId | None
    ) -> frozenset[Pin]:
        """Return the PINs of everybody else who may share one of these locks."""
        return frozenset(
            pin
            for person in people_from_entry(self.entry).values()
            if person.person_id != besides and person.may_share_lock(locks)
            for pin in self.vault.pins(CredentialRef(person.person_id)).values()
        )

    @property
    def vault_lost(self) -> bool:
        """Return whether somebody's PIN is not known any more."""
        return not all(self.has_pin(person) for person in self.people.values())

    def is_cleared_everywhere(self, person: PersonId) -> bool:
        """Return whether every lock has shown that the person's codes are gone.

        A lock that is no longer managed does not count if its codes stay on it.
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
        """Keep a PIN for a person, and put it where it belongs.

        The person's subentry may come later. Raises StorageFailed if it is not kept.
        """
        credential = CredentialRef(person)
        if person not in self.people:
            self.pending_people.add(person)
        used = self.journal.last_revision(credential)
        await self.vault.async_set_pin(credential, pin, after=used)
        if self.is_stopped and person not in people_from_entry(self.entry):
            # who comes after this site takes it for nobody's, and forgets it
            raise StorageError("the site was closed")
        self.planner.plan_all()

    # What the user decides

    async def async_clear_removed_lock(self, lock: LockId) -> None:
        """Take our codes off a lock that is no longer managed, and prove it."""
        page = self.journal.pages.get(lock)
        if page is not None and lock not in self.locks:
            self.journal.save(replace(page, clear_requested=True))
            await self.async_sync()

    async def async_forget_removed_lock(self, lock: LockId) -> None:
        """Forget a lock that is no longer managed; its codes stay on it."""
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
        """Let a lock take the place of one whose entity is gone.

        Returns why that cannot be, or None: then it is on disk, and the entry is to be
        reloaded to carry it out. `capabilities` are those of the new lock.
        """
        managed = locks_from_entry(self.entry)
        gone = er.async_get(self.hass).async_get(old) is None
        if old not in managed or new in managed or not gone:
            return ReplacementRefusal.GONE
        return await async_record_replacement(self.journal, old, new, capabilities)

    def decisions(self, lock: LockId, slot: int) -> SlotActions:
        """Return what a user can decide about a slot."""
        return SlotActions(self, lock, slot)

    async def async_reset_journal(self) -> None:
        """Begin anew after the journal was lost: find slots, and write codes again."""
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
            on_learned=self.planner.on_capabilities_changed,
        )
        coordinator.start()
        return coordinator

    @callback
    def _on_entity(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """A lock whose entity or device was gone, and is there again, is opened anew."""
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
        """Somebody has used their code: it may have been the last time."""
        self.rules.reevaluate()
        self.signals.notify_person(person)

    # Storage

    @callback
    def _on_storage_changed(self) -> None:
        for lock in (*self.locks.values(), *self.removed_locks.values()):
            lock.on_storage_changed()

    async def _async_create_journal(self) -> None:
        """Leave a trace on disk, so that a missing journal is known to be lost."""
        with suppress(StorageError):  # the journal has said so
            await self.journal.async_commit()

    async def _async_on_stop(self, _event: Event) -> None:
        await self.async_stop()

    async def _async_final_write(self, _event: Event) -> None:
        await self._stores.async_flush()
