"""The slot reducer: a pure function from a slot's record and an event to record and effects.

Nothing else decides about a slot. An event changes the record; `next_step` then derives
what the record needs. The record is complete, so a stored one can be resumed at any
time.
"""

from dataclasses import replace
from datetime import datetime

from ..model.evidence import Evidence
from ..model.provider_io import Occupancy
from ..model.slot import (
    DesiredState,
    Operation,
    Origin,
    PendingCommand,
    Retry,
    SlotRecord,
    UnresolvedCommand,
)
from ..model.slot_events import (
    ChangeReported,
    CodeUsed,
    CommandReturned,
    CommandStarted,
    DeadlinePassed,
    DesiredChanged,
    Effect,
    LockTraits,
    Notify,
    Observed,
    RejectionReported,
    Restarted,
    ResumeChoice,
    SlotEvent,
    UseNoted,
    UserResumed,
)
from .change_reports import on_change_reported
from .code_uses import after_event, on_use_event
from .disabled_codes import (
    allow_disabling,
    continues_disabling,
    disabled_code_after_start,
    disabled_code_for,
    has_other_disabled_code,
    without_disabled_code,
)
from .next_step import effects_of, is_fresh_empty
from .on_command_result import on_refusal, on_returned
from .on_read import keep_unmanaged_code, on_observed, on_read_failed
from .pending_command import abandon_pending, is_effect_ambiguous
from .slot_schedule import (
    has_required_schedule,
    on_early_use,
    schedule_after_start,
    when_its_time_has_come,
    with_target,
)
from .slot_writes import after_assumed_write, after_lost_results, writes_after_start
from .unreadable_lock import abandon_unreadable, on_returned_unreadable

type Reduced = tuple[SlotRecord, tuple[Effect, ...]]


def reduce(
    record: SlotRecord, event: SlotEvent, now: datetime, traits: LockTraits
) -> Reduced:
    """Return the record after the event, and the effects that follow.

    The effects are at most one notice, one step and one `WakeAt`. They replace the step
    and `WakeAt` of earlier calls for this slot.
    """
    current = _drop_expired(record, now, traits)
    match event:
        case Observed(seen) if seen.occupancy.is_shown:
            seen = replace(seen, observed_at=now)
            changed, notice = on_observed(current, seen, now, traits)
        case ChangeReported():
            changed, notice = on_change_reported(current, event, now, traits)
        case _:
            changed, notice = _apply(current, event, now, traits), None
    changed = after_event(record, changed, now)
    effects = effects_of(changed, now, traits)
    return changed, effects if notice is None else (Notify(notice), *effects)


def _drop_expired(record: SlotRecord, now: datetime, traits: LockTraits) -> SlotRecord:
    """Return the record without the commands whose time is over.

    An unresolved command is kept for the read that shows how it ended, where one is
    still to come. A lock may give no answer for months: of the commands that are over,
    the last one started of each kind stands for all.
    """
    if not record.unresolved_commands:
        return record
    read_to_come = traits.shows_occupancy and not record.is_verified
    unresolved = tuple(
        command
        for command in record.unresolved_commands
        if command.may_land_until > now
    )
    if read_to_come and len(unresolved) < len(record.unresolved_commands):
        ended = (
            command
            for command in record.unresolved_commands
            if command.may_land_until <= now
        )
        # a command that returned late may be over after one that was started later
        over = sorted(ended, key=lambda command: command.started_at)
        unresolved = (
            *{command.dedup_key: command for command in over}.values(),
            *unresolved,
        )
    return replace(record, unresolved_commands=unresolved)


def _apply(
    record: SlotRecord, event: SlotEvent, now: datetime, traits: LockTraits
) -> SlotRecord:
    match event:
        case DesiredChanged():
            return _on_desired(record, event, now, traits)
        case CommandStarted():
            return _on_started(record, event, now, traits)
        case CommandReturned():
            if traits.shows_occupancy:
                return on_returned(record, event, now, traits)
            return on_returned_unreadable(record, event, now, traits)
        case RejectionReported(reason):
            return on_refusal(record, reason, now, traits)
        case CodeUsed(at) if record.target.only_scheduled:
            return on_early_use(record, at)
        case CodeUsed() | UseNoted():
            return on_use_event(record, event, now, traits)
        case DeadlinePassed():
            return _on_deadline(record, now, traits)
        case UserResumed():
            return _on_resumed(record, event, now, traits)
        case Restarted():
            return _on_restarted(record, event, now, traits)
        case Observed(seen):
            not_usable = seen.occupancy is Occupancy.NOT_USABLE
            return on_read_failed(record, now, traits, not_usable=not_usable)
        case _:
            # a read that brought nothing
            return on_read_failed(record, now, traits)


def _on_desired(
    record: SlotRecord, event: DesiredChanged, now: datetime, traits: LockTraits
) -> SlotRecord:
    updated = with_target(record, event.target)
    same = (record.desired, record.revision) == (updated.desired, updated.revision)
    keeps_schedule = (
        record.target.schedule == updated.target.schedule
        or has_required_schedule(updated)
    )
    if same and keeps_schedule and not has_other_disabled_code(record, event.target):
        return when_its_time_has_come(record, updated, traits)
    pending = record.pending
    unresolved = record.unresolved_commands
    if pending is not None and (
        pending.operation is Operation.CLEAR
        or continues_disabling(record, event.target)
    ):
        # an empty slot is a good start for any desired state: let the clear finish.
        # So is a disabled code, if it is the desired one
        pending = replace(pending, counts_as_failure=False)
    elif pending is not None:
        unresolved = abandon_pending(record, traits.timing)
        pending = None
    changed = replace(
        updated,
        evidence=Evidence.NONE,
        verified_at=None,
        pending=pending,
        unresolved_commands=unresolved,
        retry=record.retry.after_command(),
        changed_externally=False,
        disabled_code=disabled_code_for(record, event.target),
    )
    if record.origin is not Origin.UNMANAGED:
        return changed
    if not traits.shows_occupancy:
        return keep_unmanaged_code(changed, now, traits)
    # read again: the unmanaged code may have been cleared by now
    return replace(changed, needs_read=True)


def _on_started(
    record: SlotRecord, event: CommandStarted, now: datetime, traits: LockTraits
) -> SlotRecord:
    timing = traits.timing
    unresolved = abandon_pending(record, timing)
    observed = record.observed
    window = timing.clear_window
    from_empty = False
    if event.operation is Operation.CLEAR:
        unresolved = tuple(
            replace(command, followed_by_clear=True) for command in unresolved
        )
    elif event.operation is Operation.WRITE:
        window = timing.write_window
        # a read before the write, even in the same instant, is no read after it
        observed = replace(observed, observed_at=None)
        from_empty = (
            is_fresh_empty(record, now, traits)
            and record.unresolved_until(Operation.WRITE) is None
        )
    restored_at = record.restored_at
    if record.changed_externally and record.desired is DesiredState.PRESENT:
        restored_at = (*restored_at, now)
    return replace(
        record,
        evidence=Evidence.NONE,
        pending=PendingCommand(
            operation=event.operation,
            revision=record.revision,
            started_at=now,
            deadline=now + timing.job_timeout + window,
            slot_was_empty=from_empty,
            ambiguous_effect=is_effect_ambiguous(record, event.operation),
        ),
        unresolved_commands=unresolved,
        observed=observed,
        schedule=schedule_after_start(record, event.operation),
        writes=writes_after_start(record, event.operation),
        restored_at=restored_at,
        changed_externally=False,
        retry=replace(record.retry, at=None),
        disabled_code=disabled_code_after_start(record, event.operation),
        # the write brings the name along
        name_outdated=record.name_outdated and event.operation is not Operation.WRITE,
    )


def _on_deadline(record: SlotRecord, now: datetime, traits: LockTraits) -> SlotRecord:
    pending = record.pending
    if pending is None or now < pending.deadline + traits.timing.final_read_grace:
        return record
    # no read came in time: what the slot holds is unknown, so read before all else
    return replace(
        without_disabled_code(record),
        pending=None,
        unresolved_commands=abandon_pending(record, traits.timing),
        needs_read=traits.shows_occupancy,
    )


def _on_resumed(
    record: SlotRecord, event: UserResumed, now: datetime, traits: LockTraits
) -> SlotRecord:
    retry = Retry(resumed=record.retry.resumed)
    if record.desired is DesiredState.PRESENT and record.blocked is not None:
        retry = Retry(resumed=(record.blocked, now))
    resumed = replace(
        allow_disabling(record),
        retry=retry,
        restored_at=(),
        needs_read=traits.shows_occupancy,
    )
    if event.choice is ResumeChoice.REPLACE and record.origin is not Origin.MANAGED:
        return replace(resumed, origin=Origin.MANAGED, evidence=Evidence.NONE)
    return resumed


def _on_restarted(
    record: SlotRecord, event: Restarted, now: datetime, traits: LockTraits
) -> SlotRecord:
    latest = now + traits.timing.write_window
    record = after_lost_results(record, all_lost=event.unclean_shutdown)
    pending = record.pending
    unresolved = record.unresolved_commands
    if not traits.shows_occupancy:
        record = abandon_unreadable(record, traits)
        unresolved, pending = record.unresolved_commands, None
    elif pending is not None:
        # the power may have failed before the radio was used: no failure of the lock
        pending = replace(
            pending,
            returned_at=now,
            deadline=min(pending.deadline, latest),
            read_backs=0,
            counts_as_failure=False,
        )
    unresolved = tuple(
        replace(command, may_land_until=min(command.may_land_until, latest))
        for command in unresolved
    )
    schedule = record.schedule
    if event.unclean_shutdown:
        unrecorded = _possibly_sent_before_crash(record, now, traits)
        unresolved += unrecorded
        if any(command.operation is Operation.WRITE for command in unrecorded):
            record = after_assumed_write(record)
            # the schedule of a write goes to the lock before its code
            schedule = replace(schedule, no_stale_entries=False)
        if not record.is_verified:
            # it may have been enabled, disabled or cleared since the record was stored
            record = without_disabled_code(record)
    unproven = record.evidence is Evidence.NONE
    may_differ = traits.shows_occupancy and (unproven or bool(unresolved))
    if event.unclean_shutdown:
        # contradicts only another desired state: nothing is read because of it
        unresolved += _write_after_unrecorded_clear(record, now, traits)
    return replace(
        record,
        pending=pending,
        unresolved_commands=unresolved,
        schedule=schedule,
        needs_read=record.needs_read or may_differ,
        retry=replace(
            record.retry,
            at=None if unproven or record.needs_read else record.retry.at,
            # while a report is not yet checked by a read, failed reads make the state unknown
            failed_reads=record.retry.failed_reads
            if record.needs_read and not unproven
            else 0,
        ),
    )


def _possibly_sent_before_crash(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> tuple[UnresolvedCommand, ...]:
    """Return the commands that may have been sent after the record was last stored.

    The record is stored before the radio is used, but the result of a command may not
    be: the next read may show a change that we made ourselves. These commands do not
    delay what is desired.
    """
    present = record.desired is DesiredState.PRESENT
    pending = record.pending
    # a clear that made room may be over, and the write after it already sent
    makes_room = (
        pending is not None and pending.operation is Operation.CLEAR and present
    )
    # a code that was not disabled or enabled is cleared at once, and written if wanted
    followed = makes_room or (pending is not None and pending.operation.keeps_code)
    if (
        record.is_verified
        or (pending is not None and not followed)
        or record.blocked is not None
        or record.origin is Origin.UNMANAGED
    ):
        return ()
    latest = now + traits.timing.write_window
    until = {} if makes_room else {Operation.CLEAR: now if present else latest}
    never_read = (
        traits.shows_occupancy and record.observed.occupancy is Occupancy.UNKNOWN
    )
    if present and not never_read:
        # only a slot that was read as empty, or as holding our code, is written
        until[Operation.WRITE] = latest
    return tuple(
        UnresolvedCommand(
            operation=each,
            revision=record.revision,
            started_at=now,
            may_land_until=end,
            assumed_after_power_loss=True,
        )
        for each, end in until.items()
    )


def _write_after_unrecorded_clear(
    record: SlotRecord, now: datetime, traits: LockTraits
) -> tuple[UnresolvedCommand, ...]:
    """Return the write that may be on its way although the stored record is proven.

    While nothing could be stored, the code may have been cleared and wanted again. It
    was written then, since the record on disk allowed that all along.
    """
    if (
        not record.is_verified
        or record.desired is DesiredState.ABSENT
        or record.blocked is not None
        or record.origin is not Origin.MANAGED
    ):
        return ()
    write = UnresolvedCommand(
        operation=Operation.WRITE,
        revision=record.revision,
        started_at=now,
        may_land_until=now + traits.timing.write_window,
        assumed_after_power_loss=True,
        effect_seen=True,
    )
    return (write,)
