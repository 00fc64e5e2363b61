"""State of one config entry: its people, locks and stores, and queries over them."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ...logic.native_schedule import enforced_by
from ...logic.person_status import PersonCodes, person_codes
from ...logic.pin_rules import common_lengths, lock_lengths
from ...model.access import AccessEvent, Usage
from ...model.credential import CredentialRef, LockId, Person, PersonId, PersonStatus
from ...model.journal import LockJournalEntry
from ...model.lock_schedule import EnforcedBy
from ...model.pin import Pin
from ...model.pin_lengths import PinLengths
from ...model.slot import DesiredState, Reason, SlotState
from ...model.timing import Timing
from ..access.rule_evaluator import RuleEvaluator
from ..lock.coordinator import LockCoordinator
from ..storage.site_stores import SiteStores
from .saved_subentries import SavedSubentriesWatcher
from .signals import ChangeSignals, Listeners
from .subentries import is_being_removed, locks_from_entry, people_from_entry
from .views import CodeView, LockView, PersonView, SiteDiagnostics


class SiteState:
    """What the parts of a site share. It starts nothing and sends nothing.

    `people` and `locks` follow the config subentries. `removed_locks` are no longer
    managed, and kept only until their codes are cleared. Hold `people_lock` to check a
    name and a PIN and then store them.
    """

    rules: RuleEvaluator
    saved_subentries: SavedSubentriesWatcher

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        timing: Timing,
        stores: SiteStores,
    ) -> None:
        """Start with the people of the entry and no locks."""
        self.hass = hass
        self.entry = entry
        self.timing = timing
        self.journal = stores.journal
        self.vault = stores.vault
        self.counters = stores.counters
        self.signals = ChangeSignals()
        self._lock_listeners = Listeners[[LockId]]()
        self.people: Mapping[PersonId, Person] = people_from_entry(entry)
        self.locks: dict[LockId, LockCoordinator] = {}
        self.removed_locks: dict[LockId, LockCoordinator] = {}
        self.people_lock = asyncio.Lock()
        self.pending_people: set[PersonId] = set()
        """People whose PIN is stored and whose subentry is still to be added."""
        self.leaving_locks: frozenset[LockId] = frozenset()
        """Managed locks that are being removed."""
        self.journal_lost = False
        self.counters_lost = False
        self.is_stopped = False

    @callback
    def async_add_lock_listener(
        self, listener: Callable[[LockId], None]
    ) -> CALLBACK_TYPE:
        """Call back on each update of any lock, removed and later added ones included."""
        return self._lock_listeners.async_add(listener)

    async def async_wait_until(
        self, condition: Callable[[], bool], patience: timedelta
    ) -> None:
        """Wait until a condition on people and locks holds, or the time is over."""
        is_met = asyncio.Event()

        @callback
        def check(_lock: LockId | None = None) -> None:
            if condition():
                is_met.set()

        stop = (
            self.signals.async_subscribe_members(check),
            self.async_add_lock_listener(check),
        )
        check()
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await is_met.wait()
        except TimeoutError:
            return
        finally:
            for unsubscribe in stop:
                unsubscribe()

    def lock_view(self, lock: LockId) -> LockView | None:
        """Return the view of a lock, None while it is set up or closed."""
        if (coordinator := self.locks.get(lock)) is None:
            return None
        waiting = sorted(
            self.people[credential.person].name
            for credential in coordinator.data.unassigned
            if credential.person in self.people
        )
        lengths = lock_lengths(coordinator.settings, coordinator.capabilities)
        return LockView(coordinator.data, tuple(waiting), lengths)

    def person_view(self, person_id: PersonId) -> PersonView | None:
        """Return the view of a person, None if they were removed."""
        person = self.people.get(person_id)
        return None if person is None else self._person_view(person)

    def code_view(self, person_id: PersonId, lock: LockId) -> CodeView | None:
        """Return the view of a person's code on a lock.

        None if the person was removed, or while the lock is set up or closed.
        """
        person, coordinator = self.people.get(person_id), self.locks.get(lock)
        if person is None or coordinator is None:
            return None
        credential = CredentialRef(person_id)
        enforced_by = self.enforced_by(person, lock)
        begins_later = credential.person in self.rules.not_begun([person])
        if (slot := coordinator.data.slot_of(credential)) is not None:
            is_reserved = begins_later and slot.is_reserved
            return CodeView(
                state=SlotState.RESERVED if is_reserved else slot.state,
                desired=slot.desired,
                reason=slot.reason,
                enforced_by=enforced_by,
                slot=slot.slot,
                evidence=slot.evidence,
                verified_at=slot.verified_at,
                disabled=slot.disabled,
            )
        state = reason = None
        if credential in coordinator.data.duplicates:
            state, reason = SlotState.OUT_OF_SYNC, Reason.DUPLICATE
        if (desired := self.desired(person, lock)) is DesiredState.PRESENT:
            reason = Reason.PIN_MISSING
            if self.has_pin(person):
                reason = coordinator.data.unassigned.get(credential)
            state = SlotState.SYNCING if reason is None else SlotState.OUT_OF_SYNC
        elif begins_later and desired is not None and person.is_assigned(lock):
            state = SlotState.SCHEDULED
        return CodeView(
            state=state, desired=desired, reason=reason, enforced_by=enforced_by
        )

    def diagnostics(self) -> SiteDiagnostics:
        """Return the state of the site for diagnostics."""
        return SiteDiagnostics(
            journal_lost=self.journal_lost,
            journal_commits=self.journal.commits,
            timing=self.timing,
            people=tuple(self._person_view(person) for person in self.people.values()),
            pin_revisions=self.vault.revisions,
            journal_entries=tuple(self.journal.entries.values()),
        )

    def journal_entry(self, lock: LockId) -> LockJournalEntry | None:
        """Return the journal entry of a lock, None if it was never set up."""
        return self.journal.entries.get(lock)

    def abandoned_locks(self) -> Iterator[LockJournalEntry]:
        """Yield the locks that are no longer managed and may still hold codes of ours.

        Locks that are being cleared are left out.
        """
        managed = locks_from_entry(self.entry)
        for lock, journal_entry in self.journal.entries.items():
            if (
                lock in managed
                or journal_entry.clear_requested
                or journal_entry.is_cleared
            ):
                continue
            # the replacement of a managed lock is about to be managed itself
            if managed.keys().isdisjoint(journal_entry.replaces):
                yield journal_entry

    def uncounted_locks(self, locks: frozenset[LockId] | None) -> tuple[str, ...]:
        """Return the names of those locks (None: all) that have never named a code.

        A use is not counted there, so that a number of uses may never end an access.
        """
        return tuple(
            sorted(
                coordinator.settings.name
                for lock, coordinator in self.locks.items()
                if (locks is None or lock in locks)
                # the snapshot is published later
                and not coordinator.journal_entry.use_reports.counts_uses
            )
        )

    def digits_of(self, event: AccessEvent) -> str | None:
        """Return the name of the person whose digits a code has that somebody else set."""
        person = self.people.get(event.digits_of) if event.digits_of else None
        return None if person is None else person.name

    def usage(self, person: PersonId) -> Usage:
        """Return how often and when a person's code was used."""
        return self.counters.usage(person)

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
        return self._person_codes(person).status

    def _person_codes(self, person: Person) -> PersonCodes:
        return person_codes(
            person,
            (lock.data for lock in self.locks.values()),
            self.rules.result(person),
            # without its records nothing is planned, nor known of what the locks hold
            has_pin=self.has_pin(person) and not self.journal_lost,
            leaving=self.leaving_locks,
        )

    def has_pin(self, person: Person) -> bool:
        """Return whether the person's PIN is stored."""
        return self.current_pin(person.person_id) is not None

    def current_pin(self, person: PersonId) -> Pin | None:
        """Return the person's PIN, None if it is not stored."""
        return self.vault.current_pin(CredentialRef(person))

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
            lock_lengths(self.locks[lock].settings, self.locks[lock].capabilities)
            for lock in locks
            if lock in self.locks
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

    def _person_view(self, person: Person) -> PersonView:
        return PersonView(
            person,
            self._person_codes(person),
            self.rules.result(person),
            self.counters.usage(person.person_id),
            self.has_pin(person),
            () if person.rule.use_limit is None else self.uncounted_locks(person.locks),
        )

    def is_cleared_everywhere(self, person: PersonId) -> bool:
        """Return whether the person's codes are cleared on every lock.

        They are not where another code has the same digits. A lock that is no longer
        managed does not count if its codes are to stay on it.
        """
        managed = locks_from_entry(self.entry)
        credential = CredentialRef(person)
        if any(credential in lock.duplicates for lock in self.locks.values()):
            return False
        return all(
            record.is_cleared
            for journal_entry in self.journal.entries.values()
            if journal_entry.lock in managed or journal_entry.clear_requested
            for record in journal_entry.records.values()
            if record.credential.person == person
        )
