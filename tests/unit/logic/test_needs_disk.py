"""Which steps wait until what is desired is on disk.

Clause 16.7: a clear that only makes room waits as the write does that it prepares.
"""

from dataclasses import replace

import pytest

from custom_components.keyholder.logic.next_step import needs_disk
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import NO_SCHEDULE
from custom_components.keyholder.model.slot import (
    DesiredState,
    Operation,
    Reason,
    SlotSchedule,
    SlotState,
)
from custom_components.keyholder.model.slot_events import (
    CommandReturned,
    CommandStarted,
    NotSent,
)
from tests.harness.logic.disabled_slots import OFFICE
from tests.harness.logic.scenario import Scenario, in_sync

MASKING = Evidence.PRESENCE


def with_new_pin() -> Scenario:
    """Return a slot on a masking lock whose code has to make room for a new one."""
    scenario = in_sync(MASKING)
    scenario.want_present(revision=2)
    step = scenario.step()
    assert step is not None
    assert step.operation is Operation.CLEAR
    return scenario


def test_a_clear_that_makes_room_waits() -> None:
    """Clause 16.7."""
    assert needs_disk(with_new_pin().record, Operation.CLEAR)


@pytest.mark.parametrize("operation", list(Operation))
def test_what_grants_access_waits_and_what_ends_it_does_not(
    operation: Operation,
) -> None:
    """Clause 16.7: for somebody who is to have no code."""
    scenario = in_sync(MASKING)
    scenario.want_absent()
    assert needs_disk(scenario.record, operation) is operation.grants_access


def test_a_clear_of_a_revoked_pin_does_not_wait() -> None:
    """Clause 16.7: the new PIN is refused, and the former one must not stay."""
    record = with_new_pin().record
    blocked = replace(
        record, retry=replace(record.retry, suspended_reason=Reason.REJECTED)
    )
    assert not needs_disk(blocked, Operation.CLEAR)


def test_a_clear_of_a_code_with_a_wrong_schedule_does_not_wait() -> None:
    """Clause 16.7: it opens at times at which it must not."""
    record = in_sync(MASKING).record
    wrong = replace(
        record,
        evidence=Evidence.NONE,
        target=replace(record.target, schedule=OFFICE),
        schedule=SlotSchedule(in_force=NO_SCHEDULE),
    )
    assert wrong.desired is DesiredState.PRESENT
    assert not needs_disk(wrong, Operation.CLEAR)


def test_a_clear_that_was_not_sent_is_no_failure_of_the_lock() -> None:
    """Clause 16.7: it is due again, and nothing is assumed of it."""
    scenario = with_new_pin()
    before = scenario.record
    scenario.send(CommandStarted(Operation.CLEAR))
    scenario.send(CommandReturned(scenario.now, NotSent()))
    record = scenario.record
    assert record.pending is None
    assert not record.unresolved_commands
    assert record.retry == before.retry
    assert record.writes == before.writes
    step = scenario.step()
    assert step is not None
    assert step.operation is Operation.CLEAR
    scenario.run()
    assert scenario.state() is SlotState.IN_SYNC


def test_nor_is_one_that_was_given_up_meanwhile() -> None:
    """Clause 16.7: the wish changed while the disk was tried."""
    scenario = with_new_pin()
    scenario.send(CommandStarted(Operation.CLEAR))
    started_at = scenario.now
    scenario.restart()
    scenario.want_absent()
    scenario.send(CommandReturned(started_at, NotSent()))
    scenario.run()
    assert scenario.lock.held is None
    assert scenario.record.is_cleared
