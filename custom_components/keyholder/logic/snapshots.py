"""From what is remembered of a lock to what is shown of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ..model.credential import CredentialRef, PersonId
from ..model.lifecycle import Rules
from ..model.page import LockPage
from ..model.slot import Reason, SlotRecord
from ..model.snapshot import LockSnapshot, SlotView
from .slot_state import slot_reason, slot_state


@dataclass(frozen=True, slots=True)
class Earlier:
    """A page and what was shown of it: what has not changed since is taken over."""

    page: LockPage
    people: Collection[PersonId]
    snapshot: LockSnapshot


def lock_snapshot(
    page: LockPage,
    rules: Rules,
    people: Collection[PersonId],
    waiting: Mapping[CredentialRef, Reason | None],
    *,
    reachable: bool,
    broken: bool,
    storage_failed: bool,
    earlier: Earlier | None = None,
) -> LockSnapshot:
    """Return the lock as it is to be shown; `people` are those that still exist."""
    known = None
    if (
        earlier is not None
        and earlier.people is people
        and earlier.snapshot.reachable is reachable
        and earlier.page.capabilities is page.capabilities
    ):
        known = earlier

    def view(record: SlotRecord) -> SlotView:
        gone = record.credential.person not in people
        return _slot_view(record, rules, gone=gone, reachable=reachable)

    slots = _slots(page, known, view)
    return LockSnapshot(
        lock=page.lock,
        name=page.name,
        reachable=reachable,
        broken=broken,
        storage_failed=storage_failed,
        capabilities=page.capabilities,
        slots=slots,
        waiting={
            credential: reason if reachable else Reason.LOCK_UNREACHABLE
            for credential, reason in waiting.items()
        },
        slot_numbers=_slot_numbers(slots, earlier),
    )


def changed_credentials(
    before: LockSnapshot, after: LockSnapshot
) -> frozenset[CredentialRef]:
    """Return those of which something else is shown now."""
    changed = {ref for ref, _ in before.waiting.items() ^ after.waiting.items()}
    for slot, now in after.slots.items():
        was = before.slots.get(slot)
        if was is not now and was != now:
            changed.add(now.credential)
            if was is not None:
                changed.add(was.credential)
    for slot in before.slots.keys() - after.slots.keys():
        changed.add(before.slots[slot].credential)
    return frozenset(changed)


def _slots(
    page: LockPage, known: Earlier | None, view: Callable[[SlotRecord], SlotView]
) -> Mapping[int, SlotView]:
    """Return the slots in order; what is known of a record that is the same stays."""
    before: Mapping[int, SlotRecord] = {}
    shown: Mapping[int, SlotView] = {}
    if known is not None:
        before, shown = known.page.records, known.snapshot.slots
    return {
        slot: shown[slot] if before.get(slot) is record else view(record)
        for slot, record in sorted(page.records.items())
    }


def _slot_numbers(
    slots: Mapping[int, SlotView], earlier: Earlier | None
) -> Mapping[CredentialRef, int]:
    """Return where each credential is; the first slot where it is in several."""
    if earlier is not None:
        before = earlier.snapshot.slots
        if len(before) == len(slots) and all(
            (was := before.get(slot)) is now
            or (was is not None and was.credential == now.credential)
            for slot, now in slots.items()
        ):
            return earlier.snapshot.slot_numbers
    return {slots[slot].credential: slot for slot in reversed(list(slots))}


def _slot_view(
    record: SlotRecord, rules: Rules, *, gone: bool, reachable: bool
) -> SlotView:
    return SlotView(
        slot=record.slot,
        credential=record.credential,
        label=record.label,
        desired=record.desired,
        state=slot_state(record, rules, reachable=reachable),
        evidence=record.evidence,
        verified_at=record.verified_at,
        reason=slot_reason(record, reachable=reachable),
        origin=record.origin,
        leaving=gone and record.owner_saved,
        quarantined=gone and not record.owner_saved,
    )
