"""Extra state attributes of the sensors, as pure functions of snapshots and views."""

from typing import Any

from .model.pin_lengths import PinLengths
from .model.provider_io import Capabilities
from .model.slot import SlotState
from .runtime.site.views import CodeView, LockView, PersonView


def credentials_attributes(view: LockView) -> dict[str, Any]:
    """Return the number of a lock's codes in each state, and what the lock can do.

    A code that waits for its confirmation counts as syncing: a changed code then
    causes two state updates, not three.
    """
    snapshot = view.snapshot
    counts = snapshot.counts
    return {
        "total": len(snapshot.slots),
        "in_sync": counts.get(SlotState.IN_SYNC, 0),
        "accepted": counts.get(SlotState.ACCEPTED, 0),
        "syncing": counts.get(SlotState.SYNCING, 0)
        + counts.get(SlotState.PENDING_CONFIRMATION, 0),
        "out_of_sync": counts.get(SlotState.OUT_OF_SYNC, 0),
        "suspended": counts.get(SlotState.SUSPENDED, 0),
        "unknown": counts.get(None, 0),
        "leaving": [
            slot.person_name for slot in snapshot.slots.values() if slot.owner_removed
        ],
        "waiting": list(view.unassigned),
        "reachable": snapshot.reachable,
        "capabilities": _capabilities(snapshot.capabilities, view.pin_lengths),
    }


def _capabilities(
    capabilities: Capabilities | None, pin_lengths: PinLengths
) -> dict[str, Any] | None:
    if capabilities is None:
        return None
    return {
        "first_slot": capabilities.slots.start,
        "last_slot": capabilities.slots.stop - 1,
        "pin_min_length": pin_lengths.shortest,
        "pin_max_length": pin_lengths.longest,
        "best_evidence": capabilities.best_evidence.value,
        "reports_changes": capabilities.reports_changes,
    }


def person_attributes(view: PersonView) -> dict[str, Any]:
    """Return the result of a person's rule, the uses of their code, and where it is.

    Locks are named while some of them have shown the code and others have not.
    """
    rule, usage = view.person.rule, view.usage
    return {
        "allowed": view.person.enabled and view.rule_result.allows,
        "next_change": view.rule_result.next_change,
        "uses": usage.uses,
        "uses_left": None
        if rule.use_limit is None
        else max(rule.use_limit - usage.limited_uses, 0),
        "last_used": usage.last_used,
        "shown_on": list(view.codes.shown_on),
        "missing_on": list(view.codes.missing_on),
        "uncounted_locks": list(view.uncounted_locks),
    }


def code_attributes(view: CodeView) -> dict[str, Any]:
    """Return the slot of a person's code on one lock, and what is known about it."""
    return {
        "slot": view.slot,
        "desired": view.desired,
        "evidence": view.evidence,
        "verified_at": view.verified_at,
        "reason": view.reason,
        "enforced_by": view.enforced_by,
        "switched_off": view.disabled,
    }
