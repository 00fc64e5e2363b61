"""From what is remembered of a lock to what is shown of it."""

from collections.abc import Collection, Mapping

from ..model.credential import CredentialRef, PersonId
from ..model.lifecycle import Rules
from ..model.page import LockPage
from ..model.slot import Reason, SlotRecord
from ..model.snapshot import LockSnapshot, SlotView
from .slot_state import slot_reason, slot_state


def lock_snapshot(
    page: LockPage,
    rules: Rules,
    people: Collection[PersonId],
    waiting: Mapping[CredentialRef, Reason | None],
    *,
    reachable: bool,
    broken: bool,
    storage_failed: bool,
) -> LockSnapshot:
    """Return the lock as it is to be shown; `people` are those that still exist."""
    return LockSnapshot(
        lock=page.lock,
        name=page.name,
        reachable=reachable,
        broken=broken,
        storage_failed=storage_failed,
        capabilities=page.capabilities,
        slots={
            slot: _slot_view(
                record,
                rules,
                gone=record.credential.person not in people,
                reachable=reachable,
            )
            for slot, record in sorted(page.records.items())
        },
        waiting={
            credential: reason if reachable else Reason.LOCK_UNREACHABLE
            for credential, reason in waiting.items()
        },
    )


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
