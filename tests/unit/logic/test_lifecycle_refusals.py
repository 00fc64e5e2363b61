"""A lock that says no for now: why it was reported last is what people read in the end."""

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import OutcomeUnknown
from tests.harness.logic.scenario import NOT_CLEARED, SUSPENDED, Scenario, in_sync

both = pytest.mark.parametrize("best_evidence", [Evidence.VALUE, Evidence.PRESENCE])


@both
@pytest.mark.parametrize("reason", [Reason.LOCK_BUSY, Reason.LOCK_REFUSES])
def test_a_refused_write_is_suspended_with_the_locks_reason(
    best_evidence: Evidence, reason: Reason
) -> None:
    """A lock that was busy three times read as one that had lost the code."""
    scenario = Scenario(best_evidence)
    scenario.lock.drop_writes = 3
    scenario.lock.answer = OutcomeUnknown(counts_as_failure=True, reason=reason)
    scenario.run(24 * 3600)

    assert scenario.operations().count("write") == 3
    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is reason
    assert scenario.published() == [SUSPENDED]


def test_the_refusal_of_an_earlier_write_is_no_reason_of_a_later_one() -> None:
    scenario = Scenario(Evidence.PRESENCE)
    scenario.lock.drop_writes = 3
    scenario.lock.answer = OutcomeUnknown(
        counts_as_failure=True, reason=Reason.LOCK_BUSY
    )
    scenario.run(100)
    scenario.lock.answer = WriteResult.OPTIMISTIC
    scenario.run(24 * 3600)

    assert scenario.reason() is Reason.NOT_STORED


def test_a_lock_that_is_busy_once_has_the_code_in_the_end() -> None:
    scenario = Scenario(Evidence.PRESENCE)
    scenario.lock.drop_writes = 1
    scenario.lock.answer = OutcomeUnknown(
        counts_as_failure=True, reason=Reason.LOCK_BUSY
    )
    scenario.run(24 * 3600)

    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.reason() is None


def test_a_clear_that_is_refused_is_a_clear_that_was_not_done() -> None:
    scenario = in_sync(Evidence.PRESENCE)
    scenario.lock.drop_clears = 99
    scenario.lock.answer = OutcomeUnknown(
        counts_as_failure=True, reason=Reason.LOCK_BUSY
    )
    scenario.want_absent()
    scenario.run(600)

    assert scenario.reason() is Reason.NOT_CLEARED
    assert scenario.published() == [NOT_CLEARED]
