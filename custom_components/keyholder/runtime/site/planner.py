"""Plan the slots of every lock, and delete stored PINs that no lock may hold any more."""

from collections import defaultdict
from collections.abc import Callable, Collection

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ...logic.disabled_codes import has_disabled_code
from ...logic.plan import plan_lock, plan_removal
from ...model.credential import CredentialRef, LockId, PersonId
from ...model.slot import DesiredState, Reason, SlotRecord
from ...model.snapshot import LockSnapshot
from ..lock.coordinator import LockCoordinator
from ..lock.timers import DeadlineTimer
from ..storage.stores import Journal, Vault
from .site_state import SiteState
from .subentries import is_being_removed


class Planner:
    """Plans the slots of each lock from people and rules, and prunes unneeded data.

    While the journal is lost nothing is planned: a lock whose content is unknown must
    not be changed.
    """

    def __init__(self, site: SiteState, on_prune: Callable[[], None]) -> None:
        """Create the planner of a site; `on_prune` is called after each change of a lock."""
        self._site = site
        self._on_prune = on_prune
        self._due: list[LockId] = []
        self._ahead = DeadlineTimer[LockId](site.hass, self.async_plan_lock)

    @callback
    def async_close(self) -> None:
        """Cancel the timer."""
        self._ahead.async_close()

    @callback
    def async_plan_all(self) -> None:
        """Plan all locks now, prune, and notify."""
        site = self._site
        if site.is_stopped:
            return
        for lock in list(site.locks):
            self._plan(lock)
        for lock in list(site.removed_locks):
            self._plan_retired(lock)
        self._prune(site.vault.credentials)
        if not site.journal_lost and not site.saved_subentries.pending_removal:
            site.counters.async_prune(site.people)
        site.signals.async_notify_members()

    @callback
    def async_plan_all_deferred(self) -> None:
        """Plan all locks, one in each turn of the event loop, then notify.

        The schedules of many people may change at the same moment.
        """
        site = self._site
        if site.is_stopped:
            return
        is_under_way = bool(self._due)
        self._due = list(site.locks)
        if self._due and not is_under_way:
            site.hass.loop.call_soon(self._plan_next)
        elif not self._due:
            site.signals.async_notify_members()

    @callback
    def async_plan_lock(self, lock: LockId) -> None:
        """Plan one lock again, which may be one that is being removed."""
        if self._site.is_stopped:
            return
        if lock in self._site.locks:
            self._plan(lock)
        elif lock in self._site.removed_locks:
            self._plan_retired(lock)

    @callback
    def async_on_snapshot(
        self, snapshot: LockSnapshot, changed: Collection[CredentialRef]
    ) -> None:
        """Handle a new snapshot of a lock: plan what it allows, prune, notify people."""
        site, lock = self._site, snapshot.lock
        if (managed := site.locks.get(lock)) is not None:
            slots = (
                snapshot.slot_by_credential.get(credential) for credential in changed
            )
            records = (
                managed.journal_entry.records.get(slot) for slot in slots if slot
            )
            if any(
                record is not None
                and record.is_cleared
                and not self._is_assigned(record.credential.person, lock)
                for record in records
            ) or any(
                snapshot.unassigned.get(credential) is Reason.NO_FREE_SLOT
                for credential in changed
            ):
                self._plan(lock)
        elif (
            retired := site.removed_locks.get(lock)
        ) is not None and retired.journal_entry.is_cleared:
            self._plan_retired(lock)
        self._prune(changed)
        for person in {credential.person for credential in changed}:
            site.signals.async_notify_person(person)

    @callback
    def _plan_next(self) -> None:
        site = self._site
        if site.is_stopped:
            self._due.clear()
            return
        lock = self._due.pop(0)
        if lock in site.locks:
            self._plan(lock)
        if self._due:
            site.hass.loop.call_soon(self._plan_next)
        else:
            site.signals.async_notify_members()

    @callback
    def _plan(self, lock: LockId) -> None:
        site = self._site
        if site.journal_lost:
            return
        coordinator = site.locks[lock]
        if is_being_removed(
            site.entry.subentries.get(coordinator.settings.subentry_id)
        ):
            coordinator.slots.async_set_plan(
                plan_removal(coordinator.journal_entry.records)
            )
            return
        people = site.people
        not_begun = site.rules.not_begun(people.values())
        coordinator.slots.async_set_plan(
            plan_lock(
                lock,
                people,
                site.vault.revisions,
                coordinator.journal_entry.records.values(),
                known_owners=self._known_owners(coordinator),
                allowed={
                    person_id
                    for person_id, person in people.items()
                    if site.rules.allows(person)
                },
                schedule=site.rules.lock_schedules(
                    people.values(), coordinator.capabilities
                ),
                temporarily_denied=site.rules.temporarily_denied(
                    people.values(), coordinator.capabilities
                ),
                ahead=self._put_ahead(coordinator, not_begun),
                not_begun=not_begun,
                slots_needed=sum(
                    reason is Reason.NO_FREE_SLOT
                    for reason in coordinator.allocator.unassigned.values()
                ),
            )
        )

    def _put_ahead(
        self, coordinator: LockCoordinator, not_begun: Collection[PersonId]
    ) -> set[PersonId]:
        """Return whose code may be on a lock before its time; plan again when others' may."""
        site, now = self._site, dt_util.utcnow()
        moments = {
            person_id: at
            for person_id in not_begun
            if (
                at := site.rules.put_ahead_at(
                    site.people[person_id],
                    coordinator.capabilities,
                    coordinator.settings.ahead,
                )
            )
            is not None
        }
        self._ahead.async_schedule(
            coordinator.settings.lock,
            min((at for at in moments.values() if at > now), default=None),
        )
        return {person_id for person_id, at in moments.items() if at <= now}

    def _known_owners(self, coordinator: LockCoordinator) -> Collection[PersonId]:
        """Return the people who are saved, and their lock too, so that a code may be sent."""
        saved = self._site.saved_subentries.saved
        if coordinator.settings.subentry_id not in saved:
            return ()
        return {
            person_id
            for person_id, person in self._site.people.items()
            if person.subentry_id in saved
        }

    @callback
    def _plan_retired(self, lock: LockId) -> None:
        site = self._site
        coordinator = site.removed_locks[lock]
        if coordinator.journal_entry.is_cleared:
            del site.removed_locks[lock]
            site.journal.async_remove_entry(lock)
            site.hass.async_create_task(
                coordinator.async_close(), f"keyholder closes {coordinator.name}"
            )
            return
        coordinator.slots.async_set_plan(
            plan_removal(coordinator.journal_entry.records)
        )

    @callback
    def _prune(self, credentials: Collection[CredentialRef]) -> None:
        """Complete removals and delete secrets, after these credentials have changed."""
        site = self._site
        self._on_prune()
        if not site.journal_lost and not site.saved_subentries.pending_removal:
            # a person who would be back after a power cut still needs the PIN
            people = site.people.keys() | site.pending_people
            _async_prune_secrets(site.journal, site.vault, people, credentials)
        for lock in site.locks.values():
            # a PIN that is new, or gone, is compared with the other codes
            lock.async_check_duplicates()

    def _is_assigned(self, person: PersonId, lock: LockId) -> bool:
        people = self._site.people
        return person in people and people[person].is_assigned(lock)


@callback
def _async_prune_secrets(
    journal: Journal,
    vault: Vault,
    people: Collection[PersonId],
    credentials: Collection[CredentialRef],
) -> None:
    """Delete the PINs of removed people, and the former PINs of all others.

    Only `credentials` are considered; `people` are all people, those still being added
    included. A PIN stays while a record needs it: a slot that is not verified may hold
    any PIN that its credential ever had.
    """
    with_former = [each for each in credentials if vault.has_former(each)]
    removed = {each.person for each in credentials if each.person not in people}
    relevant = removed | {each.person for each in with_former}
    if not relevant:
        return
    held: defaultdict[PersonId, list[SlotRecord]] = defaultdict(list)
    for journal_entry in journal.entries.values():
        for record in journal_entry.records.values():
            if record.credential.person in relevant:
                held[record.credential.person].append(record)
    for person in removed - held.keys():
        vault.async_forget(person)
    for credential in with_former:
        records = [
            record
            for record in held[credential.person]
            if record.credential == credential
        ]
        if all(
            record.is_verified and not record.unresolved_commands for record in records
        ):
            vault.async_prune_former_pins(credential, _wanted(records))


def _wanted(records: Collection[SlotRecord]) -> set[int]:
    return {
        each.revision
        for each in records
        if each.desired is DesiredState.PRESENT or has_disabled_code(each)
    }
