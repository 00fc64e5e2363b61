"""Build the snapshot of a lock from its journal entry, and compare snapshots."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..model.credential import CredentialRef, PersonId
from ..model.page import LockJournalEntry
from ..model.slot import Reason, SlotRecord
from ..model.slot_events import LockTraits
from ..model.snapshot import LockSnapshot, SlotView
from .disabled_codes import is_verified_disabled
from .slot_schedule import active_schedule
from .slot_state import slot_reason, slot_state


@dataclass(frozen=True, slots=True)
class SnapshotCache:
    """A journal entry and its snapshot: views of slots that have not changed are reused."""

    page: LockJournalEntry
    people: Collection[PersonId]
    snapshot: LockSnapshot


def lock_snapshot(
    page: LockJournalEntry,
    traits: LockTraits,
    people: Collection[PersonId],
    waiting: Mapping[CredentialRef, Reason | None],
    *,
    reachable: bool,
    broken: bool,
    storage_failed: bool,
    earlier: SnapshotCache | None = None,
) -> LockSnapshot:
    """Return the snapshot of a lock; `people` are those that still exist.

    `waiting` are the credentials without a slot, `broken` is whether the lock's library
    is incompatible. Views are taken from `earlier` where nothing has changed.
    """
    known = None
    if (
        earlier is not None
        and earlier.people is people
        and earlier.snapshot.reachable is reachable
        and earlier.page.capabilities is page.capabilities
    ):
        known = earlier

    before: Mapping[int, SlotRecord] = {}
    reused: Mapping[int, SlotView] = {}
    if known is not None:
        before, reused = known.page.records, known.snapshot.slots
    new = {
        slot: _slot_view(record, traits, people, reachable=reachable)
        for slot, record in page.records.items()
        if before.get(slot) is not record
    }
    views = {**reused, **new}
    slots = {slot: views[slot] for slot in sorted(page.records)}
    return LockSnapshot(
        lock=page.lock,
        name=page.name,
        reachable=reachable,
        incompatible=broken,
        storage_failed=storage_failed,
        capabilities=page.capabilities,
        slots=slots,
        unassigned=waiting
        if reachable
        else dict.fromkeys(waiting, Reason.LOCK_UNREACHABLE),
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
    for slot, now in after.slots.items():
        was = before.slots.get(slot)
        if was is not now and was != now:
            changed.add(now.credential)
            if was is not None:
                changed.add(was.credential)
    for slot in before.slots.keys() - after.slots.keys():
        changed.add(before.slots[slot].credential)
    return frozenset(changed)


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
) -> SlotView:
    owner_missing = record.credential.person not in people
    return SlotView(
        slot=record.slot,
        credential=record.credential,
        person_name=record.person_name,
        desired=record.desired,
        state=slot_state(record, traits, reachable=reachable),
        evidence=record.evidence,
        verified_at=record.verified_at,
        reason=slot_reason(record, reachable=reachable),
        owner_removed=owner_missing and record.owner_saved,
        orphaned=owner_missing and not record.owner_saved,
        schedule=active_schedule(record),
        disabled=is_verified_disabled(record),
    )
