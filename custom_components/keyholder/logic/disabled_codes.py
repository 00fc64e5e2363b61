"""Slot reducer, disabled codes: disable a code instead of clearing it while only time denies.

It saves the lock a clear and a write, and the PIN a transmission. A disabled code is
proven like a verified one: by the evidence that there was when it was disabled, and by
reads that show it to be ours and disabled. If either becomes uncertain, the code no
longer counts as disabled: the slot is cleared, and written when the code is desired
again.

Other modules ask for the disabled code of a record, and change it, by these functions
alone. Only `mark_verified`, which they call, notes when it was seen disabled.

A code is disabled only where no command is unresolved, and a disable or enable without
the expected effect is abandoned. An enable stays unresolved for its time even when a read
has shown its effect, which may be that of an external change. So no old command can ever
enable a disabled code.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from ..model.disabled_code import DisabledCode
from ..model.evidence import Evidence
from ..model.provider_io import Occupancy
from ..model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    PendingCommand,
    Reason,
    SlotRecord,
    Target,
)
from ..model.slot_events import LockTraits, Step
from .pending_command import abandon_pending, complete_pending, mark_verified
from .restores import limit_restores
from .slot_schedule import has_required_schedule, is_restricted, is_schedule_read_due

_TRANSIENT_REFUSALS: Final = (Reason.LOCK_BUSY, Reason.OCCUPIED)
"""Rejections of a disable or enable that say nothing about the next one."""


def disabled_code_for(record: SlotRecord, target: Target) -> DisabledCode | None:
    """Return the slot's disabled code after the desired state has changed."""
    is_kept = target.desired is DesiredState.PRESENT or target.temporarily_denied
    if not is_kept or target.revision != record.revision:
        return None
    if record.disabled_code is not None:
        # one with a pending enable cannot be disabled again for certain
        return None if _is_pending(record, Operation.ENABLE) else record.disabled_code
    disables = target.desired is DesiredState.ABSENT and _can_disable(record)
    return DisabledCode(revision=record.revision) if disables else None


def has_other_disabled_code(record: SlotRecord, target: Target) -> bool:
    """Return whether a target that revokes access disables the code, or no longer does so."""
    is_absent = target.desired is DesiredState.ABSENT
    return is_absent and disabled_code_for(record, target) != record.disabled_code


def continues_disabling(record: SlotRecord, target: Target) -> bool:
    """Return whether the pending disable is what the new target needs as well."""
    return (
        _is_pending(record, Operation.DISABLE)
        and disabled_code_for(record, target) is not None
    )


def allow_disabling(record: SlotRecord) -> SlotRecord:
    """Return the record of a slot whose codes may be disabled although that failed before."""
    return replace(record, disable_unsupported=False)


def has_disabled_code(record: SlotRecord) -> bool:
    """Return whether a code is in the slot that is kept there, to be disabled or enabled."""
    return record.disabled_code is not None


def without_disabled_code(record: SlotRecord) -> SlotRecord:
    """Return the record without its disabled code, if any, once that is uncertain.

    What proved that the code opens nothing then proves nothing any more.
    """
    return (
        record if record.disabled_code is None else replace(record, disabled_code=None)
    )


def disabled_code_after_read(
    record: SlotRecord, seen: Observation
) -> DisabledCode | None:
    """Return the slot's disabled code after a read of the slot."""
    disabled_code = record.disabled_code
    if (
        disabled_code is None
        or not _is_disabled_code(disabled_code, seen)
        or seen.enabled is None
    ):
        return None
    if is_schedule_read_due(record, seen) and seen.schedule is None:
        # the schedule under which it is to be enabled again was not read
        return None
    return None if _is_enabled_externally(record, seen) else disabled_code


def _is_enabled_externally(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a disabled code was enabled externally."""
    return (
        record.disabled_code is not None
        and record.observed.enabled is False
        and seen.enabled is True
        and seen.occupancy.is_occupied
        and not _is_pending(record, Operation.ENABLE)
    )


def on_disabled_code_used(record: SlotRecord, at: datetime) -> SlotRecord:
    """Return the record after its code was used at the keypad.

    A lock that accepts a code that it shows as disabled gets no more codes to disable.
    The report may come late, after further reads, so the use counts if it was after the
    first read that showed the code disabled.
    """
    disabled_code = record.disabled_code
    if disabled_code is None or not is_verified_disabled(record):
        return record
    if disabled_code.disabled_since is None or at <= disabled_code.disabled_since:
        return record
    # a failed read may have put the next step off: this does not wait
    return replace(
        record,
        disabled_code=None,
        evidence=Evidence.NONE,
        disable_unsupported=True,
        retry=replace(record.retry, at=None),
    )


def is_switched_by_us(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a code found disabled may be so without an external change.

    A code that is to be absent may be disabled, by whomever. Otherwise it may be an
    abandoned disable, or one that no record mentions after a power loss.
    """
    if seen.enabled is not False:
        return False
    return (
        record.desired is DesiredState.ABSENT
        or shows_disabled_code(record, seen)
        or record.may_explain(Operation.DISABLE)
        or any(
            command.assumed_after_power_loss and command.operation is Operation.CLEAR
            for command in record.unresolved_commands
        )
    )


def is_switched_externally(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a code was enabled or disabled externally.

    `seen` is a reading for which `is_switched_by_us` is False. Of a code that the lock
    shows, a disabled one is no longer the revision that was there before.
    """
    if _is_enabled_externally(record, seen):
        return True
    return (
        seen.occupancy is Occupancy.MASKED
        and seen.enabled is False
        and record.observed.enabled is not False
    )


def _is_disabled(record: SlotRecord) -> bool:
    """Return whether the disabled code was last read as disabled."""
    return record.disabled_code is not None and record.observed.enabled is False


def is_verified_disabled(record: SlotRecord) -> bool:
    """Return whether a code that is to be absent is in its slot, and proven to be disabled."""
    return (
        _is_disabled(record)
        and record.desired is DesiredState.ABSENT
        and record.is_verified
    )


def is_enabled_again(record: SlotRecord) -> bool:
    """Return whether the code that was to be kept disabled was last read as enabled."""
    return record.disabled_code is not None and record.observed.enabled is True


def shows_disabled_code(record: SlotRecord, seen: Observation) -> bool:
    """Return whether a reading shows the slot's disabled code, and shows it disabled."""
    return (
        record.disabled_code is not None
        and _is_disabled_code(record.disabled_code, seen)
        and seen.enabled is False
    )


def needs_schedule_check(record: SlotRecord, now: datetime, traits: LockTraits) -> bool:
    """Return whether the schedule of a disabled code has to be read before it is enabled.

    While the code was disabled, nothing read what the lock enforces for it.
    """
    observed = record.observed
    if not is_restricted(record):
        return False
    fresh = (
        observed.observed_at is not None
        and now <= observed.observed_at + traits.timing.empty_read_max_age
    )
    return observed.schedule is None or not fresh


def _is_pending(record: SlotRecord, operation: Operation) -> bool:
    """Return whether that operation is pending."""
    return record.pending is not None and record.pending.operation is operation


def _is_disabled_code(disabled_code: DisabledCode, seen: Observation) -> bool:
    if seen.occupancy is Occupancy.MASKED:
        return seen.made_by_us is True
    return seen.is_ours and seen.revision == disabled_code.revision


def _can_disable(record: SlotRecord) -> bool:
    """Return whether the code in the slot is known for certain."""
    observed = record.observed
    known_ours = observed.is_ours or observed.made_by_us is True
    return (
        record.desired is DesiredState.PRESENT
        and record.origin is Origin.MANAGED
        and record.is_verified
        and record.evidence.is_read_back
        and known_ours
        and observed.enabled is True
        and has_required_schedule(record)
        and not record.unresolved_commands
        and not record.needs_read
        and not record.changed_externally
        and not record.disable_unsupported
    )


def next_disabled_step(
    record: SlotRecord, at: datetime, now: datetime, traits: LockTraits
) -> Step | None:
    """Return the next step of a slot with a disabled code, None if it needs none of these."""
    if record.disabled_code is None:
        return None
    if record.desired is DesiredState.ABSENT:
        if record.observed.enabled is None:
            return None
        return Step(Operation.DISABLE if is_enabled_again(record) else None, at)
    enables = _is_disabled(record) and not needs_schedule_check(record, now, traits)
    return Step(Operation.ENABLE if enables else None, at)


def disabled_code_after_start(
    record: SlotRecord, operation: Operation
) -> DisabledCode | None:
    """Return the slot's disabled code from the moment that a command is sent."""
    return record.disabled_code if operation.keeps_code else None


def shows_switch(seen: Observation, operation: Operation) -> bool:
    """Return whether a reading shows the effect of a disable or enable."""
    return seen.enabled is (operation is Operation.ENABLE)


def after_switch(
    record: SlotRecord,
    pending: PendingCommand,
    evidence: Evidence,
    now: datetime,
    traits: LockTraits,
) -> SlotRecord:
    """Return the record after a read while a disable or enable was pending.

    `evidence` is what the read proves of the desired state.
    """
    if record.disabled_code is not None:
        enables = pending.operation is Operation.ENABLE
        took_effect = shows_switch(record.observed, pending.operation)
        if took_effect and enables is not (record.desired is DesiredState.PRESENT):
            return complete_pending(record, traits)
        if took_effect and evidence is not Evidence.NONE:
            return mark_verified(record, evidence, now, traits)
        if now < pending.deadline:
            return record
    # a code not proven to be disabled is cleared, one that stays disabled is rewritten
    record = _abandon_switch(record, pending, traits)
    if record.changed_externally and record.desired is DesiredState.PRESENT:
        return limit_restores(record, now, traits)
    return record


def on_switch_refused(
    record: SlotRecord, pending: PendingCommand, reason: Reason, traits: LockTraits
) -> SlotRecord:
    """Return the record after the lock rejected a disable or enable, for this reason."""
    # the lock has not done it, so no command is unresolved. Whose code is in the slot
    # may be uncertain
    unread = record.desired is DesiredState.PRESENT or reason is Reason.OCCUPIED
    return replace(
        _abandon_switch(record, pending, traits, reason),
        unresolved_commands=record.unresolved_commands,
        needs_read=record.needs_read or (unread and traits.shows_occupancy),
    )


def _abandon_switch(
    record: SlotRecord,
    pending: PendingCommand,
    traits: LockTraits,
    reason: Reason | None = None,
) -> SlotRecord:
    """Return the record after a disable or enable without the expected effect.

    It is not tried again: the slot is cleared at once. Nor is it used the next time, if
    the lock was at fault. `reason` is the lock's reason for rejecting it, None if it
    gave none.
    """
    is_fault = (
        record.disabled_code is not None
        and pending.counts_as_failure
        and reason not in _TRANSIENT_REFUSALS
    )
    return replace(
        record,
        pending=None,
        unresolved_commands=abandon_pending(record, traits.timing),
        disabled_code=None,
        disable_unsupported=record.disable_unsupported or is_fault,
    )
