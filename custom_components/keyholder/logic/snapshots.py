"""Build the snapshot of a lock, with the state of each slot that users see; compare snapshots."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from ..model.credential import CredentialRef, PersonId
from ..model.evidence import Evidence
from ..model.journal import LockJournalEntry
from ..model.provider_io import LockAddress, Occupancy
from ..model.slot import DesiredState, Reason, SlotRecord, SlotState
from ..model.slot_events import LockTraits
from ..model.snapshot import LockSnapshot, SlotView
from ..model.timing import MAX_FAILURES
from .disabled_codes import is_verified_disabled
from .slot_schedule import active_schedule

_NO_DUPLICATES: Final[Mapping[CredentialRef, int]] = MappingProxyType({})
_UNDER_WAY = (SlotState.SYNCING, SlotState.PENDING_CONFIRMATION)


@dataclass(frozen=True, slots=True)
class SnapshotCache:
    """A journal entry and its snapshot: views of slots that have not changed are reused."""

    journal_entry: LockJournalEntry
    people: Collection[PersonId]
    snapshot: LockSnapshot


def lock_snapshot(
    journal_entry: LockJournalEntry,
    traits: LockTraits,
    people: Collection[PersonId],
    unassigned: Mapping[CredentialRef, Reason | None],
    *,
    reachable: bool,
    incompatible: bool,
    storage_failed: bool,
    unanswered_since: datetime | None = None,
    outdated: bool = False,
    failing_slots: frozenset[int] = frozenset(),
    changed_address: LockAddress | None = None,
    not_usable_slots: int = 0,
    duplicates: Mapping[CredentialRef, int] = _NO_DUPLICATES,
    clock_wrong: bool = False,
    earlier: SnapshotCache | None = None,
) -> LockSnapshot:
    """Return the snapshot of a lock; `people` are those that still exist.

    `unassigned` are the credentials without a slot, `incompatible` is whether the lock's
    library is incompatible, `failing_slots` those that our own code fails to process.
    `unanswered_since`, `outdated`, `changed_address`, `not_usable_slots`, `duplicates`
    and `clock_wrong` are as in the snapshot. Views are taken from `earlier` where nothing
    has changed.
    """
    known = None
    if (
        earlier is not None
        and earlier.people is people
        and earlier.snapshot.reachable is reachable
        and earlier.snapshot.outdated is outdated
        and earlier.snapshot.duplicates == duplicates
        and earlier.journal_entry.capabilities is journal_entry.capabilities
    ):
        known = earlier

    before: Mapping[int, SlotRecord] = {}
    reused: Mapping[int, SlotView] = {}
    if known is not None:
        before, reused = known.journal_entry.records, known.snapshot.slots
    new = {
        slot: _slot_view(
            record,
            traits,
            people,
            reachable=reachable,
            outdated=outdated,
            has_duplicate=record.credential in duplicates,
        )
        for slot, record in journal_entry.records.items()
        if before.get(slot) is not record
    }
    views = {**reused, **new}
    slots = {slot: views[slot] for slot in sorted(journal_entry.records)}
    return LockSnapshot(
        lock=journal_entry.lock,
        name=journal_entry.name,
        reachable=reachable,
        incompatible=incompatible,
        storage_failed=storage_failed,
        failing_slots=failing_slots,
        changed_address=changed_address,
        duplicates=duplicates,
        capabilities=journal_entry.capabilities,
        slots=slots,
        use_reports=journal_entry.use_reports,
        unassigned=unassigned
        if reachable
        else dict.fromkeys(unassigned, Reason.LOCK_UNREACHABLE),
        unanswered_since=unanswered_since,
        outdated=outdated,
        not_usable_slots=not_usable_slots,
        clock_wrong=clock_wrong,
        slot_by_credential=_slot_numbers(slots, new, known),
    )


def changed_credentials(
    before: LockSnapshot, after: LockSnapshot
) -> frozenset[CredentialRef]:
    """Return the credentials whose state differs between two snapshots."""
    changed: set[CredentialRef] = set()
    if before.unassigned is not after.unassigned:
        changed.update(
            ref for ref, _ in before.unassigned.items() ^ after.unassigned.items()
        )
    if before.duplicates != after.duplicates:
        changed.update(
            ref for ref, _ in before.duplicates.items() ^ after.duplicates.items()
        )
    for slot, now in after.slots.items():
        was = before.slots.get(slot)
        if was is not now and was != now:
            changed.add(now.credential)
            if was is not None:
                changed.add(was.credential)
    for slot in before.slots.keys() - after.slots.keys():
        changed.add(before.slots[slot].credential)
    return frozenset(changed)


def all_verified_since(
    now: LockSnapshot, before: LockSnapshot | None, *, busy: bool
) -> datetime | None:
    """Return a time since which every code of the lock was verified, None if one was not.

    It may be earlier than the oldest verification, never later: while the lock is being
    worked on, and after a code was changed, it stays as it was in `before` until the
    verified codes are next read. So a change of one code does not change it.
    """
    previous = None if before is None else before.all_verified_since
    if any(now.unassigned.values()):
        return None
    if now.unassigned or not now.counts.keys().isdisjoint(_UNDER_WAY):
        return previous
    proofs = [_proven_at(view) for view in now.slots.values()]
    proven = [proof for proof in proofs if proof is not None]
    if not proven or len(proven) < len(proofs):
        return None
    oldest = min(proven)
    if before is None or previous is None:
        return oldest
    is_idle = not busy and all(_proven_at(view) for view in before.slots.values())
    return oldest if is_idle else min(previous, oldest)


def _proven_at(view: SlotView) -> datetime | None:
    return view.verified_at if view.evidence.is_read_back else None


def slot_state(
    record: SlotRecord, traits: LockTraits, *, reachable: bool
) -> SlotState | None:
    """Return the state of a slot, or None where it is not known.

    `in_sync` is only returned for what a read of the lock has proven.
    """
    if (pending := record.pending) is not None:
        # the code is what has to be confirmed, not the clear that makes room for it
        revokes = not pending.operation.grants_access
        makes_room = revokes and record.desired is DesiredState.PRESENT
        if makes_room and record.blocked is not None:
            # a revoked code is still being cleared; nothing is written
            return SlotState.SUSPENDED
        if pending.returned_at is None or makes_room:
            return SlotState.SYNCING
        return SlotState.PENDING_CONFIRMATION
    if record.is_verified:
        if (
            record.needs_read
            and traits.shows_occupancy
            and (record.retry.failed_reads or not reachable)
        ):
            # a report about this slot could not be checked by a read yet
            return None
        return SlotState.IN_SYNC if record.evidence.is_read_back else SlotState.ACCEPTED
    if _waits_for_user(record):
        return SlotState.SUSPENDED
    if traits.shows_occupancy and (
        record.needs_read or record.observed.occupancy is Occupancy.UNKNOWN
    ):
        return None
    if record.retry.at is not None or not reachable:
        return SlotState.OUT_OF_SYNC
    return SlotState.SYNCING


def _waits_for_user(record: SlotRecord) -> bool:
    """Return whether nothing goes on until the user decides.

    A reported change may still be settled by the read that follows it.
    """
    is_read_first = record.blocked is Reason.CHANGE_REPORTED and record.needs_read
    return record.blocked is not None and not is_read_first


def slot_reason(record: SlotRecord, *, reachable: bool) -> Reason | None:
    """Return why a slot is not in its desired state, or None if it is or is being worked on."""
    if record.is_verified:
        return None
    if _waits_for_user(record):
        return record.blocked
    if not reachable:
        return Reason.LOCK_UNREACHABLE
    if (
        record.desired is DesiredState.ABSENT
        and record.retry.failed_attempts >= MAX_FAILURES
    ):
        return Reason.NOT_CLEARED
    if record.changed_externally:
        return Reason.CHANGED_AT_LOCK
    if record.retry.failed_reads:
        not_usable = record.retry.slot_not_usable
        return Reason.SLOT_UNAVAILABLE if not_usable else Reason.NO_ANSWER
    return None


def _slot_numbers(
    slots: Mapping[int, SlotView],
    new: Mapping[int, SlotView],
    known: SnapshotCache | None,
) -> Mapping[CredentialRef, int]:
    """Return the slot of each credential; the first slot where it is in several."""
    if known is not None:
        before = known.snapshot.slots
        if before.keys() == slots.keys() and all(
            before[slot].credential == view.credential for slot, view in new.items()
        ):
            return known.snapshot.slot_by_credential
    return {slots[slot].credential: slot for slot in reversed(list(slots))}


def _slot_view(
    record: SlotRecord,
    traits: LockTraits,
    people: Collection[PersonId],
    *,
    reachable: bool,
    outdated: bool,
    has_duplicate: bool,
) -> SlotView:
    owner_missing = record.credential.person not in people
    outdated = outdated and record.is_verified
    reason = slot_reason(record, reachable=reachable)
    if outdated and record.desired is DesiredState.PRESENT:
        reason = Reason.LOCK_UNREACHABLE
    state = None if outdated else slot_state(record, traits, reachable=reachable)
    evidence, verified_at = record.evidence, record.verified_at
    if has_duplicate and record.desired is DesiredState.ABSENT and record.is_verified:
        # ours is cleared, and the same digits open the door from another slot
        state, reason = SlotState.OUT_OF_SYNC, Reason.DUPLICATE
        evidence, verified_at = Evidence.NONE, None
    return SlotView(
        slot=record.slot,
        credential=record.credential,
        person_name=record.person_name,
        desired=record.desired,
        state=state,
        evidence=evidence,
        verified_at=verified_at,
        reason=reason,
        owner_removed=owner_missing and record.owner_saved,
        orphaned=owner_missing and not record.owner_saved,
        schedule=active_schedule(record),
        disabled=is_verified_disabled(record),
        unexpected_use=record.unexpected_use,
        outdated=outdated,
        resumed=None if record.is_verified else record.retry.resumed,
    )
