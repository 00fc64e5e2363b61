"""State and attributes of the sensors, as pure functions of snapshots and rules."""

from collections.abc import Mapping
from typing import Any

from .entity import StateAndAttributes
from .model.access_rules import RuleResult
from .model.credential import Person, PersonId
from .model.evidence import Evidence
from .model.limits import EnforcedBy
from .model.person_status import PersonStatus
from .model.provider_io import Capabilities
from .model.slot import DesiredState, Reason, SlotState
from .model.snapshot import LockSnapshot, SlotView
from .model.usage import Usage


def credentials_value(
    snapshot: LockSnapshot, people: Mapping[PersonId, Person]
) -> StateAndAttributes:
    """Return the overall state of a lock's codes, and the number in each state.

    A code that waits for its confirmation counts as syncing: a changed code then
    causes two state updates, not three.
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
        "leaving": [
            view.person_name for view in snapshot.slots.values() if view.owner_removed
        ],
        "waiting": sorted(
            people[credential.person].name
            for credential in snapshot.unassigned
            if credential.person in people
        ),
        "reachable": snapshot.reachable,
        "capabilities": _capabilities(snapshot.capabilities),
    }
    return StateAndAttributes(snapshot.state, attributes)


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


def person_value(
    person: Person, status: PersonStatus, verdict: RuleResult, usage: Usage
) -> StateAndAttributes:
    """Return the status of a person, with the result and next change of their rule."""
    return StateAndAttributes(
        status,
        {
            "allowed": person.enabled and verdict.allows,
            "next_change": verdict.next_change,
            "uses": usage.uses,
            "uses_left": None
            if person.rule.use_limit is None
            else max(person.rule.use_limit - usage.limited_uses, 0),
            "last_used": usage.last_used,
        },
    )


def slot_value(view: SlotView, enforced_by: EnforcedBy | None) -> StateAndAttributes:
    """Return the state of a code that has a slot."""
    return StateAndAttributes(
        view.state,
        {
            "slot": view.slot,
            "desired": view.desired,
            "evidence": view.evidence,
            "verified_at": view.verified_at,
            "reason": view.reason,
            "enforced_by": enforced_by,
            "switched_off": view.disabled,
        },
    )


def unassigned_value(
    desired: DesiredState | None,
    waits_for: Reason | None,
    enforced_by: EnforcedBy | None,
    *,
    has_pin: bool,
) -> StateAndAttributes:
    """Return the state of a code without a slot, and the reason if it should have one.

    `desired` is the state that the lock should hold.
    """
    state: SlotState | None = None
    reason = None
    if desired is DesiredState.PRESENT:
        reason = waits_for if has_pin else Reason.PIN_MISSING
        state = SlotState.SYNCING if reason is None else SlotState.OUT_OF_SYNC
    return StateAndAttributes(
        state,
        {
            "slot": None,
            "desired": desired,
            "evidence": Evidence.NONE,
            "verified_at": None,
            "reason": reason,
            "enforced_by": enforced_by,
            "switched_off": False,
        },
    )
