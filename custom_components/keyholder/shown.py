"""What sensors say of locks and slots: pure projections of snapshots."""

from collections.abc import Mapping
from typing import Any

from .entity import Shown
from .model.credential import CredentialRef, Person, PersonId
from .model.evidence import Evidence
from .model.reading import Capabilities
from .model.slot import Desired, Reason, SlotState
from .model.snapshot import LockSnapshot


def shown_credentials(
    snapshot: LockSnapshot, people: Mapping[PersonId, Person]
) -> Shown:
    """Return all codes of a lock in one word, and how many are in which state.

    A code that waits for its confirmation counts as syncing: one that is changed shows
    in two updates, not in three.
    """
    counts = snapshot.counts
    attributes: dict[str, Any] = {
        "total": len(snapshot.slots),
        "in_sync": counts.get(SlotState.IN_SYNC, 0),
        "accepted": counts.get(SlotState.ACCEPTED, 0),
        "syncing": counts.get(SlotState.SYNCING, 0)
        + counts.get(SlotState.PENDING_CONFIRMATION, 0),
        "out_of_sync": counts.get(SlotState.OUT_OF_SYNC, 0),
        "suspended": counts.get(SlotState.SUSPENDED, 0),
        "unknown": counts.get(None, 0),
        "leaving": [view.label for view in snapshot.slots.values() if view.leaving],
        "waiting": sorted(
            people[credential.person].name
            for credential in snapshot.waiting
            if credential.person in people
        ),
        "reachable": snapshot.reachable,
        "capabilities": _capabilities(snapshot.capabilities),
    }
    return Shown(snapshot.credentials, attributes)


def _capabilities(capabilities: Capabilities | None) -> dict[str, Any] | None:
    if capabilities is None:
        return None
    return {
        "first_slot": capabilities.slots.start,
        "last_slot": capabilities.slots.stop - 1,
        "pin_min_length": capabilities.pin_min_length,
        "pin_max_length": capabilities.pin_max_length,
        "best_evidence": capabilities.best_evidence.value,
        "reports_changes": capabilities.reports_changes,
    }


def shown_slot(
    snapshot: LockSnapshot, person: Person, desired: Desired | None, *, has_pin: bool
) -> Shown:
    """Return a person's code on a lock, which may not have found its slot yet.

    `desired` is what the lock should hold where nothing is on record yet.
    """
    credential = CredentialRef(person.person_id)
    view = snapshot.slot_of(credential)
    if view is not None:
        return Shown(
            view.state,
            {
                "slot": view.slot,
                "desired": view.desired,
                "evidence": view.evidence,
                "verified_at": view.verified_at,
                "reason": view.reason,
            },
        )
    state: SlotState | None = None
    reason = None
    if desired is Desired.PRESENT:
        reason = snapshot.waiting.get(credential) if has_pin else Reason.PIN_MISSING
        state = SlotState.SYNCING if reason is None else SlotState.OUT_OF_SYNC
    return Shown(
        state,
        {
            "slot": None,
            "desired": desired,
            "evidence": Evidence.NONE,
            "verified_at": None,
            "reason": reason,
        },
    )
